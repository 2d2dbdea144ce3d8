/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GNU SASL's raw steps, and what they lack: a bound on SCRAM's iterations, a LOGIN that waits for its
 * prompts, and the rule that an exchange is over only when the mechanism says so. A later mechanism with its
 * own steps (XOAUTH2, EXTERNAL) is one more row of the table and one more branch of the step. */
#include "net/sasl.h"

#include <gsasl.h>
#include <string.h>
#include "mimesend-error.h"
#include "net/sasl-scram.h"

#define CHALLENGE_MAX 12288 /* octets, decoded (RFC 4954 4: the line has as many) */
#define OFFERS_SHOWN  12

typedef enum
{
  KIND_SCRAM,
  KIND_PLAIN,
  KIND_CHALLENGE,
  KIND_LOGIN
} Kind;

typedef struct
{
  const char *name;
  Kind kind;
  gboolean shows_password; /* to whoever reads the line */
} Mechanism;

/* The strongest first. CRAM-MD5 hides the password from a listener, but is open to guessing: behind SCRAM. */
static const Mechanism mechanisms[] = {
  { "SCRAM-SHA-256", KIND_SCRAM, FALSE }, { "SCRAM-SHA-1", KIND_SCRAM, FALSE },
  { "CRAM-MD5", KIND_CHALLENGE, FALSE },  { "PLAIN", KIND_PLAIN, TRUE },
  { "LOGIN", KIND_LOGIN, TRUE },
};

struct _MimesendSasl
{
  Gsasl *library;
  Gsasl_session *session;
  const Mechanism *mechanism;
  guint steps;
  gboolean over; /* proven or failed: no step may follow */
  char *login;
  char *password;
  char *host;
  gboolean may_be_clear;
};

typedef struct
{
  gsize n;
  guint8 octets[];
} Secret;

static void
secret_free (gpointer data)
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
  return g_bytes_new_with_free_func (self->octets, n, secret_free, self);
}

static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

/* A library a login: sessions of one would share it over threads, which GNU SASL promises nowhere. Its
 * beginning touches what is global to the process. */
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

MimesendSasl *
mimesend_sasl_new (const MimesendSaslSetup *setup, GError **error)
{
  Gsasl *library;
  MimesendSasl *self;
  int ret;

  if (setup->login == NULL || *setup->login == '\0' || setup->password == NULL)
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
  self->may_be_clear = setup->may_be_clear;
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
  wipe (self->login);
  wipe (self->password);
  g_free (self->host);
  g_free (self);
}

static gboolean
is_offered (const char *const *offered, const char *name)
{
  for (guint i = 0; offered != NULL && offered[i] != NULL; i++)
    if (g_ascii_strcasecmp (offered[i], name) == 0)
      return TRUE;
  return FALSE;
}

/* The server's words: only what could be the name of a mechanism (RFC 4422 3.1). */
static char *
offers_shown (const char *const *offered)
{
  GString *out = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; offered != NULL && offered[i] != NULL && n < OFFERS_SHOWN; i++)
    {
      gsize length = strspn (offered[i], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

      if (length == 0 || length > 20 || offered[i][length] != '\0')
        continue;
      g_string_append_printf (out, "%s%s", n++ > 0 ? " " : "", offered[i]);
    }
  return g_string_free (out, FALSE);
}

static void
refuse_offers (MimesendSasl *self, const char *const *offered, gboolean only_clear, GError **error)
{
  g_autofree char *offers = offers_shown (offered);

  if (*offers == '\0')
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN,
                 "login: the server offers no mechanism to log in with");
  else if (only_clear)
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN,
                 "login: the server offers %s, which would show the password, and nothing protects the "
                 "connection: use TLS "
                 "(smtp:// or smtps://)",
                 offers);
  else
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN,
                 "login: the server offers %s, and none of them is known here: SCRAM-SHA-256, SCRAM-SHA-1, "
                 "CRAM-MD5, PLAIN and "
                 "LOGIN are",
                 offers);
}

