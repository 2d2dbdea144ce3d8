/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AUTH (RFC 4954): the framing alone. Mechanisms are somebody else's: a CHALLENGE goes out, auth_step ()
 * comes back. */
#include "smtp/client-private.h"

#include <string.h>

#define CHALLENGES_MAX 32 /* no mechanism needs a third of it */

/* RFC 4954 4: an empty response is "=" on the AUTH line and an empty line after a challenge. The caller wipes
 * it. */
static char *
encode (GBytes *response)
{
  gsize n;
  const guint8 *octets = g_bytes_get_data (response, &n);

  return g_base64_encode (octets, n);
}

/* Strict, unlike GLib's own. NULL: not base64. */
static GBytes *
decode (const char *text)
{
  gsize n = strlen (text), letters, decoded;
  guchar *octets;

  for (letters = 0; letters < n; letters++)
    if (!g_ascii_isalnum (text[letters]) && text[letters] != '+' && text[letters] != '/')
      break;
  if (n % 4 != 0 || n - letters > 2 || strspn (text + letters, "=") != n - letters)
    return NULL;
  if (n == 0)
    return g_bytes_new_static ("", 0);
  octets = g_base64_decode (text, &decoded);
  return g_bytes_new_take (octets, decoded);
}

static MimesendSmtpRecord *
challenge (MimesendSmtpClient *self, GBytes *octets)
{
  MimesendSmtpRecord *record = mimesend_smtp_event_raise (self, MIMESEND_SMTP_EVENT_CHALLENGE);

  record->event.stage = MIMESEND_SMTP_STAGE_AUTH;
  record->event.mechanisms = (const char *const *)self->capabilities.mechanisms->pdata;
  record->event.challenge = octets;
  self->challenge_open = TRUE;
  return record;
}

void
mimesend_smtp_login_begin (MimesendSmtpClient *self)
{
  self->phase = PHASE_LOGIN;
  challenge (self, NULL);
}

void
mimesend_smtp_login_clear (MimesendSmtpClient *self)
{
  mimesend_smtp_login_forget (self);
  g_clear_pointer (&self->initial, g_bytes_unref);
  g_clear_pointer (&self->give_up_words, g_free);
  self->challenge_open = FALSE;
}

static void
give_up (MimesendSmtpClient *self, const char *words)
{
  if (!self->exchange)
    {
      mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_AUTH, MIMESEND_SMTP_STAGE_AUTH, NULL, words);
      return;
    }
  g_free (self->give_up_words);
  self->give_up_words = g_strdup (words);
  mimesend_smtp_command_auth_response (&self->out, "*");
  mimesend_smtp_window_expect (self, DUE_AUTH_CANCEL, NULL, 0);
}

static void
begin_exchange (MimesendSmtpClient *self, const char *mechanism, GBytes *response)
{
  g_autofree char *text = response != NULL ? encode (response) : NULL;
  const char *fault;

  if (text != NULL &&
      strlen ("AUTH ") + strlen (mechanism) + 1 + strlen (text) + 2 > MIMESEND_SMTP_AUTH_COMMAND_MAX)
    {
      self->initial = g_bytes_ref (response);
      fault = mimesend_smtp_command_auth (&self->out, mechanism, NULL);
    }
  else
    fault = mimesend_smtp_command_auth (&self->out, mechanism, text != NULL && *text == '\0' ? "=" : text);
  if (text != NULL)
    {
      mimesend_smtp_login_remember (self, text);
      mimesend_smtp_wipe (text, strlen (text));
    }
  if (fault != NULL)
    {
      g_autofree char *words = g_strconcat ("the mechanism ", fault, NULL);

      give_up (self, words);
      return;
    }
  self->exchange = TRUE;
  mimesend_smtp_window_expect (self, DUE_AUTH, NULL, 0);
}

static void
respond (MimesendSmtpClient *self, GBytes *response)
{
  g_autofree char *text = response != NULL ? encode (response) : g_strdup ("");
  const char *fault = mimesend_smtp_command_auth_response (&self->out, text);

  mimesend_smtp_login_remember (self, text);
  mimesend_smtp_wipe (text, strlen (text));
  if (fault != NULL)
    {
      g_autofree char *words = g_strconcat ("the response ", fault, NULL);

      give_up (self, words);
      return;
    }
  mimesend_smtp_window_expect (self, DUE_AUTH, NULL, 0);
}

void
mimesend_smtp_client_auth_step (
    MimesendSmtpClient *self, const char *mechanism, GBytes *response, gboolean proven, const GError *failure)
{
  if (self->phase != PHASE_LOGIN || !self->challenge_open)
    return;
  self->challenge_open = FALSE;
  self->proven = proven;
  self->moved = TRUE;
  if (failure != NULL)
    give_up (self, failure->message);
  else if (self->exchange)
    respond (self, response);
  else if (mechanism != NULL)
    begin_exchange (self, mechanism, response);
  else
    give_up (self, "no mechanism was chosen");
}

/* 334. The first challenge of a mechanism that speaks first is meant to be empty, and some servers write
 * prose there; a later one that is not base64 is an error. */
static void
on_challenge (MimesendSmtpClient *self, const MimesendSmtpReply *reply)
{
  g_autoptr (GBytes) octets = decode (reply->text);

  if (self->n_challenges >= CHALLENGES_MAX || (octets == NULL && self->n_challenges > 0))
    {
      mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_PROTOCOL, MIMESEND_SMTP_STAGE_AUTH, NULL,
                                 octets == NULL ? "a challenge of the server is not base64"
                                                : "the server's challenges have no end");
      return;
    }
  self->n_challenges++;
  if (self->initial != NULL)
    {
      g_autoptr (GBytes) initial = g_steal_pointer (&self->initial);

      respond (self, initial);
      return;
    }
  challenge (self, octets != NULL ? g_steal_pointer (&octets) : g_bytes_new_static ("", 0));
}

void
mimesend_smtp_login_on_reply (MimesendSmtpClient *self,
                              const MimesendSmtpDue *due,
                              const MimesendSmtpReply *reply)
{
  if (due->kind == DUE_AUTH_CANCEL)
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_AUTH, MIMESEND_SMTP_STAGE_AUTH, NULL, NULL);
  else if (reply->code == 334)
    on_challenge (self, reply);
  else if (reply->code / 100 >= 4)
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_REPLY, MIMESEND_SMTP_STAGE_AUTH, reply, NULL);
  else if (reply->code != 235)
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_PROTOCOL, MIMESEND_SMTP_STAGE_AUTH, reply,
                               "the answer to AUTH is not one that RFC 4954 knows");
  /* RFC 5802 3: a server that cannot show that it knows the password may be anybody */
  else if (!self->proven || self->initial != NULL)
    mimesend_smtp_client_drop (
        self, MIMESEND_SMTP_FAILURE_AUTH, MIMESEND_SMTP_STAGE_AUTH, reply,
        "the server said that the login was good before it had shown that it knows the password");
  else
    {
      self->exchange = FALSE;
      mimesend_smtp_login_forget (self);
      mimesend_smtp_hello_ready (self);
    }
}
