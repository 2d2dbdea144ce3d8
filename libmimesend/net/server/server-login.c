/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The credentials of a server value: a user with a password, a token, or a callback that returns either when it is needed;
 * and the allowed mechanisms. */
#include "net/server/server.h"
#include "net/host.h"

#include <string.h>
#include "mimesend-error.h"
#include "net/sasl/sasl-oauth.h"
#include "net/sasl/sasl.h"

#define LOGIN_MAX    1024
#define PASSWORD_MAX 8192 /* a PLAIN response with it still fits the 12,288 octets of RFC 4954 4 */

void
mimesend_asker_unref (MimesendAsker *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_free (self);
}

static gboolean
check_login_secret (const char *text, gsize max, const char *what, GError **error)
{
  if (strlen (text) <= max && strpbrk (text, "\r\n") == NULL)
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
               "%s: it is longer than %" G_GSIZE_FORMAT " octets or has a line end in it: give it without",
               what, max);
  return FALSE;
}

/* No control characters in a user's name: mechanisms use them as separators (NUL in PLAIN, %x01 in OAUTHBEARER). */
static gboolean
check_login (const char *login, GError **error)
{
  if (g_utf8_validate (login, -1, NULL))
    for (const char *p = login; *p != '\0'; p = g_utf8_next_char (p))
      if (g_unichar_iscntrl (g_utf8_get_char (p)))
        {
          g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                       "login: it has a control character or a line end in it: give it without");
          return FALSE;
        }
  if (*login != '\0' && g_utf8_validate (login, -1, NULL))
    return check_login_secret (login, LOGIN_MAX, "login", error);
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
               "login: it is empty or not UTF-8: give the user's name");
  return FALSE;
}

/* Replaces the login and the secret, of whichever kind. */
static MimesendServer *
with_credentials (
    MimesendServer *self, const char *login, const char *secret, gboolean is_token, MimesendAsker *asker)
{
  MimesendServer *changed = mimesend_server_copy (self);

  if (changed->password != NULL)
    explicit_bzero (changed->password, strlen (changed->password));
  g_free (changed->login);
  g_free (changed->password);
  mimesend_asker_unref (changed->asker);
  changed->login = g_strdup (login);
  changed->password = g_strdup (secret);
  changed->is_token = is_token;
  changed->asker = asker;
  return mimesend_server_complete (changed);
}

