/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a proxy is written. What goes through one is in tests/reach. */
#include <string.h>

#include "mimesend-error.h"
#include "net/server/server.h"

static void
good (void)
{
  static const struct
  {
    const char *text, *password;
    const char *shown; /* to people */
    const char *uri;   /* to GIO */
  } rows[] = {
    { "socks5://proxy.example", NULL, "socks5://proxy.example:1080", "socks5://proxy.example:1080" },
    { "SOCKS5H://proxy.example:99", NULL, "socks5://proxy.example:99", "socks5://proxy.example:99" },
    { "http://192.0.2.1:8080/", NULL, "http://192.0.2.1:8080", "http://192.0.2.1:8080" },
    { "http://proxy.example", NULL, "http://proxy.example:80", "http://proxy.example:80" },
    { "socks5://[2001:db8::1]:9", NULL, "socks5://[2001:db8::1]:9", "socks5://[2001:db8::1]:9" },
    { "socks5://me@proxy.example", "a:b@c/%", "socks5://proxy.example:1080",
      "socks5://me:a%3Ab%40c%2F%25@proxy.example:1080" },
    { "http://me%40x@proxy.example:1", NULL, "http://proxy.example:1", "http://me%40x:@proxy.example:1" },
  };
  g_autoptr (MimesendServer) server = mimesend_server_new ("mail.example.com", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendServer) way =
          mimesend_server_with_proxy (server, rows[i].text, rows[i].password, &error);
      g_autoptr (MimesendServer) without = NULL;
      g_auto (GStrv) proxies = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (way->proxy_text, ==, rows[i].shown);
      proxies = g_proxy_resolver_lookup (way->proxy, "none://mail.example.com:25", NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (proxies[0], ==, rows[i].uri);
      without = mimesend_server_with_proxy (way, NULL, NULL, &error);
      g_assert_null (without->proxy);
      g_assert_null (without->proxy_text);
    }
  g_assert_null (server->proxy);
}

/* No refusal repeats what may be a password. */
static void
bad (void)
{
  static const struct
  {
    const char *text, *password;
  } rows[] = {
    { "proxy.example:1080", NULL },
    { "socks4://proxy.example", NULL },
    { "https://proxy.example", NULL },
    { "socks5:proxy.example", NULL },
    { "socks5://", NULL },
    { "socks5://:1080", NULL },
    { "socks5://proxy.example:0", NULL },
    { "socks5://proxy.example:1080/path", NULL },
    { "socks5://proxy.example?tls=none", NULL },
    { "socks5://me:s3cret@proxy.example", NULL },
    { "http://a b", NULL },
    { "http://a\r\nb", NULL },
    { "", NULL },
    { "socks5://proxy.example", "s3cret" },
  };
  g_autoptr (MimesendServer) server = mimesend_server_new ("mail.example.com", NULL);
  g_autoptr (MimesendServer) program = mimesend_server_new ("program:/bin/true", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_null (mimesend_server_with_proxy (server, rows[i].text, rows[i].password, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
      g_assert_nonnull (strstr (error->message, "socks5://"));
      g_assert_null (strstr (error->message, "s3cret"));
      g_clear_error (&error);
    }
  g_assert_null (mimesend_server_with_proxy (program, "socks5://proxy.example", NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
}

static void
source_address (void)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string ("192.0.2.1");
  g_autoptr (MimesendServer) server = mimesend_server_new ("mail.example.com", NULL);
  g_autoptr (MimesendServer) from = mimesend_server_with_source_address (server, address);
  g_autoptr (MimesendServer) later = mimesend_server_with_tls (from, MIMESEND_TLS_REQUIRED);
  g_autoptr (MimesendServer) without = mimesend_server_with_source_address (later, NULL);

  g_assert_null (server->source);
  g_assert_true (later->source == address);
  g_assert_null (without->source);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/server-route/accepts-proxies", good);
  g_test_add_func ("/net/server-route/refuses-bad-proxies", bad);
  g_test_add_func ("/net/server-route/keeps-source-address", source_address);
  return g_test_run ();
}
