/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each mechanism against GNU SASL's own server side, and against servers that cheat. */
#include <gio/gio.h>
#include <gsasl.h>
#include <string.h>

#include "mimesend-error.h"
#include "net/sasl/sasl-scram.h"
#include "net/sasl/sasl.h"

#define LOGIN    "joe@example.com"
#define PASSWORD "s3cret p\xc3\xa4ss"

/* The server's side ------------------------------------------------------------------------------------------------------ */

static int
on_property (Gsasl *library, Gsasl_session *session, Gsasl_property property)
{
  const char *password = gsasl_session_hook_get (session);

  switch (property)
    {
    case GSASL_PASSWORD:
      return gsasl_property_set (session, GSASL_PASSWORD, password);
    case GSASL_VALIDATE_SIMPLE: /* LOGIN's server asks this; PLAIN's falls back to the password */
      return strcmp (gsasl_property_fast (session, GSASL_AUTHID), LOGIN) == 0 &&
                     strcmp (gsasl_property_fast (session, GSASL_PASSWORD), password) == 0
                 ? GSASL_OK
                 : GSASL_AUTHENTICATION_ERROR;
    case GSASL_SCRAM_ITER:
      return gsasl_property_set (session, GSASL_SCRAM_ITER, "4096");
    default:
      return GSASL_NO_CALLBACK;
    }
}

typedef struct
{
  Gsasl *library;
  Gsasl_session *session;
} Peer;

static Peer
peer_new (const char *mechanism, const char *password)
{
  Peer self;

  g_assert_cmpint (gsasl_init (&self.library), ==, GSASL_OK);
  gsasl_callback_set (self.library, on_property);
  g_assert_cmpint (gsasl_server_start (self.library, mechanism, &self.session), ==, GSASL_OK);
  gsasl_session_hook_set (self.session, (void *)password);
  return self;
}

static void
peer_free (Peer *self)
{
  gsasl_finish (self->session);
  gsasl_done (self->library);
}

static MimesendSasl *
client (const char *password, gboolean may_be_clear)
{
  MimesendSaslSetup setup = {
    .login = LOGIN, .password = password, .host = "mail.example.com", .may_be_clear = may_be_clear
  };
  g_autoptr (GError) error = NULL;
  MimesendSasl *self = mimesend_sasl_new (&setup, &error);

  g_assert_no_error (error);
  return self;
}

static MimesendSasl *
client_for (const char *mechanism)
{
  const char *const offered[] = { mechanism, NULL };
  MimesendSasl *self = client (PASSWORD, TRUE);

  g_assert_cmpstr (mimesend_sasl_choose (self, offered, NULL), ==, mechanism);
  return self;
}

/* The whole exchange; *server is what the server made of it. */
static MimesendSaslStatus
exchange (MimesendSasl *self, Peer *peer, int *server, GError **error)
{
  GBytes *challenge = NULL, *response = NULL;
  MimesendSaslStatus status = mimesend_sasl_step (self, NULL, &response, error);

  *server = GSASL_NEEDS_MORE;
  while (status != MIMESEND_SASL_FAILED)
    {
      gsize n = 0;
      const char *octets = response != NULL ? g_bytes_get_data (response, &n) : NULL;
      char *out = NULL;
      size_t n_out = 0;

      if (*server != GSASL_NEEDS_MORE)
        break;
      *server = gsasl_step (peer->session, octets, n, &out, &n_out);
      g_clear_pointer (&response, g_bytes_unref);
      if (*server != GSASL_OK && *server != GSASL_NEEDS_MORE)
        break;
      if (status == MIMESEND_SASL_PROVEN && *server == GSASL_OK)
        {
          gsasl_free (out);
          break;
        }
      challenge = g_bytes_new (out, n_out);
      gsasl_free (out);
      status = mimesend_sasl_step (self, challenge, &response, error);
      g_bytes_unref (challenge);
    }
  g_clear_pointer (&response, g_bytes_unref);
  return status;
}

/* Tests ------------------------------------------------------------------------------------------------------------------ */

static const char *const all[] = { "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN" };

static void
right_password (gconstpointer mechanism)
{
  MimesendSasl *self = client_for (mechanism);
  Peer peer = peer_new (mechanism, PASSWORD);
  g_autoptr (GError) error = NULL;
  int server;

  g_assert_cmpint (exchange (self, &peer, &server, &error), ==, MIMESEND_SASL_PROVEN);
  g_assert_no_error (error);
  g_assert_cmpint (server, ==, GSASL_OK);
  mimesend_sasl_free (self);
  peer_free (&peer);
}