/**
 * mimesend_server_with_login:
 * @self: a server
 * @login: the user's name, UTF-8, not empty
 * @password: (nullable): the password; %NULL for mechanisms that need none
 * @error: where to put an error, or %NULL
 *
 * A copy that logs in (AUTH, RFC 4954). Unless a TLS policy was set, STARTTLS is then required, except on loopback.
 *
 * Returns: (transfer full): a server, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_login (MimesendServer *self, const char *login, const char *password, GError **error)
{
  g_return_val_if_fail (self != NULL && login != NULL, NULL);
  if (!check_login (login, error) ||
      (password != NULL && !check_login_secret (password, PASSWORD_MAX, "password", error)))
    return NULL;
  return with_credentials (self, login, password, FALSE, NULL);
}

/**
 * mimesend_server_with_token:
 * @self: a server
 * @login: the user's name, UTF-8, not empty
 * @token: an access token of OAuth 2.0 for it, as the authorization server gave it
 * @error: where to put an error, or %NULL
 *
 * A copy that logs in by OAUTHBEARER (RFC 7628) or XOAUTH2. The token is sent only over TLS or to loopback, whatever
 * mimesend_server_with_cleartext_login() says.
 *
 * Returns: (transfer full): a server, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_token (MimesendServer *self, const char *login, const char *token, GError **error)
{
  g_return_val_if_fail (self != NULL && login != NULL && token != NULL, NULL);
  if (!check_login (login, error) || !mimesend_oauth_check_token (token, error))
    return NULL;
  return with_credentials (self, login, token, TRUE, NULL);
}

/**
 * mimesend_server_with_secret_func:
 * @self: a server
 * @login: the user's name, UTF-8, not empty
 * @is_token: whether @func returns an access token of OAuth 2.0, not a password
 * @func: (scope notified) (closure user_data) (destroy destroy): returns the secret
 * @user_data: for @func
 * @destroy: (nullable): frees @user_data with the last copy of the server
 * @error: where to put an error, or %NULL
 *
 * A copy that calls @func when a login needs the secret. It is called in a thread of its own, may block, and may be called
 * for several sessions at once. When a server refuses a token, @func is called once more, with an attempt of 1, for a new
 * connection: the token may have expired.
 *
 * Returns: (transfer full): a server, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_secret_func (MimesendServer *self,
                                  const char *login,
                                  gboolean is_token,
                                  MimesendSecretFunc func,
                                  gpointer user_data,
                                  GDestroyNotify destroy,
                                  GError **error)
{
  MimesendAsker *asker;

  g_return_val_if_fail (self != NULL && login != NULL && func != NULL, NULL);
  if (!check_login (login, error))
    {
      if (destroy != NULL)
        destroy (user_data);
      return NULL;
    }
  asker = g_new0 (MimesendAsker, 1);
  g_atomic_ref_count_init (&asker->refs);
  asker->func = func;
  asker->data = user_data;
  asker->destroy = destroy;
  return with_credentials (self, login, NULL, is_token, asker);
}

char *
mimesend_server_ask (MimesendServer *self, guint attempt, GError **error)
{
  g_autoptr (GError) fault = NULL;
  char *secret = self->asker->func (self, attempt, self->asker->data, &fault);
  gboolean good =
      secret != NULL && (self->is_token ? mimesend_oauth_check_token (secret, error)
                                        : check_login_secret (secret, PASSWORD_MAX, "password", error));

  if (good)
    return secret;
  if (secret == NULL)
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN, "login: no %s was given for '%s'%s%s",
                 self->is_token ? "token" : "password", self->login, fault != NULL ? ": " : "",
                 fault != NULL ? fault->message : "");
  else
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
  return NULL;
}

/**
 * mimesend_server_with_mechanisms:
 * @self: a server
 * @mechanisms: (nullable) (array zero-terminated=1): names of SASL mechanisms in capitals, like `SCRAM-SHA-256`: only these
 * are used; those with `!` in front are not used. %NULL: the strongest that the server offers
 * @error: where to put an error, or %NULL
 *
 * A copy that logs in by these mechanisms alone. Their order has no meaning: the strongest is tried. If it fails for a
 * reason other than user or password (the server does not support it after all, its exchange is malformed, or the password
 * has characters that the mechanism cannot carry), the next one is tried, up to three in all: `PLAIN` and `LOGIN` only
 * where they could have been the first, a mechanism without channel binding after a `-PLUS` one only under a verified
 * certificate. The receipt has a warning then. After a refused password (535) no other is tried.
 * `EXTERNAL` (the client certificate names the client) and `ANONYMOUS` need no login, and are used only if they are named
 * here or, for the first, if a client certificate is the only credential. `GSSAPI` (Kerberos 5, where GNU SASL is built
 * with it) is used only where it is named, takes its ticket from the environment, asks the server to act as the login if
 * there is one, and another named mechanism is used if there is no ticket.
 *
 * Returns: (transfer full): a server, or %NULL with %MIMESEND_ERROR_ARGUMENT, which names the mechanism that is not known
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_mechanisms (MimesendServer *self, const char *const *mechanisms, GError **error)
{
  MimesendServer *changed;

  g_return_val_if_fail (self != NULL, NULL);
  for (guint i = 0; mechanisms != NULL && mechanisms[i] != NULL; i++)
    if (!mimesend_sasl_is_known (mechanisms[i] + (mechanisms[i][0] == '!' ? 1 : 0)))
      {
        g_autofree char *shown = mimesend_text_shown (mechanisms[i]);

        g_set_error (
            error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
            "mechanism: '%s' is not known: write GSSAPI, SCRAM-SHA-256-PLUS, SCRAM-SHA-1-PLUS, "
            "SCRAM-SHA-256, "
            "SCRAM-SHA-1, EXTERNAL, OAUTHBEARER, XOAUTH2, CRAM-MD5, PLAIN, LOGIN or ANONYMOUS, with '!' in "
            "front of one that must not be used",
            shown);
        return NULL;
      }
  changed = mimesend_server_copy (self);
  g_strfreev (changed->mechanisms);
  changed->mechanisms = mechanisms != NULL && mechanisms[0] != NULL ? g_strdupv ((char **)mechanisms) : NULL;
  return mimesend_server_complete (changed);
}

static gboolean
names_mechanism (const MimesendServer *self, const char *mechanism)
{
  return self->mechanisms != NULL && g_strv_contains ((const char *const *)self->mechanisms, mechanism);
}

gboolean
mimesend_server_logs_in (const MimesendServer *self)
{
  return self->login != NULL || names_mechanism (self, "EXTERNAL") || names_mechanism (self, "ANONYMOUS") ||
         names_mechanism (self, "GSSAPI");
}
