/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The start of a session: greeting, EHLO (or HELO, LHLO), STARTTLS and EHLO again. */
#include "smtp/client-private.h"

#include "octets/printable.h"

#include <string.h>

#define QUOTED_MAX 200 /* octets */

static void
send_hello (MimesendSmtpClient *self, gboolean extended)
{
  MimesendSmtpVerb verb = self->setup.lmtp ? MIMESEND_SMTP_LHLO
                          : extended       ? MIMESEND_SMTP_EHLO
                                           : MIMESEND_SMTP_HELO;
  const char *fault =
      mimesend_smtp_command_hello (&self->out, verb, self->ehlo_name, MIMESEND_SMTP_QUEUE_GATE);

  self->phase = PHASE_HELLO;
  if (fault != NULL)
    {
      g_autofree char *words = g_strconcat ("the name for EHLO ", fault, NULL);

      mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_UNSUPPORTED, MIMESEND_SMTP_STAGE_HELLO, NULL,
                                 words);
      return;
    }
  mimesend_smtp_window_expect (self, extended ? DUE_EHLO : DUE_HELO, NULL, 0);
}

/* TRUE if the reply to EHLO is the reason for the end of the session: the connection ended before HELO was answered. After 500
 * or 502, which only say that EHLO is unknown, this holds if the server closed the connection. */
gboolean
mimesend_smtp_hello_refusal_decides (MimesendSmtpClient *self,
                                     MimesendSmtpFailure failure,
                                     const MimesendSmtpReply *reply)
{
  gboolean unknown =
      self->hello_refusal != NULL && (self->hello_refusal->code == 500 || self->hello_refusal->code == 502);

  if (self->hello_refusal == NULL || failure == MIMESEND_SMTP_FAILURE_CLOSED)
    return self->hello_refusal != NULL;
  return !unknown && (failure == MIMESEND_SMTP_FAILURE_TIMEOUT ||
                      (failure == MIMESEND_SMTP_FAILURE_REPLY && reply->code == 421));
}

void
mimesend_smtp_hello_ready (MimesendSmtpClient *self)
{
  self->phase = PHASE_READY;
  mimesend_smtp_event_raise (self, MIMESEND_SMTP_EVENT_READY);
  mimesend_smtp_transactions_advance (self);
}

/* The capabilities are known. Whether TLS is required never depends on what the server, or an attacker in between, says. */
static void
hello_done (MimesendSmtpClient *self)
{
  gboolean offered = mimesend_smtp_capabilities_has (&self->capabilities, MIMESEND_SMTP_STARTTLS);

  if (!self->tls_active && self->setup.starttls != MIMESEND_SMTP_STARTTLS_NEVER && offered)
    {
      self->phase = PHASE_STARTTLS;
      mimesend_smtp_command_plain (&self->out, MIMESEND_SMTP_COMMAND_STARTTLS, MIMESEND_SMTP_QUEUE_GATE);
      mimesend_smtp_window_expect (self, DUE_STARTTLS, NULL, 0);
    }
  else if (!self->tls_active && self->setup.starttls == MIMESEND_SMTP_STARTTLS_REQUIRED)
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_TLS, MIMESEND_SMTP_STAGE_TLS, NULL,
                               "the server does not offer STARTTLS, and TLS is required");
  else if (self->setup.login)
    mimesend_smtp_login_begin (self);
  else
    mimesend_smtp_hello_ready (self);
}

/* A server may offer more after a login, which only another EHLO shows. If it refuses that, the earlier offer holds. */
static void
on_repeated (MimesendSmtpClient *self, const MimesendSmtpReply *reply)
{
  self->hello_repeats = FALSE;
  self->phase = PHASE_READY;
  self->moved = TRUE;
  if (reply->code / 100 == 2)
    mimesend_smtp_capabilities_read (&self->capabilities, reply);
}

gboolean
mimesend_smtp_hello_repeat (MimesendSmtpClient *self)
{
  if (!self->hello_wanted || self->quit_wanted || self->write_failed || self->n_txns > 0 ||
      mimesend_smtp_window_count (self) > 0)
    return FALSE;
  self->hello_wanted = FALSE;
  self->hello_repeats = TRUE;
  send_hello (self, TRUE);
  return TRUE;
}

gboolean
mimesend_smtp_client_may_offer_more (MimesendSmtpClient *self)
{
  return self->logged_in && self->capabilities.esmtp &&
         (self->hello_wanted || self->hello_repeats ||
          (self->phase == PHASE_READY && !self->hello_repeated && !self->quit_wanted));
}

