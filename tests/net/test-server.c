/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>

#include "mimesend-error.h"
#include "net/server/server.h"

typedef struct
{
  const char *text;
  const char *host; /* NULL: none */
  guint16 port;
  MimesendTransport transport;
  MimesendTlsPolicy tls;
  const char *tls_name;
  const char *shown;
} Good;

#define SMTP MIMESEND_TRANSPORT_SMTP
#define LMTP MIMESEND_TRANSPORT_LMTP
#define OPP  MIMESEND_TLS_OPPORTUNISTIC
#define REQ  MIMESEND_TLS_REQUIRED
#define IMP  MIMESEND_TLS_IMPLICIT
#define NO   MIMESEND_TLS_NONE

static void
check_good (const Good *good)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendServer) server = mimesend_server_new (good->text, &error);
  g_autoptr (MimesendServer) again = NULL;
  g_autofree char *shown = NULL, *shown_again = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (server);
  shown = mimesend_server_to_string (server);
  g_assert_cmpstr (mimesend_server_get_host (server), ==, good->host);
  g_assert_cmpuint (mimesend_server_get_port (server), ==, good->port);
  g_assert_cmpint (mimesend_server_get_transport (server), ==, good->transport);
  g_assert_cmpint (mimesend_server_get_tls (server), ==, good->tls);
  g_assert_cmpstr (server->tls_name, ==, good->tls_name);
  g_assert_cmpstr (shown, ==, good->shown);

  /* What is shown is read back as the same server. */
  again = mimesend_server_new (shown, &error);
  g_assert_no_error (error);
  shown_again = mimesend_server_to_string (again);
  g_assert_cmpstr (shown_again, ==, shown);
  g_assert_cmpint (again->tls, ==, server->tls);
  g_assert_cmpint (again->tls_word, ==, server->tls_word);
  g_assert_cmpuint (again->port, ==, server->port);
  g_assert_cmpstr (again->host, ==, server->host);
  g_assert_cmpstr (again->path, ==, server->path);
  g_assert_cmpstr (again->login, ==, server->login);
}

static void
check_table (gconstpointer data)
{
  for (const Good *good = data; good->text != NULL; good++)
    check_good (good);
}

static const Good seed_s3[] = { { "mail.example.com", "mail.example.com", 25, SMTP, OPP, "mail.example.com",
                                  "mail.example.com:25" },
                                { "localhost", "localhost", 25, SMTP, OPP, "localhost", "localhost:25" },
                                { "192.0.2.1", "192.0.2.1", 25, SMTP, OPP, "192.0.2.1", "192.0.2.1:25" },
                                { NULL } };

static const Good seed_s5[] = {
  { "smtp.example.com:99", "smtp.example.com", 99, SMTP, OPP, "smtp.example.com", "smtp.example.com:99" },
  { "192.0.2.1:99", "192.0.2.1", 99, SMTP, OPP, "192.0.2.1", "192.0.2.1:99" },
  { "[2001:db8::1]:99", "2001:db8::1", 99, SMTP, OPP, "2001:db8::1", "[2001:db8::1]:99" },
  { "[2001:DB8::1]", "2001:DB8::1", 25, SMTP, OPP, "2001:db8::1", "[2001:DB8::1]:25" },
  { "2001:db8::1", "2001:db8::1", 25, SMTP, OPP, "2001:db8::1", "[2001:db8::1]:25" },
  { "2001:db8::1:25", "2001:db8::1:25", 25, SMTP, OPP, "2001:db8::1:25", "[2001:db8::1:25]:25" },
  { "::1", "::1", 25, SMTP, OPP, "::1", "[::1]:25" },
  { "::ffff:192.0.2.1", "::ffff:192.0.2.1", 25, SMTP, OPP, "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:25" },
  { "fe80::1%eth0", "fe80::1%eth0", 25, SMTP, OPP, "fe80::1", "[fe80::1%eth0]:25" },
  { "[fe80::1%eth0]:587", "fe80::1%eth0", 587, SMTP, OPP, "fe80::1", "[fe80::1%eth0]:587" },
  { "smtp:2525", "smtp", 2525, SMTP, OPP, "smtp", "smtp:2525" },
  { "LMTP:24", "LMTP", 24, SMTP, OPP, "lmtp", "LMTP:24" },
  { "srv:25", "srv", 25, SMTP, OPP, "srv", "srv:25" },
  { "mx:25", "mx", 25, SMTP, OPP, "mx", "mx:25" },
  { "program:25", "program", 25, SMTP, OPP, "program", "program:25" },
  { "my_relay:1", "my_relay", 1, SMTP, OPP, "my_relay", "my_relay:1" },
  { "mail.example.com.:65535", "mail.example.com.", 65535, SMTP, OPP, "mail.example.com",
    "mail.example.com.:65535" },
  { NULL }
};

