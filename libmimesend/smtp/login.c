/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AUTH (RFC 4954): the framing alone. Mechanisms are the caller's: a CHALLENGE goes out, auth_step ()
 * comes back. */
#include "smtp/client-private.h"

#include <string.h>

#define CHALLENGES_MAX 32 /* no mechanism needs a third of it */
#define ATTEMPTS_MAX   3  /* AUTH commands per connection; servers count each as a guess */

/* RFC 4954 4: an empty response is "=" on the AUTH line and an empty line after a challenge. The caller wipes
 * it. */
static char *
base64_encode_response (GBytes *response)
{
  gsize n;
  const guint8 *octets = g_bytes_get_data (response, &n);

  return g_base64_encode (octets, n);
}

/* Strict, unlike GLib's own. NULL: not base64. */
static GBytes *
base64_decode_strict (const char *text)
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
login_challenge (MimesendSmtpClient *self, GBytes *octets)
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
  login_challenge (self, NULL);
}

static void
forget_exchange (MimesendSmtpClient *self)
{
  self->exchange = FALSE;
  self->challenge_open = FALSE;
  g_clear_pointer (&self->initial, g_bytes_unref);
  g_clear_pointer (&self->mechanism, g_free);
}

static void
set_refusal (MimesendSmtpClient *self, const MimesendSmtpReply *reply)
{
  MimesendSmtpReply *box = mimesend_smtp_reply_box (reply);

  mimesend_smtp_reply_unbox (self->login_refusal);
  self->login_refusal = box;
}

void
mimesend_smtp_login_clear (MimesendSmtpClient *self)
{
  mimesend_smtp_login_forget (self);
  forget_exchange (self);
  set_refusal (self, NULL);
  g_clear_pointer (&self->give_up_words, g_free);
}

/* The last mechanism failed for a reason other than the user: tries the next. reply: the refusal; NULL: the client
 * cancelled it. */
static void
ask_for_another (MimesendSmtpClient *self, const MimesendSmtpReply *reply)
{
  MimesendSmtpRecord *record;

  set_refusal (self, reply);
  record = login_challenge (self, NULL);
  record->reply = mimesend_smtp_reply_acquire (self->login_refusal);
  record->event.reply = record->reply;
}

static void
login_give_up (MimesendSmtpClient *self, const char *words)
{
  if (!self->exchange && self->login_refusal != NULL)
    {
      mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_REPLY, MIMESEND_SMTP_STAGE_AUTH,
                                 self->login_refusal, NULL);
      return;
    }
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

/* A command within an exchange would be taken for a response (RFC 4954 4). */
gboolean
mimesend_smtp_login_cancel (MimesendSmtpClient *self)
{
  if (!self->exchange || !self->challenge_open)
    return FALSE;
  self->challenge_open = FALSE;
  login_give_up (self, "the session was ended within the login");
  return TRUE;
}

/* Sends AUTH, with the initial response if it fits and with_initial is set. */
static void
say_auth (MimesendSmtpClient *self, gboolean with_initial)
{
  g_autofree char *text = self->initial != NULL ? base64_encode_response (self->initial) : NULL;
  gsize n = text != NULL ? strlen (text) : 0;
  const char *fault;

  self->initial_sent =
      with_initial && text != NULL &&
      strlen ("AUTH ") + strlen (self->mechanism) + 1 + n + 2 <= MIMESEND_SMTP_AUTH_COMMAND_MAX;
  fault = mimesend_smtp_command_auth (&self->out, self->mechanism,
                                      !self->initial_sent ? NULL
                                      : n == 0            ? "="
                                                          : text);
  if (text != NULL)
    {
      mimesend_smtp_login_remember (self, text);
      mimesend_smtp_wipe (text, n);
    }
  if (fault != NULL)
    {
      g_autofree char *words = g_strconcat ("the mechanism ", fault, NULL);

      login_give_up (self, words);
      return;
    }
  self->exchange = TRUE;
  self->n_challenges = 0;
  self->n_attempts++;
  mimesend_smtp_window_expect (self, DUE_AUTH, NULL, 0);
}

static void
begin_exchange (MimesendSmtpClient *self, const char *mechanism, GBytes *response)
{
  forget_exchange (self);
  g_clear_pointer (&self->give_up_words, g_free);
  self->mechanism = g_strdup (mechanism);
  self->initial = response != NULL ? g_bytes_ref (response) : NULL;
  say_auth (self, TRUE);
}

