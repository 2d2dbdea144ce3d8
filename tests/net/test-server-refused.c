/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is no server, and what the refusal says. */
#include <gio/gio.h>
#include <string.h>

#include "mimesend-error.h"
#include "net/server/server.h"

typedef struct
{
  const char *text;
  const char *says; /* what to write instead, or what is wrong */
} Bad;

static const Bad bads[] = {
  { "", "empty" },
  { " mail.example.com", "white space" },
  { "mail.example.com ", "white space" },
  { "mail example.com", "white space" },
  { "mail.example.com\r\nEHLO x", "white space or a control" },
  { "mail\x01", "control" },
  { "mail\xc2\x85", "control" },
  { "mail\xff", "not UTF-8" },
  { "mail.example.com:", "ends ahead of its port" },
  { ":25", "write it like mail.example.com:25" },
  { ":", "has a port and no host" },
  { "mail.example.com:0", "1 to 65535" },
  { "mail.example.com:65536", "1 to 65535" },
  { "mail.example.com:18446744073709551641", "1 to 65535" },
  { "mail.example.com:abc", "no number" },
  { "mail.example.com:-1", "no number" },
  { "mail.example.com:+25", "no number" },
  { "mail.example.com:25:26", "[2001:db8::1]:25" },
  { "2001:db8::1:99999", "[2001:db8::1]:25" },
  { "2001:db8::g", "[2001:db8::1]:25" },
  { "[2001:db8::1", "[2001:db8::1]:25" },
  { "[2001:db8::1]x", "[2001:db8::1]:25" },
  { "[2001:db8::1]:", "ends ahead" },
  { "[192.0.2.1]:25", "[2001:db8::1]:25" },
  { "[]:25", "[2001:db8::1]" },
  { "[:]:25", "no IPv6 address" },
  { "fe80::1%", "interface" },
  { "fe80::1%25.]x", "interface" },
  { "fe80::1%eth0]", "interface" },
  { "fe80::1%a234567890123456", "interface" },
  { "fe80::1%a/b", "no known form" },
  { "a..b", "labels" },
  { ".a", "labels" },
  { "-a.example", "labels" },
  { "a,b", "labels" },
  { "1.2.3", "four numbers" },
  { "10.0.0.256", "four numbers" },
  { "2130706433", "four numbers" },
  { "127.1:25", "four numbers" },
  { "a2345678901234567890123456789012345678901234567890123456789012345.example", "" },
  { "joe@mail.example.com", "smtp://me@host" },
  { "mail.example.com/x", "no known form" },
  { "http://mail.example.com", "smtp://host" },
  { "smtp:mail.example.com", "smtp://host" },
  { "smtps:/mail.example.com", "smtps://host" },
  { "smtp://", "no host" },
  { "smtp://:25", "no host" },
  { "smtp:///path", "no host" },
  { "smtp://mail.example.com/path", "nothing else" },
  { "smtp://mail.example.com#x", "nothing else" },
  { "smtp://mail.example.com:abc", "no number" },
  { "smtp://2001:db8::1", "in brackets" },
  { "smtp://[fe80::1%eth0]", "%25" },
  { "smtp://@mail.example.com", "empty" },
  { "smtp://a%00b@mail.example.com", "%25" },
  { "smtp://a%0ab@mail.example.com", "control" },
  { "smtp://a%ffb@mail.example.com", "UTF-8" },
  { "smtp://a%zz@mail.example.com", "%25" },
  { "smtp://mail.example.com?tls=", "?tls=required" },
  { "smtp://mail.example.com?tls=strict", "?tls=required" },
  { "smtp://mail.example.com?tls=none&tls=required", "?tls=required" },
  { "smtp://mail.example.com?TLS=none", "?tls=required" },
  { "smtp://mail.example.com?", "?tls=required" },
  { "smtp+insecure://mail.example.com?tls=required", "smtp://host" },
  { "smtps://mail.example.com?tls=none", "smtp://host" },
  { "lmtp:run/lmtp", "absolute" },
  { "lmtp:", "absolute" },
  { "lmtp:/a%00b", "%25" },
  { "lmtp://", "no host" },
  { "mx:", "mx:example.com" },
  { "mx:192.0.2.1", "mx:example.com" },
  { "mx:example.com:25", "mx:example.com" },
  { "srv:", "srv:example.com" },
  { "srv:me@example.com", "srv:example.com" },
  { "srv:[2001:db8::1]", "srv:example.com" },
  { "mx:1.2.3", "four numbers" },
  { "program:", "program:/usr/sbin/sendmail" },
  { "program:  ", "program:/usr/sbin/sendmail" },
  { "program:'", "program:/usr/sbin/sendmail" },
  { "program:''", "program:/usr/sbin/sendmail" },
};