static void
wrong_password (gconstpointer mechanism)
{
  MimesendSasl *self = client_for (mechanism);
  Peer peer = peer_new (mechanism, "another");
  g_autoptr (GError) error = NULL;
  int server;
  MimesendSaslStatus status = exchange (self, &peer, &server, &error);

  g_assert_cmpint (server, !=, GSASL_OK);
  if (g_str_has_prefix (mechanism, "SCRAM")) /* nothing but the server's proof makes it proven */
    g_assert_cmpint (status, !=, MIMESEND_SASL_PROVEN);
  mimesend_sasl_free (self);
  peer_free (&peer);
}

static void
choice (void)
{
  static const struct
  {
    const char *offered;
    gboolean may_be_clear;
    const char *chosen; /* NULL: refused … */
    const char *says;   /* … in these words */
  } rows[] = {
    { "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256", TRUE, "SCRAM-SHA-256", NULL },
    { "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1", TRUE, "SCRAM-SHA-1", NULL },
    { "PLAIN LOGIN CRAM-MD5", FALSE, "CRAM-MD5", NULL },
    { "LOGIN PLAIN", TRUE, "PLAIN", NULL },
    { "plain login", TRUE, "PLAIN", NULL },
    { "LOGIN", TRUE, "LOGIN", NULL },
    { "SCRAM-SHA-256-PLUS LOGIN", TRUE, "LOGIN", NULL },
    { "PLAIN LOGIN", FALSE, NULL, "the server offers PLAIN LOGIN, which would show the password" },
    { "XOAUTH2 NTLM", TRUE, NULL,
      "the server offers XOAUTH2 NTLM, and that takes an access token (OAuth 2.0): what was given is a "
      "password" },
    { "OAUTHBEARER XOAUTH2", FALSE, NULL, "takes an access token" },
    { "EXTERNAL", TRUE, NULL, "and that takes a client certificate: what was given is a password" },
    { "GSSAPI EXTERNAL XOAUTH2", TRUE, NULL, "an access token (OAuth 2.0) or a client certificate" },
    { "GSSAPI DIGEST-MD5", TRUE, NULL, "none of them is known" },
    { "", TRUE, NULL, "no mechanism" },
    { "\x1b[31mX \xff Y<", TRUE, NULL, "no mechanism" },
    { "AVERYLONGMECHANISMNAME PLAIN2", TRUE, NULL, "offers PLAIN2," },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) offered = g_strsplit (rows[i].offered, " ", -1);
      MimesendSasl *self = client (PASSWORD, rows[i].may_be_clear);
      g_autoptr (GError) error = NULL;

      g_assert_cmpstr (mimesend_sasl_choose (self, (const char *const *)offered, &error), ==, rows[i].chosen);
      if (rows[i].chosen == NULL)
        {
          g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
          g_assert_nonnull (strstr (error->message, rows[i].says));
        }
      mimesend_sasl_free (self);
    }
}

static void
no_credentials (void)
{
  static const MimesendSaslSetup setups[] = { { NULL, "x", NULL, TRUE },
                                              { "", "x", NULL, TRUE },
                                              { "joe", NULL, NULL, TRUE } };

  for (guint i = 0; i < G_N_ELEMENTS (setups); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mimesend_sasl_new (&setups[i], &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
    }
}

/* No initial response; then the user, then the password, whatever the prompts say; then no more. */
static void
login_waits (void)
{
  MimesendSasl *self = client_for ("LOGIN");
  g_autoptr (GBytes) prompt = g_bytes_new ("Benutzer?", 9);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GError) error = NULL;
  GBytes *response;
  gsize n;

  g_assert_cmpint (mimesend_sasl_step (self, NULL, &response, &error), ==, MIMESEND_SASL_MORE);
  g_assert_null (response);
  g_assert_cmpint (mimesend_sasl_step (self, prompt, &response, &error), ==, MIMESEND_SASL_MORE);
  g_assert_cmpmem (g_bytes_get_data (response, &n), g_bytes_get_size (response), LOGIN, strlen (LOGIN));
  g_bytes_unref (response);
  g_assert_cmpint (mimesend_sasl_step (self, empty, &response, &error), ==, MIMESEND_SASL_PROVEN);
  g_assert_cmpmem (g_bytes_get_data (response, &n), g_bytes_get_size (response), PASSWORD, strlen (PASSWORD));
  g_bytes_unref (response);
  g_assert_no_error (error);
  g_assert_cmpint (mimesend_sasl_step (self, prompt, &response, &error), ==, MIMESEND_SASL_FAILED);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_PROTOCOL);
  g_assert_null (response);
  mimesend_sasl_free (self);
}

