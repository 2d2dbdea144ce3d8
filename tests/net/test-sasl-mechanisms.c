/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Channel bindings against GNU SASL's own server side; tokens, certificates, names; which of all is chosen. */
#include <gio/gio.h>
#include <gsasl.h>
#include <string.h>

#include "mimesend-error.h"
#include "net/sasl/sasl-oauth.h"
#include "net/sasl/sasl.h"

#define LOGIN    "joe@example.com"
#define PASSWORD "secret word"
#define TOKEN    "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg=="

static const char octets_of_binding[32] = "0123456789abcdefghijklmnopqrstu";

/* --- channel bindings --- */

static int
on_property (Gsasl *library, Gsasl_session *session, Gsasl_property property)
{
  const char *binding = gsasl_session_hook_get (session); /* "E" or "U", and base64 */

  switch (property)
    {
    case GSASL_PASSWORD:
      return gsasl_property_set (session, GSASL_PASSWORD, PASSWORD);
    case GSASL_SCRAM_ITER:
      return gsasl_property_set (session, GSASL_SCRAM_ITER, "4096");
    case GSASL_CB_TLS_EXPORTER:
      return *binding == 'E' ? gsasl_property_set (session, property, binding + 1) : GSASL_NO_CALLBACK;
    case GSASL_CB_TLS_UNIQUE:
      return *binding == 'U' ? gsasl_property_set (session, property, binding + 1) : GSASL_NO_CALLBACK;
    default:
      return GSASL_NO_CALLBACK;
    }
}

/* Client and server side in turn, as bound as they say. */
static MimesendSaslStatus
exchange (const char *mechanism, const char *type, const char *server_binding, int *server, GError **error)
{
  g_autoptr (GBytes) binding = g_bytes_new (octets_of_binding, sizeof octets_of_binding);
  const char *const offered[] = { "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", mechanism, NULL };
  MimesendSaslSetup setup = {
    .login = LOGIN, .password = PASSWORD, .binding = binding, .binding_type = type
  };
  MimesendSasl *self = mimesend_sasl_new (&setup, error);
  Gsasl *library;
  Gsasl_session *session;
  GBytes *response = NULL;
  MimesendSaslStatus status;

  g_assert_cmpstr (mimesend_sasl_choose (self, offered, error), ==, mechanism);
  g_assert_cmpint (gsasl_init (&library), ==, GSASL_OK);
  gsasl_callback_set (library, on_property);
  g_assert_cmpint (gsasl_server_start (library, mechanism, &session), ==, GSASL_OK);
  gsasl_session_hook_set (session, (void *)server_binding);
  status = mimesend_sasl_step (self, NULL, &response, error);
  g_assert_true (g_str_has_prefix (g_bytes_get_data (response, NULL),
                                   strcmp (type, "tls-unique") == 0 ? "p=tls-unique,," : "p=tls-exporter,,"));
  do
    {
      char *out = NULL;
      size_t n = 0;

      *server =
          gsasl_step (session, g_bytes_get_data (response, NULL), g_bytes_get_size (response), &out, &n);
      g_clear_pointer (&response, g_bytes_unref);
      if (*server == GSASL_OK || *server == GSASL_NEEDS_MORE)
        {
          g_autoptr (GBytes) challenge = g_bytes_new (out, n);

          status = mimesend_sasl_step (self, challenge, &response, error);
        }
      gsasl_free (out);
    }
  while (response != NULL && status == MIMESEND_SASL_MORE);
  g_clear_pointer (&response, g_bytes_unref);
  gsasl_finish (session);
  gsasl_done (library);
  mimesend_sasl_free (self);
  return status;
}

static void
bound (gconstpointer mechanism)
{
  g_autofree char *base64 = g_base64_encode ((const guchar *)octets_of_binding, sizeof octets_of_binding);
  g_autofree char *exporter = g_strconcat ("E", base64, NULL);
  g_autofree char *unique = g_strconcat ("U", base64, NULL);
  g_autoptr (GError) error = NULL;
  int server;

  g_assert_cmpint (exchange (mechanism, "tls-exporter", exporter, &server, &error), ==, MIMESEND_SASL_PROVEN);
  g_assert_no_error (error);
  g_assert_cmpint (server, ==, GSASL_OK);
  g_assert_cmpint (exchange (mechanism, "tls-unique", unique, &server, &error), ==, MIMESEND_SASL_PROVEN);
  g_assert_no_error (error);
  g_assert_cmpint (server, ==, GSASL_OK);
}

