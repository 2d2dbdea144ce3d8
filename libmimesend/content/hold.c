/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content/hold.h"

#include "content/content-ahead.h"
#include "content/content-private.h"
#include "content/foreign.h"
#include "content/for-stream.h"
#include "mimesend-error.h"

struct _MimesendHold
{
  gatomicrefcount refs;
  GPtrArray *contents; /* owned: the content and its inner contents, each once */
  GPtrArray *streams;  /* owned: streams of trees whose position is moved by reading, each once */
  gboolean complete;
};

/* Trees share streams: a letter that is sent several times has one tree each time, and the same attachments. */
static GQuark
hold_quark (void)
{
  return g_quark_from_static_string ("mimesend-hold");
}

static void
hold_release (MimesendHold *self)
{
  for (guint i = 0; i < self->streams->len; i++)
    g_object_replace_qdata (self->streams->pdata[i], hold_quark (), self, NULL, NULL, NULL);
  g_ptr_array_unref (self->streams);
  for (guint i = 0; i < self->contents->len; i++)
    g_atomic_pointer_set (&mimesend_content_get_state (self->contents->pdata[i])->hold, NULL);
  g_ptr_array_unref (self->contents);
  g_free (self);
}

static void
hold_take_stream_cb (GMimeStream *stream, gpointer data)
{
  MimesendHold *self = data;

  if (!self->complete || g_object_get_qdata (G_OBJECT (stream), hold_quark ()) == self)
    return;
  self->complete = g_object_replace_qdata (G_OBJECT (stream), hold_quark (), NULL, self, NULL, NULL);
  if (self->complete)
    g_ptr_array_add (self->streams, g_object_ref (stream));
}

/* Adds an inner content unless it is held already: a content may contain another twice. */
static void
hold_take_cb (MimesendContent *content, gpointer data)
{
  MimesendHold *self = data;
  MimesendContentState *state = mimesend_content_get_state (content);

  if (!self->complete || g_atomic_pointer_get (&state->hold) == self)
    return;
  if (!g_atomic_pointer_compare_and_exchange (&state->hold, NULL, self))
    {
      self->complete = FALSE;
      return;
    }
  g_ptr_array_add (self->contents, g_object_ref (content));
  self->complete = !state->reading;
  mimesend_content_foreach_stream (content, hold_take_stream_cb, self);
  mimesend_content_foreach_inner (content, hold_take_cb, self);
}

/* Finds the content that is held or cannot be rewound, for the error. */
static void
set_read_already (MimesendHold *self, GError **error)
{
  MimesendContent *culprit = self->contents->pdata[0];
  const char *what = "it";

  for (guint i = 0; i < self->contents->len; i++)
    {
      MimesendContent *content = self->contents->pdata[i];

      if (mimesend_content_was_read (content) && MIMESEND_IS_PULL (content) &&
          !mimesend_pull_can_rewind (MIMESEND_PULL (content)))
        culprit = content; /* the innermost comes last */
    }
  if (MIMESEND_IS_STREAM (culprit))
    what = "a stream that is not seekable, or was not given from its start,";
  else if (MIMESEND_IS_FOREIGN (culprit))
    what = "a class that does not override rewind ()";
  g_set_error (
      error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
      "the content was read already, and %s cannot be begun again: make a new content for each message",
      what);
}

/* Drops what was read ahead for the server of an earlier attempt. What cannot be rewound stays as it is; whether it can be
 * sent depends on the next server (mimesend_content_is_told_otherwise ()). */
static void
forget_ahead (MimesendHold *self)
{
  for (guint i = 0; i < self->contents->len; i++)
    if (mimesend_content_peek_pull (self->contents->pdata[i]) != NULL)
      mimesend_pull_forget_ahead (self->contents->pdata[i]);
}

MimesendHold *
mimesend_hold_new (MimesendPull *content, GError **error)
{
  MimesendHold *self = g_new0 (MimesendHold, 1);

  g_atomic_ref_count_init (&self->refs);
  self->contents = g_ptr_array_new_with_free_func (g_object_unref);
  self->streams = g_ptr_array_new_with_free_func (g_object_unref);
  self->complete = TRUE;
  hold_take_cb (MIMESEND_CONTENT (content), self);
  if (!self->complete)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING,
                         "the content is being read for another message: wait until that is settled, or make "
                         "a content for each message");
  else
    {
      forget_ahead (self);
      if (mimesend_pull_rewind (content))
        return self;
      set_read_already (self, error);
    }
  hold_release (self);
  return NULL;
}

MimesendHold *
mimesend_hold_ref (MimesendHold *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mimesend_hold_unref (MimesendHold *self)
{
  if (g_atomic_ref_count_dec (&self->refs))
    hold_release (self);
}

static void
hold_look_stream_cb (GMimeStream *stream, gpointer held)
{
  if (g_object_get_qdata (G_OBJECT (stream), hold_quark ()) != NULL)
    *(gboolean *)held = TRUE;
}

static void
hold_look_cb (MimesendContent *content, gpointer held)
{
  if (g_atomic_pointer_get (&mimesend_content_get_state (content)->hold) != NULL)
    *(gboolean *)held = TRUE;
  else
    {
      mimesend_content_foreach_stream (content, hold_look_stream_cb, held);
      mimesend_content_foreach_inner (content, hold_look_cb, held);
    }
}

gboolean
mimesend_content_is_held (MimesendContent *content)
{
  gboolean held = FALSE;

  hold_look_cb (content, &held);
  return held;
}
