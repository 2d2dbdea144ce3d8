/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many connections a server takes at once is known by what happens to one more: it is turned away at connecting, at the
 * greeting, the hello, the login, or at its first MAIL. While another connection works that says nothing of the message, which
 * goes back to the queue, and the number of those that work is the limit. One more is tried after a pause, which is twice as
 * long each time in vain. Where no connection works nothing is known of a limit: messages end as a session's do. */
#include "client/delivery/delivery-private.h"
#include "client/pool/pool-private.h"
#include "client/session/session-private.h"

#include "mimesend-error.h"

#define PAUSE_FIRST_US (1 * G_TIME_SPAN_SECOND)
#define PAUSE_MOST_US  (5 * G_TIME_SPAN_MINUTE)
#define REST_US        (1 * G_TIME_SPAN_SECOND) /* a server may still count a closed connection for so long */
#define VAIN_US        (10 * G_TIME_SPAN_SECOND)
#define BACK_MOST      10 /* how often one message goes back at most */

/* The connections that work, or may work: their current message is not settled yet. */
static guint
n_others (MimesendPoolSlot *self, gboolean known)
{
  MimesendPool *pool = self->pool;
  guint n = 0;

  for (guint i = 0; i < pool->slots->len; i++)
    {
      MimesendPoolSlot *other = pool->slots->pdata[i];

      n += other != self && (other->works || (other->busy && !known));
    }
  return n;
}

/* Failures before any message. */
static gboolean
is_of_the_connection (const GError *error)
{
  return error->domain == MIMESEND_ERROR &&
         (error->code == MIMESEND_ERROR_CONNECT || error->code == MIMESEND_ERROR_RESOLVE ||
          error->code == MIMESEND_ERROR_TLS || error->code == MIMESEND_ERROR_LOGIN ||
          error->code == MIMESEND_ERROR_PROTOCOL || error->code == MIMESEND_ERROR_REFUSED ||
          error->code == MIMESEND_ERROR_DEFERRED);
}

/* The connection ended, by 421 or without a word, at MAIL or RCPT; or its first MAIL of all is put off, which a server may say of
 * one connection too many as well as of the message. Of the content nothing is settled. */
static gboolean
ended_early (const MimesendPoolSlot *self, MimesendReceipt *receipt)
{
  guint code = mimesend_receipt_get_code (receipt);

  if (mimesend_receipt_get_outcome (receipt) != MIMESEND_OUTCOME_DEFERRED)
    return FALSE;
  if (receipt->stage == MIMESEND_STAGE_MAIL && code / 100 == 4 && !self->works)
    return TRUE;
  return (receipt->stage == MIMESEND_STAGE_MAIL || receipt->stage == MIMESEND_STAGE_RCPT) &&
         (code == 421 || code == 0);
}

static gboolean
is_turned_away (const MimesendPoolSlot *self, MimesendReceipt *receipt, const GError *error)
{
  return error != NULL ? is_of_the_connection (error) : ended_early (self, receipt);
}

static gboolean
is_within (gint64 since_us, gint64 us)
{
  return since_us != 0 && g_get_monotonic_time () - since_us < us;
}

/* Is there a connection that works or may work, or was there one a moment ago? Where none worked just now the untried ones do not
 * count: a wrong password is not tried once more for each of them. */
static gboolean
another_works (MimesendPoolSlot *self)
{
  const MimesendPool *pool = self->pool;

  return n_others (self, is_within (pool->vain_us, VAIN_US)) > 0 || pool->n_leaving > 0 ||
         is_within (pool->left_us, REST_US);
}

/* Whether the message goes back to the queue; changes nothing. */
static gboolean
takes_back (gpointer slot, MimesendDelivery *delivery)
{
  MimesendPoolSlot *self = slot;
  MimesendReceipt *receipt = mimesend_delivery_get_receipt (delivery);

  return mimesend_receipt_get_attempts (receipt) <= 1 &&
         is_turned_away (self, receipt, mimesend_delivery_get_error (delivery)) &&
         !g_atomic_int_get (&self->pool->down) && another_works (self) && self->item != NULL &&
         self->item->n_back < BACK_MOST &&
         (!delivery->content_used || mimesend_pull_can_rewind (delivery->pull));
}