/* An attacker in the middle has another TLS session with the server. */
static void
bound_elsewhere (gconstpointer mechanism)
{
  int server;

  g_assert_cmpint (
      exchange (mechanism, "tls-exporter", "EMDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dW4=", &server, NULL),
      !=, MIMESEND_SASL_PROVEN);
  g_assert_cmpint (server, !=, GSASL_OK);
}

/* --- the choice --- */

static void
choice (void)
{
  enum
  {
    TOK = 1,
    BIND = 2,
    CERT = 4,
    NO_SECRET = 8,
    CLEAR = 16, /* nothing protects the connection, and the caller said that it may be so */
    LATER = 32
  };
  static const char every[] =
      "LOGIN PLAIN CRAM-MD5 XOAUTH2 OAUTHBEARER EXTERNAL ANONYMOUS SCRAM-SHA-1 SCRAM-SHA-256 "
      "SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS";
  static const struct
  {
    const char *offered;
    int have;
    const char *allowed; /* NULL: all */
    const char *chosen;
    const char *says;
  } rows[] = {
    { every, BIND, NULL, "SCRAM-SHA-256-PLUS", NULL },
    { every, 0, NULL, "SCRAM-SHA-256", NULL },
    { every, BIND, "!SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", NULL },
    { every, BIND, "PLAIN LOGIN", "PLAIN", NULL },
    { every, BIND, "LOGIN PLAIN !PLAIN", "LOGIN", NULL },
    { every, LATER, NULL, "SCRAM-SHA-256", NULL },
    { every, TOK, NULL, "OAUTHBEARER", NULL },
    { every, TOK | LATER, NULL, "OAUTHBEARER", NULL },
    { "PLAIN XOAUTH2", TOK, NULL, "XOAUTH2", NULL },
    { every, TOK | BIND, "XOAUTH2", "XOAUTH2", NULL },
    { every, TOK | CLEAR, NULL, NULL, "would show the token" },
    { "PLAIN LOGIN", TOK, NULL, NULL, "and that takes a password: what was given is an access token" },
    { "SCRAM-SHA-256 EXTERNAL", TOK, NULL, NULL, "takes a password or a client certificate" },
    { "NTLM", TOK, NULL, NULL, "for an access token: OAUTHBEARER and XOAUTH2 are" },
    { "XOAUTH2 OAUTHBEARER", 0, NULL, NULL,
      "takes an access token (OAuth 2.0): what was given is a password" },
    { "XOAUTH2", LATER, NULL, NULL, "takes an access token (OAuth 2.0): what was given is a password" },
    { "EXTERNAL XOAUTH2", CERT, NULL, NULL,
      "takes an access token (OAuth 2.0): what was given is a password" },
    { "EXTERNAL", CERT, NULL, NULL, "beside a password it is used only where it is named" },
    { "EXTERNAL", CERT | TOK, NULL, NULL,
      "beside an access token (OAuth 2.0) it is used only where it is named" },
    { "PLAIN XOAUTH2", CERT | NO_SECRET, NULL, NULL, "what was given is a client certificate" },
    { "XOAUTH2 PLAIN", 0, "XOAUTH2", NULL, "takes an access token" },
    { every, CERT | NO_SECRET, NULL, "EXTERNAL", NULL },
    { every, CERT, NULL, "SCRAM-SHA-256", NULL },
    { every, CERT, "EXTERNAL", "EXTERNAL", NULL },
    { every, NO_SECRET, "EXTERNAL", "EXTERNAL", NULL },
    { every, NO_SECRET, "ANONYMOUS", "ANONYMOUS", NULL },
    { "GSSAPI PLAIN", 0, NULL, "PLAIN", NULL },
    { "GSSAPI", 0, NULL, NULL, "none of them is known here" },
    { "PLAIN ANONYMOUS EXTERNAL", CLEAR, "SCRAM-SHA-256", NULL, "are allowed" },
    { "SCRAM-SHA-256-PLUS", 0, NULL, NULL, "nothing to bind a -PLUS one to" },
    { "PLAIN", 0, "!PLAIN", NULL, "among those that are allowed" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) offered = g_strsplit (rows[i].offered, " ", -1);
      g_auto (GStrv) allowed = rows[i].allowed != NULL ? g_strsplit (rows[i].allowed, " ", -1) : NULL;
      g_autoptr (GBytes) binding = g_bytes_new (octets_of_binding, sizeof octets_of_binding);
      gboolean secret = !(rows[i].have & NO_SECRET);
      MimesendSaslSetup setup = {
        .login = secret ? LOGIN : NULL,
        .password = secret && !(rows[i].have & LATER) ? TOKEN : NULL,
        .later = (rows[i].have & LATER) != 0,
        .is_token = (rows[i].have & TOK) != 0,
        .may_be_clear = TRUE,
        .is_protected = !(rows[i].have & CLEAR),
        .client_certificate = (rows[i].have & CERT) != 0,
        .mechanisms = (const char *const *)allowed,
        .binding = (rows[i].have & BIND) ? binding : NULL,
        .binding_type = "tls-exporter",
      };
      g_autoptr (GError) error = NULL;
      MimesendSasl *self = mimesend_sasl_new (&setup, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (mimesend_sasl_choose (self, (const char *const *)offered, &error), ==, rows[i].chosen);
      if (rows[i].chosen == NULL)
        {
          g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
          g_assert_nonnull (strstr (error->message, rows[i].says));
        }
      mimesend_sasl_free (self);
    }
}

/* Chosen again: the next one, never one that was tried; what follows one that is bound to TLS rests on the certificate. */
static void
choice_again (void)
{
  static const char all[] = "LOGIN PLAIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-1-PLUS "
                            "SCRAM-SHA-256-PLUS XOAUTH2 OAUTHBEARER";
  static const struct
  {
    const char *offered, *allowed;
    gboolean verified, clear, token;
    const char *chosen;
  } rows[] = {
    { all, NULL, TRUE, TRUE, FALSE, "SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN" },
    { all, NULL, FALSE, TRUE, FALSE, "SCRAM-SHA-256-PLUS" },
    { all, "!SCRAM-SHA-256-PLUS !SCRAM-SHA-1-PLUS", FALSE, TRUE, FALSE,
      "SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN" },
    { all, "!SCRAM-SHA-256-PLUS !SCRAM-SHA-1-PLUS", FALSE, FALSE, FALSE,
      "SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5" },
    { all, "SCRAM-SHA-1-PLUS PLAIN", TRUE, TRUE, FALSE, "SCRAM-SHA-1-PLUS PLAIN" },
    { "SCRAM-SHA-1-PLUS SCRAM-SHA-1", NULL, TRUE, TRUE, FALSE, "SCRAM-SHA-1-PLUS SCRAM-SHA-1" },
    { all, NULL, TRUE, TRUE, TRUE, "OAUTHBEARER XOAUTH2" },
    { "PLAIN", NULL, TRUE, TRUE, FALSE, "PLAIN" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) offered = g_strsplit (rows[i].offered, " ", -1);
      g_auto (GStrv) allowed = rows[i].allowed != NULL ? g_strsplit (rows[i].allowed, " ", -1) : NULL;
      g_autoptr (GBytes) binding = g_bytes_new (octets_of_binding, sizeof octets_of_binding);
      g_autoptr (GString) chosen = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      MimesendSaslSetup setup = {
        .login = LOGIN,
        .password = TOKEN,
        .is_token = rows[i].token,
        .may_be_clear = rows[i].clear,
        .is_protected = TRUE,
        .is_verified = rows[i].verified,
        .mechanisms = (const char *const *)allowed,
        .binding = binding,
        .binding_type = "tls-exporter",
      };
      MimesendSasl *self = mimesend_sasl_new (&setup, NULL);
      const char *one;

      while ((one = mimesend_sasl_choose (self, (const char *const *)offered, &error)) != NULL)
        g_string_append_printf (chosen, "%s%s", chosen->len > 0 ? " " : "", one);
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
      g_assert_cmpstr (chosen->str, ==, rows[i].chosen);
      mimesend_sasl_free (self);
    }
}

/* A server that spoils SCRAM is shown the password only where its certificate was verified, or the caller said so. */
static void
choice_after_spoilt_scram (void)
{
  const char *const offered[] = { "SCRAM-SHA-256", "CRAM-MD5", "PLAIN", NULL };

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GBytes) challenge = g_bytes_new ("r=x", 3);
      g_autoptr (GBytes) first = NULL;
      g_autoptr (GBytes) response = NULL;
      MimesendSaslSetup setup = { .login = LOGIN,
                                  .password = TOKEN,
                                  .may_be_clear = TRUE,
                                  .is_protected = TRUE,
                                  .is_verified = i == 1,
                                  .in_words = i == 2 };
      MimesendSasl *self = mimesend_sasl_new (&setup, NULL);

      g_assert_cmpstr (mimesend_sasl_choose (self, offered, NULL), ==, "SCRAM-SHA-256");
      g_assert_cmpint (mimesend_sasl_step (self, NULL, &first, NULL), ==, MIMESEND_SASL_MORE);
      g_assert_cmpint (mimesend_sasl_step (self, challenge, &response, NULL), ==, MIMESEND_SASL_FAILED);
      g_assert_cmpstr (mimesend_sasl_choose (self, offered, NULL), ==, "CRAM-MD5");
      g_assert_cmpstr (mimesend_sasl_choose (self, offered, NULL), ==, i > 0 ? "PLAIN" : NULL);
      mimesend_sasl_free (self);
    }
}

