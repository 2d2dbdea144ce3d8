/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The asynchronous twins of the sending functions: the outcome, and the receipt whatever it is. */
#include "async.h"

#include <string.h>

#include "test-sink.h"

typedef gboolean (*Finish) (GAsyncResult *result, MimesendReceipt **receipt, GError **error);

typedef struct
{
  Finish finish;
  gboolean done, sent;
  MimesendReceipt *receipt;
  GError *error;
} Twin;

static void
twin_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Twin *self = data;

  g_assert_null (source);
  g_assert_false (self->done);
  self->sent = self->finish (result, &self->receipt, &self->error);
  g_assert_true (self->sent == (self->error == NULL));
  self->done = TRUE;
}

static void
twin_await (Twin *self)
{
  g_assert_false (self->done); /* never called back at once */
  while (!self->done)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
}

static void
twin_clear (Twin *self)
{
  g_clear_pointer (&self->receipt, mimesend_receipt_unref);
  g_clear_error (&self->error);
  self->done = FALSE;
}

static MimesendServer *
server_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  MimesendServer *server = mimesend_server_new (text, &error);

  g_assert_no_error (error);
  return server;
}

static void
send_smtp (const char *where, const char *to, MimesendContent *content, GCancellable *cancellable, Twin *twin)
{
  g_autoptr (MimesendServer) server = server_of (where);
  const char *recipients[] = { to, NULL };

  twin->finish = mimesend_send_smtp_content_finish;
  mimesend_send_smtp_content_async (server, "joe@example.com", recipients, content, MIMESEND_SEND_DEFAULT,
                                    G_PRIORITY_DEFAULT, cancellable, twin_done, twin);
  twin_await (twin);
}

static void
test_smtp (void)
{
  TestSink *sink = test_sink_start ("--refuse", "nobody@*=550 5.1.1 no such user", NULL);
  g_autoptr (MimesendContent) content = content_of_text ("one\n");
  g_autoptr (MimesendContent) other = content_of_text ("two\n");
  Twin twin = { 0 };

  send_smtp (test_sink_server (sink), "a@example.org", content, NULL, &twin);
  g_assert_no_error (twin.error);
  g_assert_cmpuint (mimesend_receipt_get_code (twin.receipt), ==, 250);
  g_assert_cmpuint (test_sink_count (sink), ==, 1);
  twin_clear (&twin);

  send_smtp (test_sink_server (sink), "nobody@example.org", other, NULL, &twin);
  g_assert_error (twin.error, MIMESEND_ERROR, MIMESEND_ERROR_REFUSED);
  g_assert_nonnull (twin.receipt); /* the server's words, on failure, too */
  g_assert_cmpstr (mimesend_receipt_get_recipient_reply (twin.receipt, 0), ==, "no such user");
  twin_clear (&twin);
  g_assert_cmpuint (test_sink_count (sink), ==, 1);
  test_sink_stop (sink);
}