static void
login_respond (MimesendSmtpClient *self, GBytes *response)
{
  g_autofree char *text = response != NULL ? base64_encode_response (response) : g_strdup ("");
  const char *fault = mimesend_smtp_command_auth_response (&self->out, text);

  mimesend_smtp_login_remember (self, text);
  mimesend_smtp_wipe (text, strlen (text));
  if (fault != NULL)
    {
      g_autofree char *words = g_strconcat ("the response ", fault, NULL);

      login_give_up (self, words);
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
    login_give_up (self, failure->message);
  else if (self->exchange)
    login_respond (self, response);
  else if (mechanism != NULL)
    begin_exchange (self, mechanism, response);
  else
    login_give_up (self, "no mechanism was chosen");
}

/* With a client-first mechanism the first challenge is empty, or text that some servers send. If it follows an initial
 * response that was complete, the server has ignored that response. The challenges of other mechanisms are their own (RFC
 * 4752 3.1: empty). */
static gboolean
asks_for_initial (const MimesendSmtpClient *self, GBytes *octets)
{
  if (self->initial == NULL || !self->initial_sent)
    return self->initial != NULL;
  return self->proven && (octets == NULL || g_bytes_get_size (octets) == 0);
}

/* 334. What is not base64 is for the mechanism to judge: the prompts of LOGIN mean nothing. */
static void
on_challenge (MimesendSmtpClient *self, const MimesendSmtpReply *reply)
{
  g_autoptr (GBytes) octets = base64_decode_strict (reply->text);
  g_autoptr (GBytes) initial = NULL;
  gboolean garbled = octets == NULL;

  if (self->n_challenges++ >= CHALLENGES_MAX)
    {
      mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_PROTOCOL, MIMESEND_SMTP_STAGE_AUTH, NULL,
                                 "the server's challenges have no end");
      return;
    }
  initial = asks_for_initial (self, octets) ? g_bytes_ref (self->initial) : NULL;
  g_clear_pointer (&self->initial, g_bytes_unref);
  if (initial != NULL)
    login_respond (self, initial);
  else
    login_challenge (self, garbled ? g_bytes_new_static ("", 0) : g_steal_pointer (&octets))->event.garbled =
        garbled;
}

/* Not every server takes an initial response, and some say so by 501. */
static gboolean
refuses_initial (const MimesendSmtpClient *self, const MimesendSmtpReply *reply)
{
  return reply->code == 501 && self->initial != NULL && self->initial_sent &&
         !g_str_has_suffix (self->mechanism, "-PLUS"); /* with -PLUS another cause is likelier */
}

/* Replies about the mechanism (RFC 4954 4 and 6): unknown, too weak, not set up for this user, exchange not understood. 535
 * is about the user, and 454 about the server: another mechanism would not help. */
static gboolean
is_about_mechanism (const MimesendSmtpReply *reply)
{
  return reply->code == 432 || reply->code == 501 || reply->code == 504 || reply->code == 534;
}

static void
on_refusal (MimesendSmtpClient *self, const MimesendSmtpReply *reply)
{
  gboolean more = self->n_attempts < ATTEMPTS_MAX && !self->quit_wanted;

  if (more && refuses_initial (self, reply))
    {
      say_auth (self, FALSE);
      return;
    }
  forget_exchange (self);
  if (more && is_about_mechanism (reply))
    ask_for_another (self, reply);
  else
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_REPLY, MIMESEND_SMTP_STAGE_AUTH, reply, NULL);
}

/* The answer to "*" says nothing of the user, whatever its code: no response was judged. */
static void
login_cancelled (MimesendSmtpClient *self, const MimesendSmtpReply *reply)
{
  forget_exchange (self);
  if (self->quit_wanted)
    g_clear_pointer (&self->give_up_words, g_free); /* it was the reason */
  if (reply->code < 400 || (self->n_attempts >= ATTEMPTS_MAX && !self->quit_wanted))
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_AUTH, MIMESEND_SMTP_STAGE_AUTH, NULL,
                               "the server did not end a login that was given up");
  else if (!self->quit_wanted)
    ask_for_another (self, NULL);
}

void
mimesend_smtp_login_on_reply (MimesendSmtpClient *self,
                              const MimesendSmtpDue *due,
                              const MimesendSmtpReply *reply)
{
  if (due->kind == DUE_AUTH_CANCEL)
    login_cancelled (self, reply);
  else if (reply->code == 334)
    on_challenge (self, reply);
  else if (reply->code / 100 >= 4)
    on_refusal (self, reply);
  else if (reply->code != 235)
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_PROTOCOL, MIMESEND_SMTP_STAGE_AUTH, reply,
                               "the answer to AUTH is not one that RFC 4954 knows");
  /* RFC 5802 3: a server that cannot show that it knows the password may be an impostor */
  else if (!self->proven || (self->initial != NULL && !self->initial_sent))
    mimesend_smtp_client_drop (
        self, MIMESEND_SMTP_FAILURE_AUTH, MIMESEND_SMTP_STAGE_AUTH, reply,
        "the server said that the login was good before it had shown that it knows the password");
  else
    {
      forget_exchange (self);
      mimesend_smtp_login_forget (self);
      self->logged_in = TRUE;
      mimesend_smtp_hello_ready (self);
    }
}
