/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-sink-dialogue.h"

#include <string.h>

typedef struct
{
  SinkCore *core;
  GString *server, *events, *content;
  gboolean tls_due;
  gint64 now_us;
} Side;

static void
append_escaped (GString *out, const char *octets, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (octets[i] == '\r')
      g_string_append (out, "\\r");
    else if (octets[i] == '\n')
      g_string_append (out, "\\n");
    else if (octets[i] == '\0')
      g_string_append (out, "\\0");
    else
      g_string_append_c (out, octets[i]);
}

static void
append_envelope (Side *self, const SinkEvent *event)
{
  g_string_append_printf (self->events, " <%s>", event->reverse_path);
  if (*event->mail_parameters != '\0')
    g_string_append_printf (self->events, " %s", event->mail_parameters);
  g_string_append (self->events, " to");
  for (guint i = 0; event->recipients[i] != NULL; i++)
    {
      g_string_append_printf (self->events, " <%s>", event->recipients[i]);
      if (*event->recipient_parameters[i] != '\0')
        g_string_append_printf (self->events, " %s", event->recipient_parameters[i]);
    }
  if (event->by_bdat)
    g_string_append (self->events, " by BDAT");
}

static void
append_violations (Side *self, guint violations)
{
  for (guint bit = 1; sink_violation_name (bit) != NULL; bit <<= 1)
    if (violations & bit)
      g_string_append_printf (self->events, " !%s", sink_violation_name (bit));
  g_string_append_c (self->events, '\n');
}

static void
fetch_events (Side *self)
{
  SinkEvent event;
  while (sink_core_next_event (self->core, &event))
    switch (event.type)
      {
      case SINK_EVENT_MESSAGE_BEGIN:
        g_string_truncate (self->content, 0);
        break;
      case SINK_EVENT_OCTETS:
        g_assert_cmpuint (event.n, >, 0);
        g_string_append_len (self->content, (const char *)event.octets, (gssize)event.n);
        break;
      case SINK_EVENT_MESSAGE_END:
        g_string_append (self->events, "message");
        append_envelope (self, &event);
        g_string_append (self->events, ": ");
        append_escaped (self->events, self->content->str, self->content->len);
        append_violations (self, event.violations);
        sink_core_stored (self->core, "id",
                          strstr (self->content->str, "unstorable") ? "the disk is full" : NULL);
        break;
      case SINK_EVENT_MESSAGE_LOST:
        g_string_append (self->events, "lost");
        append_envelope (self, &event);
        g_string_append_printf (self->events, ": %s", event.refusal != NULL ? event.refusal : "cut short");
        append_violations (self, event.violations);
        break;
      case SINK_EVENT_REFUSED:
        g_string_append_printf (self->events, "refused %s: %s\n",
                                event.command != NULL ? event.command : "a line", event.refusal);
        break;
      case SINK_EVENT_STARTTLS:
        g_string_append (self->events, "tls\n");
        self->tls_due = TRUE;
        break;
      case SINK_EVENT_CLOSE:
        g_string_append (self->events, event.reset ? "reset" : "close");
        append_violations (self, event.violations);
        break;
      default:
        g_assert_not_reached ();
      }
}

static void
pump (Side *self)
{
  const guint8 *octets;
  gint64 until;
  gsize n;
  do
    {
      while ((n = sink_core_peek (self->core, self->now_us, &octets, &until)) > 0)
        {
          for (gsize i = 0; i < n; i++)
            if (octets[i] != '\r')
              g_string_append_c (self->server, (char)octets[i]);
          sink_core_sent (self->core, n);
        }
      if (until != G_MAXINT64)
        {
          g_string_append_printf (self->server, "[%d ms]", (int)((until - self->now_us) / 1000));
          self->now_us = until;
        }
      else if (self->tls_due)
        {
          self->tls_due = FALSE;
          g_assert_cmpuint (sink_core_pending (self->core), ==, 0);
          sink_core_tls_done (self->core);
          fetch_events (self);
        }
    }
  while (sink_core_pending (self->core) > 0);
}

static void
feed (Side *self, const char *turn, gsize step)
{
  g_autofree char *octets = g_strdup (turn);
  gsize n = strlen (octets);
  if (strcmp (turn, DIALOGUE_EOF) == 0)
    n = 0;
  for (gsize i = 0; i < n; i++)
    if (octets[i] == *DIALOGUE_NUL)
      octets[i] = '\0';
  if (n == 0)
    sink_core_receive (self->core, NULL, 0);
  for (gsize at = 0; at < n; at += step)
    {
      /* A copy that ends where the octets end: reading behind them is seen. */
      gsize part = MIN (step, n - at);
      g_autofree guint8 *exact = g_memdup2 (octets + at, part);
      sink_core_receive (self->core, exact, part);
      fetch_events (self);
    }
  fetch_events (self);
  pump (self);
}

static void
check (gconstpointer data)
{
  static const gsize steps[] = { G_MAXUINT16, 1, 2, 7 };
  const Dialogue *dialogue = data;
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      Side self = { .core = sink_core_new (&dialogue->setup) };
      self.server = g_string_new (NULL);
      self.events = g_string_new (NULL);
      self.content = g_string_new (NULL);
      fetch_events (&self);
      pump (&self);
      for (const char *const *turn = dialogue->client; *turn != NULL; turn++)
        feed (&self, *turn, steps[i]);
      g_assert_cmpstr (self.server->str, ==, dialogue->server);
      g_assert_cmpstr (self.events->str, ==, dialogue->events);
      g_string_free (self.server, TRUE);
      g_string_free (self.events, TRUE);
      g_string_free (self.content, TRUE);
      sink_core_free (self.core);
    }
}

void
dialogue_add (const Dialogue *dialogues, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_test_add_data_func (dialogues[i].name, &dialogues[i], check);
}