/* No server was asked: no receipt. */
static void
test_not_asked (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (MimesendContent) content = content_of_text ("text\n");
  TestSink *sink = test_sink_start (NULL);
  Twin twin = { 0 };

  send_smtp (test_sink_server (sink), "Joe <a@example.org>", content, NULL, &twin);
  g_assert_error (twin.error, MIMESEND_ERROR, MIMESEND_ERROR_ADDRESS);
  g_assert_null (twin.receipt);
  twin_clear (&twin);

  send_smtp ("127.0.0.1:1", "a@example.org", content, NULL, &twin);
  g_assert_error (twin.error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT);
  g_assert_null (twin.receipt);
  twin_clear (&twin);

  g_cancellable_cancel (cancellable);
  send_smtp (test_sink_server (sink), "a@example.org", content, cancellable, &twin);
  g_assert_error (twin.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (twin.receipt);
  twin_clear (&twin);
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
}

static void
test_auth (void)
{
  static const char *const recipients[] = { "a@example.org", NULL };
  TestSink *sink = test_sink_start ("--auth", "joe:secret", NULL);
  g_autoptr (MimesendServer) server = server_of (test_sink_server (sink));
  g_autoptr (MimesendContent) content = content_of_text ("text\n");
  g_autoptr (MimesendServer) wrong = mimesend_server_with_login (server, "joe", "wrong", NULL);
  g_autoptr (MimesendServer) right = mimesend_server_with_login (server, "joe", "secret", NULL);
  Twin twin = { .finish = mimesend_send_smtp_content_finish };

  mimesend_send_smtp_content_async (wrong, "joe@example.com", recipients, content, MIMESEND_SEND_DEFAULT,
                                    G_PRIORITY_DEFAULT, NULL, twin_done, &twin);
  twin_await (&twin);
  g_assert_error (twin.error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
  g_assert_nonnull (twin.receipt);
  twin_clear (&twin);

  mimesend_send_smtp_content_async (right, "joe@example.com", recipients, content, MIMESEND_SEND_DEFAULT,
                                    G_PRIORITY_DEFAULT, NULL, twin_done, &twin);
  twin_await (&twin);
  g_assert_no_error (twin.error);
  g_assert_nonnull (mimesend_receipt_get_mechanism (twin.receipt));
  twin_clear (&twin);
  g_assert_cmpuint (test_sink_count (sink), ==, 1);
  test_sink_stop (sink);
}

static void
test_letter (void)
{
  static const char *const recipients[] = { "A <a@example.org>", NULL };
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = server_of (test_sink_server (sink));
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_autoptr (MimesendContent) content = content_of_text ("the text\n");
  g_autoptr (GBytes) octets = NULL;
  g_autofree char *text = NULL;
  Twin twin = { .finish = mimesend_send_letter_content_finish };

  g_assert_true (mimesend_letter_set_subject (letter, "Subject", NULL));
  mimesend_send_letter_content_async (server, "Joe <joe@example.com>", recipients, letter, content,
                                      MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT, NULL, twin_done, &twin);
  twin_await (&twin);
  g_assert_no_error (twin.error);
  test_sink_next (sink);
  octets = test_sink_octets (sink);
  text = g_strndup (g_bytes_get_data (octets, NULL), g_bytes_get_size (octets));
  g_assert_nonnull (strstr (text, mimesend_receipt_get_message_id (twin.receipt)));
  g_assert_nonnull (strstr (text, "\r\nthe text\r\n"));
  twin_clear (&twin);

  mimesend_send_letter_content_async (server, "not an address", recipients, NULL, content,
                                      MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT, NULL, twin_done, &twin);
  twin_await (&twin);
  g_assert_error (twin.error, MIMESEND_ERROR, MIMESEND_ERROR_ADDRESS);
  g_assert_null (twin.receipt);
  twin_clear (&twin);
  test_sink_stop (sink);
}

static gpointer
send_in_thread (gpointer server)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (MimesendContent) content = content_of_text ("from a thread\n");
  Twin twin = { 0 };

  g_main_context_push_thread_default (context);
  send_smtp (server, "a@example.org", content, NULL, &twin);
  g_main_context_pop_thread_default (context);
  g_assert_no_error (twin.error);
  twin_clear (&twin);
  return NULL;
}

/* In the context that is the thread's default, while the main one is not run. */
static void
test_thread (void)
{
  TestSink *sink = test_sink_start (NULL);

  g_thread_join (g_thread_new ("sender", send_in_thread, (gpointer)test_sink_server (sink)));
  g_assert_cmpuint (test_sink_count (sink), ==, 1);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/send-async/sends-a-message", test_smtp);
  g_test_add_func ("/client/send-async/no-receipt-without-a-server", test_not_asked);
  g_test_add_func ("/client/send-async/sends-with-a-login", test_auth);
  g_test_add_func ("/client/send-async/sends-a-letter", test_letter);
  g_test_add_func ("/client/send-async/uses-the-default-context-of-its-thread", test_thread);
  return g_test_run ();
}
