/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Very many recipients, and recipients that a server without SMTPUTF8 cannot be told. */
#include "seed.h"

#include <stdlib.h>
#include <string.h>

#define MANY 10000

/* Of this process now, in octets; 0 under a sanitizer, whose memory is not ours. */
static guint64
resident (void)
{
#if defined(__SANITIZE_ADDRESS__)
  return 0;
#else
  g_autofree char *status = NULL;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  return 1024 * g_ascii_strtoull (strstr (status, "VmRSS:") + strlen ("VmRSS:"), NULL, 10);
#endif
}

static MimesendReceipt *
send_to (TestSink *sink, const char *const *to, MimesendSendFlags flags)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), &error);
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  MimesendReceipt *receipt = NULL;

  g_assert_no_error (error);
  g_assert_true (mimesend_content_add_string (content, "Subject: hi\n\nhello\n", NULL));
  mimesend_send_smtp_content (server, "joe@example.com", to, content, flags, &receipt, NULL, NULL);
  g_assert_nonnull (receipt);
  return receipt;
}

/* As many transactions as it takes, and every recipient once. */
static void
test_many_recipients (void)
{
  TestSink *sink = test_sink_start ("--discard", NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) to = NULL;
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint64 before;

  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *address = g_strdup_printf ("reader%u@example.net", i);

      g_strv_builder_add (builder, address);
    }
  to = g_strv_builder_end (builder);
  before = resident ();
  receipt = send_to (sink, (const char *const *)to, MIMESEND_SEND_SERVE_ACCEPTED);
  if (before > 0)
    g_assert_cmpuint (resident (), <, before + MANY * 2048);
  g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
  g_assert_cmpuint (mimesend_receipt_get_n_recipients (receipt), ==, MANY);
  g_assert_cmpuint (mimesend_receipt_get_n_transactions (receipt), ==, MANY / 100);
  for (guint i = 0; i < MANY / 100; i++)
    {
      JsonArray *recipients = json_object_get_array_member (test_sink_next (sink), "recipients");

      for (guint j = 0; j < json_array_get_length (recipients); j++)
        g_hash_table_add (seen, g_strdup (json_array_get_string_element (recipients, j)));
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, MANY);
  test_sink_stop (sink);
}

static const char *const foreign[] = { "ann@b\303\274cher.example", "\303\244nn@example.com",
                                       "bob@example.com", NULL };

/* RFC 6531: with it all are served; a mailbox that can be ASCII needs it of no server further on. */
static void
test_smtputf8 (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendReceipt) receipt = send_to (sink, foreign, MIMESEND_SEND_DEFAULT);
  g_autofree char *arrived = seed_recipients_of (test_sink_next (sink));

  g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
  g_assert_cmpstr (arrived, ==, "ann@xn--bcher-kva.example \303\244nn@example.com bob@example.com ");
  test_sink_stop (sink);
}

/* Without it a domain has another form, a mailbox has none: another's mailbox it would be. */
static void
test_no_smtputf8 (void)
{
  TestSink *sink = test_sink_start ("--hide", "SMTPUTF8", NULL);
  g_autoptr (MimesendReceipt) receipt = send_to (sink, foreign, MIMESEND_SEND_SERVE_ACCEPTED);
  g_autofree char *arrived = seed_recipients_of (test_sink_next (sink));

  g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_PARTIAL);
  g_assert_cmpstr (arrived, ==, "ann@xn--bcher-kva.example bob@example.com ");
  g_assert_cmpint (mimesend_receipt_get_recipient_outcome (receipt, 0), ==, MIMESEND_OUTCOME_ACCEPTED);
  g_assert_cmpint (mimesend_receipt_get_recipient_outcome (receipt, 1), ==, MIMESEND_OUTCOME_REFUSED);
  g_assert_cmpint (mimesend_receipt_get_recipient_outcome (receipt, 2), ==, MIMESEND_OUTCOME_ACCEPTED);
  g_assert_nonnull (strstr (mimesend_receipt_get_recipient_reply (receipt, 1), "SMTPUTF8"));
  test_sink_stop (sink);
}

/* The only recipient: the error is not a server's refusal. */
static void
test_no_smtputf8_alone (void)
{
  static const char *const alone[] = { "\303\244nn@example.com", NULL };
  TestSink *sink = test_sink_start ("--hide", "SMTPUTF8", NULL);
  g_autoptr (MimesendReceipt) receipt = send_to (sink, alone, MIMESEND_SEND_SERVE_ACCEPTED);
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_receipt_check (receipt, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "\303\244nn@example.com: the local part is not ASCII"));
  g_assert_cmpint (mimesend_receipt_get_recipient_outcome (receipt, 0), ==, MIMESEND_OUTCOME_REFUSED);
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
}

/* All or none: no recipient gets it. */
static void
test_no_smtputf8_all_or_none (void)
{
  TestSink *sink = test_sink_start ("--hide", "SMTPUTF8", NULL);
  g_autoptr (MimesendReceipt) receipt = send_to (sink, foreign, MIMESEND_SEND_DEFAULT);
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_receipt_check (receipt, &error));
  g_assert_nonnull (strstr (error->message, "SMTPUTF8"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (mimesend_receipt_get_recipient_outcome (receipt, i), !=, MIMESEND_OUTCOME_ACCEPTED);
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
}

/* Headers are ASCII on every server: a name is an encoded word, a domain has its A-labels. */
static void
test_headers (void)
{
  const char *const options[][3] = { { NULL }, { "--hide", "SMTPUTF8", NULL } };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      TestSink *sink = test_sink_start_with (options[i]);
      g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
      const char *to[] = { "Z\303\266e <ann@b\303\274cher.example>", NULL };
      g_autoptr (GError) error = NULL;
      g_autofree char *octets = NULL;

      g_assert_true (mimesend_send_letter (test_sink_server (sink), "joe@example.com", to, letter, NULL,
                                           &error, "hello\n"));
      g_assert_no_error (error);
      test_sink_next (sink);
      octets = seed_arrived (sink);
      g_assert_true (g_str_is_ascii (octets));
      g_assert_nonnull (strstr (octets, "<ann@xn--bcher-kva.example>\r\n"));
      test_sink_stop (sink);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/S8/many-recipients", test_many_recipients);
  g_test_add_func ("/seed/S8/smtputf8", test_smtputf8);
  g_test_add_func ("/seed/S8/no-smtputf8", test_no_smtputf8);
  g_test_add_func ("/seed/S8/no-smtputf8-alone", test_no_smtputf8_alone);
  g_test_add_func ("/seed/S8/no-smtputf8-all-or-none", test_no_smtputf8_all_or_none);
  g_test_add_func ("/seed/S8/no-smtputf8-headers", test_headers);
  return g_test_run ();
}
