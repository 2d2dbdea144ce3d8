/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Replies: octets in, whole replies out (RFC 5321 4.2, RFC 2034).
 *
 * All input is untrusted. A reply is returned only when its last line is complete and all lines have the same code. After a
 * malformed reply the reader fails for good, since replies can no longer be matched to commands. Memory: one line, the text
 * of one reply, and what was pushed last. */
#include "smtp/reply.h"

#include <string.h>

/* RFC 4954 4: a challenge takes up to 12,288 octets; "334 " and the line end come on top. */
#define CHALLENGE_MAX (12288 + 6)

struct _MimesendSmtpReplyReader
{
  GByteArray *input; /* pushed and not yet read, from `start` on */
  gsize start;
  gsize scanned;  /* octets behind `start` known to hold no LF */
  GString *text;  /* the text of the reply being read, or lent */
  gboolean given; /* the text is lent until the next call */
  char *only;     /* in the input: the text of a reply of one line */
  guint code;     /* of the reply being read, 0: none begun */
  guint n_lines;
  gsize octets; /* of the reply being read, all lines */
  char enhanced[16];
  const char *fault;
};

MimesendSmtpReplyReader *
mimesend_smtp_reply_reader_new (void)
{
  MimesendSmtpReplyReader *self = g_new0 (MimesendSmtpReplyReader, 1);

  self->input = g_byte_array_sized_new (512); /* its data is never NULL */
  self->text = g_string_new (NULL);
  return self;
}

void
mimesend_smtp_reply_reader_free (MimesendSmtpReplyReader *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->input);
  g_string_free (self->text, TRUE);
  g_free (self);
}

void
mimesend_smtp_reply_reader_push (MimesendSmtpReplyReader *self, const guint8 *octets, gsize n)
{
  if (self->fault != NULL || n == 0)
    return;
  if (self->start > 0)
    {
      if (self->start < self->input->len)
        memmove (self->input->data, self->input->data + self->start, self->input->len - self->start);
      g_byte_array_set_size (self->input, (guint)(self->input->len - self->start));
      self->start = 0;
    }
  g_byte_array_append (self->input, octets, (guint)n);
}

gsize
mimesend_smtp_reply_reader_get_pending (MimesendSmtpReplyReader *self)
{
  return self->input->len - self->start + self->octets;
}

const char *
mimesend_smtp_reply_reader_get_fault (MimesendSmtpReplyReader *self)
{
  return self->fault;
}

static MimesendSmtpReadStatus
reply_broken (MimesendSmtpReplyReader *self, const char *fault)
{
  self->fault = fault;
  g_byte_array_set_size (self->input, 0);
  self->start = self->scanned = self->octets = 0;
  g_string_truncate (self->text, 0);
  return MIMESEND_SMTP_READ_BROKEN;
}

/* RFC 3463 2: class "." subject "." detail. Returns its length, 0 where there is none; it must agree with the
 * code's first digit (RFC 2034 4) or it is only text that looks like one. */
static gsize
enhanced_length (const char *s, gsize n, char class_digit)
{
  gsize at = 1, parts = 0;

  if (n < 5 || s[0] != class_digit)
    return 0;
  for (; parts < 2; parts++)
    {
      gsize digits = 0;

      if (at >= n || s[at++] != '.')
        return 0;
      while (at < n && g_ascii_isdigit (s[at]) && digits < 3)
        at++, digits++;
      if (digits == 0)
        return 0;
    }
  return at == n || s[at] == ' ' ? at : 0;
}

/* One line without its end, an octet of which stands behind it. Returns NULL or the fault. */
static const char *
reply_read_line (MimesendSmtpReplyReader *self, char *line, gsize n, gboolean *is_last)
{
  guint code;
  gsize skip;

  if (n < 3 || !g_ascii_isdigit (line[0]) || !g_ascii_isdigit (line[1]) || !g_ascii_isdigit (line[2]))
    return "a line of the server does not begin with a reply code";
  if (n > 3 && line[3] != ' ' && line[3] != '-')
    return "the reply code is followed by neither a blank nor a dash";
  code = (guint)(line[0] - '0') * 100 + (guint)(line[1] - '0') * 10 + (guint)(line[2] - '0');
  if (code < 200 || code > 599)
    return "the server gave a reply code that SMTP does not have";
  if (self->code != 0 && self->code != code)
    return "the reply code changes within one reply";

  *is_last = n == 3 || line[3] == ' ';
  skip = MIN (n, 4);
  line += skip;
  n -= skip;

  skip = enhanced_length (line, n, (char)('0' + code / 100));
  if (skip > 0)
    {
      if (self->enhanced[0] == '\0' && skip < sizeof self->enhanced)
        memcpy (self->enhanced, line, skip), self->enhanced[skip] = '\0';
      skip = MIN (skip + 1, n);
      line += skip;
      n -= skip;
    }

  /* the commonest reply has one line: its text is lent from where it stands */
  self->only = NULL;
  if (self->n_lines == 0 && *is_last)
    {
      line[n] = '\0';
      self->only = line;
    }
  else
    {
      if (self->n_lines > 0)
        g_string_append_c (self->text, '\n');
      g_string_append_len (self->text, line, (gssize)n);
    }
  self->code = code;
  self->n_lines++;
  return NULL;
}

