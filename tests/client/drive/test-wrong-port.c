/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/drive/wrong-port.h"

#include "client/drive/drive-setup.h"

#include <string.h>

#include "mimesend-error.h"

static void
hints (void)
{
  static const struct
  {
    const char *server, *hint; /* NULL: none */
    guint patience;
  } rows[] = {
    { "smtp://mail.example.com:465", "smtps://mail.example.com:465", 10 },
    { "mail.example.com:465", "smtps://mail.example.com:465", 10 },
    { "smtp+insecure://mail.example.com:465", "smtps://mail.example.com:465", 10 },
    { "smtp://mail.example.com", "smtps://mail.example.com:587", 0 },
    { "smtp://[2001:db8::1]:2465", "smtps://[2001:db8::1]:2465", 0 },
    { "smtps://mail.example.com", NULL, 0 },
    { "smtp://mail.example.com:465?tls=implicit", NULL, 0 },
    { "lmtp://mail.example.com:465", NULL, 0 },
    { "lmtp:/run/lmtp", NULL, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendServer) server = mimesend_server_new (rows[i].server, &error);
      g_autofree char *hint = server != NULL ? mimesend_wrong_port_hint (server) : NULL;

      g_assert_no_error (error);
      g_assert_cmpuint (mimesend_wrong_port_patience_s (server), ==, rows[i].patience);
      if (rows[i].hint == NULL)
        g_assert_null (hint);
      else
        g_assert_true (g_str_has_suffix (hint, rows[i].hint));
    }
}

static void
records (void)
{
  static const struct
  {
    const char *server;
    guint8 octets[5];
    gsize n;
    const char *says; /* NULL: it is none */
  } rows[] = {
    { "smtp://mail.example.com", { 21, 3, 1, 0, 2 }, 5, "write smtps://mail.example.com:587" },
    { "mail.example.com", { 22, 3, 3, 0, 90 }, 5, "write smtps://mail.example.com:25" },
    { "lmtp:/run/lmtp", { 22, 3, 3, 0, 90 }, 5, "the server spoke TLS where SMTP was due" },
    { "mail.example.com", { 22, 3 }, 1, NULL },
    { "mail.example.com", { 22, 4 }, 2, NULL },
    { "mail.example.com", { '2', '2', '0', ' ', 'x' }, 5, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendServer) server = mimesend_server_new (rows[i].server, NULL);
      g_autoptr (GError) error = mimesend_wrong_port_look (server, rows[i].octets, rows[i].n);

      if (rows[i].says == NULL)
        g_assert_null (error);
      else
        {
          g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
          g_assert_true (g_str_has_suffix (error->message, rows[i].says));
        }
    }
}

/* Not where the caller named a time. */
static void
patience (void)
{
  g_autoptr (MimesendServer) server = mimesend_server_new ("smtp://mail.example.com:465", NULL);
  MimesendPolicy policy = { .server = server, .final_timeout_us = 600 * G_TIME_SPAN_SECOND };
  MimesendSmtpSetup setup =
      mimesend_drive_setup (&policy, server, MIMESEND_TLS_REQUIRED, MIMESEND_AVOID_NOTHING, "x.example");

  g_assert_cmpint (setup.timeout_us[MIMESEND_SMTP_STAGE_GREETING], ==, 10 * G_USEC_PER_SEC);
  g_assert_cmpint (setup.timeout_us[MIMESEND_SMTP_STAGE_HELLO], ==, 0);
  g_assert_cmpint (setup.timeout_us[MIMESEND_SMTP_STAGE_END_OF_DATA], ==, 600 * G_USEC_PER_SEC);
  policy.timeout_us = 60 * G_TIME_SPAN_SECOND;
  setup = mimesend_drive_setup (&policy, server, MIMESEND_TLS_REQUIRED, MIMESEND_AVOID_NOTHING, "x.example");
  g_assert_cmpint (setup.timeout_us[MIMESEND_SMTP_STAGE_GREETING], ==, 60 * G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/wrong-port/hints-at-the-right-port", hints);
  g_test_add_func ("/client/wrong-port/recognizes-tls-records", records);
  g_test_add_func ("/client/wrong-port/waits-less-on-port-465", patience);
  return g_test_run ();
}
