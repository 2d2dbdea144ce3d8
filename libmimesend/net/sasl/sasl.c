/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Logging in: GNU SASL's steps, and what they lack: a limit on SCRAM's iterations, a LOGIN that waits for its prompts,
 * tokens, and the rule that an exchange ends only when the mechanism says so. */
#include "net/sasl/sasl.h"

#include <string.h>
#include "mimesend-error.h"
#include "net/sasl/sasl-oauth.h"
#include "net/sasl/sasl-private.h"
#include "net/sasl/sasl-scram.h"
#include "octets/redact.h"

#define CHALLENGE_MAX 12288 /* octets, decoded (RFC 4954 4: the line has as many) */

typedef struct
{
  gsize n;
  guint8 octets[];
} Secret;

static void
sasl_secret_free (gpointer data)
{
  Secret *self = data;

  explicit_bzero (self->octets, self->n);
  g_free (self);
}

GBytes *
mimesend_secret_bytes (const void *octets, gsize n)
{
  Secret *self = g_malloc (sizeof *self + n);

  self->n = n;
  if (n > 0)
    memcpy (self->octets, octets, n);
  return g_bytes_new_with_free_func (self->octets, n, sasl_secret_free, self);
}

static void
wipe_text (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

/* One library context for each login: GNU SASL does not promise that one may be shared by threads. Under a lock, since its
 * initialization changes global state. */
static int
open_library (Gsasl **library)
{
  static GMutex lock;
  int ret;

  g_mutex_lock (&lock);
  ret = gsasl_init (library);
  g_mutex_unlock (&lock);
  return ret;
}

/* EXTERNAL, ANONYMOUS and GSSAPI need neither user nor password; they are requested by name or by a client certificate. */
static gboolean
has_credentials (const MimesendSaslSetup *setup)
{
  if (setup->login != NULL && *setup->login != '\0' && (setup->password != NULL || setup->later))
    return TRUE;
  return setup->client_certificate || mimesend_sasl_is_named (setup->mechanisms, "EXTERNAL") ||
         mimesend_sasl_is_named (setup->mechanisms, "ANONYMOUS") ||
         mimesend_sasl_is_named (setup->mechanisms, "GSSAPI");
}

MimesendSasl *
mimesend_sasl_new (const MimesendSaslSetup *setup, GError **error)
{
  Gsasl *library;
  MimesendSasl *self;
  int ret;

  if (!has_credentials (setup))
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN,
                   "login: there is no user or no password: give both");
      return NULL;
    }
  ret = open_library (&library);
  if (ret != GSASL_OK)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN, "login: GNU SASL cannot be used: %s",
                   gsasl_strerror (ret));
      return NULL;
    }
  self = g_new0 (MimesendSasl, 1);
  self->library = library;
  self->login = g_strdup (setup->login);
  self->password = g_strdup (setup->password);
  self->host = g_strdup (setup->host);
  self->port = setup->port;
  self->allowed = g_strdupv ((char **)setup->mechanisms);
  self->may_be_clear = setup->may_be_clear;
  self->in_words = setup->in_words;
  self->is_protected = setup->is_protected;
  self->is_verified = setup->is_verified;
  self->is_token = setup->is_token;
  self->later = setup->later;
  self->client_certificate = setup->client_certificate;
  if (setup->binding != NULL)
    {
      self->binding =
          g_base64_encode (g_bytes_get_data (setup->binding, NULL), g_bytes_get_size (setup->binding));
      self->binding_property =
          strcmp (setup->binding_type, "tls-exporter") == 0 ? GSASL_CB_TLS_EXPORTER : GSASL_CB_TLS_UNIQUE;
    }
  return self;
}

void
mimesend_sasl_free (MimesendSasl *self)
{
  if (self == NULL)
    return;
  if (self->session != NULL)
    gsasl_finish (self->session); /* wipes its copies */
  gsasl_done (self->library);
  wipe_text (self->login);
  wipe_text (self->password);
  g_free (self->host);
  g_free (self->server_words);
  g_strfreev (self->allowed);
  g_free (self->binding);
  g_free (self);
}

