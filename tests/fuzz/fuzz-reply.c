/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reply reader: however its octets are cut, the same replies come of them, and each holds to the form. */
#include "fuzz.h"

#include "smtp/capabilities.h"

#define LAST_MAX (12288 + 6) /* the longest line there may be */

static void
check (const MimesendSmtpReply *reply)
{
  guint n_lines = 1;

  g_assert_cmpuint (reply->code, >=, 200);
  g_assert_cmpuint (reply->code, <=, 599);
  g_assert_cmpuint (strnlen (reply->enhanced, sizeof reply->enhanced), <, sizeof reply->enhanced);
  g_assert_true (reply->enhanced[0] == '\0' || (guint)(reply->enhanced[0] - '0') == reply->code / 100);
  for (const char *c = reply->text; *c != '\0'; c++)
    n_lines += *c == '\n';
  g_assert_cmpuint (reply->n_lines, ==, n_lines);
}

static void
render (GString *into, const MimesendSmtpReply *reply)
{
  g_string_append_printf (into, "%u %s %u %s\n", reply->code, reply->enhanced, reply->n_lines, reply->text);
}

/* Reads what is there; TRUE: the reader is broken. */
static gboolean
drain (MimesendSmtpReplyReader *reader, gboolean ehlo, GString *into)
{
  MimesendSmtpReply reply = { 0 };
  MimesendSmtpReadStatus status;

  while ((status = mimesend_smtp_reply_reader_next (reader, ehlo, &reply)) == MIMESEND_SMTP_READ_REPLY)
    {
      MimesendSmtpCapabilities capabilities;

      check (&reply);
      render (into, &reply);
      mimesend_smtp_capabilities_init (&capabilities);
      mimesend_smtp_capabilities_read (&capabilities, &reply);
      g_ptr_array_unref (capabilities.mechanisms);
      mimesend_smtp_reply_clear (&reply);
    }
  g_assert_cmpint (status == MIMESEND_SMTP_READ_BROKEN, ==,
                   mimesend_smtp_reply_reader_get_fault (reader) != NULL);
  if (status == MIMESEND_SMTP_READ_BROKEN)
    g_string_append (into, "broken\n");
  else
    g_assert_cmpuint (mimesend_smtp_reply_reader_get_pending (reader), <=,
                      (ehlo ? MIMESEND_SMTP_EHLO_MAX : MIMESEND_SMTP_REPLY_MAX) + LAST_MAX);
  return status == MIMESEND_SMTP_READ_BROKEN;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  guint way = fuzz_choose (&input, 4), step = 1 + fuzz_choose (&input, 40);
  gboolean ehlo = way & 2, broken = FALSE;
  MimesendSmtpReplyReader *whole = mimesend_smtp_reply_reader_new ();
  MimesendSmtpReplyReader *cut = mimesend_smtp_reply_reader_new ();
  g_autoptr (GString) one = g_string_new (NULL), many = g_string_new (NULL);
  gsize pending;

  fuzz_init ();
  mimesend_smtp_reply_reader_push (whole, input.data, input.size);
  drain (whole, ehlo, one);
  pending = mimesend_smtp_reply_reader_get_pending (whole);
  while (input.size > 0 && !broken)
    {
      gsize n;
      g_autofree guint8 *block = fuzz_take (&input, step, &n);

      mimesend_smtp_reply_reader_push (cut, block, n);
      broken = drain (cut, ehlo, many);
    }
  g_assert_cmpstr (one->str, ==, many->str);
  g_assert_cmpuint (pending, ==, mimesend_smtp_reply_reader_get_pending (cut));
  mimesend_smtp_reply_reader_free (whole);
  mimesend_smtp_reply_reader_free (cut);
  return 0;
}
