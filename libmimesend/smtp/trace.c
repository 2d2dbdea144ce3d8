/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "smtp/trace.h"

#include "octets/decimal.h"

#include <string.h>

#define LINES_MAX   4096 /* lines that are not fetched; above that the oldest are dropped */
#define RING        8192 /* octets of the ring, a power of two */
#define RECENT      64   /* lines in it at most */
#define LINE_OCTETS 509  /* octets of one */

typedef struct
{
  gboolean is_reply;
  char *text;
} Line;

struct _MimesendSmtpTrace
{
  gboolean all;
  GQueue lines;
  /* The ring: positions count on for ever, and wrap where the octets are touched. */
  guint head, tail; /* the oldest octet, and behind the newest */
  guint first, n;   /* the lines: where each begins, in a ring of their own */
  guint begins[RECENT];
  char ring[RING];
};

MimesendSmtpTrace *
mimesend_smtp_trace_new (gboolean all)
{
  MimesendSmtpTrace *self = g_malloc (sizeof *self);

  memset (self, 0, G_STRUCT_OFFSET (MimesendSmtpTrace, begins)); /* what no line has filled is not read */
  self->all = all;
  return self;
}

void
mimesend_smtp_trace_free (MimesendSmtpTrace *self)
{
  gboolean is_reply;
  char *text;

  if (self == NULL)
    return;
  while ((text = mimesend_smtp_trace_next (self, &is_reply)) != NULL)
    g_free (text);
  g_free (self);
}

/* --- the ring --- */

static void
ring_put (MimesendSmtpTrace *self, const char *octets, gsize n)
{
  guint at = self->tail & (RING - 1);
  gsize ahead = MIN (n, RING - at);

  memcpy (self->ring + at, octets, ahead);
  if (ahead < n)
    memcpy (self->ring, octets + ahead, n - ahead);
  self->tail += (guint)n;
}

/* Makes room for a line of n octets by dropping the oldest lines. */
static void
ring_begin (MimesendSmtpTrace *self, guint n)
{
  while (self->n == RECENT || (self->n > 0 && self->tail - self->head + n > RING))
    {
      self->first = (self->first + 1) % RECENT;
      self->n--;
      self->head = self->n > 0 ? self->begins[self->first] : self->tail;
    }
  self->begins[(self->first + self->n) % RECENT] = self->tail;
  self->n++;
}

/* mark: what the line is. Of a long text the end is left out. */
static void
ring_line (
    MimesendSmtpTrace *self, const char *mark, const char *prefix, gsize prefix_n, const char *text, gsize n)
{
  n = MIN (n, LINE_OCTETS - prefix_n);
  ring_begin (self, (guint)(2 + prefix_n + n));
  ring_put (self, mark, 2);
  if (prefix_n > 0)
    ring_put (self, prefix, prefix_n);
  ring_put (self, text, n);
}

char **
mimesend_smtp_trace_recent (const MimesendSmtpTrace *self)
{
  char **lines = g_malloc0 ((self->n + 1) * sizeof (char *));

  for (guint i = 0; i < self->n; i++)
    {
      guint begin = self->begins[(self->first + i) % RECENT];
      guint end = i + 1 < self->n ? self->begins[(self->first + i + 1) % RECENT] : self->tail;
      guint at = begin & (RING - 1), n = end - begin, ahead = MIN (n, RING - at);

      lines[i] = g_malloc (n + 1);
      memcpy (lines[i], self->ring + at, ahead);
      memcpy (lines[i] + ahead, self->ring, n - ahead);
      lines[i][n] = '\0';
    }
  return lines;
}

/* --- all lines --- */

static void
trace_push (MimesendSmtpTrace *self, gboolean is_reply, char *text)
{
  Line *line = g_new (Line, 1);

  if (self->lines.length >= LINES_MAX)
    {
      gboolean ignored;

      g_free (mimesend_smtp_trace_next (self, &ignored));
    }
  line->is_reply = is_reply;
  line->text = text;
  g_queue_push_tail (&self->lines, line);
}

void
mimesend_smtp_trace_command (MimesendSmtpTrace *self, const guint8 *line, gsize n, gsize n_secret)
{
  const char *text = (const char *)line;
  g_autofree char *hidden = NULL;

  if (self == NULL)
    return;
  if (n_secret > 0)
    {
      hidden =
          g_strdup_printf ("%.*s[%" G_GSIZE_FORMAT " octets hidden]", (int)(n - n_secret), text, n_secret);
      text = hidden;
      n = strlen (hidden);
    }
  ring_line (self, "> ", "", 0, text, n);
  if (self->all)
    trace_push (self, FALSE, g_strndup (text, n));
}

void
mimesend_smtp_trace_content (MimesendSmtpTrace *self, guint64 octets)
{
  char digits[MIMESEND_DECIMAL_SIZE];
  const char *text = mimesend_decimal (digits, octets);

  ring_line (self, "* ", text, strlen (text), " octets of content", 18);
}

/* As the lines came, but for the codes, which the reader has taken apart. Challenges are hidden like the answers to them:
 * from those of SCRAM the password can be guessed. */
void
mimesend_smtp_trace_reply (MimesendSmtpTrace *self, const MimesendSmtpReply *reply)
{
  const char *at = reply->text;
  g_autofree char *hidden = NULL;
  char prefix[8 + sizeof reply->enhanced];
  gsize n = strlen (reply->enhanced);

  prefix[0] = (char)('0' + reply->code / 100);
  prefix[1] = (char)('0' + reply->code / 10 % 10);
  prefix[2] = (char)('0' + reply->code % 10);
  memcpy (prefix + 4, reply->enhanced, n);
  n += 4;
  if (n > 4)
    prefix[n++] = ' ';
  if (reply->code == 334 && *at != '\0')
    {
      hidden = g_strdup_printf ("[%" G_GSIZE_FORMAT " octets hidden]", strlen (at));
      at = hidden;
    }
  for (;;)
    {
      const char *end = strchr (at, '\n');
      gsize length = end != NULL ? (gsize)(end - at) : strlen (at);

      prefix[3] = end != NULL ? '-' : ' ';
      ring_line (self, "< ", prefix, n, at, length);
      if (self->all)
        trace_push (self, TRUE, g_strdup_printf ("%.*s%.*s", (int)n, prefix, (int)length, at));
      if (end == NULL)
        return;
      at = end + 1;
    }
}

char *
mimesend_smtp_trace_next (MimesendSmtpTrace *self, gboolean *is_reply)
{
  Line *line = g_queue_pop_head (&self->lines);
  char *text;

  if (line == NULL)
    return NULL;
  *is_reply = line->is_reply;
  text = line->text;
  g_free (line);
  return text;
}