/* --- tokens --- */

static void
assert_step (MimesendSasl *self, const char *challenge, MimesendSaslStatus status, const char *says)
{
  g_autoptr (GBytes) octets = challenge != NULL ? g_bytes_new (challenge, strlen (challenge)) : NULL;
  g_autoptr (GBytes) response = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mimesend_sasl_step (self, octets, &response, &error), ==, status);
  if (says == NULL)
    g_assert_null (response);
  else
    g_assert_cmpmem (g_bytes_get_data (response, NULL), g_bytes_get_size (response), says, strlen (says));
}

static MimesendSasl *
with_token (const char *mechanism, const char *login, gboolean later)
{
  const char *const offered[] = { mechanism, NULL };
  MimesendSaslSetup setup = { .login = login,
                              .password = later ? NULL : TOKEN,
                              .later = later,
                              .host = "server.example.com",
                              .port = 587,
                              .is_token = TRUE,
                              .is_protected = TRUE };
  MimesendSasl *self = mimesend_sasl_new (&setup, NULL);

  g_assert_cmpstr (mimesend_sasl_choose (self, offered, NULL), ==, mechanism);
  return self;
}

/* RFC 7628 4.1's exchange, and its failure of 4.2. */
static void
bearer (void)
{
  static const char message[] = "n,a=" LOGIN ",\x01host=server.example.com\x01port=587\x01"
                                "auth=Bearer " TOKEN "\x01\x01";
  static const char json[] =
      "{\"status\":\"invalid_token\",\"scope\":\"example_scope\","
      "\"openid-configuration\":\"https://example.com/.well-known/openid-configuration\"}";
  MimesendSasl *self = with_token ("OAUTHBEARER", LOGIN, FALSE);

  assert_step (self, NULL, MIMESEND_SASL_PROVEN, message);
  g_assert_null (mimesend_sasl_get_server_words (self));
  assert_step (self, json, MIMESEND_SASL_MORE, "\x01");
  g_assert_true (
      g_str_has_prefix (mimesend_sasl_get_server_words (self),
                        "status: invalid_token, scope: example_scope, openid-configuration: https:"));
  assert_step (self, json, MIMESEND_SASL_FAILED, NULL);
  mimesend_sasl_free (self);
  self = with_token ("OAUTHBEARER", "a,b=c", FALSE);
  assert_step (self, NULL, MIMESEND_SASL_PROVEN,
               "n,a=a=2Cb=3Dc,\x01host=server.example.com\x01port=587\x01"
               "auth=Bearer " TOKEN "\x01\x01");
  mimesend_sasl_free (self);
}

