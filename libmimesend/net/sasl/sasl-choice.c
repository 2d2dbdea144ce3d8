/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chooses the mechanism: the strongest that the server offers, the caller allows and the credentials suffice for. The order
 * is that of the table here: the server's has no meaning, and GNU SASL's prefers mechanisms that need a ticket. */
#include "net/sasl/sasl-private.h"

#include <string.h>
#include "mimesend-error.h"

#define OFFERS_SHOWN 12

/* The strongest first. GSSAPI needs a ticket and asks the network: only where the caller names it. CRAM-MD5 does not send
 * the password, but allows guessing it offline: after SCRAM. */
static const MimesendSaslMechanism mechanisms[] = {
  { "GSSAPI", MIMESEND_SASL_KIND_GSSAPI, MIMESEND_SASL_NEEDS_WORD, FALSE, FALSE },
  { "SCRAM-SHA-256-PLUS", MIMESEND_SASL_KIND_SCRAM, MIMESEND_SASL_NEEDS_PASSWORD, FALSE, TRUE },
  { "SCRAM-SHA-1-PLUS", MIMESEND_SASL_KIND_SCRAM, MIMESEND_SASL_NEEDS_PASSWORD, FALSE, TRUE },
  { "SCRAM-SHA-256", MIMESEND_SASL_KIND_SCRAM, MIMESEND_SASL_NEEDS_PASSWORD, FALSE, FALSE },
  { "SCRAM-SHA-1", MIMESEND_SASL_KIND_SCRAM, MIMESEND_SASL_NEEDS_PASSWORD, FALSE, FALSE },
  { "EXTERNAL", MIMESEND_SASL_KIND_EXTERNAL, MIMESEND_SASL_NEEDS_CERTIFICATE, FALSE, FALSE },
  { "OAUTHBEARER", MIMESEND_SASL_KIND_BEARER, MIMESEND_SASL_NEEDS_TOKEN, TRUE, FALSE },
  { "XOAUTH2", MIMESEND_SASL_KIND_XOAUTH2, MIMESEND_SASL_NEEDS_TOKEN, TRUE, FALSE },
  { "CRAM-MD5", MIMESEND_SASL_KIND_CHALLENGE, MIMESEND_SASL_NEEDS_PASSWORD, FALSE, FALSE },
  { "PLAIN", MIMESEND_SASL_KIND_PLAIN, MIMESEND_SASL_NEEDS_PASSWORD, TRUE, FALSE },
  { "LOGIN", MIMESEND_SASL_KIND_LOGIN, MIMESEND_SASL_NEEDS_PASSWORD, TRUE, FALSE },
  { "ANONYMOUS", MIMESEND_SASL_KIND_ANONYMOUS, MIMESEND_SASL_NEEDS_WORD, FALSE, FALSE },
};

gboolean
mimesend_sasl_is_named (const char *const *names, const char *name)
{
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (g_ascii_strcasecmp (names[i], name) == 0)
      return TRUE;
  return FALSE;
}

gboolean
mimesend_sasl_is_ours (const MimesendSaslMechanism *mechanism)
{
  return mechanism->kind == MIMESEND_SASL_KIND_LOGIN || mechanism->kind == MIMESEND_SASL_KIND_BEARER ||
         mechanism->kind == MIMESEND_SASL_KIND_XOAUTH2 || mechanism->kind == MIMESEND_SASL_KIND_EXTERNAL ||
         mechanism->kind == MIMESEND_SASL_KIND_ANONYMOUS;
}

/* Collects from the server's list what is a valid mechanism name (RFC 4422 3.1). */
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

static gboolean
lacks_binding (MimesendSasl *self, const char *const *offered)
{
  return self->binding == NULL && !self->is_token &&
         (mimesend_sasl_is_named (offered, "SCRAM-SHA-256-PLUS") ||
          mimesend_sasl_is_named (offered, "SCRAM-SHA-1-PLUS"));
}

/* Whether the caller allows it: named, or not excluded by '!'. */
static gboolean
is_allowed (MimesendSasl *self, const MimesendSaslMechanism *mechanism)
{
  gboolean any_named = FALSE, named = FALSE;

  for (guint i = 0; self->allowed != NULL && self->allowed[i] != NULL; i++)
    {
      const char *word = self->allowed[i];
      gboolean forbids = *word == '!',
               meant = g_ascii_strcasecmp (word + (forbids ? 1 : 0), mechanism->name) == 0;

      if (forbids && meant)
        return FALSE;
      any_named |= !forbids;
      named |= meant;
    }
  return named || !any_named;
}

static gboolean
has_secret (MimesendSasl *self)
{
  return self->login != NULL && (self->password != NULL || self->later);
}

/* The credentials that the offered and allowed mechanisms need, for the error, where those given do not suffice. NULL: none
 * that are known here. */
