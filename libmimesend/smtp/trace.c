/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "smtp/trace.h"

#include <string.h>

#define LINES_MAX 4096 /* not fetched: the oldest are forgotten */

typedef struct
{
  gboolean is_reply;
  char *text;
} Line;

struct _MimesendSmtpTrace
{
  GQueue lines;
};

MimesendSmtpTrace *
mimesend_smtp_trace_new (void)
{
  return g_new0 (MimesendSmtpTrace, 1);
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

static void
push (MimesendSmtpTrace *self, gboolean is_reply, char *text)
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
  if (self == NULL)
    return;
  if (n_secret == 0)
    push (self, FALSE, g_strndup ((const char *)line, n));
  else
    push (self, FALSE,
          g_strdup_printf ("%.*s[%" G_GSIZE_FORMAT " octets hidden]", (int)(n - n_secret), (const char *)line,
                           n_secret));
}

/* As the lines came, but for the codes, which the reader has taken apart. Challenges are hidden like the answers to them:
 * from those of SCRAM the password can be guessed. */
void
mimesend_smtp_trace_reply (MimesendSmtpTrace *self, const MimesendSmtpReply *reply)
{
  const char *at = reply->text;

  if (self == NULL)
    return;
  if (reply->code == 334 && *at != '\0')
    {
      push (self, TRUE, g_strdup_printf ("334 [%" G_GSIZE_FORMAT " octets hidden]", strlen (at)));
      return;
    }
  for (;;)
    {
      const char *end = g_strstr_len (at, -1, "\n");
      int length = end != NULL ? (int)(end - at) : (int)strlen (at);

      push (self, TRUE,
            g_strdup_printf ("%u%c%s%s%.*s", reply->code, end != NULL ? '-' : ' ', reply->enhanced,
                             reply->enhanced[0] != '\0' ? " " : "", length, at));
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
