/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receiver's core: what comes in is used up step by step, and no further than the events that wait to be
 * fetched. */
#include "core-private.h"

#include <string.h>

#define COMMAND_MAX  4096  /* RFC 5321 section 4.5.3.1.4 says 512, extensions add to it */
#define RESPONSE_MAX 12288 /* RFC 4954 section 4 */

typedef struct
{
  GByteArray *octets;
  gsize sent;
  gint64 delay_us, drip_us;
  gint64 ready_us; /* -1: not yet looked at */
} SinkOutput;

static void
output_free (gpointer data)
{
  SinkOutput *output = data;
  g_byte_array_unref (output->octets);
  g_free (output);
}

void
sink_core_write (SinkCore *self, const guint8 *octets, gsize n, gint64 delay_us, gint64 drip_us)
{
  SinkOutput *tail = g_queue_peek_tail (&self->out);
  if (n == 0)
    return;
  if (tail == NULL || delay_us > 0 || drip_us > 0 || tail->drip_us > 0)
    {
      tail = g_new0 (SinkOutput, 1);
      tail->octets = g_byte_array_new ();
      tail->delay_us = delay_us;
      tail->drip_us = drip_us;
      tail->ready_us = -1;
      g_queue_push_tail (&self->out, tail);
    }
  g_byte_array_append (tail->octets, octets, (guint)n);
  self->pending += n;
}

void
sink_core_answer (SinkCore *self, const char *command)
{
  g_free (self->command);
  self->command = g_strdup (command);
  self->refusable = TRUE;
}

/* The reply leaves: a refusal is reported as an event. */
static void
note_refusal (SinkCore *self, const guint8 *octets, gsize n)
{
  if (!self->refusable || n < 3 || (octets[0] != '4' && octets[0] != '5'))
    return;
  g_autofree char *text = g_utf8_make_valid ((const char *)octets, (gssize)n);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\r\n", -1);
  g_free (self->refusal);
  self->refusal = g_strjoinv ("\n", lines);
  sink_core_event (self, SINK_EVENT_REFUSED);
  SinkEvent *event = &g_array_index (self->events, SinkEvent, self->events->len - 1);
  event->command = self->command;
  event->refusal = self->refusal;
}

/* The reply that is due: the script's, if it has one. */
void
sink_core_say (SinkCore *self, const char *code, const char *enhanced, const char *format, ...)
{
  const SinkStep *verdict = self->acts_used ? NULL : self->acts.verdict;
  gint64 delay_us = self->acts_used ? 0 : self->acts.delay_us;
  gint64 drip_us = self->acts_used ? 0 : self->acts.drip_us;
  self->acts_used = TRUE;
  if (verdict != NULL && verdict->action == SINK_ACTION_LOSE)
    return;
  if (verdict != NULL && (verdict->action == SINK_ACTION_REPLY || verdict->action == SINK_ACTION_RAW))
    {
      sink_core_write (self, verdict->octets, verdict->n, delay_us, drip_us);
      note_refusal (self, verdict->octets, verdict->n);
      return;
    }
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  gboolean more = g_str_has_suffix (code, "-");
  gboolean with = enhanced != NULL && self->extended && sink_core_offers (self, "ENHANCEDSTATUSCODES");
  g_autofree char *line =
      g_strconcat (code, more ? "" : " ", with ? enhanced : "", with ? " " : "", text, "\r\n", NULL);
  sink_core_write (self, (const guint8 *)line, strlen (line), delay_us, drip_us);
  note_refusal (self, (const guint8 *)line, strlen (line));
}

gboolean
sink_core_offers (const SinkCore *self, const char *extension)
{
  for (char **hidden = self->hide; hidden != NULL && *hidden != NULL; hidden++)
    if (g_ascii_strcasecmp (*hidden, extension) == 0)
      return FALSE;
  return TRUE;
}

void
sink_core_event (SinkCore *self, SinkEventType type)
{
  SinkEvent event = { 0 };
  event.type = type;
  event.reverse_path = self->reverse_path;
  if (self->recipients->len > 0 && self->recipients->pdata[self->recipients->len - 1] == NULL)
    {
      gboolean some = type == SINK_EVENT_MESSAGE_END && self->kept->len > 0;
      event.recipients = (const char *const *)(some ? self->kept : self->recipients)->pdata;
      event.recipient_parameters =
          (const char *const *)(some ? self->kept_parameters : self->recipient_parameters)->pdata;
    }
  event.mail_parameters = self->mail_parameters;
  event.by_bdat = self->by_bdat;
  event.hello = self->hello != NULL ? self->hello : "";
  event.auth_mechanism = self->mechanism;
  event.violations = self->violations;
  if (type == SINK_EVENT_MESSAGE_END || type == SINK_EVENT_MESSAGE_LOST || type == SINK_EVENT_CLOSE)
    self->violations = 0;
  g_array_append_val (self->events, event);
}

