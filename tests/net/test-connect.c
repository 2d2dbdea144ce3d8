/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Real sockets on loopback; the DNS is a resolver of this test's own, so that no answer depends on the network. */
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "mimesend-error.h"
#include "net/reach/connect.h"
#include "resolver.h"

/* The call, in a private context as the blocking callers have it --------------------------------------------------------- */

typedef struct
{
  gboolean done;
  MimesendConnected *connected;
  GError *error;
} Outcome;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  g_assert_false (outcome->done);
  outcome->done = TRUE;
  outcome->connected = mimesend_connect_finish (result, &outcome->error);
}

static gboolean
on_cancel_due (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

static MimesendConnected *
connect_full (
    MimesendServer *server, guint timeout_ms, GCancellable *cancellable, gboolean cancel_soon, GError **error)
{
  GMainContext *context = g_main_context_new ();
  Outcome outcome = { FALSE, NULL, NULL };

  g_string_truncate (asked, 0);
  g_main_context_push_thread_default (context);
  mimesend_connect_async (server, timeout_ms, 30000, cancellable, on_done, &outcome);
  g_assert_false (outcome.done); /* never from within the call */
  if (cancel_soon)
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      g_source_set_callback (source, on_cancel_due, cancellable, NULL);
      g_source_attach (source, context);
    }
  while (!outcome.done)
    g_main_context_iteration (context, TRUE);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  g_assert_true ((outcome.connected == NULL) == (outcome.error != NULL));
  if (outcome.error != NULL)
    g_propagate_error (error, outcome.error);
  return outcome.connected;
}

static MimesendConnected *
connect_text (const char *text, GError **error)
{
  g_autoptr (MimesendServer) server = mimesend_server_new (text, error);

  return server != NULL ? connect_full (server, 60000, NULL, FALSE, error) : NULL;
}

static GSocketListener *
listen_on (const char *address, guint16 *port)
{
  GSocketListener *listener = g_socket_listener_new ();
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string (address, 0);
  g_autoptr (GSocketAddress) got = NULL;

  if (!g_socket_listener_add_address (listener, wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                      &got, NULL))
    {
      g_object_unref (listener);
      return NULL;
    }
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
  return listener;
}

static gboolean
have_ipv6 (void)
{
  guint16 port;
  GSocketListener *listener = listen_on ("::1", &port);

  if (listener == NULL)
    return FALSE;
  g_object_unref (listener);
  return TRUE;
}

/* Tests ------------------------------------------------------------------------------------------------------------------ */

static void
check_connected (MimesendConnected *connected, const char *peer, guint16 port, const char *literal)
{
  int no_delay = 0;

  g_assert_true (connected->loopback);
  g_assert_cmpstr (connected->peer, ==, peer);
  g_assert_cmpuint (connected->peer_port, ==, port);
  g_assert_cmpstr (connected->local_literal, ==, literal);
  g_assert_false (g_socket_get_blocking (connected->socket));
  g_assert_cmpuint (g_socket_get_timeout (connected->socket), ==, 0);
  if (port != 0)
    {
      g_assert_true (g_socket_get_option (connected->socket, IPPROTO_TCP, TCP_NODELAY, &no_delay, NULL));
      g_assert_cmpint (no_delay, !=, 0);
    }
}

static void
ipv4 (void)
{
  static const char *const hosts[] = { "127.0.0.1", "four.test", "two.test", "mapped.test" };
  guint16 port;
  GSocketListener *listener = listen_on ("127.0.0.1", &port);

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strdup_printf ("%s:%u", hosts[i], port);
      MimesendConnected *connected = connect_text (text, &error);

      g_assert_no_error (error);
      check_connected (connected, "127.0.0.1", port, "[127.0.0.1]");
      mimesend_connected_free (connected);
    }
  g_object_unref (listener);
}

static void
ipv6 (void)
{
  guint16 port;
  GSocketListener *listener = listen_on ("::1", &port);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  MimesendConnected *connected;

  g_assert_nonnull (listener);
  text = g_strdup_printf ("[::1]:%u", port);
  connected = connect_text (text, &error);
  g_assert_no_error (error);
  check_connected (connected, "::1", port, "[IPv6:::1]");
  mimesend_connected_free (connected);
  g_object_unref (listener);
}

