/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mailbox grammar: what it lets through makes one command line and no more, at the choke point too; and what it refuses
 * is refused there. */
#include "fuzz.h"

#include "octets/mailbox.h"
#include "smtp/command.h"

static void
check_line (const char *text)
{
  g_autofree char *want = g_strdup_printf ("RCPT TO:<%s>\r\n", text);
  MimesendSmtpOutput out;
  MimesendPiece piece;

  mimesend_smtp_output_init (&out);
  g_assert_null (mimesend_smtp_command_rcpt (&out, text, MIMESEND_SMTP_QUEUE_PLAIN));
  g_assert_cmpuint (mimesend_smtp_output_peek (&out, TRUE, &piece, 1), ==, 1);
  g_assert_cmpmem (piece.data, piece.length, want, strlen (want));
  mimesend_smtp_output_clear (&out);
}

static void
check_good (const char *text, gsize length, const MimesendMailbox *mailbox)
{
  static const char dead[] = " <>\"(),;@";
  gsize end = mailbox->local_length;
  gboolean quoted = text[0] == '"', literal = mailbox->domain_offset > 0 && text[end + 1] == '[';

  g_assert_true (g_utf8_validate_len (text, length, NULL));
  for (gsize i = 0; i < length; i++)
    {
      g_assert_true ((guint8)text[i] > 31 && text[i] != 127);
      if (i < end && !quoted)
        g_assert_true (strchr (dead, text[i]) == NULL);
      if (i > end)
        g_assert_true (strchr (literal ? " <>@\\" : dead, text[i]) == NULL);
    }
  g_assert_cmpuint (mailbox->local_length, >, 0);
  g_assert_cmpuint (mailbox->local_length, <=, 64);
  if (mailbox->domain_offset == 0)
    g_assert_cmpuint (mailbox->local_length, ==, length);
  else
    {
      const char *domain = text + mailbox->domain_offset;

      g_assert_cmpuint (mailbox->domain_offset, ==, mailbox->local_length + 1);
      g_assert_cmpint (domain[-1], ==, '@');
      g_assert_null (memchr (domain, '@', length - mailbox->domain_offset));
      g_assert_true (mimesend_domain_is_valid (domain, length - mailbox->domain_offset, TRUE));
    }
  check_line (text);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *exact = g_malloc (MAX (size, 1)); /* no NUL behind it */
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autofree char *guess = NULL;
  MimesendMailbox mailbox;
  MimesendMailboxFault fault;
  gboolean is_ascii;

  fuzz_init ();
  memcpy (exact, data != NULL ? data : (const guint8 *)"", size);
  fault = mimesend_mailbox_scan (exact, size, &mailbox);
  if (fault == MIMESEND_MAILBOX_OK)
    check_good (text, size, &mailbox);
  else
    {
      g_assert_cmpuint (mailbox.fault_offset, <=, size);
      g_assert_nonnull (mimesend_mailbox_fault_words (fault));
    }
  if (strlen (text) == size)
    g_assert_cmpint (mimesend_smtp_path_fault (text, FALSE, &is_ascii) == NULL, ==,
                     fault == MIMESEND_MAILBOX_OK);
  guess = mimesend_mailbox_guess (exact, size);
  if (guess != NULL)
    g_assert_cmpint (mimesend_mailbox_scan (guess, strlen (guess), &mailbox), ==, MIMESEND_MAILBOX_OK);
  mimesend_domain_is_valid (exact, size, FALSE);
  return 0;
}
