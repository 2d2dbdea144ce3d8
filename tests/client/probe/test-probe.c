/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a probe found is a value with a getter for each thing. */
#include <libmimesend/mimesend.h>
#include <string.h>

#include "test-sink.h"

static gboolean
has_line (const char *const *lines, const char *line)
{
  g_assert_nonnull (lines);
  return g_strv_contains (lines, line);
}

static void
test_everything (void)
{
  static const char *const recipients[] = { "a@example.org", "b@example.org", "c@example.org",
                                            "\xc3\xa4@example.org", NULL };
  TestSink *sink = test_sink_start ("--tls-self-signed", "--script", "RCPT#2 reply 550 5.1.1 no such user",
                                    "--script", "RCPT#3 reply 452 4.2.2 full", "--hide", "SMTPUTF8", NULL);
  g_autofree char *url = test_sink_url (sink, "smtp");
  g_autoptr (MimesendServer) server = mimesend_server_new (url, NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendProbeResult) result =
      mimesend_probe_recipients (server, "joe@example.com", recipients, 20, NULL, &error);
  double last = 0;

  g_assert_no_error (error);
  g_assert_true (mimesend_probe_result_is_ready (result));
  g_assert_true (mimesend_probe_result_check (result, &error));
  g_assert_null (mimesend_probe_result_get_failure (result));
  for (guint i = 0; i <= MIMESEND_PROBE_STAGE_TRIALS; i++)
    {
      double time = mimesend_probe_result_get_elapsed (result, (MimesendProbeStage)i);

      g_assert_cmpfloat (time, >, 0);
      g_assert_cmpfloat (time, >=, last);
      g_assert_cmpfloat (time, <, 20);
      last = time;
    }

  g_assert_null (mimesend_probe_result_get_candidates (result));
  g_assert_true (g_str_has_prefix (mimesend_probe_result_get_server (result), "smtp://127.0.0.1"));
  g_assert_cmpstr (mimesend_probe_result_get_address (result), ==, "127.0.0.1");
  g_assert_cmpuint (mimesend_probe_result_get_port (result), ==, test_sink_port (sink));
  g_assert_true (g_str_has_prefix (mimesend_probe_result_get_greeting (result), "220 "));
  g_assert_true (has_line (mimesend_probe_result_get_clear_capabilities (result), "STARTTLS"));
  g_assert_false (has_line (mimesend_probe_result_get_tls_capabilities (result), "STARTTLS"));
  g_assert_true (has_line (mimesend_probe_result_get_tls_capabilities (result), "PIPELINING"));
  g_assert_cmpuint (g_strv_length ((char **)mimesend_probe_result_get_mechanisms (result)), ==, 0);
  g_assert_cmpuint (mimesend_probe_result_get_recipients_limit (result), ==, 0);
  g_assert_cmpuint (mimesend_probe_result_get_messages_limit (result), ==, 0);
  g_assert_cmpuint (mimesend_probe_result_get_domains_limit (result), ==, 0);

  g_assert_true (g_str_has_prefix (mimesend_probe_result_get_tls_version (result), "TLS1."));
  g_assert_nonnull (mimesend_probe_result_get_tls_cipher (result));
  g_assert_false (mimesend_probe_result_get_tls_verified (result));
  g_assert_nonnull (mimesend_probe_result_get_tls_reason (result));
  g_assert_cmpuint (mimesend_probe_result_get_n_certificates (result), ==, 1);
  g_assert_nonnull (mimesend_probe_result_get_certificate_subject (result, 0));
  g_assert_nonnull (mimesend_probe_result_get_certificate_issuer (result, 0));
  g_assert_nonnull (mimesend_probe_result_get_certificate_names (result, 0));
  g_assert_cmpuint (strlen (mimesend_probe_result_get_certificate_fingerprint (result, 0)), ==, 64);
  g_assert_true (g_str_has_prefix (mimesend_probe_result_get_certificate_pin (result, 0), "sha256:"));
  g_assert_cmpint (g_date_time_compare (mimesend_probe_result_get_certificate_not_before (result, 0), now),
                   <=, 0);
  g_assert_cmpint (g_date_time_compare (mimesend_probe_result_get_certificate_not_after (result, 0), now), >,
                   0);

  g_assert_cmpint (mimesend_probe_result_get_pipelining (result), ==, MIMESEND_PROBE_VERDICT_HOLDS);
  g_assert_nonnull (mimesend_probe_result_get_pipelining_words (result));
  g_assert_cmpint (mimesend_probe_result_get_chunking (result), ==, MIMESEND_PROBE_VERDICT_HOLDS);
  g_assert_nonnull (mimesend_probe_result_get_chunking_words (result));
  g_assert_cmpuint (g_strv_length ((char **)mimesend_probe_result_get_choices (result)), ==, 5);

  g_assert_cmpuint (mimesend_probe_result_get_n_recipients (result), ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      static const MimesendOutcome outcomes[] = { MIMESEND_OUTCOME_ACCEPTED, MIMESEND_OUTCOME_REFUSED,
                                                  MIMESEND_OUTCOME_DEFERRED, MIMESEND_OUTCOME_NOT_TRIED };
      static const guint codes[] = { 250, 550, 452, 0 };
      static const char *const enhanced[] = { "2.1.5", "5.1.1", "4.2.2", NULL };

      g_assert_cmpstr (mimesend_probe_result_get_recipient (result, i), ==, recipients[i]);
      g_test_message ("%s", mimesend_probe_result_get_recipient_reply (result, i));
      g_assert_cmpint (mimesend_probe_result_get_recipient_outcome (result, i), ==, outcomes[i]);
      g_assert_cmpuint (mimesend_probe_result_get_recipient_code (result, i), ==, codes[i]);
      g_assert_cmpstr (mimesend_probe_result_get_recipient_enhanced_code (result, i), ==, enhanced[i]);
      g_assert_nonnull (mimesend_probe_result_get_recipient_reply (result, i));
    }
  g_assert_cmpstr (mimesend_probe_result_get_recipient_reply (result, 1), ==, "no such user");
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
}