static const Good seed_s6[] = {
  { "mail.example.com", "mail.example.com", 25, SMTP, OPP, "mail.example.com", "mail.example.com:25" },
  { "smtp://mail.example.com", "mail.example.com", 587, SMTP, REQ, "mail.example.com",
    "smtp://mail.example.com:587" },
  { "smtps://mail.example.com", "mail.example.com", 465, SMTP, IMP, "mail.example.com",
    "smtps://mail.example.com:465" },
  { "smtp+insecure://relay", "relay", 25, SMTP, NO, "relay", "smtp+insecure://relay:25" },
  { "lmtp://mail.example.com", "mail.example.com", 24, LMTP, OPP, "mail.example.com",
    "lmtp://mail.example.com:24" },
  { "lmtp:/run/dovecot/lmtp", NULL, 0, LMTP, OPP, NULL, "lmtp:/run/dovecot/lmtp" },
  { NULL }
};

static const Good urls[] = {
  { "SMTP://Mail.Example.COM/", "Mail.Example.COM", 587, SMTP, REQ, "mail.example.com",
    "smtp://Mail.Example.COM:587" },
  { "smtp://me@mail.example.com:2525", "mail.example.com", 2525, SMTP, REQ, "mail.example.com",
    "smtp://me@mail.example.com:2525" },
  { "smtps://me%40example.com@mail.example.com", "mail.example.com", 465, SMTP, IMP, "mail.example.com",
    "smtps://me%40example.com@mail.example.com:465" },
  { "smtp://me@example.com@mail.example.com", "mail.example.com", 587, SMTP, REQ, "mail.example.com",
    "smtp://me%40example.com@mail.example.com:587" },
  { "smtp://[2001:db8::1]", "2001:db8::1", 587, SMTP, REQ, "2001:db8::1", "smtp://[2001:db8::1]:587" },
  { "smtp://[2001:db8::1]:99", "2001:db8::1", 99, SMTP, REQ, "2001:db8::1", "smtp://[2001:db8::1]:99" },
  { "smtp://[fe80::1%25eth0]:99", "fe80::1%eth0", 99, SMTP, REQ, "fe80::1", "smtp://[fe80::1%25eth0]:99" },
  { "smtp://mail.example.com?tls=none", "mail.example.com", 587, SMTP, NO, "mail.example.com",
    "smtp://mail.example.com:587?tls=none" },
  { "smtp://mail.example.com/?tls=opportunistic", "mail.example.com", 587, SMTP, OPP, "mail.example.com",
    "smtp://mail.example.com:587?tls=opportunistic" },
  { "smtp://mail.example.com:25?tls=required", "mail.example.com", 25, SMTP, REQ, "mail.example.com",
    "smtp://mail.example.com:25?tls=required" },
  { "smtp+insecure://relay:26?tls=none", "relay", 26, SMTP, NO, "relay",
    "smtp+insecure://relay:26?tls=none" },
  { "lmtp://h:25?tls=implicit", "h", 25, LMTP, IMP, "h", "lmtp://h:25?tls=implicit" },
  { "lmtp:///run/a%20b%3f", NULL, 0, LMTP, OPP, NULL, "lmtp:/run/a%20b%3F" },
  { "lmtp:/run/x?tls=none", NULL, 0, LMTP, NO, NULL, "lmtp:/run/x?tls=none" },
  { "smtp://b\xc3\xbc"
    "cher.example",
    "b\xc3\xbc"
    "cher.example",
    587, SMTP, REQ, "xn--bcher-kva.example",
    "smtp://b\xc3\xbc"
    "cher.example:587" },
  { "srv:Example.com", "Example.com", 0, SMTP, REQ, "example.com", "srv:Example.com" },
  { "mx:Example.com", "Example.com", 25, SMTP, OPP, "example.com", "mx:Example.com" },
  { NULL }
};