static void
refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bads); i++)
    {
      g_autoptr (GError) error = NULL;
      MimesendServer *server = mimesend_server_new (bads[i].text, &error);

      if (server != NULL)
        g_error ("“%s” was taken", bads[i].text);
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
      if (strstr (error->message, bads[i].says) == NULL)
        g_error ("“%s”: “%s” does not say “%s”", bads[i].text, error->message, bads[i].says);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      for (const char *p = error->message; *p != '\0'; p++)
        g_assert_true ((guchar)*p >= 32);
    }
}

/* Wherever a password is put, no error repeats it. */
static void
password_in_text (void)
{
  static const char *const texts[] = { "smtp://joe:s3cret@mail.example.com",
                                       "smtp://joe:s3cret@mail.example.com:abc",
                                       "smtps://joe:s3/cret@mail.example.com",
                                       "smtp://joe:s3?cret@mail.example.com",
                                       "smtp://joe:s3#cret@mail.example.com",
                                       "joe:s3cret@mail.example.com",
                                       "joe:s3cret@mail.example.com:25",
                                       "http://joe:s3cret@mail.example.com",
                                       "smtp:joe:s3cret@mail.example.com",
                                       "smtp:/joe:s3cret@mail.example.com",
                                       "smtp://joe:@mail.example.com",
                                       "smtp://joe:s3@cret@mail.example.com",
                                       "smtp://joe:s3cret@",
                                       "lmtp:joe:s3cret@mail.example.com",
                                       "mx:joe:s3cret@mail.example.com",
                                       "lmtp://joe:s3cret@mail.example.com?tls=" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mimesend_server_new (texts[i], &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
      g_assert_null (strstr (error->message, "s3"));
      g_assert_null (strstr (error->message, "cret"));
    }
}

static void
long_texts (void)
{
  g_autofree char *label63 = g_strnfill (63, 'a');
  g_autofree char *label64 = g_strnfill (64, 'a');
  g_autofree char *name253 = g_strdup_printf ("%s.%s.%s.%.61s", label63, label63, label63, label63);
  g_autofree char *name254 = g_strdup_printf ("%s.%s.%s.%.62s", label63, label63, label63, label63);
  g_autofree char *path107 = g_strdup_printf ("lmtp:/%s%.43s", label63, label63);
  g_autofree char *path108 = g_strdup_printf ("lmtp:/%s%.44s", label63, label63);
  g_autofree char *huge = g_strnfill (1 << 20, 'a');
  const char *const good[] = { label63, name253, path107 };
  const char *const bad[] = { label64, name254, path108, huge };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendServer) server = mimesend_server_new (good[i], &error);

      g_assert_no_error (error);
      g_assert_nonnull (server);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mimesend_server_new (bad[i], &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
      g_assert_cmpuint (strlen (error->message), <, 600);
    }
}

static void
bad_logins (void)
{
  g_autofree char *long_name = g_strnfill (1025, 'a');
  g_autofree char *long_password = g_strnfill (8193, 'a');
  const struct
  {
    const char *login, *password;
  } rows[] = { { "", "x" },         { "joe\n", "x" },    { "joe\r", "x" },   { "jo\xff", "x" },
               { "joe", "s3\ncr" }, { "joe", "s3\rcr" }, { long_name, "x" }, { "joe", long_password } };
  g_autoptr (MimesendServer) server = mimesend_server_new ("h", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mimesend_server_with_login (server, rows[i].login, rows[i].password, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
      g_assert_null (strstr (error->message, "s3"));
    }
}

/* Any octets at all: a server or a sentence, never a crash; and what was taken is read back from its own
 * text. */
static void
random_texts (void)
{
  static const char *const atoms[] = {
    "smtp", "smtps", "lmtp",     "mx",   "program", "+insecure", ":",   "//", "/",       "@",       "[",
    "]",    "?tls=", "none",     "%",    "%25",     "%40",       "::1", "1",  "25",      "65536",   "a",
    ".",    "-",     "\xc3\xbc", "\xff", " ",       "\r\n",      "#",   "'",  "fe80::1", "implicit"
  };

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      MimesendServer *server;

      for (int n = g_test_rand_int_range (0, 9); n > 0; n--)
        g_string_append (text, atoms[g_test_rand_int_range (0, G_N_ELEMENTS (atoms))]);
      server = mimesend_server_new (text->str, &error);
      if (server == NULL)
        {
          g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
          continue;
        }
      if (server->transport != MIMESEND_TRANSPORT_PROGRAM)
        {
          g_autoptr (MimesendServer) again = mimesend_server_new (server->text, &error);

          if (again == NULL || strcmp (again->text, server->text) != 0 || again->tls != server->tls)
            g_error ("“%s” is shown as “%s”, which is read as “%s”", text->str, server->text,
                     again != NULL ? again->text : error->message);
        }
      mimesend_server_unref (server);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/server/refuses-bad-texts", refused);
  g_test_add_func ("/net/server/refuses-password-in-text", password_in_text);
  g_test_add_func ("/net/server/refuses-long-texts", long_texts);
  g_test_add_func ("/net/server/refuses-bad-logins", bad_logins);
  g_test_add_func ("/net/server/random-texts-are-parsed-or-refused", random_texts);
  return g_test_run ();
}