static void
reply_reader_give (MimesendSmtpReplyReader *self, MimesendSmtpReply *reply)
{
  reply->code = self->code;
  reply->n_lines = self->n_lines;
  memcpy (reply->enhanced, self->enhanced, sizeof reply->enhanced);
  reply->text = self->only != NULL ? self->only : self->text->str;

  self->given = TRUE;
  self->code = self->n_lines = 0;
  self->octets = 0;
  self->enhanced[0] = '\0';
}

MimesendSmtpReadStatus
mimesend_smtp_reply_reader_next (MimesendSmtpReplyReader *self, gboolean ehlo, MimesendSmtpReply *reply)
{
  MimesendSmtpReadStatus status = mimesend_smtp_reply_reader_look (self, ehlo, reply);

  if (status == MIMESEND_SMTP_READ_REPLY)
    reply->text = g_strdup (reply->text);
  return status;
}

MimesendSmtpReadStatus
mimesend_smtp_reply_reader_look (MimesendSmtpReplyReader *self, gboolean ehlo, MimesendSmtpReply *reply)
{
  gsize reply_max = ehlo ? MIMESEND_SMTP_EHLO_MAX : MIMESEND_SMTP_REPLY_MAX;

  if (self->fault != NULL)
    return MIMESEND_SMTP_READ_BROKEN;
  if (self->given)
    g_string_truncate (self->text, 0);
  self->given = FALSE;

  for (;;)
    {
      char *line = (char *)self->input->data + self->start;
      gsize have = self->input->len - self->start;
      const char *end = NULL, *fault;
      gsize line_max = have >= 3 && memcmp (line, "334", 3) == 0 ? CHALLENGE_MAX : MIMESEND_SMTP_LINE_MAX;
      gsize n;
      gboolean is_last = FALSE;

      if (have > self->scanned)
        end = memchr (line + self->scanned, '\n', have - self->scanned);
      n = end != NULL ? (gsize)(end - line) + 1 : have;
      if (n > line_max)
        return reply_broken (self, "a line of the server is longer than 8,192 octets");
      if (n > self->scanned && memchr (line + self->scanned, '\0', n - self->scanned) != NULL)
        return reply_broken (self, "the server sent a NUL");
      if (end == NULL)
        {
          self->scanned = have;
          return MIMESEND_SMTP_READ_MORE;
        }

      self->scanned = 0;
      self->start += n;
      self->octets += n;
      if (self->octets > reply_max)
        return reply_broken (self, "a reply of the server is too long");
      if (self->n_lines >= MIMESEND_SMTP_REPLY_LINES_MAX)
        return reply_broken (self, "a reply of the server has more than 1,000 lines");
      n--;
      if (n > 0 && line[n - 1] == '\r') /* a LF alone ends a line, too */
        n--;

      fault = reply_read_line (self, line, n, &is_last);
      if (fault != NULL)
        return reply_broken (self, fault);
      if (is_last)
        {
          reply_reader_give (self, reply);
          return MIMESEND_SMTP_READ_REPLY;
        }
    }
}

/* The first octet of the pending input, which tells the class of an unsolicited reply; 0: none. */
guint8
mimesend_smtp_reply_reader_first (MimesendSmtpReplyReader *self)
{
  if (self->code != 0)
    return (guint8)('0' + self->code / 100);
  return self->start < self->input->len ? self->input->data[self->start] : 0;
}

void
mimesend_smtp_reply_clear (MimesendSmtpReply *self)
{
  g_free (self->text);
  *self = (MimesendSmtpReply){ 0 };
}