void
mimesend_pool_slot_watch (MimesendPoolSlot *self)
{
  self->session->policy.takes_back = takes_back;
  self->session->policy.takes_back_data = self;
}

void
mimesend_pool_slot_forget (MimesendPoolSlot *self)
{
  self->session->policy.takes_back = NULL;
}

gboolean
mimesend_pool_slot_gives_back (MimesendPoolSlot *self)
{
  return self->session->taken_back;
}

/* Several connections that were begun together and refused count as one failure; the pause doubles with each failed try. */
void
mimesend_pool_limit (MimesendPool *self, MimesendPoolSlot *turned_away)
{
  gint64 now = g_get_monotonic_time ();
  guint n = n_others (turned_away, FALSE);

  if (self->pause_us == 0)
    self->pause_us = PAUSE_FIRST_US;
  else if (self->trying)
    self->pause_us = MIN (2 * self->pause_us, PAUSE_MOST_US);
  self->trying = FALSE;
  self->more_us = now + self->pause_us;
  self->limit = MAX (n, 1);
  if (n == 0)
    self->rest_us = now + REST_US;
}

gboolean
mimesend_pool_note (MimesendPoolSlot *self, MimesendReceipt *receipt, const GError *error)
{
  MimesendPool *pool = self->pool;
  gboolean turned_away = is_turned_away (self, receipt, error);
  gboolean works = receipt != NULL && !turned_away;

  if (works && !self->works &&
      pool->limit > 0) /* one more than before works: the next need not wait so long */
    {
      pool->trying = FALSE;
      pool->pause_us = PAUSE_FIRST_US;
      pool->more_us = g_get_monotonic_time () + pool->pause_us;
    }
  if (works || turned_away) /* a cancel means nothing */
    self->works = works;
  if (works)
    pool->vain_us = 0;
  if (turned_away && another_works (self))
    {
      mimesend_pool_limit (pool, self);
      return FALSE;
    }
  if (turned_away) /* nothing works, and nothing is known */
    {
      pool->vain_us = g_get_monotonic_time ();
      pool->limit = 0;
      pool->trying = FALSE;
      pool->pause_us = 0;
      mimesend_pool_stop_more (pool);
    }
  return TRUE;
}

void
mimesend_pool_stop_more (MimesendPool *self)
{
  if (self->more == NULL)
    return;
  g_source_destroy (self->more);
  g_clear_pointer (&self->more, g_source_unref);
}

static gboolean
more_due_cb (gpointer data)
{
  g_autoptr (MimesendPool) self = g_object_ref (data);

  mimesend_pool_stop_more (self);
  mimesend_pool_go_on (self);
  return G_SOURCE_REMOVE;
}

/* The timer holds no reference to the pool: it is stopped when no message waits. */
static gboolean
wait_until (MimesendPool *self, gint64 us)
{
  if (self->more == NULL)
    {
      self->more = g_timeout_source_new (0);
      g_source_set_callback (self->more, more_due_cb, self, NULL);
      g_source_set_ready_time (self->more, us);
      g_source_attach (self->more, g_main_context_get_thread_default ());
    }
  return FALSE;
}

gboolean
mimesend_pool_may_connect (MimesendPool *self)
{
  gint64 now;

  if (self->slots->len >= self->connections)
    return FALSE;
  if (self->limit == 0)
    return TRUE;
  now = g_get_monotonic_time ();
  if (now < self->rest_us)
    return wait_until (self, self->rest_us);
  /* a closing connection counts for the server until it is closed */
  if (self->slots->len + self->n_closing < self->limit)
    return TRUE;
  if (self->n_closing > 0)
    return FALSE; /* called again when it is closed */
  if (now < self->more_us)
    return wait_until (self, self->more_us);
  self->limit++;
  self->trying = TRUE;
  self->more_us = now + self->pause_us;
  return TRUE;
}
