/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a caller asks for beside the addresses, as the receiver sees it. */
#include <string.h>

#include "seed.h"

static MimesendEnvelope *
plain (void)
{
  static const char *const to[] = { "a@example.com", "b@example.com", NULL };

  return mimesend_envelope_new ("joe@example.com", to, NULL);
}

static MimesendReceipt *
send_to (TestSink *sink, MimesendEnvelope *envelope)
{
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  g_autoptr (GError) error = NULL;
  MimesendReceipt *receipt;

  mimesend_content_add_string (content, "Subject: x\n\n", NULL);
  receipt = mimesend_session_send (session, envelope, content, MIMESEND_SEND_SERVE_ACCEPTED, NULL, &error);
  g_assert_no_error (error);
  mimesend_session_close (session, NULL, NULL);
  return receipt;
}

static MimesendEnvelope *
with_reports (MimesendEnvelope *envelope)
{
  static const char *const originals[] = { "one@example.org", "t+wo@example.org", NULL };
  g_autoptr (MimesendEnvelope) one = mimesend_envelope_with_dsn (
      envelope, MIMESEND_NOTIFY_SUCCESS | MIMESEND_NOTIFY_DELAY, MIMESEND_RETURN_FULL, "id = 7", NULL);

  return mimesend_envelope_with_original_recipients (one, originals, NULL);
}

static void
reports (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendEnvelope) envelope = plain ();
  g_autoptr (MimesendEnvelope) all = with_reports (envelope);
  g_autoptr (MimesendReceipt) receipt = send_to (sink, all);
  JsonObject *message = test_sink_next (sink);
  JsonArray *parameters = json_object_get_array_member (message, "recipient_parameters");

  g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
  g_assert_cmpuint (g_strv_length ((char **)mimesend_receipt_get_warnings (receipt)), ==, 0);
  g_assert_nonnull (
      strstr (json_object_get_string_member (message, "mail_parameters"), "RET=FULL ENVID=id+20+3D+207"));
  g_assert_cmpstr (json_array_get_string_element (parameters, 0), ==,
                   "NOTIFY=SUCCESS,DELAY ORCPT=rfc822;one@example.org");
  g_assert_cmpstr (json_array_get_string_element (parameters, 1), ==,
                   "NOTIFY=SUCCESS,DELAY ORCPT=rfc822;t+2Bwo@example.org");
  test_sink_stop (sink);
}

/* A wish: the message goes, and the receipt says what was not asked for. */
static void
reports_not_offered (void)
{
  TestSink *sink = test_sink_start ("--hide", "DSN", NULL);
  g_autoptr (MimesendEnvelope) envelope = plain ();
  g_autoptr (MimesendEnvelope) some = with_reports (envelope);
  g_autoptr (MimesendEnvelope) all = mimesend_envelope_with_priority (some, -3, NULL);
  g_autoptr (MimesendReceipt) receipt = send_to (sink, all);
  const char *const *warnings = mimesend_receipt_get_warnings (receipt);

  g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
  g_assert_cmpuint (g_strv_length ((char **)warnings), ==, 2);
  g_assert_nonnull (strstr (warnings[0], "DSN"));
  g_assert_nonnull (strstr (warnings[1], "MT-PRIORITY"));
  test_sink_stop (sink);
}

/* What changes the meaning of the sending: nothing is sent, and it is said why. */
static void
refused_where_not_offered (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendEnvelope) envelope = plain ();
  MimesendEnvelope *const rows[] = {
    mimesend_envelope_with_require_tls (envelope, TRUE), mimesend_envelope_with_hold (envelope, 60, NULL),
    mimesend_envelope_with_deliver_by (envelope, 60, MIMESEND_DELIVER_BY_RETURN, NULL)
  };
  static const char *const says[] = { "REQUIRETLS", "FUTURERELEASE", "DELIVERBY" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendReceipt) receipt = send_to (sink, rows[i]);
      g_autofree char *words = mimesend_receipt_explain (receipt);
      g_autoptr (GError) error = NULL;

      g_assert_false (mimesend_receipt_check (receipt, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (words, says[i]));
      mimesend_envelope_unref (rows[i]);
    }
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
}