static void
plain_is_one_step (void)
{
  MimesendSasl *self = client_for ("PLAIN");
  g_autoptr (GBytes) more = g_bytes_new ("more", 4);
  g_autoptr (GError) error = NULL;
  GBytes *response;
  static const char expected[] = "\0" LOGIN "\0" PASSWORD;

  g_assert_cmpint (mimesend_sasl_step (self, NULL, &response, &error), ==, MIMESEND_SASL_PROVEN);
  g_assert_cmpmem (g_bytes_get_data (response, NULL), g_bytes_get_size (response), expected,
                   sizeof expected - 1);
  g_bytes_unref (response);
  g_assert_cmpint (mimesend_sasl_step (self, more, &response, &error), ==, MIMESEND_SASL_FAILED);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_PROTOCOL);
  mimesend_sasl_free (self);
}

/* SCRAM against a server that cheats: its first message is made from the client's nonce. */
static MimesendSaslStatus
scram_with (const char *mechanism, const char *after_nonce, const char *final, GError **error)
{
  MimesendSasl *self = client_for (mechanism);
  GBytes *response = NULL;
  MimesendSaslStatus status = mimesend_sasl_step (self, NULL, &response, error);
  g_autofree char *text = g_strndup (g_bytes_get_data (response, NULL), g_bytes_get_size (response));
  g_autofree char *first = g_strdup_printf ("%s%s", strstr (text, ",r=") + 1, after_nonce);
  g_autoptr (GBytes) challenge = g_bytes_new (first, strlen (first));

  g_assert_cmpint (status, ==, MIMESEND_SASL_MORE);
  g_assert_true (g_str_has_prefix (text, "n,,n=")); /* no channel binding is claimed */
  g_bytes_unref (response);
  status = mimesend_sasl_step (self, challenge, &response, error);
  g_clear_pointer (&response, g_bytes_unref);
  if (status == MIMESEND_SASL_MORE && final != NULL)
    {
      g_autoptr (GBytes) last = g_bytes_new (final, strlen (final));

      status = mimesend_sasl_step (self, last, &response, error);
      g_assert_null (response);
    }
  mimesend_sasl_free (self);
  return status;
}