void
mimesend_smtp_client_ask_for_more (MimesendSmtpClient *self)
{
  if (!mimesend_smtp_client_may_offer_more (self) || self->hello_repeated)
    return;
  self->hello_wanted = self->hello_repeated = TRUE;
  self->moved = TRUE;
  mimesend_smtp_transactions_advance (self);
}

static void
on_hello (MimesendSmtpClient *self, gboolean extended, const MimesendSmtpReply *reply)
{
  if (self->hello_repeats)
    on_repeated (self, reply);
  else if (reply->code / 100 == 2)
    {
      if (extended)
        mimesend_smtp_capabilities_read (&self->capabilities, reply);
      g_clear_pointer (&self->hello_refusal, mimesend_smtp_reply_unbox);
      hello_done (self);
    }
  /* RFC 5321 3.2: a server that does not know EHLO says 500 or 502; old ones say other 5yz. LHLO has no older
   * form. */
  else if (extended && !self->setup.lmtp && reply->code / 100 == 5)
    {
      mimesend_smtp_reply_unbox (self->hello_refusal);
      self->hello_refusal = mimesend_smtp_reply_box (reply);
      send_hello (self, FALSE);
    }
  else
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_REPLY, MIMESEND_SMTP_STAGE_HELLO, reply, NULL);
}

void
mimesend_smtp_hello_on_reply (MimesendSmtpClient *self,
                              const MimesendSmtpDue *due,
                              const MimesendSmtpReply *reply)
{
  MimesendSmtpStage stage = mimesend_smtp_due_stage (due->kind);

  if (reply->code / 100 == 3)
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_PROTOCOL, stage, reply,
                               "the server asks for more where there is no more");
  else if (due->kind == DUE_EHLO || due->kind == DUE_HELO)
    on_hello (self, due->kind == DUE_EHLO, reply);
  else if (due->kind == DUE_GREETING && reply->code / 100 == 2)
    send_hello (self, TRUE);
  else if (due->kind == DUE_STARTTLS && reply->code == 220)
    self->phase = PHASE_TLS;
  else
    mimesend_smtp_client_drop (
        self, due->kind == DUE_STARTTLS ? MIMESEND_SMTP_FAILURE_TLS : MIMESEND_SMTP_FAILURE_REPLY, stage,
        reply, NULL);
}

/* (transfer full) (nullable): the first line of a cleartext reply, printable; NULL: it is none. */
static char *
quote_injected (const guint8 *octets, gsize n)
{
  g_autofree char *line = NULL;
  gsize length = 0;

  if (n <= 3 || octets[0] < '2' || octets[0] > '5' || !g_ascii_isdigit (octets[1]) ||
      !g_ascii_isdigit (octets[2]) || strchr (" -", octets[3]) == NULL)
    return NULL;
  while (length < MIN (n, QUOTED_MAX) && octets[length] != '\r' && octets[length] != '\n')
    length++;
  line = g_strndup ((const char *)octets, length);
  return mimesend_printable (line, 0);
}

/* Octets after the 220 would be taken for replies under TLS by a careless client: the server is broken, or an attacker
 * injected them (RFC 3207 6). They are reported, and never used. */
void
mimesend_smtp_hello_injected (MimesendSmtpClient *self, const guint8 *octets, gsize n)
{
  g_autofree char *said = quote_injected (octets, n);
  g_autofree char *words = g_strconcat (
      "the server sent octets behind its 220 to STARTTLS, ahead of the TLS handshake, where they "
      "would pass for its words under TLS: the connection is given up",
      said != NULL ? " (unauthenticated, it said: " : "", said != NULL ? said : "", said != NULL ? ")" : NULL,
      NULL);

  mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_PROTOCOL, MIMESEND_SMTP_STAGE_TLS, NULL, words);
}

/* Forgets what was received in the clear (RFC 3207 4.2). */
void
mimesend_smtp_client_tls_done (MimesendSmtpClient *self, const GError *failure)
{
  if (self->phase != PHASE_TLS)
    return;
  if (failure != NULL)
    {
      mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_TLS, MIMESEND_SMTP_STAGE_TLS, NULL,
                                 failure->message);
      return;
    }
  mimesend_smtp_reply_reader_free (self->reader);
  self->reader = mimesend_smtp_reply_reader_new ();
  mimesend_smtp_capabilities_clear (&self->capabilities);
  self->tls_active = TRUE;
  self->moved = TRUE;
  send_hello (self, TRUE);
}