static char *
wants_other_words (MimesendSasl *self, const char *const *offered)
{
  static const char *const things[] = {
    [MIMESEND_SASL_NEEDS_PASSWORD] = "a password",
    [MIMESEND_SASL_NEEDS_TOKEN] = "an access token (OAuth 2.0)",
    [MIMESEND_SASL_NEEDS_CERTIFICATE] = "a client certificate",
  };
  MimesendSaslNeeds given = self->is_token ? MIMESEND_SASL_NEEDS_TOKEN : MIMESEND_SASL_NEEDS_PASSWORD;
  gboolean wanted[G_N_ELEMENTS (things)] = { FALSE };
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    if (mechanisms[i].needs < G_N_ELEMENTS (things) && mimesend_sasl_is_named (offered, mechanisms[i].name) &&
        is_allowed (self, &mechanisms[i]))
      wanted[mechanisms[i].needs] = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (things); i++)
    if (wanted[i] && !(has_secret (self) && i == given) &&
        !(self->client_certificate && i == MIMESEND_SASL_NEEDS_CERTIFICATE))
      g_string_append_printf (words, "%s%s", words->len > 0 ? " or " : "", things[i]);
  if (words->len == 0 && wanted[MIMESEND_SASL_NEEDS_CERTIFICATE] && has_secret (self))
    return g_strdup_printf (
        "EXTERNAL goes by the client certificate: beside %s it is used only where it is named",
        things[given]);
  if (words->len == 0)
    return NULL;
  return g_strdup_printf ("that takes %s: %s", words->str,
                          has_secret (self)          ? self->is_token ? "what was given is an access token"
                                                                      : "what was given is a password"
                          : self->client_certificate ? "what was given is a client certificate"
                                                     : "none was given");
}

static void
refuse_offers (MimesendSasl *self, const char *const *offered, gboolean only_clear, GError **error)
{
  g_autofree char *offers = offers_shown (offered);
  g_autofree char *wanted = self->allowed != NULL ? g_strjoinv (" ", self->allowed) : NULL;
  g_autofree char *other = wants_other_words (self, offered);

  if (*offers == '\0')
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN,
                 "login: the server offers no mechanism to log in with");
  else if (only_clear)
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN,
                 "login: the server offers %s, which would show the %s, and nothing protects the "
                 "connection: use TLS (smtp:// or smtps://)",
                 offers, self->is_token ? "token" : "password");
  else if (lacks_binding (self, offered))
    g_set_error (
        error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN,
        "login: the server offers %s, and there is nothing to bind a -PLUS one to: that takes TLS 1.3, "
        "or TLS 1.2 with an extended master secret (RFC 7627)%s%s",
        offers, wanted != NULL ? "; allowed are " : "", wanted != NULL ? wanted : "");
  else if (other != NULL)
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN, "login: the server offers %s, and %s", offers,
                 other);
  else if (wanted != NULL)
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN,
                 "login: the server offers %s, and none of them is among those that are allowed and have the "
                 "credentials that they need: %s",
                 offers, wanted);
  else
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN,
                 "login: the server offers %s, and none of them is known here%s", offers,
                 self->is_token ? " for an access token: OAUTHBEARER and XOAUTH2 are"
                                : ": SCRAM-SHA-256, SCRAM-SHA-1, CRAM-MD5, PLAIN and LOGIN are");
}

static gboolean
has_what_it_needs (MimesendSasl *self, const MimesendSaslMechanism *mechanism)
{
  gboolean secret = has_secret (self);

  switch (mechanism->needs)
    {
    case MIMESEND_SASL_NEEDS_PASSWORD:
      return secret && !self->is_token && (!mechanism->binds || self->binding != NULL);
    case MIMESEND_SASL_NEEDS_TOKEN:
      return secret && self->is_token;
    case MIMESEND_SASL_NEEDS_CERTIFICATE:
      return (self->client_certificate && !secret) ||
             mimesend_sasl_is_named ((const char *const *)self->allowed, mechanism->name);
    case MIMESEND_SASL_NEEDS_WORD:
    default:
      return mimesend_sasl_is_named ((const char *const *)self->allowed, mechanism->name);
    }
}

/* After a mechanism with channel binding failed: perhaps the server does not know the binding, perhaps the two ends see
 * different TLS connections. So no other bound mechanism is tried, and an unbound one only under a verified certificate. A
 * server that violated SCRAM, by which it would have to prove itself, is not shown the password. */
static gboolean
may_follow (MimesendSasl *self, const MimesendSaslMechanism *mechanism)
{
  for (guint i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    if ((self->tried & 1u << i) && mechanisms[i].binds && (mechanism->binds || !self->is_verified))
      return FALSE;
  if (self->distrusts && mechanism->shows_password && !self->is_verified && !self->in_words)
    return FALSE;
  return !(self->tried & 1u << (mechanism - mechanisms));
}

const MimesendSaslMechanism *
mimesend_sasl_pick (MimesendSasl *self, const char *const *offered, GError **error)
{
  gboolean only_clear = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    {
      const MimesendSaslMechanism *one = &mechanisms[i];

      if (!mimesend_sasl_is_named (offered, one->name) || !is_allowed (self, one) ||
          !has_what_it_needs (self, one) || !may_follow (self, one) ||
          (!mimesend_sasl_is_ours (one) && !gsasl_client_support_p (self->library, one->name)))
        continue;
      /* A token sent in the clear can be used by others, and permission to send a password in the clear does not cover it. */
      if (one->shows_password &&
          !(one->needs == MIMESEND_SASL_NEEDS_TOKEN ? self->is_protected : self->may_be_clear))
        {
          only_clear = TRUE;
          continue;
        }
      self->tried |= 1u << i;
      return one;
    }
  refuse_offers (self, offered, only_clear, error);
  return NULL;
}

gboolean
mimesend_sasl_is_known (const char *mechanism)
{
  for (guint i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    if (strcmp (mechanisms[i].name, mechanism) == 0)
      return TRUE;
  return FALSE;
}