/* refusal: a string that stays, NULL: cut short. */
void
sink_core_lose (SinkCore *self, const char *refusal)
{
  if (!self->begun)
    return;
  self->begun = FALSE;
  sink_core_event (self, SINK_EVENT_MESSAGE_LOST);
  g_array_index (self->events, SinkEvent, self->events->len - 1).refusal = refusal;
}

void
sink_core_close (SinkCore *self, gboolean reset)
{
  if (self->state == SINK_STATE_CLOSED)
    return;
  sink_core_lose (self, NULL);
  sink_core_event (self, SINK_EVENT_CLOSE);
  g_array_index (self->events, SinkEvent, self->events->len - 1).reset = reset;
  self->state = SINK_STATE_CLOSED;
}

gboolean
sink_core_cut (SinkCore *self, const SinkStep *verdict)
{
  if (verdict == NULL)
    return FALSE;
  if (verdict->action == SINK_ACTION_DROP || verdict->action == SINK_ACTION_RESET)
    sink_core_close (self, verdict->action == SINK_ACTION_RESET);
  else if (verdict->action == SINK_ACTION_HANG)
    {
      sink_core_lose (self, NULL);
      self->state = SINK_STATE_HUNG;
    }
  else
    return FALSE;
  return TRUE;
}

void
sink_core_hang_up (SinkCore *self)
{
  const SinkStep *verdict = self->acts.verdict;
  if (verdict != NULL &&
      (verdict->action == SINK_ACTION_LOSE || (verdict->n >= 3 && memcmp (verdict->octets, "421", 3) == 0)))
    sink_core_close (self, FALSE);
}

static void
sink_core_forget (SinkCore *self)
{
  self->forget = FALSE;
  self->mail = self->begun = self->by_bdat = self->too_big = FALSE;
  self->eight_bit = self->binary = self->utf8 = FALSE;
  self->total = self->envelope = 0;
  g_clear_pointer (&self->reverse_path, g_free);
  g_clear_pointer (&self->mail_parameters, g_free);
  g_ptr_array_set_size (self->kept, 0);
  g_ptr_array_set_size (self->kept_parameters, 0);
  g_ptr_array_set_size (self->recipients, 0);
  g_ptr_array_set_size (self->recipient_parameters, 0);
}

static void
core_greet (SinkCore *self)
{
  self->acts = sink_script_look (&self->script, SINK_TRIGGER_GREETING);
  self->acts_used = FALSE;
  self->awaits_reply = TRUE;
  if (sink_core_cut (self, self->acts.verdict))
    return;
  sink_core_say (self, "220", NULL, "%s %s mimesend sink", self->name, self->lmtp ? "LMTP" : "ESMTP");
  sink_core_hang_up (self);
}

/* A command line, or a line of AUTH. */
static gboolean
core_read_line (SinkCore *self)
{
  gsize n = self->in->len - self->at;
  gsize max = self->state == SINK_STATE_RESPONSE ? RESPONSE_MAX : COMMAND_MAX;
  if (n == 0)
    return FALSE;
  const guint8 *begin = self->in->data + self->at;
  const guint8 *lf = memchr (begin + self->scanned, '\n', n - self->scanned);
  if (self->scanned == 0 && !self->tossing && self->pending > 0 &&
      (self->awaits_reply || !self->extended || !sink_core_offers (self, "PIPELINING")))
    self->violations |= SINK_VIOLATION_EARLY_COMMAND;
  gsize length = lf != NULL ? (gsize)(lf - begin) + 1 : n;
  if (length > max)
    self->tossing = TRUE;
  if (lf == NULL)
    {
      self->scanned = self->tossing ? 0 : n;
      self->at += self->tossing ? n : 0;
      return FALSE;
    }
  self->at += length;
  self->scanned = 0;
  self->awaits_reply = FALSE;
  self->acts = (SinkActs){ 0 };
  if (self->tossing)
    {
      self->tossing = FALSE;
      self->state = SINK_STATE_COMMAND;
      self->violations |= SINK_VIOLATION_COMMAND_LENGTH;
      sink_core_answer (self, NULL);
      sink_core_say (self, "500", "5.5.6", "the line is too long");
      return TRUE;
    }
  gsize text = length >= 2 && begin[length - 2] == '\r' ? length - 2 : length - 1;
  gboolean bad = text == length - 1 || memchr (begin, '\r', text) != NULL || memchr (begin, 0, text) != NULL;
  g_autofree char *line = g_strndup ((const char *)begin, text);
  if (!g_utf8_validate_len (line, bad ? 0 : text, NULL))
    bad = TRUE;
  if (bad)
    {
      self->state = SINK_STATE_COMMAND;
      self->violations |= SINK_VIOLATION_COMMAND_OCTETS;
      sink_core_answer (self, NULL);
      sink_core_say (self, "500", "5.5.2", "bare LF, bare CR, NUL or no UTF-8 in a command");
      return TRUE;
    }
  if (self->state == SINK_STATE_RESPONSE)
    {
      self->refusable = TRUE;
      sink_login_response (self, line);
    }
  else
    sink_command_run (self, line);
  return TRUE;
}

