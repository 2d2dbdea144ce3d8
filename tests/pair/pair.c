/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pair.h"
#include "../smtp/client-inside.h"

#include <string.h>

static void
message_free (gpointer data)
{
  PairMessage *message = data;

  g_free (message->octets);
  g_strfreev (message->recipients);
  g_free (message->outcomes);
  g_free (message);
}

static void
stored_free (gpointer data)
{
  PairStored *stored = data;

  g_byte_array_unref (stored->octets);
  g_strfreev (stored->recipients);
  g_free (stored);
}

Pair *
pair_new (const PairOptions *options)
{
  Pair *self = g_new0 (Pair, 1);

  self->options = *options;
  self->client = mimesend_smtp_client_new (&options->setup);
  self->core = sink_core_new (&options->sink);
  self->up = g_byte_array_new ();
  self->down = g_byte_array_new ();
  self->messages = g_ptr_array_new_with_free_func (message_free);
  self->stored = g_ptr_array_new_with_free_func (stored_free);
  self->now = self->began = 1000000;
  return self;
}

void
pair_free (Pair *self)
{
  mimesend_smtp_client_free (self->client);
  sink_core_free (self->core);
  g_byte_array_unref (self->up);
  g_byte_array_unref (self->down);
  g_ptr_array_unref (self->messages);
  g_ptr_array_unref (self->stored);
  g_clear_pointer (&self->receiving, g_byte_array_unref);
  g_strfreev (self->receiving_for);
  g_free (self);
}

PairMessage *
pair_add (Pair *self, const char *octets, gsize n, const char *const *recipients)
{
  PairMessage *message = g_new0 (PairMessage, 1);

  message->octets = g_memdup2 (octets, n);
  message->n = n;
  message->recipients = g_strdupv ((char **)recipients);
  message->outcomes = g_new0 (MimesendSmtpOutcome, g_strv_length (message->recipients));
  g_ptr_array_add (self->messages, message);
  return message;
}

GByteArray *
pair_expected (const PairMessage *message)
{
  GByteArray *out = g_byte_array_new ();

  for (gsize i = 0; i < message->n; i++)
    {
      const guint8 *p = (const guint8 *)message->octets + i;

      if (*p == '\n' && i > 0 && p[-1] == '\r')
        continue;
      if (*p == '\n' || *p == '\r')
        g_byte_array_append (out, (const guint8 *)"\r\n", 2);
      else
        g_byte_array_append (out, p, 1);
    }
  if (out->len > 0 && out->data[out->len - 1] != '\n')
    g_byte_array_append (out, (const guint8 *)"\r\n", 2);
  return out;
}

static gsize
some_of (Pair *self, gsize n)
{
  gsize most = self->options.split > 0 ? MIN (self->options.split, n) : n;

  if (most <= 1 || self->options.split == 0 || self->options.rand == NULL)
    return most;
  return (gsize)g_rand_int_range (self->options.rand, 1, (gint)most + 1);
}

/* ---- the receiver's side */

static void
sink_events (Pair *self)
{
  SinkEvent event;

  while (sink_core_next_event (self->core, &event))
    {
      guint faults = event.violations & ~self->options.allowed;

      if (faults != 0 && !self->cut)
        {
          for (guint i = 0; i < 32; i++)
            if ((faults >> i & 1) != 0)
              g_printerr ("the receiver complains: %s\n", sink_violation_name (i));
          g_assert_not_reached ();
        }
      switch (event.type)
        {
        case SINK_EVENT_MESSAGE_BEGIN:
          g_assert_null (self->receiving);
          self->receiving = g_byte_array_new ();
          self->receiving_for = g_strdupv ((char **)event.recipients);
          self->receiving_bdat = event.by_bdat;
          break;
        case SINK_EVENT_OCTETS:
          g_byte_array_append (self->receiving, event.octets, (guint)event.n);
          break;
        case SINK_EVENT_MESSAGE_END:
          {
            PairStored *stored = g_new0 (PairStored, 1);

            stored->octets = g_steal_pointer (&self->receiving);
            stored->recipients = g_steal_pointer (&self->receiving_for);
            stored->by_bdat = self->receiving_bdat;
            g_ptr_array_add (self->stored, stored);
            sink_core_stored (self->core, "id", NULL);
            break;
          }
        case SINK_EVENT_MESSAGE_LOST:
          g_clear_pointer (&self->receiving, g_byte_array_unref);
          g_clear_pointer (&self->receiving_for, g_strfreev);
          break;
        case SINK_EVENT_REFUSED:
          break;
        case SINK_EVENT_STARTTLS:
          self->sink_wants_tls = TRUE;
          break;
        case SINK_EVENT_CLOSE:
          self->sink_closes = TRUE;
          break;
        default:
          g_assert_not_reached ();
        }
    }
}

