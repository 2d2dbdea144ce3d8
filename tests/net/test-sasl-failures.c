/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a mechanism does not take: characters, challenges, a server's verdict. What may follow it depends on that. */
#include <gio/gio.h>
#include <string.h>

#include "mimesend-error.h"
#include "net/sasl/sasl.h"

#define LOGIN    "joe@example.com"
#define PASSWORD "s3cret p\xc3\xa4ss"

static MimesendSasl *
client_for (const char *mechanism)
{
  MimesendSaslSetup setup = { .login = LOGIN, .password = PASSWORD, .may_be_clear = TRUE };
  const char *const offered[] = { mechanism, NULL };
  MimesendSasl *self = mimesend_sasl_new (&setup, NULL);

  g_assert_cmpstr (mimesend_sasl_choose (self, offered, NULL), ==, mechanism);
  return self;
}

/* The first step, and with `proven` the second, so that the server's final message is due. */
static MimesendSasl *
scram_client (gboolean proven)
{
  MimesendSasl *self = client_for ("SCRAM-SHA-256");
  g_autoptr (GBytes) first = NULL;

  g_assert_cmpint (mimesend_sasl_step (self, NULL, &first, NULL), ==, MIMESEND_SASL_MORE);
  if (proven)
    {
      g_autofree char *text = g_strndup (g_bytes_get_data (first, NULL), g_bytes_get_size (first));
      g_autofree char *answer = g_strconcat (strstr (text, ",r=") + 1, "srv,s=c2FsdHNhbHQ=,i=4096", NULL);
      g_autoptr (GBytes) challenge = g_bytes_new (answer, strlen (answer));
      g_autoptr (GBytes) response = NULL;

      g_assert_cmpint (mimesend_sasl_step (self, challenge, &response, NULL), ==, MIMESEND_SASL_MORE);
    }
  return self;
}

/* What is known of a character newer than Unicode 3.2, or one that is forbidden, is known before the mechanism is named to
 * the server. Those that do not prepare carry it. */