/* TLS from the first octet is on 465 unless a port was written. */
static void
implicit_moves_the_port (void)
{
  static const struct
  {
    const char *text;
    guint16 port;
  } rows[] = { { "smtp://h?tls=implicit", 465 }, { "smtp://h:99?tls=implicit", 99 } };
  g_autoptr (MimesendServer) bare = mimesend_server_new ("h", NULL);
  g_autoptr (MimesendServer) with_port = mimesend_server_new ("h:25", NULL);
  g_autoptr (MimesendServer) a = mimesend_server_with_tls (bare, IMP);
  g_autoptr (MimesendServer) b = mimesend_server_with_tls (with_port, IMP);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendServer) server = mimesend_server_new (rows[i].text, NULL);

      g_assert_cmpuint (server->port, ==, rows[i].port);
      g_assert_cmpuint (g_network_address_get_port (G_NETWORK_ADDRESS (server->connectable)), ==,
                        rows[i].port);
    }
  g_assert_cmpuint (a->port, ==, 465);
  g_assert_cmpuint (g_network_address_get_port (G_NETWORK_ADDRESS (a->connectable)), ==, 465);
  g_assert_cmpuint (b->port, ==, 25);
  g_assert_cmpuint (bare->port, ==, 25);
}

typedef struct
{
  const char *text;
  const char *says; /* what to write instead, or what is wrong */
} Bad;

/* 127.0.0.1 as an integer in host order. */
static void
seed_s3_integer (void)
{
  g_autoptr (MimesendServer) plain = mimesend_server_new_for_ipv4 (0x7f000001, 0);
  g_autoptr (MimesendServer) other = mimesend_server_new_for_ipv4 (0xc0000201, 99);
  g_autofree char *a = mimesend_server_to_string (plain);
  g_autofree char *b = mimesend_server_to_string (other);

  g_assert_cmpstr (a, ==, "127.0.0.1:25");
  g_assert_cmpstr (b, ==, "192.0.2.1:99");
}

static void
seed_s3_address (void)
{
  g_autoptr (GInetAddress) v6 = g_inet_address_new_from_string ("2001:db8::1");
  g_autoptr (MimesendServer) server = mimesend_server_new_for_address (v6, 0);
  g_autofree char *text = mimesend_server_to_string (server);

  g_assert_cmpstr (text, ==, "[2001:db8::1]:25");
  g_assert_cmpstr (server->tls_name, ==, "2001:db8::1");
}

static void
seed_s3_connectable (void)
{
  g_autoptr (GSocketConnectable) network = g_network_address_new ("mail.example.com", 99);
  g_autoptr (GSocketConnectable) service = g_network_service_new ("submission", "tcp", "Example.com");
  g_autoptr (GSocketAddress) local = g_unix_socket_address_new ("/run/x");
  g_autoptr (GSocketAddress) inet = g_inet_socket_address_new_from_string ("::1", 99);
  g_autoptr (MimesendServer) a = mimesend_server_new_for_connectable (network);
  g_autoptr (MimesendServer) b = mimesend_server_new_for_connectable (service);
  g_autoptr (MimesendServer) c = mimesend_server_new_for_connectable (G_SOCKET_CONNECTABLE (local));
  g_autoptr (MimesendServer) d = mimesend_server_new_for_connectable (G_SOCKET_CONNECTABLE (inet));
  g_autofree char *text = mimesend_server_to_string (d);

  g_assert_cmpstr (mimesend_server_get_host (a), ==, "mail.example.com");
  g_assert_cmpuint (mimesend_server_get_port (a), ==, 99);
  g_assert_true (a->connectable == network);
  g_assert_cmpstr (b->tls_name, ==, "example.com");
  g_assert_cmpstr (c->path, ==, "/run/x");
  g_assert_null (mimesend_server_get_host (c));
  g_assert_cmpstr (text, ==, "[::1]:99");
}