/* TRUE: something moved. */
static gboolean
deliver_up (Pair *self)
{
  gsize n = some_of (self, self->up->len);

  if (self->up_closed || self->sink_closes)
    return FALSE;
  if (self->options.cut_up >= 0)
    n = MIN (n, (gsize)(self->options.cut_up - self->n_up));
  if (n > 0)
    {
      self->n_up += (gint64)n;
      sink_core_receive (self->core, self->up->data, n);
      g_byte_array_remove_range (self->up, 0, (guint)n);
    }
  if (self->options.cut_up == self->n_up)
    self->cut = TRUE;
  if (self->cut || (self->closed && self->up->len == 0))
    {
      self->up_closed = TRUE;
      sink_core_receive (self->core, NULL, 0);
    }
  sink_events (self);
  return n > 0 || self->up_closed;
}

static gboolean
sink_speaks (Pair *self, gint64 *wait_us)
{
  const guint8 *octets;
  gsize n = sink_core_peek (self->core, self->now, &octets, wait_us);

  if (n == 0)
    return FALSE;
  n = some_of (self, n);
  g_byte_array_append (self->down, octets, (guint)n);
  sink_core_sent (self->core, n);
  sink_events (self);
  return TRUE;
}

/* ---- the client's side */

static PairMessage *
find (Pair *self, guint64 id)
{
  for (guint i = 0; i < self->messages->len; i++)
    {
      PairMessage *message = g_ptr_array_index (self->messages, i);

      if (message->id == id)
        return message;
    }
  g_assert_not_reached ();
}

static void
client_events (Pair *self)
{
  MimesendSmtpEvent event;

  while (mimesend_smtp_client_next_event (self->client, &event))
    {
      g_assert_false (self->closed);
      switch (event.type)
        {
        case MIMESEND_SMTP_EVENT_READY:
          self->ready = TRUE;
          break;
        case MIMESEND_SMTP_EVENT_RECIPIENT:
          g_assert_false (find (self, event.transaction)->settled);
          find (self, event.transaction)->outcomes[event.recipient] = event.outcome;
          break;
        case MIMESEND_SMTP_EVENT_SETTLED:
          g_assert_false (find (self, event.transaction)->settled);
          find (self, event.transaction)->settled = TRUE;
          find (self, event.transaction)->outcome = event.outcome;
          find (self, event.transaction)->again = event.again != MIMESEND_SMTP_AGAIN_NO;
          self->settled++;
          break;
        case MIMESEND_SMTP_EVENT_CLOSED:
          self->closed = TRUE;
          self->failure = event.failure;
          self->stage = event.stage;
          break;
        case MIMESEND_SMTP_EVENT_CHALLENGE:
          {
            g_autoptr (GBytes) response =
                g_bytes_new (self->options.plain_response, self->options.n_plain_response);

            g_assert_true (g_strv_contains (event.mechanisms, "PLAIN"));
            mimesend_smtp_client_auth_step (self->client, "PLAIN", response, TRUE, NULL);
            break;
          }
        case MIMESEND_SMTP_EVENT_RCPT_REPLY:
        default:
          break;
        }
    }
}

static void
submit_some (Pair *self)
{
  while (self->ready && self->submitted < self->messages->len)
    {
      PairMessage *message = g_ptr_array_index (self->messages, self->submitted);
      MimesendSmtpTransaction transaction = { .reverse_path = "joe@example.com",
                                              .recipients = (const char *const *)message->recipients,
                                              .all_or_nothing = self->options.all_or_nothing,
                                              .size = -1,
                                              .trial = self->options.trial,
                                              .eight_bit_as_is = !self->options.seven_bit };

      message->id = mimesend_smtp_client_submit (self->client, &transaction);
      if (message->id == 0)
        break;
      self->submitted++;
      self->in_flight_max = MAX (self->in_flight_max, self->submitted - self->settled);
    }
  if (self->submitted == self->messages->len && !self->quit)
    {
      mimesend_smtp_client_quit (self->client);
      self->quit = TRUE;
    }
}

