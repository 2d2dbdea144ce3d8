/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The content: DATA up to the final dot (RFC 5321 section 4.1.1.4), BDAT by count (RFC 3030). Octets are passed on as
 * slices of the input; a dot is removed only after a real CRLF. */
#include "core-private.h"

#include <string.h>

#define CONTENT_LINE_MAX 998 /* octets: RFC 5321 section 4.5.3.1.6, without CRLF */

void
sink_content_begin (SinkCore *self, gboolean by_bdat)
{
  self->begun = self->fresh = self->line_begin = TRUE;
  self->after_cr = self->too_big = FALSE;
  self->by_bdat = by_bdat;
  self->total = self->line = 0;
  g_ptr_array_add (self->recipients, NULL);
  g_ptr_array_add (self->recipient_parameters, NULL);
  self->content_step = sink_script_content (&self->script);
  sink_core_event (self, SINK_EVENT_MESSAGE_BEGIN);
}

static gboolean
has_eight_bit (const guint8 *octets, gsize n)
{
  guint64 all = 0, word;
  for (; n >= sizeof word; octets += sizeof word, n -= sizeof word)
    {
      memcpy (&word, octets, sizeof word);
      all |= word;
    }
  for (; n > 0; n--)
    all |= *octets++;
  return (all & G_GUINT64_CONSTANT (0x8080808080808080)) != 0;
}

/* Checks the octets of a slice; with dots it ends before a line that begins with one. Returns its length.
 */
static gsize
content_scan (SinkCore *self, const guint8 *octets, gsize n, gboolean dots)
{
  gsize i = 0;
  while (i < n)
    {
      if (dots && self->line_begin && octets[i] == '.')
        break;
      const guint8 *lf = memchr (octets + i, '\n', n - i);
      gsize length = lf != NULL ? (gsize)(lf - octets) - i : n - i;
      if (length > 0)
        {
          const guint8 *cr = memchr (octets + i, '\r', length);
          if (self->after_cr || (cr != NULL && cr != octets + i + length - 1))
            self->violations |= SINK_VIOLATION_BARE_CR;
          self->after_cr = octets[i + length - 1] == '\r';
          self->line += length;
          self->line_begin = FALSE;
        }
      if (self->line - (self->after_cr ? 1 : 0) > CONTENT_LINE_MAX && self->line > 0)
        self->violations |= SINK_VIOLATION_LONG_LINE;
      i += length;
      if (lf != NULL)
        {
          if (!self->after_cr)
            self->violations |= SINK_VIOLATION_BARE_LF;
          self->line_begin = self->after_cr;
          self->after_cr = FALSE;
          self->line = 0;
          i++;
        }
    }
  if (i > 0 && memchr (octets, 0, i) != NULL)
    self->violations |= SINK_VIOLATION_NUL;
  if (!self->eight_bit && has_eight_bit (octets, i))
    self->violations |= SINK_VIOLATION_EIGHT_BIT;
  return i;
}

static void
sink_content_give (SinkCore *self, const guint8 *octets, gsize n)
{
  self->at += n;
  self->total += n;
  if (self->size_limit > 0 && self->total > self->size_limit)
    self->too_big = TRUE;
  if (self->too_big || n == 0)
    return;
  sink_core_event (self, SINK_EVENT_OCTETS);
  SinkEvent *event = &g_array_index (self->events, SinkEvent, self->events->len - 1);
  event->octets = octets;
  event->n = n;
}

/* Applies the script's CONTENT … after N. TRUE: the connection is closed. */
static gboolean
content_scripted (SinkCore *self)
{
  const SinkStep *step = self->content_step;
  if (step == NULL || self->total < step->after)
    return FALSE;
  self->content_step = NULL;
  if (step->action == SINK_ACTION_RAW)
    sink_core_write (self, step->octets, step->n, 0, 0);
  return sink_core_cut (self, step);
}

static gsize
until_script (const SinkCore *self, gsize n)
{
  guint64 left = self->content_step != NULL ? self->content_step->after - self->total : n;
  return (gsize)MIN (left, n);
}