static void
seed_s4_host_and_port (void)
{
  static const Bad bad[] = { { "smtp.example.com:99", "[2001:db8::1]:25" },
                             { "", "no host" },
                             { "a b", "white space" } };
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendServer) server = mimesend_server_new_for_host ("smtp.example.com", 99, &error);
  g_autoptr (MimesendServer) v6 = mimesend_server_new_for_host ("2001:db8::1", 99, &error);
  g_autoptr (MimesendServer) brackets = mimesend_server_new_for_host ("[2001:db8::1]", 99, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mimesend_server_get_host (server), ==, "smtp.example.com");
  g_assert_cmpuint (mimesend_server_get_port (server), ==, 99);
  g_assert_cmpstr (mimesend_server_get_host (v6), ==, "2001:db8::1");
  g_assert_cmpstr (mimesend_server_get_host (brackets), ==, "2001:db8::1");
  g_assert_null (mimesend_server_new_for_host ("smtp.example.com", 0, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_clear_error (&error);
      g_assert_null (mimesend_server_new_for_host (bad[i].text, 25, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
      g_assert_nonnull (strstr (error->message, bad[i].says));
    }
}

static void
seed_n4_program (void)
{
  static const char *const argv[] = { "/usr/sbin/sendmail", "-oi", "a b;c", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendServer) server = mimesend_server_new ("program:/usr/sbin/sendmail -oi 'a b;c'", &error);
  g_autoptr (MimesendServer) list = mimesend_server_new_for_program (argv, &error);
  g_autofree char *text = mimesend_server_to_string (server);

  g_assert_no_error (error);
  g_assert_cmpint (mimesend_server_get_transport (server), ==, MIMESEND_TRANSPORT_PROGRAM);
  g_assert_cmpstrv ((const char *const *)server->argv, argv);
  g_assert_cmpstrv ((const char *const *)list->argv, argv);
  g_assert_null (mimesend_server_get_host (server));
  g_assert_cmpstr (text, ==, "program:/usr/sbin/sendmail");
}

/* Which policy holds: scheme, explicit word, login, and whether the peer is on loopback. */
static void
policy (void)
{
  static const struct
  {
    const char *text;
    gboolean login;
    int with_tls; /* −1: no word */
    MimesendTlsPolicy far, near;
  } rows[] = {
    { "h", FALSE, -1, OPP, OPP },
    { "h", TRUE, -1, REQ, OPP },
    { "h", FALSE, REQ, REQ, REQ },
    { "h", TRUE, OPP, OPP, OPP },
    { "smtp://h", FALSE, -1, REQ, OPP },
    { "smtp://h", TRUE, -1, REQ, OPP },
    { "smtp://h?tls=required", FALSE, -1, REQ, REQ },
    { "smtp://h", FALSE, REQ, REQ, REQ },
    { "smtps://h", FALSE, -1, IMP, IMP },
    { "smtp+insecure://h", FALSE, -1, NO, NO },
    { "smtp+insecure://h", TRUE, -1, NO, NO },
    { "lmtp://h", FALSE, -1, OPP, OPP },
    { "lmtp:/h", FALSE, -1, OPP, OPP },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      MimesendServer *server = mimesend_server_new (rows[i].text, NULL), *next;

      if (rows[i].login)
        {
          next = mimesend_server_with_login (server, "joe", "secret", NULL);
          mimesend_server_unref (server);
          server = next;
        }
      if (rows[i].with_tls >= 0)
        {
          next = mimesend_server_with_tls (server, (MimesendTlsPolicy)rows[i].with_tls);
          mimesend_server_unref (server);
          server = next;
        }
      g_assert_cmpint (mimesend_server_policy_for_peer (server, FALSE), ==, rows[i].far);
      g_assert_cmpint (mimesend_server_policy_for_peer (server, TRUE), ==, rows[i].near);
      g_assert_cmpint (mimesend_server_get_tls (server), ==, rows[i].far);
      mimesend_server_unref (server);
    }
}

static void
copies (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendServer) first = mimesend_server_new ("mail.example.com:99", NULL);
  g_autoptr (MimesendServer) login = mimesend_server_with_login (first, "joe@example.com", "s3cret", &error);
  g_autoptr (MimesendServer) ca = mimesend_server_with_ca_file (login, "/tmp/ca.pem");
  g_autoptr (MimesendServer) clear = mimesend_server_with_cleartext_login (ca, TRUE);
  g_autoptr (MimesendServer) other = mimesend_server_with_login (clear, "ann", NULL, &error);
  g_autofree char *text = mimesend_server_to_string (clear);

  g_assert_no_error (error);
  g_assert_null (first->login);
  g_assert_null (first->ca_file);
  g_assert_cmpstr (mimesend_server_get_login (login), ==, "joe@example.com");
  g_assert_cmpstr (login->password, ==, "s3cret");
  g_assert_null (login->ca_file);
  g_assert_cmpstr (ca->ca_file, ==, "/tmp/ca.pem");
  g_assert_false (ca->cleartext_login);
  g_assert_true (clear->cleartext_login);
  g_assert_cmpstr (clear->password, ==, "s3cret");
  g_assert_cmpstr (text, ==, "smtp://joe%40example.com@mail.example.com:99");
  g_assert_null (other->password);
  g_assert_cmpstr (other->ca_file, ==, "/tmp/ca.pem");
}

static void
getters (void)
{
  static const char pin[] = "sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  static const char *const named[] = { "SCRAM-SHA-256", NULL };
  g_autoptr (GInetAddress) source = g_inet_address_new_from_string ("192.0.2.7");
  g_autoptr (MimesendRetry) retry = mimesend_retry_new (3);
  g_autoptr (MimesendServer) plain = mimesend_server_new ("smtp://mail.example.com", NULL);
  g_autoptr (MimesendServer) a = mimesend_server_with_pin (plain, pin, TRUE, NULL);
  g_autoptr (MimesendServer) b = mimesend_server_with_client_certificate (a, "/c.pem", "/k.pem");
  g_autoptr (MimesendServer) c = mimesend_server_with_crl_file (b, "/crl.pem");
  g_autoptr (MimesendServer) d = mimesend_server_with_tls_min (c, MIMESEND_TLS_VERSION_V1_3);
  g_autoptr (MimesendServer) e = mimesend_server_with_mechanisms (d, named, NULL);
  g_autoptr (MimesendServer) f =
      mimesend_server_with_proxy (e, "socks5://me@proxy.example.com", "s3cret", NULL);
  g_autoptr (MimesendServer) g = mimesend_server_with_source_address (f, source);
  g_autoptr (MimesendServer) h = mimesend_server_with_retry (g, retry);
  g_autoptr (MimesendServer) i = mimesend_server_with_cleartext_login (h, TRUE);
  g_autoptr (MimesendServer) all = mimesend_server_with_ca_file (i, "/ca.pem");
  g_autofree char *pins = mimesend_server_get_pin (all);

  g_assert_cmpstr (pins, ==, pin);
  g_assert_true (mimesend_server_get_pin_beside_ca (all));
  g_assert_cmpstr (mimesend_server_get_client_certificate (all), ==, "/c.pem");
  g_assert_cmpstr (mimesend_server_get_client_key (all), ==, "/k.pem");
  g_assert_cmpstr (mimesend_server_get_crl_file (all), ==, "/crl.pem");
  g_assert_cmpint (mimesend_server_get_tls_min (all), ==, MIMESEND_TLS_VERSION_V1_3);
  g_assert_cmpstr (mimesend_server_get_mechanisms (all)[0], ==, "SCRAM-SHA-256");
  g_assert_cmpstr (mimesend_server_get_proxy (all), ==, "socks5://proxy.example.com:1080");
  g_assert_true (g_inet_address_equal (mimesend_server_get_source_address (all), source));
  g_assert_cmpuint (mimesend_retry_get_attempts (mimesend_server_get_retry (all)), ==, 3);
  g_assert_true (mimesend_server_get_cleartext_login (all));
  g_assert_cmpstr (mimesend_server_get_ca_file (all), ==, "/ca.pem");
  g_assert_null (mimesend_server_get_pin (plain));
  g_assert_null (mimesend_server_get_proxy (plain));
  g_assert_null (mimesend_server_get_mechanisms (plain));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/seed/S3/string", seed_s3, check_table);
  g_test_add_func ("/seed/S3/integer", seed_s3_integer);
  g_test_add_func ("/seed/S3/address", seed_s3_address);
  g_test_add_func ("/seed/S3/connectable", seed_s3_connectable);
  g_test_add_func ("/seed/S4/host-and-port", seed_s4_host_and_port);
  g_test_add_data_func ("/seed/S5/port-by-colon", seed_s5, check_table);
  g_test_add_data_func ("/seed/S6/default-ports", seed_s6, check_table);
  g_test_add_func ("/seed/N4/program", seed_n4_program);
  g_test_add_data_func ("/net/server/parses-urls", urls, check_table);
  g_test_add_func ("/net/server/implicit-tls-moves-the-port", implicit_moves_the_port);
  g_test_add_func ("/net/server/loopback-relaxes-default-policy", policy);
  g_test_add_func ("/net/server/copies-leave-the-original", copies);
  g_test_add_func ("/net/server/getters-return-what-was-set", getters);
  return g_test_run ();
}