static void
test_mechanisms (void)
{
  TestSink *sink = test_sink_start ("--auth", "joe:secret", NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendProbeResult) result = mimesend_probe (server, 20, NULL, NULL);

  g_assert_true (has_line (mimesend_probe_result_get_mechanisms (result), "PLAIN"));
  test_sink_stop (sink);
}

/* A server that cannot be used is a result, too: what is known of it is there, and the rest says that it is not. */
static void
test_not_ready (void)
{
  TestSink *sink = test_sink_start ("--tls-self-signed", "--implicit-tls", NULL);
  TestSink *away = test_sink_start ("--script", "GREETING reply 554 5.3.2 not \x1b[31mnow", NULL);
  g_autofree char *url = test_sink_url (sink, "smtps");
  g_autoptr (MimesendServer) with_login = NULL, plain = mimesend_server_new (url, NULL),
                             turned = mimesend_server_new (test_sink_server (away), NULL);
  g_autoptr (MimesendProbeResult) unverified = NULL, refused = NULL;
  g_autoptr (GError) error = NULL;

  with_login = mimesend_server_with_login (plain, "joe", "secret", NULL);
  unverified = mimesend_probe (with_login, 20, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (mimesend_probe_result_check (unverified, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
  g_assert_false (mimesend_probe_result_is_ready (unverified));
  g_assert_true (
      g_error_matches (mimesend_probe_result_get_failure (unverified), MIMESEND_ERROR, MIMESEND_ERROR_TLS));
  g_assert_cmpuint (mimesend_probe_result_get_n_certificates (unverified), ==, 1);
  g_assert_null (mimesend_probe_result_get_greeting (unverified));
  g_assert_null (mimesend_probe_result_get_tls_capabilities (unverified));
  g_assert_null (mimesend_probe_result_get_mechanisms (unverified));
  g_assert_null (mimesend_probe_result_get_choices (unverified));
  g_assert_cmpint (mimesend_probe_result_get_chunking (unverified), ==, MIMESEND_PROBE_VERDICT_NOT_TRIED);
  g_assert_null (mimesend_probe_result_get_chunking_words (unverified));
  g_assert_cmpfloat (mimesend_probe_result_get_elapsed (unverified, MIMESEND_PROBE_STAGE_CONNECT), >, 0);
  g_assert_cmpfloat (mimesend_probe_result_get_elapsed (unverified, MIMESEND_PROBE_STAGE_READY), ==, -1);
  g_clear_error (&error);

  refused = mimesend_probe (turned, 20, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (mimesend_probe_result_check (refused, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_REFUSED);
  g_assert_null (strchr (error->message, 27));
  g_assert_null (strchr (mimesend_probe_result_get_greeting (refused), 27));
  g_assert_null (mimesend_probe_result_get_tls_version (refused));
  g_assert_cmpuint (mimesend_probe_result_get_n_certificates (refused), ==, 0);
  g_assert_cmpuint (mimesend_probe_result_get_n_recipients (refused), ==, 0);
  test_sink_stop (sink);
  test_sink_stop (away);
}

typedef struct
{
  gboolean done;
  MimesendProbeResult *result;
  GError *error;
} Probed;

static void
probed (GObject *source, GAsyncResult *result, gpointer data)
{
  Probed *self = data;

  self->result = mimesend_probe_finish (result, &self->error);
  self->done = TRUE;
}

static void
probe (const char *where, GCancellable *cancellable, Probed *self)
{
  g_autoptr (MimesendServer) server = mimesend_server_new (where, NULL);

  mimesend_probe_async (server, 5, G_PRIORITY_DEFAULT, cancellable, probed, self);
  while (!self->done)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

static void
test_async (void)
{
  TestSink *sink = test_sink_start (NULL);
  TestSink *silent = test_sink_start ("--script", "GREETING hang", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Probed there = { 0 }, nobody = { 0 }, held = { 0 };

  probe (test_sink_server (sink), NULL, &there);
  g_assert_no_error (there.error);
  g_assert_true (mimesend_probe_result_is_ready (there.result));
  mimesend_probe_result_unref (there.result);

  probe ("127.0.0.1:1", NULL, &nobody);
  g_assert_null (nobody.result);
  g_assert_error (nobody.error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT);
  g_clear_error (&nobody.error);

  g_timeout_add (20, cancel, cancellable); /* of the loop that the probe would hold up */
  probe (test_sink_server (silent), cancellable, &held);
  g_assert_error (held.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&held.error);
  test_sink_stop (sink);
  test_sink_stop (silent);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/probe/everything", test_everything);
  g_test_add_func ("/client/probe/mechanisms", test_mechanisms);
  g_test_add_func ("/client/probe/not-ready", test_not_ready);
  g_test_add_func ("/client/probe/async", test_async);
  return g_test_run ();
}