/* (nullable): why the content is refused, scripts apart. */
static const char *
content_fault (SinkCore *self)
{
  if (self->too_big)
    return "552 5.3.4 larger than the limit";
  if (self->binary)
    return NULL;
  if (self->violations & SINK_VIOLATION_BARE_LF)
    return "550 5.6.0 bare LF in the content";
  if (self->violations & SINK_VIOLATION_BARE_CR)
    return "550 5.6.0 bare CR in the content";
  if (self->violations & SINK_VIOLATION_NUL)
    return "550 5.6.0 NUL in the content";
  return NULL;
}

static gboolean
content_refuses (const SinkActs *acts)
{
  char reply_class = sink_step_class (acts->verdict);
  return (acts->verdict == NULL || !acts->verdict->store) && (reply_class == '4' || reply_class == '5');
}

static void
say_final (SinkCore *self, guint i, const char *code, const char *enhanced, const char *text)
{
  self->acts = g_array_index (self->finals, SinkActs, i);
  self->acts_used = FALSE;
  if (self->lmtp && self->recipients->len > 1)
    sink_core_say (self, code, enhanced, "<%s> %s", (char *)self->recipients->pdata[i], text);
  else
    sink_core_say (self, code, enhanced, "%s", text);
}

/* Sends the final reply; over LMTP one for each recipient (RFC 2033 section 4.2). */
void
sink_content_replies (SinkCore *self, const char *code, const char *enhanced, const char *text)
{
  for (guint i = 0; i < self->finals->len && self->state != SINK_STATE_CLOSED; i++)
    {
      const SinkStep *verdict = g_array_index (self->finals, SinkActs, i).verdict;
      if (verdict != NULL && verdict->store && sink_core_cut (self, verdict))
        break;
      say_final (self, i, code, enhanced, text);
      sink_core_hang_up (self);
    }
  self->acts = (SinkActs){ 0 };
}

/* The content is complete. */
static void
content_end (SinkCore *self)
{
  const char *refusal = content_fault (self);
  guint n = self->lmtp ? self->recipients->len - 1 : 1;
  gboolean some = FALSE;
  self->state = SINK_STATE_COMMAND;
  self->awaits_reply = FALSE;
  g_array_set_size (self->finals, 0);
  for (guint i = 0; i < n; i++)
    {
      SinkActs acts = sink_script_look (&self->script, self->by_bdat ? SINK_TRIGGER_LAST : SINK_TRIGGER_DOT);
      const SinkStep *verdict = acts.verdict;
      if (verdict != NULL && !verdict->store &&
          (verdict->action == SINK_ACTION_DROP || verdict->action == SINK_ACTION_RESET ||
           verdict->action == SINK_ACTION_HANG))
        {
          for (guint j = 0; j < i; j++)
            say_final (self, j, "250", "2.0.0", "received");
          sink_core_cut (self, verdict);
          return;
        }
      if (refusal != NULL && !content_refuses (&acts))
        acts.verdict = NULL;
      if (!content_refuses (&acts))
        {
          some = TRUE;
          if (self->lmtp)
            {
              g_ptr_array_add (self->kept, self->recipients->pdata[i]);
              g_ptr_array_add (self->kept_parameters, self->recipient_parameters->pdata[i]);
            }
        }
      g_array_append_val (self->finals, acts);
    }
  if (refusal == NULL && some)
    {
      if (self->lmtp)
        {
          g_ptr_array_add (self->kept, NULL);
          g_ptr_array_add (self->kept_parameters, NULL);
        }
      sink_core_event (self, SINK_EVENT_MESSAGE_END);
      self->state = SINK_STATE_STORING;
      return;
    }
  sink_core_lose (self, refusal != NULL ? refusal : "the script refuses it");
  self->forget = TRUE;
  if (refusal == NULL)
    refusal = "550 5.0.0 refused";
  g_auto (GStrv) words = g_strsplit (refusal, " ", 3);
  sink_content_replies (self, words[0], words[1], words[2]);
}

