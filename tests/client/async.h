/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of sessions share. */
#pragma once

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <libmimesend/mimesend.h>

G_BEGIN_DECLS

/* One asynchronous send. */
typedef struct
{
  gboolean done;
  MimesendReceipt *receipt;
  GError *error;
  guint *left; /* counted down, if not NULL */
} Sent;

static inline void
sent_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Sent *self = data;

  self->receipt = mimesend_session_send_finish (MIMESEND_SESSION (source), result, &self->error);
  g_assert_true ((self->receipt == NULL) == (self->error != NULL));
  self->done = TRUE;
  if (self->left != NULL)
    (*self->left)--;
}

static inline void
sent_await (Sent *self)
{
  while (!self->done)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
}

static inline void
sent_clear (Sent *self)
{
  g_clear_pointer (&self->receipt, mimesend_receipt_unref);
  g_clear_error (&self->error);
  self->done = FALSE;
}

static inline MimesendContent *
content_of_text (const char *text)
{
  MimesendContent *content = mimesend_content_new ();

  g_assert_true (mimesend_content_add_string (content, text, NULL));
  return content;
}

/* What comes is the writer's affair, who closes it. */
static inline MimesendContent *
content_of_open_pipe (int *writer)
{
  g_autoptr (GInputStream) input = NULL;
  MimesendContent *content = mimesend_content_new ();
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  *writer = fds[1];
  input = g_unix_input_stream_new (fds[0], TRUE);
  g_assert_true (mimesend_content_add_input_stream (content, input, NULL));
  return content;
}

static inline MimesendEnvelope *
envelope_to (const char *a, const char *b)
{
  const char *to[] = { a, b, NULL };

  return mimesend_envelope_new ("joe@example.com", to, NULL);
}

static inline MimesendSession *
session_to (const char *server)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendServer) where = mimesend_server_new (server, &error);

  g_assert_no_error (error);
  return mimesend_session_new (where);
}

static inline void
assert_accepted (Sent *sent)
{
  g_assert_no_error (sent->error);
  if (mimesend_receipt_get_outcome (sent->receipt) != MIMESEND_OUTCOME_ACCEPTED)
    {
      g_autofree char *said = g_strjoinv ("\n", (char **)mimesend_receipt_get_dialogue (sent->receipt));

      g_test_message ("it said:\n%s", said);
    }
  g_assert_cmpint (mimesend_receipt_get_outcome (sent->receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
}

static inline void
start (MimesendSession *session, MimesendContent *content, GCancellable *cancellable, Sent *sent)
{
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);

  mimesend_session_send_async (session, envelope, content, MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT,
                               cancellable, sent_done, sent);
}

static inline void
start_text (MimesendSession *session, const char *text, Sent *sent)
{
  g_autoptr (MimesendContent) content = content_of_text (text);

  start (session, content, NULL, sent);
}

static inline void
pool_drained (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_true (mimesend_pool_drain_finish (MIMESEND_POOL (source), result, NULL));
  *(gboolean *)data = TRUE;
}

static inline void
await_drain (MimesendPool *pool)
{
  gboolean over = FALSE;

  mimesend_pool_drain_async (pool, G_PRIORITY_DEFAULT, NULL, pool_drained, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

/* Both ways to send; the receipt or the error is in sent. */
static inline void
send_either_way (MimesendSession *session,
                 MimesendEnvelope *envelope,
                 MimesendContent *content,
                 gboolean blocking,
                 GCancellable *cancellable,
                 Sent *sent)
{
  if (blocking)
    {
      sent->receipt = mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, cancellable,
                                             &sent->error);
      return;
    }
  mimesend_session_send_async (session, envelope, content, MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT,
                               cancellable, sent_done, sent);
  sent_await (sent);
}

static inline void
send_way (MimesendSession *session, MimesendContent *content, gboolean blocking, Sent *sent)
{
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);

  send_either_way (session, envelope, content, blocking, NULL, sent);
}

G_END_DECLS