static void
xoauth2 (void)
{
  MimesendSasl *self = with_token ("XOAUTH2", LOGIN, TRUE);

  g_assert_true (mimesend_sasl_needs_secret (self));
  mimesend_sasl_set_secret (self, TOKEN);
  g_assert_false (mimesend_sasl_needs_secret (self));
  assert_step (self, NULL, MIMESEND_SASL_PROVEN,
               "user=" LOGIN "\x01"
               "auth=Bearer " TOKEN "\x01\x01");
  assert_step (self, "{\"status\":\"401\",\"schemes\":\"bearer\"}", MIMESEND_SASL_MORE, "");
  g_assert_cmpstr (mimesend_sasl_get_server_words (self), ==, "status: 401, schemes: bearer");
  mimesend_sasl_free (self);
}

static void
error_words (void)
{
  static const struct
  {
    const char *json, *words;
  } rows[] = {
    { "", "" },
    { "not JSON", "" },
    { "{}", "" },
    { "{\"status\":400}", "" },
    { "{\"status\":\"400\",\"n\":5,\"scope\":\"a\"}", "status: 400, scope: a" },
    { "{ \"error\" : \"a \\\"b\\\" \\u001b[31m \\n c\" }", "error: a \"b\" ?[31m   c" },
    { "{\"error\":\"\x1b[2J\xff\"}", "error: ?[2J?" },
    { "{\"error\":\"never ends", "error: never ends" },
    { "{\"error\":\"ends in \\", "error: ends in \\" },
    { "\"\"\"\"\"", "" },
    { "{\"a\":\"\\u", "a: ?" },
  };
  g_autofree char *huge = g_strnfill (12288, '"');
  g_autofree char *words = mimesend_oauth_error_words (huge, 12288);

  g_assert_cmpuint (strlen (words), <=, 300);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *exact = g_memdup2 (rows[i].json, strlen (rows[i].json) + 1);
      g_autofree char *said = mimesend_oauth_error_words (exact, strlen (exact));

      for (const char *p = said; *p != '\0'; p++)
        g_assert_true (g_ascii_isprint (*p));
      if (*rows[i].words != '\0')
        g_assert_cmpstr (said, ==, rows[i].words);
    }
}