static gboolean
sasl_begin (MimesendSasl *self, const MimesendSaslMechanism *mechanism, GError **error)
{
  int ret;

  if (self->session != NULL)
    gsasl_finish (self->session);
  self->session = NULL;
  self->steps = 0;
  self->over = FALSE;
  self->mechanism = mechanism;
  if (mimesend_sasl_is_ours (mechanism))
    return TRUE;
  ret = gsasl_client_start (self->library, mechanism->name, &self->session);
  if (ret != GSASL_OK)
    {
      self->session = NULL;
      self->mechanism = NULL;
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN, "login: %s cannot be begun: %s",
                   mechanism->name, gsasl_strerror (ret));
      return FALSE;
    }
  /* No callback is set: any other property that a mechanism asks for is missing. Mechanisms without -PLUS fail if a binding
   * is set. */
  if (mechanism->binds)
    gsasl_property_set (self->session, self->binding_property, self->binding);
  if (mechanism->kind == MIMESEND_SASL_KIND_GSSAPI)
    gsasl_property_set (self->session, GSASL_AUTHZID, self->login); /* the ticket names the client */
  else
    gsasl_property_set (self->session, GSASL_AUTHID, self->login);
  if (self->password != NULL)
    gsasl_property_set (self->session, GSASL_PASSWORD, self->password);
  gsasl_property_set (self->session, GSASL_SERVICE, "smtp");
  if (self->host != NULL)
    gsasl_property_set (self->session, GSASL_HOSTNAME, self->host);
  return TRUE;
}

const char *
mimesend_sasl_choose (MimesendSasl *self, const char *const *offered, GError **error)
{
  const MimesendSaslMechanism *one = mimesend_sasl_pick (self, offered, error);

  return one != NULL && sasl_begin (self, one, error) ? one->name : NULL;
}

gboolean
mimesend_sasl_needs_secret (MimesendSasl *self)
{
  return self->later && self->mechanism != NULL &&
         (self->mechanism->needs == MIMESEND_SASL_NEEDS_PASSWORD ||
          self->mechanism->needs == MIMESEND_SASL_NEEDS_TOKEN);
}

void
mimesend_sasl_set_secret (MimesendSasl *self, const char *secret)
{
  wipe_text (self->password);
  self->password = g_strdup (secret);
  self->later = FALSE;
  if (self->session != NULL)
    gsasl_property_set (self->session, GSASL_PASSWORD, self->password);
}

static gboolean
sasl_prepares (const MimesendSasl *self)
{
  return self->mechanism != NULL && (self->mechanism->kind == MIMESEND_SASL_KIND_SCRAM ||
                                     self->mechanism->kind == MIMESEND_SASL_KIND_CHALLENGE);
}

/* SASLprep (RFC 4013), as the mechanism applies it. NULL: the text cannot be prepared. */
static char *
saslprep (const char *text)
{
  char *prepared = NULL, *copy = NULL;

  if (gsasl_saslprep (text, GSASL_ALLOW_UNASSIGNED, &prepared, NULL) == GSASL_OK)
    copy = g_strdup (prepared);
  if (prepared != NULL)
    explicit_bzero (prepared, strlen (prepared));
  gsasl_free (prepared);
  return copy;
}

gboolean
mimesend_sasl_changes_secret (MimesendSasl *self)
{
  char *prepared = sasl_prepares (self) && self->password != NULL ? saslprep (self->password) : NULL;
  gboolean changes = prepared != NULL && strcmp (prepared, self->password) != 0;

  wipe_text (prepared);
  return changes;
}

/* Checked before the exchange begins: later it would have to be cancelled. */
static gboolean
can_be_prepared (MimesendSasl *self)
{
  const char *const texts[] = { self->login, self->password };

  for (guint i = 0; sasl_prepares (self) && i < G_N_ELEMENTS (texts); i++)
    {
      char *prepared = texts[i] != NULL ? saslprep (texts[i]) : NULL;
      gboolean good = texts[i] == NULL || prepared != NULL;

      wipe_text (prepared);
      if (!good)
        return FALSE;
    }
  return TRUE;
}

const char *
mimesend_sasl_get_server_words (MimesendSasl *self)
{
  return self->server_words;
}

static MimesendSaslStatus
sasl_fail (MimesendSasl *self, MimesendError code, const char *why, GError **error)
{
  self->over = TRUE;
  self->distrusts |=
      self->mechanism != NULL && self->mechanism->kind == MIMESEND_SASL_KIND_SCRAM && self->steps > 0;
  g_set_error (error, MIMESEND_ERROR, code, "login: %s: %s",
               self->mechanism != NULL ? self->mechanism->name : "SASL", why);
  return MIMESEND_SASL_FAILED;
}

static MimesendSaslStatus
sasl_end (MimesendSasl *self, MimesendError code, const char *why, GError **error)
{
  sasl_fail (self, code, why, error);
  return MIMESEND_SASL_ENDED;
}

static MimesendSaslStatus
end_unproven (MimesendSasl *self, GError **error)
{
  return sasl_end (
      self, MIMESEND_ERROR_LOGIN,
      "the server did not prove that it knows the password: it may be a false one, so nothing was sent",
      error);
}

static MimesendSaslStatus
fail_unprepared (MimesendSasl *self, GError **error)
{
  return sasl_fail (
      self, MIMESEND_ERROR_LOGIN,
      "the user or the password has a character that this mechanism cannot carry (SASLprep, RFC 4013, knows "
      "those of Unicode 3.2 alone); PLAIN and LOGIN can",
      error);
}