static void
iterations (gconstpointer mechanism)
{
  static const struct
  {
    const char *after_nonce;
    int code; /* −1: taken */
  } rows[] = {
    { "srv,s=c2FsdHNhbHQ=,i=4096", -1 },
    { "srv,s=c2FsdHNhbHQ=,i=4096,x=ext", -1 },
    { "srv,s=c2FsdHNhbHQ=,i=1", MIMESEND_ERROR_LOGIN },
    { "srv,s=c2FsdHNhbHQ=,i=4095", MIMESEND_ERROR_LOGIN },
    { "srv,s=c2FsdHNhbHQ=,i=600001", MIMESEND_ERROR_LOGIN },
    { "srv,s=c2FsdHNhbHQ=,i=100000000", MIMESEND_ERROR_LOGIN },
    { "srv,s=c2FsdHNhbHQ=,i=4294971392", MIMESEND_ERROR_LOGIN },           /* 4096 in 32 bits */
    { "srv,s=c2FsdHNhbHQ=,i=18446744073709555712", MIMESEND_ERROR_LOGIN }, /* … and in 64 */
    { "srv,s=c2FsdHNhbHQ=,i=0", MIMESEND_ERROR_PROTOCOL },
    { "srv,s=c2FsdHNhbHQ=,i=04096", MIMESEND_ERROR_PROTOCOL },
    { "srv,s=c2FsdHNhbHQ=,i=-1", MIMESEND_ERROR_PROTOCOL },
    { "srv,s=c2FsdHNhbHQ=,i=4096 ", MIMESEND_ERROR_PROTOCOL },
    { "srv,s=c2FsdHNhbHQ=,i=", MIMESEND_ERROR_PROTOCOL },
    { "srv,s=c2FsdHNhbHQ=", MIMESEND_ERROR_PROTOCOL },
    { "srv,i=4096,s=c2FsdHNhbHQ=", MIMESEND_ERROR_PROTOCOL },
    { "srv,s=,i=4096", MIMESEND_ERROR_PROTOCOL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      MimesendSaslStatus status = scram_with (mechanism, rows[i].after_nonce, NULL, &error);

      if (rows[i].code < 0)
        {
          g_assert_no_error (error);
          g_assert_cmpint (status, ==, MIMESEND_SASL_MORE);
        }
      else
        {
          g_assert_cmpint (status, ==, MIMESEND_SASL_FAILED);
          g_assert_error (error, MIMESEND_ERROR, rows[i].code);
        }
    }
}

static void
scram_form (void)
{
  static const char *const bad[] = { "",
                                     "r",
                                     "r=",
                                     "r=,s=a,i=4096",
                                     "m=x,r=a,s=b,i=4096",
                                     "e=other-error",
                                     ",r=a,s=b,i=4096",
                                     "r=a,s=b,i=4096\n",
                                     "r=a\x01,s=b,i=4096",
                                     "x=y" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (mimesend_scram_check_first (bad[i], strlen (bad[i]), &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_PROTOCOL);
    }
  g_assert_false (mimesend_scram_check_first ("r=a,s=b,i=4096\0,i=1", 19, NULL)); /* a NUL hides nothing */
  g_assert_true (mimesend_scram_check_first ("r=a,s=b,i=600000", 16, NULL));
}

/* A server without the password: no proof, a false one, an error. 235 would follow each. */
static void
false_proof (gconstpointer mechanism)
{
  static const char *const finals[] = { "",
                                        "v=",
                                        "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                                        "v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                                        "e=invalid-proof",
                                        "garbage",
                                        "v=AAAA,e=x" };

  for (guint i = 0; i < G_N_ELEMENTS (finals); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (scram_with (mechanism, "srv,s=c2FsdHNhbHQ=,i=4096", finals[i], &error), ==,
                       MIMESEND_SASL_ENDED);
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
    }
}

static void
bad_challenges (gconstpointer mechanism)
{
  g_autofree char *huge = g_strnfill (12289, 'a');

  for (guint i = 0; i < 3; i++)
    {
      MimesendSasl *self = client_for (mechanism);
      g_autoptr (GBytes) challenge = i == 0   ? g_bytes_new (huge, 12289)
                                     : i == 1 ? g_bytes_new (NULL, 0)
                                              : g_bytes_new ("\0\xff", 2);
      g_autoptr (GError) error = NULL;
      GBytes *response = NULL;
      MimesendSaslStatus status;

      mimesend_sasl_step (self, NULL, &response, NULL);
      g_clear_pointer (&response, g_bytes_unref);
      status = mimesend_sasl_step (self, challenge, &response, &error);
      if (i == 0)
        {
          g_assert_cmpint (status, ==, MIMESEND_SASL_FAILED);
          g_assert_null (response);
          g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_PROTOCOL);
        }
      if (status == MIMESEND_SASL_FAILED)
        g_assert_nonnull (error);
      g_clear_pointer (&response, g_bytes_unref);
      mimesend_sasl_free (self);
    }
}

/* A user that SASLprep forbids (RFC 4013 2.3). */
static void
forbidden_characters (void)
{
  MimesendSaslSetup setup = { .login = "joe\xe2\x80\xae", .password = PASSWORD, .may_be_clear = TRUE };
  const char *const offered[] = { "SCRAM-SHA-256", NULL };
  MimesendSasl *self = mimesend_sasl_new (&setup, NULL);
  g_autoptr (GError) error = NULL;
  GBytes *response = NULL;

  g_assert_nonnull (mimesend_sasl_choose (self, offered, NULL));
  g_assert_cmpint (mimesend_sasl_step (self, NULL, &response, &error), ==, MIMESEND_SASL_FAILED);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
  g_assert_null (response);
  mimesend_sasl_free (self);
}

static void
secret_bytes (void)
{
  g_autoptr (GBytes) empty = mimesend_secret_bytes (NULL, 0);
  g_autoptr (GBytes) some = mimesend_secret_bytes ("a\0b", 3);

  g_assert_cmpuint (g_bytes_get_size (empty), ==, 0);
  g_assert_cmpmem (g_bytes_get_data (some, NULL), g_bytes_get_size (some), "a\0b", 3);
}

static gpointer
in_thread (gpointer user_data)
{
  for (guint i = 0; i < 10; i++)
    right_password ("SCRAM-SHA-256");
  return NULL;
}

static void
threads (void)
{
  GThread *running[4];

  for (guint i = 0; i < G_N_ELEMENTS (running); i++)
    running[i] = g_thread_new ("sasl", in_thread, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (running); i++)
    g_thread_join (running[i]);
}

static void
add (const char *name, GTestDataFunc function, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/net/sasl/%s/%s", name, all[i]);

      g_test_add_data_func (path, all[i], function);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("right-password", right_password, 5);
  add ("wrong-password", wrong_password, 5);
  add ("iterations", iterations, 2);
  add ("false-proof", false_proof, 2);
  add ("bad-challenges", bad_challenges, 3);
  g_test_add_func ("/net/sasl/chooses-strongest", choice);
  g_test_add_func ("/net/sasl/missing-credentials-are-an-error", no_credentials);
  g_test_add_func ("/net/sasl/login-waits-for-prompts", login_waits);
  g_test_add_func ("/net/sasl/plain-is-one-step", plain_is_one_step);
  g_test_add_func ("/net/sasl/checks-scram-messages", scram_form);
  g_test_add_func ("/net/sasl/refuses-forbidden-characters", forbidden_characters);
  g_test_add_func ("/net/sasl/secret-bytes-are-wiped", secret_bytes);
  g_test_add_func ("/net/sasl/works-in-several-threads", threads);
  return g_test_run ();
}