static void
unprepared (void)
{
  static const struct
  {
    const char *mechanism, *login, *password;
    gboolean good, changed;
  } rows[] = {
    { "SCRAM-SHA-256", LOGIN, "a\xe2\x82\xbd", FALSE, FALSE }, /* U+20BD */
    { "SCRAM-SHA-1", "j\xe2\x82\xbd", PASSWORD, FALSE, FALSE },
    { "CRAM-MD5", LOGIN, "a\xe2\x82\xbd", FALSE, FALSE },
    { "CRAM-MD5", "j\xe2\x82\xbd", PASSWORD, FALSE, FALSE },
    { "SCRAM-SHA-256", LOGIN,
      "\xd8\xa7"
      "1",
      FALSE, FALSE }, /* right to left, and then not */
    { "SCRAM-SHA-256", LOGIN, "a\x7f", FALSE, FALSE },
    { "PLAIN", LOGIN, "a\xe2\x82\xbd", TRUE, FALSE },
    { "LOGIN", "j\xe2\x82\xbd", "a\xe2\x82\xbd", TRUE, FALSE },
    { "SCRAM-SHA-256", LOGIN, "\xc2\xaa", TRUE, TRUE }, /* becomes "a" */
    { "SCRAM-SHA-256", LOGIN, "a\xc2\xa0z", TRUE, TRUE },
    { "CRAM-MD5", LOGIN, "\xef\xac\x81", TRUE, TRUE },
    { "SCRAM-SHA-256", LOGIN, "gr\xc3\xbc\xc3\x9f", TRUE, FALSE },
    { "PLAIN", LOGIN, "\xc2\xaa", TRUE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint later = 0; later < 2; later++)
      {
        MimesendSaslSetup setup = { .login = rows[i].login,
                                    .password = later ? NULL : rows[i].password,
                                    .later = later,
                                    .may_be_clear = TRUE };
        const char *const offered[] = { rows[i].mechanism, NULL };
        MimesendSasl *self = mimesend_sasl_new (&setup, NULL);
        g_autoptr (GError) error = NULL;
        g_autoptr (GBytes) response = NULL;
        MimesendSaslStatus status;

        g_assert_cmpstr (mimesend_sasl_choose (self, offered, NULL), ==, rows[i].mechanism);
        if (later)
          mimesend_sasl_set_secret (self, rows[i].password);
        status = mimesend_sasl_step (self, NULL, &response, &error);
        g_assert_cmpint (status == MIMESEND_SASL_FAILED, ==, !rows[i].good);
        g_assert_cmpint (mimesend_sasl_changes_secret (self), ==, rows[i].changed);
        if (!rows[i].good)
          {
            g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
            g_assert_nonnull (strstr (error->message, "SASLprep"));
            g_assert_null (strstr (error->message, rows[i].password));
          }
        mimesend_sasl_free (self);
      }
}

/* The prompts of LOGIN mean nothing; any other challenge does. */
static void
garbled (void)
{
  static const char *const mechanisms[] = { "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "PLAIN" };

  for (guint i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    {
      MimesendSasl *self = client_for (mechanisms[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) first = NULL;
      g_autoptr (GBytes) response = NULL;

      mimesend_sasl_step (self, NULL, &first, NULL);
      if (i > 0)
        {
          g_assert_cmpint (mimesend_sasl_step_garbled (self, &response, &error), ==, MIMESEND_SASL_FAILED);
          g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_PROTOCOL);
        }
      else
        {
          g_assert_cmpint (mimesend_sasl_step_garbled (self, &response, &error), ==, MIMESEND_SASL_MORE);
          g_clear_pointer (&response, g_bytes_unref);
          g_assert_cmpint (mimesend_sasl_step_garbled (self, &response, &error), ==, MIMESEND_SASL_PROVEN);
          g_assert_cmpmem (g_bytes_get_data (response, NULL), g_bytes_get_size (response), PASSWORD,
                           strlen (PASSWORD));
        }
      mimesend_sasl_free (self);
    }
}

/* e=… of RFC 5802 7: of the mechanism, then another may be tried; of the user or of TLS, then none. */
static void
scram_refusals (void)
{
  static const struct
  {
    const char *message;
    MimesendSaslStatus status;
    const char *says;
  } rows[] = {
    { "e=invalid-proof", MIMESEND_SASL_ENDED, "the user or the password" },
    { "e=unknown-user", MIMESEND_SASL_ENDED, "the user or the password" },
    { "e=other-error", MIMESEND_SASL_ENDED, "the user or the password" },
    { "e=", MIMESEND_SASL_ENDED, "the user or the password" },
    { "e=unsupported-channel-binding-typ", MIMESEND_SASL_ENDED, "the user or the password" },
    { "e=channel-bindings-dont-match", MIMESEND_SASL_ENDED, "the same TLS connection" },
    { "e=unsupported-channel-binding-type", MIMESEND_SASL_FAILED, "the binding" },
    { "e=channel-binding-not-supported", MIMESEND_SASL_FAILED, "the binding" },
    { "e=extensions-not-supported,x=y", MIMESEND_SASL_FAILED, "does not understand" },
    { "e=invalid-encoding", MIMESEND_SASL_FAILED, "does not understand" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint proven = 0; proven < 2; proven++)
      {
        MimesendSasl *self = scram_client (proven);
        g_autoptr (GBytes) message = g_bytes_new (rows[i].message, strlen (rows[i].message));
        g_autoptr (GError) error = NULL;
        GBytes *response;

        g_assert_cmpint (mimesend_sasl_step (self, message, &response, &error), ==, rows[i].status);
        g_assert_null (response);
        g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
        g_assert_nonnull (strstr (error->message, rows[i].says));
        mimesend_sasl_free (self);
      }
}

/* In place of the proof: nothing but a false server does that. */
static void
garbled_proof (void)
{
  MimesendSasl *self = scram_client (TRUE);
  g_autoptr (GError) error = NULL;
  GBytes *response;

  g_assert_cmpint (mimesend_sasl_step_garbled (self, &response, &error), ==, MIMESEND_SASL_ENDED);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
  mimesend_sasl_free (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/sasl/unpreparable-secret-is-known-ahead", unprepared);
  g_test_add_func ("/net/sasl/garbled-challenge-fails", garbled);
  g_test_add_func ("/net/sasl/garbled-proof-ends-the-login", garbled_proof);
  g_test_add_func ("/net/sasl/scram-refusals-are-told-apart", scram_refusals);
  return g_test_run ();
}