/* One step; FALSE: nothing can be done. */
static gboolean
core_step (SinkCore *self)
{
  if (self->forget)
    sink_core_forget (self);
  self->refusable = FALSE;
  switch (self->state)
    {
    case SINK_STATE_COMMAND:
    case SINK_STATE_RESPONSE:
      return core_read_line (self);
    case SINK_STATE_DATA:
      return sink_content_data (self);
    case SINK_STATE_CHUNK:
      return sink_content_chunk (self);
    case SINK_STATE_TLS:
      if (self->at < self->in->len)
        self->violations |= SINK_VIOLATION_EARLY_TLS;
      self->at = self->in->len;
      return FALSE;
    case SINK_STATE_HUNG:
    case SINK_STATE_CLOSED:
      self->at = self->in->len;
      return FALSE;
    case SINK_STATE_STORING:
    default:
      return FALSE;
    }
}

static void
core_process (SinkCore *self)
{
  while (self->events->len == 0 && core_step (self))
    ;
  if (self->events->len == 0 && self->eof && self->state != SINK_STATE_STORING)
    sink_core_close (self, FALSE);
}

SinkCore *
sink_core_new (const SinkSetup *setup)
{
  SinkCore *self = g_new0 (SinkCore, 1);
  self->name = g_strdup (setup->name != NULL ? setup->name : "sink.example");
  self->lmtp = setup->lmtp;
  self->tls_possible = setup->tls_possible;
  self->tls_active = setup->tls_active;
  if (setup->auth != NULL)
    {
      const char *colon = strchr (setup->auth, ':');
      self->user =
          colon != NULL ? g_strndup (setup->auth, (gsize)(colon - setup->auth)) : g_strdup (setup->auth);
      self->password = g_strdup (colon != NULL ? colon + 1 : "");
    }
  self->hide = g_strdupv ((char **)setup->hide);
  self->refuse = g_strdupv ((char **)setup->refuse);
  self->mechanisms = g_strdupv ((char **)setup->mechanisms);
  self->size_limit = setup->size_limit;
  self->limits = setup->max_recipients > 0;
  self->recipients_max = setup->max_recipients > 0 ? setup->max_recipients : 20000;
  self->scram_iterations = setup->scram_iterations > 0 ? setup->scram_iterations : 4096;
  sink_script_init (&self->script, setup->script, setup->connection);
  self->in = g_byte_array_new ();
  g_queue_init (&self->out);
  self->events = g_array_new (FALSE, TRUE, sizeof (SinkEvent));
  self->finals = g_array_new (FALSE, TRUE, sizeof (SinkActs));
  self->recipients = g_ptr_array_new_with_free_func (g_free);
  self->recipient_parameters = g_ptr_array_new_with_free_func (g_free);
  self->kept = g_ptr_array_new ();
  self->kept_parameters = g_ptr_array_new ();
  core_greet (self);
  return self;
}

