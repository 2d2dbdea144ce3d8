/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One recipient of two is refused. By default no recipient gets the message, by any sending function; with
 * %MIMESEND_SEND_SERVE_ACCEPTED the other one does. */
#include <libmimesend/mimesend-gmime-autoptr.h>
#include <libmimesend/mimesend.h>

#include "async.h"
#include "test-sink.h"

static const char *const to[] = { "a@example.com", "b@example.com", NULL };

typedef struct
{
  MimesendServer *server;
  MimesendSendFlags flags;
  MimesendOutcome first, second;
  gboolean given;
} Try;

typedef void (*Way) (Try *try);

static MimesendContent *
new_content (void)
{
  MimesendContent *content = mimesend_content_new ();

  g_assert_true (mimesend_content_add_string (content, "Subject: x\n\ntext\n", NULL));
  return content;
}

static MimesendEnvelope *
new_envelope (void)
{
  return mimesend_envelope_new ("joe@example.com", to, NULL);
}

static void
note (Try *try, MimesendReceipt *receipt)
{
  g_assert_nonnull (receipt);
  try->first = mimesend_receipt_get_recipient_outcome (receipt, 0);
  try->second = mimesend_receipt_get_recipient_outcome (receipt, 1);
}

static void
by_function (Try *try)
{
  g_autoptr (MimesendContent) content = new_content ();
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_send_smtp_content (try->server, "joe@example.com", to, content, try->flags,
                                              &receipt, NULL, &error));
  note (try, receipt);
}

static void
by_letter (Try *try)
{
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_autoptr (MimesendContent) text = mimesend_content_new ();
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;

  mimesend_content_add_string (text, "text\n", NULL);
  g_assert_false (mimesend_send_letter_content (try->server, "joe@example.com", to, letter, text, try->flags,
                                                &receipt, NULL, &error));
  note (try, receipt);
}

static void
by_macro (Try *try)
{
  g_autoptr (MimesendReceipt) receipt = NULL;

  g_assert_false (
      mimesend_send_smtp (try->server, "joe@example.com", to, &receipt, NULL, "Subject: x\n", "\ntext\n"));
  note (try, receipt);
}

static void
by_session (Try *try)
{
  g_autoptr (MimesendSession) session = mimesend_session_new (try->server);
  g_autoptr (MimesendEnvelope) envelope = new_envelope ();
  g_autoptr (MimesendContent) content = new_content ();
  g_autoptr (MimesendReceipt) receipt =
      mimesend_session_send (session, envelope, content, try->flags, NULL, NULL);

  note (try, receipt);
}

static void
by_mailing (Try *try)
{
  static const char *const fields[] = { "Subject", NULL }, *const values[] = { "x", NULL };
  g_autoptr (GMimeObject) tree = mimesend_part_new_text ("text\n");
  g_autoptr (MimesendMailing) mailing = mimesend_mailing_new (tree, fields, NULL);
  g_autoptr (MimesendSession) session = mimesend_session_new (try->server);
  g_autoptr (MimesendEnvelope) envelope = new_envelope ();
  g_autoptr (MimesendContent) content = mimesend_mailing_new_content (mailing, values, NULL);
  g_autoptr (MimesendReceipt) receipt =
      mimesend_session_send (session, envelope, content, try->flags, NULL, NULL);

  note (try, receipt);
}

static MimesendNext
give (MimesendSession *session,
      MimesendEnvelope **envelope,
      MimesendContent **content,
      guint64 *tag,
      gpointer data)
{
  Try *try = data;

  if (try->given)
    return MIMESEND_NEXT_END;
  try->given = TRUE;
  *envelope = new_envelope ();
  *content = new_content ();
  return MIMESEND_NEXT_MESSAGE;
}

static void
on_session_settled (MimesendSession *session, guint64 tag, MimesendReceipt *receipt, gpointer data)
{
  note (data, receipt);
}

static void
by_each (Try *try)
{
  g_autoptr (MimesendSession) session = mimesend_session_new (try->server);

  g_assert_true (
      mimesend_session_send_each (session, give, try, on_session_settled, try, try->flags, NULL, NULL));
}

static void
on_pool_settled (MimesendPool *pool, guint64 tag, MimesendReceipt *receipt, GError *error, gpointer data)
{
  note (data, receipt);
}

static void
by_pool (Try *try)
{
  g_autoptr (MimesendPool) pool = mimesend_pool_new (try->server);
  g_autoptr (MimesendEnvelope) envelope = new_envelope ();
  g_autoptr (MimesendContent) content = new_content ();

  g_signal_connect (pool, "settled", G_CALLBACK (on_pool_settled), try);
  g_assert_true (mimesend_pool_submit (pool, envelope, content, try->flags, 1, NULL, NULL));
  g_assert_true (mimesend_pool_drain (pool, NULL, NULL));
}

static const struct
{
  const char *name;
  Way way;
  gboolean takes_flags;
} ways[] = {
  { "function", by_function, TRUE }, { "letter", by_letter, TRUE },   { "macro", by_macro, FALSE },
  { "session", by_session, TRUE },   { "mailing", by_mailing, TRUE }, { "each", by_each, TRUE },
  { "pool", by_pool, TRUE },
};

/* To a server with and without BDAT; what arrived is counted where the sink keeps it. */
static void
expect (gsize i, MimesendSendFlags flags, MimesendOutcome first, guint arrived)
{
  for (gsize bdat = 0; bdat < 2; bdat++)
    {
      TestSink *sink = test_sink_start ("--script", "RCPT#2 reply 550 5.1.1 no such user", "--hide",
                                        bdat == 0 ? "CHUNKING" : "DSN", NULL);
      g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
      Try try = { .server = server, .flags = flags };

      ways[i].way (&try);
      g_assert_cmpint (try.first, ==, first);
      g_assert_cmpint (try.second, ==, MIMESEND_OUTCOME_REFUSED);
      g_assert_cmpuint (test_sink_count (sink), ==, arrived);
      test_sink_stop (sink);
    }
}

static void
test_by_default_nobody (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_test_message ("%s", ways[i].name);
      expect (i, MIMESEND_SEND_DEFAULT, MIMESEND_OUTCOME_NOT_TRIED, 0);
    }
}

static void
test_those_who_are_accepted (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_test_message ("%s", ways[i].name);
      if (ways[i].takes_flags)
        expect (i, MIMESEND_SEND_SERVE_ACCEPTED, MIMESEND_OUTCOME_ACCEPTED, 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/all-or-none/default-sends-to-none", test_by_default_nobody);
  g_test_add_func ("/client/all-or-none/flag-serves-accepted", test_those_who_are_accepted);
  return g_test_run ();
}
