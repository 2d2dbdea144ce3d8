/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "smtp/capabilities.h"
#include "smtp/stage.h"

#include <string.h>

static MimesendSmtpReadStatus
read_all (const char *octets, gsize n, gsize step, MimesendSmtpReply *reply)
{
  MimesendSmtpReplyReader *reader = mimesend_smtp_reply_reader_new ();
  MimesendSmtpReadStatus status = MIMESEND_SMTP_READ_MORE;

  for (gsize at = 0; at < n && status == MIMESEND_SMTP_READ_MORE; at += step)
    {
      mimesend_smtp_reply_reader_push (reader, (const guint8 *)octets + at, MIN (step, n - at));
      status = mimesend_smtp_reply_reader_next (reader, FALSE, reply);
    }
  g_assert_cmpint (status == MIMESEND_SMTP_READ_BROKEN, ==,
                   mimesend_smtp_reply_reader_get_fault (reader) != NULL);
  mimesend_smtp_reply_reader_free (reader);
  return status;
}

static void
test_whole (void)
{
  static const struct
  {
    const char *octets;
    guint code;
    const char *enhanced, *text;
    guint n_lines;
  } cases[] = {
    { "250 ok\r\n", 250, "", "ok", 1 },
    { "250\r\n", 250, "", "", 1 },
    { "250 \r\n", 250, "", "", 1 },
    { "250 ok\n", 250, "", "ok", 1 },
    { "250-\r\n250-b\r\n250 c\r\n", 250, "", "\nb\nc", 3 },
    { "250 2.1.5 ok\r\n", 250, "2.1.5", "ok", 1 },
    { "250 2.1.5\r\n", 250, "2.1.5", "", 1 },
    { "550-5.7.1 first\r\n550 5.7.1 second\r\n", 550, "5.7.1", "first\nsecond", 2 },
    { "550-5.7.1 first\r\n550 second\r\n", 550, "5.7.1", "first\nsecond", 2 },
    { "250 5.1.1 of another class\r\n", 250, "", "5.1.1 of another class", 1 },
    { "550 5.1.1x\r\n", 550, "", "5.1.1x", 1 },
    { "550 5.1234.1 x\r\n", 550, "", "5.1234.1 x", 1 },
    { "550 5.1 x\r\n", 550, "", "5.1 x", 1 },
    { "550 5.999.999 x\r\n", 550, "5.999.999", "x", 1 },
    { "250 a\rb\r\n", 250, "", "a\rb", 1 },
    { "299 x\r\n", 299, "", "x", 1 },
    { "599 x\r\n", 599, "", "x", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize step = 1; step <= 64; step *= 4)
      {
        MimesendSmtpReply reply = { 0 };

        g_assert_cmpint (read_all (cases[i].octets, strlen (cases[i].octets), step, &reply), ==,
                         MIMESEND_SMTP_READ_REPLY);
        g_assert_cmpuint (reply.code, ==, cases[i].code);
        g_assert_cmpstr (reply.enhanced, ==, cases[i].enhanced);
        g_assert_cmpstr (reply.text, ==, cases[i].text);
        g_assert_cmpuint (reply.n_lines, ==, cases[i].n_lines);
        mimesend_smtp_reply_clear (&reply);
      }
}

static void
test_broken (void)
{
  static const struct
  {
    const char *octets;
    gsize n;
  } cases[] = {
    { "\r\n", 2 },
    { "25\r\n", 4 },
    { "25 ok\r\n", 7 },
    { "abc\r\n", 5 },
    { "2500 ok\r\n", 9 },
    { "250_ok\r\n", 8 },
    { "199 x\r\n", 7 },
    { "600 x\r\n", 7 },
    { "099 x\r\n", 7 },
    { "250 o\0k\r\n", 9 },
    { "250-a\r\n251 b\r\n", 14 },
    { "250-a\r\nEHLO\r\n", 13 },
    { " 250 ok\r\n", 9 },
    { "\xef\xbb\xbf"
      "250 ok\r\n",
      11 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize step = 1; step <= 64; step *= 4)
      {
        MimesendSmtpReply reply = { 0 };

        g_assert_cmpint (read_all (cases[i].octets, cases[i].n, step, &reply), ==, MIMESEND_SMTP_READ_BROKEN);
        g_assert_null (reply.text);
      }
}

/* The bounds hold to the octet, and a broken reader keeps nothing and gives nothing more. */
static void
test_bounds (void)
{
  MimesendSmtpReplyReader *reader = mimesend_smtp_reply_reader_new ();
  MimesendSmtpReply reply;
  guint given = 0, lines;
  GString *line = g_string_new ("250-");

  while (line->len < 1022)
    g_string_append_c (line, 'x');
  g_string_append (line, "\r\n");
  for (lines = 0; lines < 100; lines++)
    {
      mimesend_smtp_reply_reader_push (reader, (const guint8 *)line->str, line->len);
      if (mimesend_smtp_reply_reader_next (reader, FALSE, &reply) == MIMESEND_SMTP_READ_BROKEN)
        break;
    }
  g_assert_cmpuint (lines, ==, MIMESEND_SMTP_REPLY_MAX / 1024);
  for (guint i = 0; i < 1000; i++)
    mimesend_smtp_reply_reader_push (reader, (const guint8 *)"250 ok\r\n", 8);
  g_assert_cmpuint (mimesend_smtp_reply_reader_get_pending (reader), ==, 0);
  g_assert_cmpint (mimesend_smtp_reply_reader_next (reader, FALSE, &reply), ==, MIMESEND_SMTP_READ_BROKEN);
  mimesend_smtp_reply_reader_free (reader);

  /* one after another, many in one push */
  reader = mimesend_smtp_reply_reader_new ();
  for (guint i = 0; i < 1000; i++)
    mimesend_smtp_reply_reader_push (reader, (const guint8 *)"250 ok\r\n", 8);
  g_assert_cmpuint (mimesend_smtp_reply_reader_get_pending (reader), ==, 8000);
  while (mimesend_smtp_reply_reader_next (reader, FALSE, &reply) == MIMESEND_SMTP_READ_REPLY)
    {
      given++;
      mimesend_smtp_reply_clear (&reply);
    }
  g_assert_cmpuint (given, ==, 1000);
  g_assert_cmpuint (mimesend_smtp_reply_reader_get_pending (reader), ==, 0);
  mimesend_smtp_reply_reader_free (reader);
  g_string_free (line, TRUE);
}

/* A challenge may be longer than other lines (RFC 4954 4). */
static void
test_challenge (void)
{
  g_autoptr (GString) line = g_string_new ("334 ");
  MimesendSmtpReply reply = { 0 };

  while (line->len < 12288 + 4)
    g_string_append_c (line, 'A');
  g_string_append (line, "\r\n");
  g_assert_cmpint (read_all (line->str, line->len, 7, &reply), ==, MIMESEND_SMTP_READ_REPLY);
  g_assert_cmpuint (strlen (reply.text), ==, 12288);
  mimesend_smtp_reply_clear (&reply);
  g_string_insert_c (line, 4, 'A');
  g_assert_cmpint (read_all (line->str, line->len, 7, &reply), ==, MIMESEND_SMTP_READ_BROKEN);
}

static void
test_capabilities (void)
{
  MimesendSmtpCapabilities caps;
  MimesendSmtpReply reply = {
    .code = 250,
    .text = (char *)"SIZE is my name\nsize 1000\nPipelining\n8BITMIME\nAUTH PLAIN plain  x-1\n"
                    "LIMITS RCPTMAX=50 MAILMAX=3 RCPTDOMAINMAX=1\nXSIZE 3\nSMTPUTF8x\n\nDSN\n"
                    "DELIVERBY 240\nFUTURERELEASE 604800 2027-01-01T00:00:00Z"
  };

  mimesend_smtp_capabilities_init (&caps);
  g_assert_nonnull (caps.mechanisms->pdata);
  mimesend_smtp_capabilities_read (&caps, &reply);
  g_assert_true (caps.esmtp);
  g_assert_cmpuint (caps.offered, ==,
                    MIMESEND_SMTP_SIZE | MIMESEND_SMTP_PIPELINING | MIMESEND_SMTP_8BITMIME |
                        MIMESEND_SMTP_AUTH | MIMESEND_SMTP_LIMITS | MIMESEND_SMTP_DSN |
                        MIMESEND_SMTP_DELIVERBY | MIMESEND_SMTP_FUTURERELEASE);
  g_assert_cmpuint (caps.size_limit, ==, 1000);
  g_assert_cmpuint (caps.rcpt_max, ==, 50);
  g_assert_cmpuint (caps.mail_max, ==, 3);
  g_assert_cmpuint (caps.domain_max, ==, 1);
  g_assert_cmpuint (caps.by_min, ==, 240);
  g_assert_cmpuint (caps.hold_max, ==, 604800);
  g_assert_cmpstr (caps.hold_until, ==, "2027-01-01T00:00:00Z");
  g_assert_cmpuint (caps.mechanisms->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (caps.mechanisms, 0), ==, "PLAIN");
  g_assert_cmpstr (g_ptr_array_index (caps.mechanisms, 1), ==, "X-1");
  g_assert_null (g_ptr_array_index (caps.mechanisms, 2));

  mimesend_smtp_capabilities_clear (&caps);
  g_assert_false (caps.esmtp);
  g_assert_cmpuint (caps.offered, ==, 0);
  g_assert_cmpuint (caps.mechanisms->len, ==, 1);
  g_ptr_array_unref (caps.mechanisms);
}

/* A server that invents mechanisms is not believed without end. */
static void
test_many_mechanisms (void)
{
  MimesendSmtpCapabilities caps;
  g_autoptr (GString) text = g_string_new ("x");
  MimesendSmtpReply reply = { .code = 250 };

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, "%s%u", i % 1000 == 0 ? "\nAUTH M" : " M", i);
  reply.text = text->str;
  mimesend_smtp_capabilities_init (&caps);
  mimesend_smtp_capabilities_read (&caps, &reply);
  g_assert_cmpuint (caps.mechanisms->len, <=, 66);
  g_ptr_array_unref (caps.mechanisms);
}

static void
test_stages (void)
{
  for (guint stage = 0; stage < MIMESEND_SMTP_N_STAGES; stage++)
    g_assert_cmpuint (strlen (mimesend_smtp_stage_words (stage)), >, 5);
  g_assert_cmpint (mimesend_smtp_stage_timeout_us (MIMESEND_SMTP_STAGE_END_OF_DATA), ==,
                   600 * G_USEC_PER_SEC);
  g_assert_cmpint (mimesend_smtp_stage_timeout_us (MIMESEND_SMTP_STAGE_DATA), ==, 120 * G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/reply/reads-whole-replies", test_whole);
  g_test_add_func ("/smtp/reply/refuses-broken-replies", test_broken);
  g_test_add_func ("/smtp/reply/limits-length", test_bounds);
  g_test_add_func ("/smtp/reply/reads-challenges", test_challenge);
  g_test_add_func ("/smtp/capabilities/reads-ehlo-replies", test_capabilities);
  g_test_add_func ("/smtp/capabilities/reads-many-mechanisms", test_many_mechanisms);
  g_test_add_func ("/smtp/stage/stages-have-words-and-time-outs", test_stages);
  return g_test_run ();
}