/* LOGIN has no specification; servers agree on two prompts, of any text. Not all accept the user's name as an initial
 * response, so none is sent. */
static MimesendSaslStatus
step_login (MimesendSasl *self, gboolean first, GBytes **response)
{
  const char *answer = self->steps == 1 ? self->login : self->password;

  if (first)
    return MIMESEND_SASL_MORE;
  *response = mimesend_secret_bytes (answer, strlen (answer));
  self->over = self->steps == 2;
  return self->over ? MIMESEND_SASL_PROVEN : MIMESEND_SASL_MORE;
}

/* The server's error, with the token redacted, which it may repeat. */
static char *
error_words (MimesendSasl *self, const char *octets, gsize n)
{
  g_autofree char *text = g_strndup (octets, n);
  char *words;

  mimesend_redact (text, self->password);
  words = mimesend_oauth_error_words (text, strlen (text));
  mimesend_redact (words, self->password); /* where it was written with escapes */
  return words;
}

/* One message. A challenge after it is the server's error; the answer to it (RFC 7628 3.2.3: %x01; XOAUTH2: an empty line)
 * brings the 5yz. */
static MimesendSaslStatus
step_token (MimesendSasl *self, const char *octets, gsize n, GBytes **response)
{
  gboolean bearer = self->mechanism->kind == MIMESEND_SASL_KIND_BEARER;
  char *message;

  if (octets != NULL)
    {
      g_free (self->server_words);
      self->server_words = error_words (self, octets, n);
      *response = g_bytes_new_static ("\x01", bearer ? 1 : 0);
      self->over = TRUE;
      return MIMESEND_SASL_MORE; /* a 235 after the server's error must not count */
    }
  message = bearer ? mimesend_oauth_bearer (self->login, self->host, self->port, self->password)
                   : mimesend_oauth_xoauth2 (self->login, self->password);
  *response = mimesend_secret_bytes (message, strlen (message));
  wipe_text (message);
  return MIMESEND_SASL_PROVEN;
}

/* EXTERNAL (RFC 4422 A) sends the identity to act as, or nothing for the one in the certificate. ANONYMOUS (RFC 4505) sends
 * trace information, which may be empty. */
static MimesendSaslStatus
step_word (MimesendSasl *self, GBytes **response)
{
  const char *word = self->login != NULL ? self->login : "";

  *response = g_bytes_new (word, strlen (word));
  self->over = TRUE;
  return MIMESEND_SASL_PROVEN;
}

static MimesendSaslStatus
sasl_explain (MimesendSasl *self, int ret, GError **error)
{
  if (self->mechanism->kind == MIMESEND_SASL_KIND_SCRAM && self->steps == 2)
    return end_unproven (self, error);
  if (self->mechanism->kind == MIMESEND_SASL_KIND_GSSAPI && self->steps == 0)
    return sasl_fail (self, MIMESEND_ERROR_LOGIN,
                      "there is no ticket for this server, and none can be had: kinit gets the first one",
                      error);
  if (ret == GSASL_SASLPREP_ERROR)
    return fail_unprepared (self, error);
  if (ret == GSASL_MECHANISM_PARSE_ERROR)
    return sasl_fail (self, MIMESEND_ERROR_PROTOCOL, "the server's challenge is malformed", error);
  return sasl_fail (self, MIMESEND_ERROR_LOGIN, gsasl_strerror (ret), error);
}

/* Handles a SCRAM refusal (RFC 5802 7) that comes instead of a challenge. */
static MimesendSaslStatus
explain_scram (MimesendSasl *self, MimesendScramRefusal refusal, GError **error)
{
  switch (refusal)
    {
    case MIMESEND_SCRAM_REFUSAL_OF_MECHANISM:
      return sasl_fail (
          self, MIMESEND_ERROR_LOGIN,
          "the server does not understand the mechanism as it is used here, or does not know the "
          "binding to TLS",
          error);
    case MIMESEND_SCRAM_REFUSAL_OF_TLS:
      return sasl_end (
          self, MIMESEND_ERROR_LOGIN,
          "the server does not see the same TLS connection: something stands in between, and nothing "
          "was sent",
          error);
    case MIMESEND_SCRAM_REFUSAL_OF_USER:
    case MIMESEND_SCRAM_REFUSAL_NONE:
    default:
      return sasl_end (self, MIMESEND_ERROR_LOGIN, "the server refused the user or the password", error);
    }
}