static void
unix_socket (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("mimesend-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "lmtp socket", NULL);
  g_autofree char *text = g_strdup_printf ("lmtp:%s/lmtp%%20socket", folder);
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  MimesendConnected *connected;

  g_assert_null (connect_text (text, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT);
  g_assert_nonnull (strstr (error->message, "no such socket"));
  g_clear_error (&error);

  g_socket_listener_add_address (listener, address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL,
                                 NULL, &error);
  g_assert_no_error (error);
  connected = connect_text (text, &error);
  g_assert_no_error (error);
  check_connected (connected, path, 0, "[127.0.0.1]");
  mimesend_connected_free (connected);

  g_socket_listener_close (listener);
  g_assert_null (connect_text (text, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT);
  g_unlink (path);
  g_rmdir (folder);
}

static void
refused (void)
{
  g_autoptr (GError) error = NULL;
  guint16 port;
  GSocketListener *listener = listen_on ("127.0.0.1", &port);
  g_autofree char *text = g_strdup_printf ("127.0.0.1:%u", port);

  g_socket_listener_close (listener);
  g_object_unref (listener);
  g_assert_null (connect_text (text, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT);
  g_assert_nonnull (strstr (error->message, text));
  g_assert_nonnull (strstr (error->message, "trying again later is safe"));
}

static void
names_that_do_not_resolve (void)
{
  static const struct
  {
    const char *text;
    MimesendError code;
    const char *says;
    const char *asked;
  } rows[] = {
    { "nobody.test", MIMESEND_ERROR_RESOLVE, "no such host", "nobody.test " },
    { "later.test", MIMESEND_ERROR_CONNECT, "trying again later is safe", "later.test " },
    { "mail.invalid", MIMESEND_ERROR_RESOLVE, "no such host", "" },
    { "smtp://mail.INVALID.", MIMESEND_ERROR_RESOLVE, "no such host", "" },
    { "program:/bin/true", MIMESEND_ERROR_UNSUPPORTED, "socket", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (connect_text (rows[i].text, &error));
      g_assert_error (error, MIMESEND_ERROR, (int)rows[i].code);
      g_assert_nonnull (strstr (error->message, rows[i].says));
      if (*rows[i].asked == '\0')
        g_assert_cmpstr (asked->str, ==, "");
      else
        g_assert_nonnull (strstr (asked->str, rows[i].asked));
    }
}

/* A name that is never answered: the time-out over the whole ends it. */
static const char *const mute_servers[] = { "mute.test", "mx:mute.test", "srv:mute.test" };

static void
time_out (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (mute_servers); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendServer) mute = mimesend_server_new (mute_servers[i], NULL);
      gint64 start = g_get_monotonic_time ();

      g_assert_null (connect_full (mute, 50, NULL, FALSE, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT);
      g_assert_nonnull (strstr (error->message, "name service did not answer"));
      g_assert_cmpint (g_get_monotonic_time () - start, >=, 50000);
    }
}

/* A socket that listens and accepts no connection: once its queue is full, a further SYN is dropped as by a silent
 * firewall. */
static void
time_out_hint (void)
{
  static const struct
  {
    gboolean bare;
    guint16 port;
    gboolean hint;
  } rows[] = { { TRUE, 25, TRUE }, { TRUE, 26, FALSE }, { FALSE, 25, FALSE } };
  g_autoptr (GSocket) listener =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) address = NULL;
  GSocket *waiting[8];

  g_assert_true (g_socket_bind (listener, any, TRUE, NULL));
  g_socket_set_listen_backlog (listener, 0);
  g_assert_true (g_socket_listen (listener, NULL));
  address = g_socket_get_local_address (listener, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
    {
      waiting[i] = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
      g_socket_set_blocking (waiting[i], FALSE);
      g_socket_connect (waiting[i], address, NULL, NULL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      MimesendServer *server = mimesend_server_new_for_connectable (G_SOCKET_CONNECTABLE (address));

      /* The real port is a free one; what is said depends on what the user wrote. */
      server->port = rows[i].port;
      server->bare = rows[i].bare;
      g_assert_null (connect_full (server, 100, NULL, FALSE, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT);
      g_assert_cmpint (strstr (error->message,
                               "port 25 is often closed to clients; try smtp://127.0.0.1 (587) or "
                               "smtps://127.0.0.1 (465)") != NULL,
                       ==, rows[i].hint);
      mimesend_server_unref (server);
    }
  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
    g_object_unref (waiting[i]);
}

static void
cancelled (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (mute_servers); i++)
    {
      g_autoptr (MimesendServer) mute = mimesend_server_new (mute_servers[i], NULL);
      g_autoptr (GCancellable) before = g_cancellable_new ();
      g_autoptr (GCancellable) during = g_cancellable_new ();
      g_autoptr (GError) error = NULL;

      g_cancellable_cancel (before);
      g_assert_null (connect_full (mute, 60000, before, FALSE, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      g_assert_null (connect_full (mute, 60000, during, TRUE, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

/* A resolver of the caller's decides; a name that is none is never put into a request to a proxy. */
static void
proxy_resolver (void)
{
  guint16 port;
  GSocketListener *listener = listen_on ("127.0.0.1", &port);
  g_autofree char *text = g_strdup_printf ("four.test:%u", port);
  g_autoptr (GProxyResolver) direct = g_simple_proxy_resolver_new ("direct://", NULL);
  g_autoptr (GProxyResolver) proxy = g_simple_proxy_resolver_new ("socks5://127.0.0.1:1", NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (text, NULL);
  g_autoptr (MimesendServer) straight = mimesend_server_with_proxy_resolver (server, direct);
  g_autoptr (MimesendServer) through = mimesend_server_with_proxy_resolver (server, proxy);
  g_autoptr (MimesendServer) none = mimesend_server_with_proxy_resolver (through, NULL);
  g_autoptr (GSocketConnectable) odd = g_network_address_new ("a\r\nb", 25);
  g_autoptr (MimesendServer) odd_server = mimesend_server_new_for_connectable (odd);
  g_autoptr (MimesendServer) odd_through = mimesend_server_with_proxy_resolver (odd_server, proxy);
  g_autoptr (GError) error = NULL;
  MimesendServer *const good[] = { straight, none };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      MimesendConnected *connected = connect_full (good[i], 60000, NULL, FALSE, &error);

      g_assert_no_error (error);
      check_connected (connected, "127.0.0.1", port, "[127.0.0.1]");
      mimesend_connected_free (connected);
    }
  g_assert_null (connect_full (through, 60000, NULL, FALSE, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT);
  g_assert_nonnull (strstr (error->message, "not through the proxy"));
  g_clear_error (&error);
  g_assert_null (connect_full (odd_through, 60000, NULL, FALSE, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_object_unref (listener);
}

/* By preference, the next one where one has no address. All on one free port, in place of 25. */
static void
seed_n7_mx (void)
{
  static const struct
  {
    const char *text;
    const char *asked;
    int code; /* −1: connected */
    const char *says;
  } rows[] = {
    { "mx:both.test", "MX:both.test gone.test gone.test backup.test ", -1, NULL },
    { "mx:own.test", "MX:own.test own.test ", -1, NULL },
    { "mx:null.test", "MX:null.test ", MIMESEND_ERROR_RESOLVE, "takes no mail" },
    { "mx:null2.test", "MX:null2.test ", MIMESEND_ERROR_RESOLVE, "takes no mail" },
    { "mx:nobody.test", "MX:nobody.test nobody.test nobody.test ", MIMESEND_ERROR_RESOLVE, "no such host" },
    { "mx:later.test", "MX:later.test ", MIMESEND_ERROR_CONNECT, "trying again later" },
  };
  guint16 port;
  GSocketListener *listener = listen_on ("127.0.0.1", &port);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      MimesendServer *server = mimesend_server_new (rows[i].text, NULL);
      MimesendConnected *connected;

      server->port = port;
      connected = connect_full (server, 60000, NULL, FALSE, &error);
      g_assert_cmpstr (asked->str, ==, rows[i].asked);
      if (rows[i].code < 0)
        {
          g_assert_no_error (error);
          g_assert_cmpuint (connected->peer_port, ==, port);
        }
      else
        {
          g_assert_error (error, MIMESEND_ERROR, rows[i].code);
          g_assert_nonnull (strstr (error->message, rows[i].says));
        }
      mimesend_connected_free (connected);
      mimesend_server_unref (server);
    }
  g_object_unref (listener);
}

int
main (int argc, char **argv)
{
  g_autoptr (GResolver) resolver = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  asked = g_string_new (NULL);
  resolver = g_object_new (test_resolver_get_type (), NULL);
  g_resolver_set_default (resolver);
  g_test_add_func ("/net/connect/connects-to-ipv4", ipv4);
  if (have_ipv6 ())
    g_test_add_func ("/net/connect/connects-to-ipv6", ipv6);
  g_test_add_func ("/net/connect/connects-to-unix-socket", unix_socket);
  g_test_add_func ("/net/connect/refused-connection-is-an-error", refused);
  g_test_add_func ("/net/connect/unknown-name-is-an-error", names_that_do_not_resolve);
  g_test_add_func ("/net/connect/times-out", time_out);
  g_test_add_func ("/net/connect/time-out-on-port-25-names-other-ports", time_out_hint);
  g_test_add_func ("/net/connect/cancel-ends-it", cancelled);
  g_test_add_func ("/net/connect/uses-proxy-resolver", proxy_resolver);
  g_test_add_func ("/seed/N7/mx", seed_n7_mx);
  status = g_test_run ();
  g_string_free (asked, TRUE);
  return status;
}