static void
token_form (void)
{
  g_autofree char *longest = g_strnfill (8192, 'x');
  g_autofree char *too_long = g_strnfill (8193, 'x');
  const char *const bad[] = { "",
                              "a b",
                              "a\n",
                              "a\x01"
                              "b",
                              "\xc3\xa4",
                              too_long };

  g_assert_true (mimesend_oauth_check_token (TOKEN, NULL));
  g_assert_true (mimesend_oauth_check_token (longest, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (mimesend_oauth_check_token (bad[i], &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
    }
}

static void
words_alone (void)
{
  const char *const external[] = { "EXTERNAL", NULL }, *const anonymous[] = { "ANONYMOUS", NULL };
  MimesendSaslSetup setup = { .mechanisms = external };
  MimesendSasl *self = mimesend_sasl_new (&setup, NULL);

  g_assert_nonnull (mimesend_sasl_choose (self, external, NULL));
  assert_step (self, NULL, MIMESEND_SASL_PROVEN, "");
  assert_step (self, "more", MIMESEND_SASL_FAILED, NULL);
  mimesend_sasl_free (self);
  setup = (MimesendSaslSetup){ .mechanisms = anonymous, .login = "sirhc" };
  self = mimesend_sasl_new (&setup, NULL);
  g_assert_nonnull (mimesend_sasl_choose (self, anonymous, NULL));
  assert_step (self, NULL, MIMESEND_SASL_PROVEN, "sirhc");
  mimesend_sasl_free (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/net/sasl/binds-to-tls/SCRAM-SHA-256-PLUS", "SCRAM-SHA-256-PLUS", bound);
  g_test_add_data_func ("/net/sasl/binds-to-tls/SCRAM-SHA-1-PLUS", "SCRAM-SHA-1-PLUS", bound);
  g_test_add_data_func ("/net/sasl/refuses-binding-to-other-tls/SCRAM-SHA-256-PLUS", "SCRAM-SHA-256-PLUS",
                        bound_elsewhere);
  g_test_add_func ("/net/sasl/chooses-strongest-of-all", choice);
  g_test_add_func ("/net/sasl/next-choice-was-never-tried", choice_again);
  g_test_add_func ("/net/sasl/no-password-after-violated-scram", choice_after_spoilt_scram);
  g_test_add_func ("/net/sasl/sends-oauthbearer", bearer);
  g_test_add_func ("/net/sasl/sends-xoauth2", xoauth2);
  g_test_add_func ("/net/sasl/token-error-is-quoted", error_words);
  g_test_add_func ("/net/sasl/checks-token", token_form);
  g_test_add_func ("/net/sasl/external-and-anonymous-need-no-secret", words_alone);
  return g_test_run ();
}