static void
bad_values (void)
{
  static const char *const one[] = { "a@example.org", NULL }, *const odd[] = { "a@example.org", "b\r\nRSET",
                                                                               NULL };
  g_autoptr (MimesendEnvelope) envelope = plain ();
  g_autofree char *long_id = g_strnfill (101, 'x');
  GError *error = NULL;

#define REFUSED(call)                                                                                        \
  g_assert_null (call);                                                                                      \
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);                                           \
  g_clear_error (&error)
  REFUSED (
      mimesend_envelope_with_dsn (envelope, MIMESEND_NOTIFY_NEVER | MIMESEND_NOTIFY_DELAY, 0, NULL, &error));
  REFUSED (mimesend_envelope_with_dsn (envelope, 0, 0, "", &error));
  REFUSED (mimesend_envelope_with_dsn (envelope, 0, 0, "a\r\nDATA", &error));
  REFUSED (mimesend_envelope_with_dsn (envelope, 0, 0, long_id, &error));
  REFUSED (mimesend_envelope_with_original_recipients (envelope, one, &error));
  REFUSED (mimesend_envelope_with_original_recipients (envelope, odd, &error));
  REFUSED (mimesend_envelope_with_priority (envelope, 10, &error));
  REFUSED (mimesend_envelope_with_deliver_by (envelope, 1000000000, MIMESEND_DELIVER_BY_NOTIFY, &error));
  REFUSED (mimesend_envelope_with_deliver_by (envelope, G_MAXDOUBLE, MIMESEND_DELIVER_BY_NOTIFY, &error));
  REFUSED (mimesend_envelope_with_hold (envelope, 999999999.5, &error));
  REFUSED (mimesend_envelope_with_hold (envelope, G_MAXDOUBLE, &error));
}

/* What was asked for can be asked for again. */
static void
getters (void)
{
  static const char *const to[] = { "a@example.com", NULL }, *const originals[] = { "b@example.com", NULL };
  g_autoptr (GDateTime) until = g_date_time_new_from_iso8601 ("2027-01-31T08:00:00+01:00", NULL);
  g_autoptr (MimesendEnvelope) plain = mimesend_envelope_new ("me@example.com", to, NULL);
  g_autoptr (MimesendEnvelope) a =
      mimesend_envelope_with_dsn (plain, MIMESEND_NOTIFY_DELAY, MIMESEND_RETURN_HEADERS, "id-1", NULL);
  g_autoptr (MimesendEnvelope) b = mimesend_envelope_with_original_recipients (a, originals, NULL);
  g_autoptr (MimesendEnvelope) c = mimesend_envelope_with_require_tls (b, TRUE);
  g_autoptr (MimesendEnvelope) d = mimesend_envelope_with_deliver_by (
      c, 59.001, MIMESEND_DELIVER_BY_RETURN | MIMESEND_DELIVER_BY_TRACE, NULL);
  g_autoptr (MimesendEnvelope) e = mimesend_envelope_with_priority (d, -3, NULL);
  g_autoptr (MimesendEnvelope) held = mimesend_envelope_with_hold (e, 30, NULL);
  g_autoptr (MimesendEnvelope) all = mimesend_envelope_with_hold_until (held, until, NULL);

  g_assert_cmpint (mimesend_envelope_get_notify (all), ==, MIMESEND_NOTIFY_DELAY);
  g_assert_cmpint (mimesend_envelope_get_return (all), ==, MIMESEND_RETURN_HEADERS);
  g_assert_cmpstr (mimesend_envelope_get_id (all), ==, "id-1");
  g_assert_cmpstr (mimesend_envelope_get_original_recipients (all)[0], ==, "b@example.com");
  g_assert_true (mimesend_envelope_get_require_tls (all));
  g_assert_cmpfloat (mimesend_envelope_get_deliver_by (all), ==, 60);
  g_assert_cmpuint (mimesend_envelope_get_deliver_by_flags (all), ==,
                    MIMESEND_DELIVER_BY_RETURN | MIMESEND_DELIVER_BY_TRACE);
  g_assert_cmpint (mimesend_envelope_get_priority (all), ==, -3);
  g_assert_cmpfloat (mimesend_envelope_get_hold (held), ==, 30);
  g_assert_cmpfloat (mimesend_envelope_get_hold (all), ==, 0);
  g_assert_true (g_date_time_equal (mimesend_envelope_get_hold_until (all), until));
  g_assert_null (mimesend_envelope_get_hold_until (held));
  g_assert_null (mimesend_envelope_get_hold_until (plain));
  g_assert_null (mimesend_envelope_get_id (plain));
  g_assert_null (mimesend_envelope_get_original_recipients (plain));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/parameters/asks-for-reports", reports);
  g_test_add_func ("/seed/parameters/reports-not-offered-are-a-warning", reports_not_offered);
  g_test_add_func ("/seed/parameters/refused-unless-offered", refused_where_not_offered);
  g_test_add_func ("/seed/parameters/refuses-bad-values", bad_values);
  g_test_add_func ("/seed/parameters/getters-return-what-was-set", getters);
  return g_test_run ();
}