void
sink_core_free (SinkCore *self)
{
  if (self == NULL)
    return;
  sink_core_forget (self);
  sink_script_clear (&self->script);
  g_clear_pointer (&self->login, sink_login_free);
  g_queue_clear_full (&self->out, output_free);
  g_byte_array_unref (self->in);
  g_array_unref (self->events);
  g_array_unref (self->finals);
  g_ptr_array_unref (self->recipients);
  g_ptr_array_unref (self->recipient_parameters);
  g_ptr_array_unref (self->kept);
  g_ptr_array_unref (self->kept_parameters);
  g_strfreev (self->hide);
  g_strfreev (self->refuse);
  g_strfreev (self->mechanisms);
  g_free (self->binding_type);
  g_free (self->binding);
  g_free (self->certificate);
  g_free (self->name);
  g_free (self->user);
  g_free (self->password);
  g_free (self->hello);
  g_free (self->mechanism);
  g_free (self->command);
  g_free (self->refusal);
  g_free (self);
}

void
sink_core_receive (SinkCore *self, const guint8 *octets, gsize n)
{
  if (n == 0)
    self->eof = TRUE;
  if (self->events->len == 0 && self->at > 0)
    {
      g_byte_array_remove_range (self->in, 0, (guint)self->at);
      self->at = 0;
    }
  if (n > 0)
    g_byte_array_append (self->in, octets, (guint)n);
  core_process (self);
}

gboolean
sink_core_next_event (SinkCore *self, SinkEvent *event)
{
  core_process (self);
  if (self->events->len == 0)
    return FALSE;
  *event = g_array_index (self->events, SinkEvent, 0);
  g_array_remove_index (self->events, 0);
  return TRUE;
}

gsize
sink_core_peek (SinkCore *self, gint64 now_us, const guint8 **octets, gint64 *wait_until_us)
{
  SinkOutput *head = g_queue_peek_head (&self->out);
  if (wait_until_us != NULL)
    *wait_until_us = G_MAXINT64;
  if (head == NULL)
    return 0;
  if (head->ready_us < 0)
    head->ready_us = now_us + head->delay_us;
  if (now_us < head->ready_us)
    {
      if (wait_until_us != NULL)
        *wait_until_us = head->ready_us;
      return 0;
    }
  *octets = head->octets->data + head->sent;
  return head->drip_us > 0 ? 1 : head->octets->len - head->sent;
}

void
sink_core_sent (SinkCore *self, gsize n)
{
  while (n > 0)
    {
      SinkOutput *head = g_queue_peek_head (&self->out);
      g_return_if_fail (head != NULL);
      gsize part = MIN (n, head->octets->len - head->sent);
      head->sent += part;
      self->pending -= part;
      n -= part;
      if (head->drip_us > 0)
        {
          head->delay_us = head->drip_us;
          head->ready_us = -1;
        }
      if (head->sent == head->octets->len)
        output_free (g_queue_pop_head (&self->out));
    }
}

gsize
sink_core_pending (const SinkCore *self)
{
  return self->pending;
}

void
sink_core_stored (SinkCore *self, const char *queue_id, const char *failure)
{
  g_return_if_fail (self->state == SINK_STATE_STORING);
  self->refusable = FALSE;
  self->state = SINK_STATE_COMMAND;
  self->begun = FALSE;
  self->forget = TRUE;
  g_autofree char *stored = g_strdup_printf ("stored as %s", queue_id != NULL ? queue_id : "nothing");
  if (failure != NULL)
    sink_content_replies (self, "451", "4.3.0", failure);
  else
    sink_content_replies (self, "250", "2.0.0", stored);
  core_process (self);
}

/* The session begins anew, without a greeting (RFC 3207 section 4.2). */
void
sink_core_tls_done (SinkCore *self)
{
  g_return_if_fail (self->state == SINK_STATE_TLS);
  core_process (self);
  g_clear_pointer (&self->hello, g_free);
  self->tls_active = TRUE;
  self->extended = FALSE;
  self->state = SINK_STATE_COMMAND;
  core_process (self);
}

void
sink_core_bind (SinkCore *self, const char *type, const char *binding, const char *certificate)
{
  g_free (self->binding_type);
  g_free (self->binding);
  g_free (self->certificate);
  self->binding_type = g_strdup (type);
  self->binding = g_strdup (binding);
  self->certificate = g_strdup (certificate);
}

const char *
sink_violation_name (guint bit)
{
  static const char *const names[] = {
    "bare-lf",        "bare-cr",        "nul",           "long-line",     "eight-bit", "single-dot",
    "command-octets", "command-length", "early-command", "early-content", "early-tls", "syntax",
    "sequence",
  };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (bit == 1u << i)
      return names[i];
  return NULL;
}
