/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A reply where TLS was due: what is one, when it is whole, and what is made of it. */
#include "net/tls-clear.h"

#include <string.h>

#include "mimesend-error.h"

static void
form (void)
{
  static const struct
  {
    const char *octets;
    gboolean clear, whole;
  } rows[] = {
    { "", FALSE, FALSE },
    { "2", TRUE, FALSE },
    { "22", TRUE, FALSE },
    { "220", TRUE, FALSE },
    { "220 host", TRUE, FALSE },
    { "220 host\r\n", TRUE, TRUE },
    { "220\r\n", TRUE, TRUE },
    { "421 a\n", TRUE, TRUE },
    { "554-a\r\n", TRUE, FALSE },
    { "554-a\r\n554", TRUE, FALSE },
    { "554-a\r\n554 b\r\n", TRUE, TRUE },
    { "554-a\r\nb\r\n", TRUE, TRUE },
    { "220host", FALSE, FALSE },
    { "2 0 x", FALSE, FALSE },
    { "120 x", FALSE, FALSE },
    { "620 x", FALSE, FALSE },
    { "HTTP/1.0 400", FALSE, FALSE },
    { "\x15\x03\x01", FALSE, FALSE },
    { "\x16\x03\x03", FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const guint8 *octets = (const guint8 *)rows[i].octets;
      gsize n = strlen (rows[i].octets);

      g_assert_cmpint (mimesend_tls_is_clear (octets, n), ==, rows[i].clear);
      if (rows[i].clear)
        g_assert_cmpint (mimesend_tls_clear_is_whole (octets, n), ==, rows[i].whole);
    }
}

static void
words (void)
{
  static const struct
  {
    const char *octets;
    gboolean implicit;
    int code;
    const char *says;
  } rows[] = {
    { "220 host ESMTP\r\n", TRUE, MIMESEND_ERROR_TLS,
      "this port wants STARTTLS: write smtp://mail.example.com:465 (unauthenticated, it said: 220 host "
      "ESMTP)" },
    { "220-a\r\n220 b\r\n", TRUE, MIMESEND_ERROR_TLS, "it said: 220 a b)" },
    { "220 again\r\n", FALSE, MIMESEND_ERROR_TLS, "due; unauthenticated, it said: 220 again" },
    { "421 4.3.2 busy\r\n", TRUE, MIMESEND_ERROR_DEFERRED, "due; unauthenticated, it said: 421 4.3.2 busy" },
    { "450 later\r\n", FALSE, MIMESEND_ERROR_DEFERRED, "it said: 450 later" },
    { "421 cut", TRUE, MIMESEND_ERROR_DEFERRED, "it said: 421 cut" },
    { "42", TRUE, MIMESEND_ERROR_DEFERRED, "it said: 42" },
    { "554-blocked,\r\n554 see https://a.example\r\n", TRUE, MIMESEND_ERROR_TLS,
      "it said: 554 blocked, see https://a.example" },
    { "554 \x1b[31m\xc3\xa4\x01\r\n", TRUE, MIMESEND_ERROR_TLS, "it said: 554 ?[31m???" },
    { "354 go\r\n", FALSE, MIMESEND_ERROR_TLS, "it said: 354 go" },
    { "554\r\n", TRUE, MIMESEND_ERROR_TLS, "it said: 554" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = mimesend_tls_clear_error (
          (const guint8 *)rows[i].octets, strlen (rows[i].octets), "mail.example.com", 465, rows[i].implicit);

      g_assert_error (error, MIMESEND_ERROR, rows[i].code);
      g_assert_true (g_str_has_suffix (error->message, rows[i].says));
      g_assert_cmpint (strstr (error->message, "STARTTLS") != NULL, ==,
                       rows[i].implicit && rows[i].octets[0] == '2');
    }
}

static void
bounded (void)
{
  g_autofree char *long_line = g_strnfill (1000, 'x');
  g_autofree char *text = g_strconcat ("554 ", long_line, NULL);
  g_autoptr (GError) error =
      mimesend_tls_clear_error ((const guint8 *)text, strlen (text), "mail.example.com", 0, TRUE);

  g_assert_cmpuint (strlen (error->message), <, 420);
  g_assert_null (strstr (error->message, ":0"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/tls-clear/recognizes-replies", form);
  g_test_add_func ("/net/tls-clear/explains-replies", words);
  g_test_add_func ("/net/tls-clear/quote-is-bounded", bounded);
  return g_test_run ();
}