static gboolean
begin (MimesendSasl *self, const Mechanism *mechanism, GError **error)
{
  int ret;

  if (self->session != NULL)
    gsasl_finish (self->session);
  self->session = NULL;
  self->steps = 0;
  self->over = FALSE;
  self->mechanism = mechanism;
  if (mechanism->kind == KIND_LOGIN)
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
  /* No callback at all: whatever else a mechanism asks for (channel bindings among it, which the mechanisms
   * without -PLUS do not survive) is not there. */
  gsasl_property_set (self->session, GSASL_AUTHID, self->login);
  gsasl_property_set (self->session, GSASL_PASSWORD, self->password);
  gsasl_property_set (self->session, GSASL_SERVICE, "smtp");
  if (self->host != NULL)
    gsasl_property_set (self->session, GSASL_HOSTNAME, self->host);
  return TRUE;
}

const char *
mimesend_sasl_choose (MimesendSasl *self, const char *const *offered, GError **error)
{
  gboolean only_clear = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    {
      const Mechanism *one = &mechanisms[i];

      if (!is_offered (offered, one->name) ||
          (one->kind != KIND_LOGIN && !gsasl_client_support_p (self->library, one->name)))
        continue;
      if (one->shows_password && !self->may_be_clear)
        {
          only_clear = TRUE;
          continue;
        }
      return begin (self, one, error) ? one->name : NULL;
    }
  refuse_offers (self, offered, only_clear, error);
  return NULL;
}

static MimesendSaslStatus
fail (MimesendSasl *self, MimesendError code, const char *why, GError **error)
{
  self->over = TRUE;
  g_set_error (error, MIMESEND_ERROR, code, "login: %s: %s",
               self->mechanism != NULL ? self->mechanism->name : "SASL", why);
  return MIMESEND_SASL_FAILED;
}

/* LOGIN has no specification; what servers agree on is two prompts whose words mean nothing. Not all take the
 * user's name as an initial response, so none is sent. */
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

static MimesendSaslStatus
explain (MimesendSasl *self, int ret, GError **error)
{
  if (self->mechanism->kind == KIND_SCRAM && self->steps == 2)
    return fail (
        self, MIMESEND_ERROR_LOGIN,
        "the server did not prove that it knows the password: it may be a false one, so nothing was sent",
        error);
  if (ret == GSASL_SASLPREP_ERROR)
    return fail (self, MIMESEND_ERROR_LOGIN,
                 "the user or the password has characters that no server takes (RFC 4013)", error);
  if (ret == GSASL_MECHANISM_PARSE_ERROR)
    return fail (self, MIMESEND_ERROR_PROTOCOL, "the server's challenge is malformed", error);
  return fail (self, MIMESEND_ERROR_LOGIN, gsasl_strerror (ret), error);
}

static MimesendSaslStatus
step_gsasl (MimesendSasl *self, const char *octets, gsize n, GBytes **response, GError **error)
{
  char *out = NULL;
  size_t n_out = 0;
  int ret;

  if (self->mechanism->kind == KIND_SCRAM && self->steps == 1 &&
      !mimesend_scram_check_first (octets, n, error))
    {
      self->over = TRUE;
      return MIMESEND_SASL_FAILED;
    }
  if (self->mechanism->kind == KIND_SCRAM && self->steps == 2 && mimesend_scram_is_refusal (octets, n))
    return fail (self, MIMESEND_ERROR_LOGIN, "the server refused the user or the password", error);
  ret = gsasl_step (self->session, octets, n, &out, &n_out);
  /* Behind a challenge there is always an answer, be it empty; ahead of one none is a case of its own. */
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
    return explain (self, ret, error);
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
    return fail (self, MIMESEND_ERROR_LOGIN, "no mechanism was chosen", error);
  if (self->over)
    return fail (self, MIMESEND_ERROR_PROTOCOL, "the server asks for more than the mechanism has", error);
  if ((challenge == NULL) != (self->steps == 0))
    return fail (self, MIMESEND_ERROR_PROTOCOL, "a challenge is missing, or came ahead of its time", error);
  if (n > CHALLENGE_MAX)
    return fail (self, MIMESEND_ERROR_PROTOCOL,
                 "the server's challenge is longer than 12,288 octets (RFC 4954)", error);
  /* GBytes of length 0 may hold NULL; only the first step has no challenge. */
  if (challenge != NULL && octets == NULL)
    octets = "";
  if (self->mechanism->kind == KIND_LOGIN)
    status = step_login (self, challenge == NULL, response);
  else
    status = step_gsasl (self, octets, n, response, error);
  self->steps++;
  return status;
}