static gboolean
supply (Pair *self)
{
  guint64 id = 0;
  gsize wish = mimesend_smtp_client_content_due (self->client, &id);
  PairMessage *message;
  MimesendPiece piece = { 0 };

  if (wish == 0)
    return FALSE;
  message = find (self, id);
  if (message->supplied == message->n)
    {
      g_autoptr (GError) error =
          message->fails ? g_error_new_literal (g_quark_from_static_string ("t"), 0, "it fails") : NULL;

      mimesend_smtp_client_end_content (self->client, id, error);
      return TRUE;
    }
  piece.length = message->ready ? message->n : some_of (self, message->n - message->supplied);
  piece.data = (const guint8 *)message->octets + message->supplied;
  if (message->ready)
    piece.flags = MIMESEND_PIECE_READY;
  message->supplied += piece.length;
  mimesend_smtp_client_supply (self->client, id, &piece);
  return TRUE;
}

static gboolean
client_speaks (Pair *self)
{
  MimesendPiece pieces[8];
  guint n_pieces = mimesend_smtp_client_peek (self->client, pieces, G_N_ELEMENTS (pieces));
  gsize all = 0, n;

  for (guint i = 0; i < n_pieces; i++)
    all += pieces[i].length;
  if (all == 0)
    return FALSE;
  n = some_of (self, all);
  for (gsize i = 0, left = n; left > 0; i++)
    {
      gsize step = MIN (left, pieces[i].length);

      g_byte_array_append (self->up, pieces[i].data, (guint)step);
      left -= step;
    }
  mimesend_smtp_client_sent (self->client, n);
  return TRUE;
}

/* Has the receiver said all that it is going to say? */
static gboolean
sink_is_mute (Pair *self)
{
  const guint8 *octets;
  gint64 wait_us = G_MAXINT64;

  return self->sink_closes && self->down->len == 0 &&
         sink_core_peek (self->core, self->now, &octets, &wait_us) == 0 && wait_us == G_MAXINT64;
}

static gboolean
deliver_down (Pair *self)
{
  gsize n = some_of (self, self->down->len);

  if (self->down_closed)
    return FALSE;
  if (self->options.cut_down >= 0)
    n = MIN (n, (gsize)(self->options.cut_down - self->n_down));
  if (n > 0)
    {
      self->n_down += (gint64)n;
      mimesend_smtp_client_receive (self->client, self->down->data, n);
      g_byte_array_remove_range (self->down, 0, (guint)n);
    }
  if (self->options.cut_down == self->n_down)
    self->cut = TRUE;
  if (self->down->len == 0)
    mimesend_smtp_client_idle (self->client);
  if (self->cut || sink_is_mute (self))
    {
      self->down_closed = TRUE;
      mimesend_smtp_client_receive (self->client, NULL, 0);
    }
  return n > 0 || self->down_closed;
}

/* One step of the client; what it wants is done, in any order. */
static gboolean
client_turn (Pair *self, gint64 *deadline_us)
{
  MimesendSmtpWant want = mimesend_smtp_client_poll (self->client, self->now, deadline_us);
  gboolean moved = FALSE;

  client_events (self);
  if (self->closed)
    return FALSE;
  if ((want & MIMESEND_SMTP_WANT_TLS) != 0 && self->sink_wants_tls)
    {
      self->sink_wants_tls = FALSE;
      sink_core_tls_done (self->core);
      mimesend_smtp_client_tls_done (self->client, NULL);
      moved = TRUE;
    }
  submit_some (self);
  moved |= supply (self);
  moved |= client_speaks (self);
  return moved;
}

void
pair_run (Pair *self)
{
  for (;;)
    {
      gint64 deadline = G_MAXINT64, wait = G_MAXINT64;
      gboolean moved = FALSE;

      moved |= deliver_up (self);
      moved |= sink_speaks (self, &wait);
      moved |= deliver_down (self);
      moved |= client_turn (self, &deadline);
      if (self->closed)
        break;
      if (moved)
        continue;
      /* nothing moves by itself: time passes */
      deadline = MIN (deadline, wait);
      g_assert_cmpint (deadline, <, G_MAXINT64);
      g_assert_cmpint (deadline, >, self->now);
      self->now = deadline;
    }
  /* what was under way still arrives */
  while (!self->up_closed && !self->sink_closes)
    deliver_up (self);
  g_assert_cmpuint (self->settled, ==, self->submitted);
  g_assert_false (client_in_flight (self->client));
}
