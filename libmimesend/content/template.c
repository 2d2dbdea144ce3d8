/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content/template.h"

#include "walk/gmime-init.h"
#include "content/for-part.h"
#include "walk/tree.h"
#include "walk/stream-read.h"
#include "mimesend-error.h"

/* The wire flags that affect encoding make four kinds of server; the fifth is an unknown one. */
#define KINDS 5

struct _MimesendTemplate
{
  gatomicrefcount refs;
  GMimeObject *tree;
  MimesendContent *checks; /* the tree as a content, for its checks and properties */
  char **names;
  guint n_names;
  GPtrArray *gaps; /* of GMimePart; NULL: none */

  GMutex mutex;
  guint64 keep_limit;
  MimesendRecording *recordings[KINDS]; /* made on first use */
};

static gboolean
check_leaf (GMimeObject *object, gboolean sealed, gpointer data, GError **error)
{
  GMimeStream *stream = mimesend_part_get_stream (object);

  if (stream == NULL || mimesend_stream_can_restart (stream))
    return TRUE;
  g_set_error_literal (
      error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED,
      "its stream cannot be begun again for each letter (a pipe, a class that is not known): "
      "give it as a file or as octets");
  return FALSE;
}

MimesendTemplate *
mimesend_template_new (GMimeObject *tree, const char *const *names, GError **error)
{
  MimesendTemplate *self;

  mimesend_gmime_init ();
  if (!mimesend_tree_check (tree, error) || !mimesend_tree_foreach (tree, check_leaf, NULL, error))
    return NULL;
  self = g_new0 (MimesendTemplate, 1);
  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->mutex);
  self->tree = g_object_ref (tree);
  self->checks = mimesend_part_content_new (tree, NULL, TRUE);
  self->names = g_strdupv ((char **)names);
  self->n_names = g_strv_length (self->names);
  mimesend_part_content_set_replaced (MIMESEND_PART_CONTENT (self->checks), (const char *const *)self->names);
  return self;
}

void
mimesend_template_set_gaps (MimesendTemplate *self, GPtrArray *parts)
{
  g_clear_pointer (&self->gaps, g_ptr_array_unref);
  self->gaps = parts;
}

MimesendTemplate *
mimesend_template_ref (MimesendTemplate *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void
template_forget (MimesendTemplate *self)
{
  for (gsize i = 0; i < KINDS; i++)
    g_clear_pointer (&self->recordings[i], mimesend_recording_unref);
}

void
mimesend_template_unref (MimesendTemplate *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  template_forget (self);
  g_object_unref (self->checks);
  g_object_unref (self->tree);
  g_strfreev (self->names);
  g_clear_pointer (&self->gaps, g_ptr_array_unref);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
mimesend_template_set_keep_limit (MimesendTemplate *self, guint64 keep_limit)
{
  g_mutex_lock (&self->mutex);
  if (self->keep_limit != keep_limit)
    template_forget (self);
  self->keep_limit = keep_limit;
  g_mutex_unlock (&self->mutex);
}

guint64
mimesend_template_get_keep_limit (MimesendTemplate *self)
{
  guint64 keep_limit;

  g_mutex_lock (&self->mutex);
  keep_limit = self->keep_limit;
  g_mutex_unlock (&self->mutex);
  return keep_limit;
}

MimesendPull *
mimesend_template_get_tree (MimesendTemplate *self)
{
  return MIMESEND_PULL (self->checks);
}

guint
mimesend_template_get_n_fields (MimesendTemplate *self)
{
  return self->n_names;
}

static gboolean
template_is_gap (gpointer data, GMimePart *part)
{
  return g_ptr_array_find (data, part, NULL);
}

static MimesendRecording *
template_record (MimesendTemplate *self, const MimesendWireFlags *wire, GError **error)
{
  MimesendLeafForm form = { .crlf = TRUE };
  MimesendGaps gaps = { template_is_gap, self->gaps };

  if (wire != NULL)
    {
      if (!mimesend_content_prepare (self->checks, *wire, error))
        return NULL;
      form.checked = TRUE;
      form.wire = *wire;
    }
  return mimesend_recording_new (self->tree, &form, (const char *const *)self->names,
                                 self->gaps != NULL ? &gaps : NULL, self->keep_limit, error);
}

static guint
template_kind_of (const MimesendWireFlags *wire)
{
  if (wire == NULL)
    return 0;
  return 1 + ((*wire & MIMESEND_WIRE_8BITMIME) != 0) + 2 * ((*wire & MIMESEND_WIRE_BINARYMIME) != 0);
}

/* Records under the lock: GMime's objects are not thread-safe. */
MimesendRecording *
mimesend_template_record (MimesendTemplate *self, const MimesendWireFlags *wire, GError **error)
{
  MimesendRecording **place = &self->recordings[template_kind_of (wire)];
  MimesendRecording *recording = NULL;

  g_mutex_lock (&self->mutex);
  if (*place == NULL)
    *place = template_record (self, wire, error);
  if (*place != NULL)
    recording = mimesend_recording_ref (*place);
  g_mutex_unlock (&self->mutex);
  return recording;
}