/* Checks a challenge before GNU SASL gets it. FALSE: the exchange ended with *status. */
static gboolean
check_challenge (MimesendSasl *self, const char *octets, gsize n, MimesendSaslStatus *status, GError **error)
{
  MimesendScramRefusal refusal = MIMESEND_SCRAM_REFUSAL_NONE;

  if (self->mechanism->kind == MIMESEND_SASL_KIND_SCRAM && self->steps > 0)
    refusal = mimesend_scram_refusal (octets, n);
  if (refusal != MIMESEND_SCRAM_REFUSAL_NONE)
    *status = explain_scram (self, refusal, error);
  else if (self->mechanism->kind == MIMESEND_SASL_KIND_SCRAM && self->steps == 1 &&
           !mimesend_scram_check_first (octets, n, error))
    {
      self->over = self->distrusts = TRUE;
      *status = MIMESEND_SASL_FAILED;
    }
  else if (self->mechanism->kind == MIMESEND_SASL_KIND_CHALLENGE && self->steps > 0 && n == 0)
    *status = sasl_fail (self, MIMESEND_ERROR_PROTOCOL, "the server's challenge is empty", error);
  else
    return TRUE;
  return FALSE;
}

static MimesendSaslStatus
step_gsasl (MimesendSasl *self, const char *octets, gsize n, GBytes **response, GError **error)
{
  MimesendSaslStatus status;
  char *out = NULL;
  size_t n_out = 0;
  int ret;

  if (!check_challenge (self, octets, n, &status, error))
    return status;
  ret = gsasl_step (self->session, octets, n, &out, &n_out);
  /* A challenge always gets an answer, perhaps an empty one; before the first challenge none means no initial response. */
  if ((ret == GSASL_OK || ret == GSASL_NEEDS_MORE) && (out != NULL || octets != NULL))
    *response = mimesend_secret_bytes (out, n_out);
  if (out != NULL)
    {
      explicit_bzero (out, n_out);
      gsasl_free (out);
    }
  if (ret == GSASL_NEEDS_MORE)
    return MIMESEND_SASL_MORE;
  if (ret != GSASL_OK)
    return sasl_explain (self, ret, error);
  self->over = TRUE;
  return MIMESEND_SASL_PROVEN;
}

MimesendSaslStatus
mimesend_sasl_step (MimesendSasl *self, GBytes *challenge, GBytes **response, GError **error)
{
  gsize n = 0;
  const char *octets = challenge != NULL ? g_bytes_get_data (challenge, &n) : NULL;
  MimesendSaslStatus status;

  *response = NULL;
  if (self->mechanism == NULL)
    return sasl_fail (self, MIMESEND_ERROR_LOGIN, "no mechanism was chosen", error);
  if (self->over)
    return sasl_fail (self, MIMESEND_ERROR_PROTOCOL, "the server asks for more than the mechanism has",
                      error);
  if ((challenge == NULL) != (self->steps == 0))
    return sasl_fail (self, MIMESEND_ERROR_PROTOCOL, "a challenge is missing, or came ahead of its time",
                      error);
  if (n > CHALLENGE_MAX)
    return sasl_fail (self, MIMESEND_ERROR_PROTOCOL,
                      "the server's challenge is longer than 12,288 octets (RFC 4954)", error);
  if (challenge == NULL && !can_be_prepared (self))
    return fail_unprepared (self, error);
  /* GBytes of length 0 may hold NULL; only the first step has no challenge. */
  if (challenge != NULL && octets == NULL)
    octets = "";
  switch (self->mechanism->kind)
    {
    case MIMESEND_SASL_KIND_LOGIN:
      status = step_login (self, challenge == NULL, response);
      break;
    case MIMESEND_SASL_KIND_BEARER:
    case MIMESEND_SASL_KIND_XOAUTH2:
      status = step_token (self, octets, n, response);
      break;
    case MIMESEND_SASL_KIND_EXTERNAL:
    case MIMESEND_SASL_KIND_ANONYMOUS:
      status = step_word (self, response);
      break;
    case MIMESEND_SASL_KIND_SCRAM:
    case MIMESEND_SASL_KIND_PLAIN:
    case MIMESEND_SASL_KIND_CHALLENGE:
    case MIMESEND_SASL_KIND_GSSAPI:
    default:
      status = step_gsasl (self, octets, n, response, error);
    }
  self->steps++;
  return status;
}

MimesendSaslStatus
mimesend_sasl_step_garbled (MimesendSasl *self, GBytes **response, GError **error)
{
  g_autoptr (GBytes) prompt = g_bytes_new_static ("", 0);

  if (self->mechanism != NULL && self->mechanism->kind == MIMESEND_SASL_KIND_LOGIN)
    return mimesend_sasl_step (self, prompt, response, error);
  *response = NULL;
  if (self->mechanism != NULL && self->mechanism->kind == MIMESEND_SASL_KIND_SCRAM && self->steps == 2)
    return end_unproven (self, error);
  return sasl_fail (self, MIMESEND_ERROR_PROTOCOL, "the server's challenge is not base64", error);
}