gboolean
sink_content_data (SinkCore *self)
{
  const guint8 *octets = self->in->data + self->at;
  gsize n = self->in->len - self->at;
  if (content_scripted (self))
    return TRUE;
  if (n == 0)
    return FALSE;
  if (self->fresh && self->pending > 0)
    self->violations |= SINK_VIOLATION_EARLY_CONTENT;
  self->fresh = FALSE;
  if (self->line_begin && octets[0] == '.')
    {
      if (n < 2 || (octets[1] == '\r' && n < 3))
        return FALSE;
      if (octets[1] == '\r' && octets[2] == '\n')
        {
          self->at += 3;
          content_end (self);
          return TRUE;
        }
      if (octets[1] != '.')
        self->violations |= SINK_VIOLATION_SINGLE_DOT;
      self->at++;
      self->line_begin = FALSE;
      return TRUE;
    }
  sink_content_give (self, octets, content_scan (self, octets, until_script (self, n), TRUE));
  return TRUE;
}

/* The chunk is complete: sends its reply. */
static void
chunk_end (SinkCore *self)
{
  self->state = SINK_STATE_COMMAND;
  if (!self->chunk_refused && self->chunk_last)
    {
      if (self->after_cr && !self->binary)
        self->violations |= SINK_VIOLATION_BARE_CR;
      content_end (self);
      return;
    }
  self->acts = sink_script_look (&self->script, self->chunk_last ? SINK_TRIGGER_LAST : SINK_TRIGGER_BDAT);
  self->acts_used = FALSE;
  if (sink_core_cut (self, self->acts.verdict))
    return;
  if (self->chunk_refused)
    {
      self->refusable = TRUE;
      sink_core_say (self, "503", "5.5.1", "no transaction for this chunk");
    }
  else if (content_refuses (&self->acts) || self->too_big)
    {
      self->needs_rset = TRUE;
      sink_core_lose (self, self->too_big ? "552 5.3.4 larger than the limit" : "the script refuses it");
      sink_core_say (self, "552", "5.3.4", "larger than the limit");
    }
  else
    sink_core_say (self, "250", "2.0.0", "%" G_GUINT64_FORMAT " octets received", self->chunk_size);
  sink_core_hang_up (self);
}

gboolean
sink_content_chunk (SinkCore *self)
{
  const guint8 *octets = self->in->data + self->at;
  gsize n = self->in->len - self->at;
  if (!self->chunk_refused && content_scripted (self))
    return TRUE;
  if (self->chunk_left == 0)
    {
      chunk_end (self);
      return TRUE;
    }
  if (n == 0)
    return FALSE;
  n = (gsize)MIN (n, self->chunk_left);
  if (self->chunk_refused)
    self->at += n;
  else
    {
      n = until_script (self, n);
      if (!self->binary)
        content_scan (self, octets, n, FALSE);
      sink_content_give (self, octets, n);
    }
  self->chunk_left -= n;
  return TRUE;
}

/* BDAT SIZE [LAST]. Its octets follow, whatever the reply is. */
void
sink_content_bdat (SinkCore *self, const char *arguments)
{
  char *behind = NULL;
  gboolean number = g_ascii_isdigit (arguments[0]);
  guint64 size = number ? g_ascii_strtoull (arguments, &behind, 10) : 0;
  self->chunk_last = number && g_ascii_strcasecmp (behind, " LAST") == 0;
  if (!number || (*behind != '\0' && !self->chunk_last) || behind - arguments > 18)
    {
      /* The number of octets is unknown: what follows cannot be interpreted. */
      self->violations |= SINK_VIOLATION_SYNTAX;
      sink_core_say (self, "501", "5.5.4", "write BDAT SIZE or BDAT SIZE LAST");
      sink_core_close (self, FALSE);
      return;
    }
  self->chunk_left = self->chunk_size = size;
  self->chunk_refused = self->needs_rset || !self->mail || self->recipients->len == 0;
  self->state = SINK_STATE_CHUNK;
  if (self->chunk_refused)
    {
      if (!self->mail && !self->mail_refused && !self->needs_rset)
        self->violations |= SINK_VIOLATION_SEQUENCE;
      self->needs_rset = TRUE;
    }
  else if (!self->begun)
    sink_content_begin (self, TRUE);
}
