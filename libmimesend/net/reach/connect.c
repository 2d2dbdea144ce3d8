/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connects: tries the servers in order (one, or those of srv: or mx:), each with all its addresses by Happy Eyeballs (RFC
 * 8305), which only GIO's asynchronous call implements. One GTask owns the state; it completes once, after everything it
 * started has ended. */
#include "net/reach/connect.h"

#include <gio/gunixsocketaddress.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include "mimesend-error.h"
#include "net/address-list.h"
#include "net/reach/connect-words.h"
#include "net/reach/discover.h"
#include "net/lookup.h"
#include "net/host.h"

/* Seconds. GLib's sockets keep their time-out in 32 bits of microseconds, which 4,295 s overflow (gsocket.c, 2.74). No
 * system's connect () lasts as long as this. */
#define PER_ADDRESS_MAX_S 3600

typedef struct
{
  MimesendServer *server; /* owned: the server asked for */
  MimesendServer
      *tried; /* owned: the server tried now: the same, or one of those that the DNS named for it */
  MimesendServer *first; /* owned: the first of those; NULL before the DNS has answered */
  gint64 timeout_ms;
  gint64 per_address_ms;
  GCancellable *inner; /* owned: cancelled by the caller's cancellable and by the timer */
  GSource *timer;
  GSource *cancelled;
  GError *error; /* the error to report, of those of the servers tried so far */
  gboolean timed_out;
  gboolean resolved;    /* the DNS has answered for the host that is tried now */
  gboolean asked_again; /* … and it was looked up a second time (lookup.h) */
  GPtrArray *attempted; /* its addresses that were tried, as text, for messages */
  GError *refused;      /* the first attempt's error, while others are tried; NULL: none */
  GPtrArray *proxies;   /* where the proxy failed: its addresses … */
  guint next_proxy;     /* … and the index of the next to try */
  gboolean proxied;     /* a proxy was connected to */
} Connect;

static void
connect_free (gpointer data)
{
  Connect *self = data;

  mimesend_server_unref (self->server);
  g_clear_pointer (&self->first, mimesend_server_unref);
  g_clear_pointer (&self->proxies, g_ptr_array_unref);
  g_ptr_array_unref (self->attempted);
  g_clear_error (&self->refused);
  g_object_unref (self->inner);
  g_clear_error (&self->error);
  g_free (self);
}

static void
connect_drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
mimesend_connected_free (MimesendConnected *self)
{
  if (self == NULL)
    return;
  /* The socket first: closing it never waits for the peer. */
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->server, mimesend_server_unref);
  g_clear_pointer (&self->first, mimesend_server_unref);
  g_free (self->peer);
  g_free (self->local_literal);
  g_free (self);
}

/* An IPv4 address mapped into IPv6 (RFC 4291 2.5.5.2) is an IPv4 address. */
static GInetAddress *
plain_address (GSocketAddress *address)
{
  static const guint8 prefix[12] = { [10] = 0xff, [11] = 0xff };
  GInetAddress *inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));

  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6 &&
      memcmp (g_inet_address_to_bytes (inet), prefix, sizeof prefix) == 0)
    return g_inet_address_new_from_bytes (g_inet_address_to_bytes (inet) + sizeof prefix,
                                          G_SOCKET_FAMILY_IPV4);
  return g_object_ref (inet);
}

/* The address literal (RFC 5321 4.1.3), without the scope, which means nothing to the server. */
static char *
address_literal (GSocketAddress *local)
{
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *text = NULL;

  if (!G_IS_INET_SOCKET_ADDRESS (local))
    return g_strdup ("[127.0.0.1]");
  address = plain_address (local);
  text = g_inet_address_to_string (address);
  return g_strdup_printf (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 ? "[IPv6:%s]" : "[%s]",
                          text);
}

static void
describe_inet (MimesendConnected *self, const Connect *from, GSocketAddress *peer)
{
  g_autoptr (GInetAddress) address = plain_address (peer);
  g_autofree char *text = g_inet_address_to_string (address);

  /* Otherwise a short command waits until the previous one is acknowledged; failure to set it is harmless. */
  g_socket_set_option (self->socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  if (from->proxied)
    {
      /* The peer is the proxy. */
      self->peer = g_strdup_printf ("%s through the proxy %s",
                                    from->tried->host != NULL ? from->tried->host : "the server", text);
      self->peer_port = from->tried->port;
      return;
    }
  /* A loopback address that the DNS gave does not show that the caller meant this machine. */
  self->loopback = !from->tried->found && g_inet_address_get_is_loopback (address);
  self->peer = g_steal_pointer (&text);
  self->peer_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (peer));
}

static MimesendConnected *
connect_describe (const Connect *from, GSocketConnection *connection, GError **error)
{
  g_autoptr (GSocketAddress) peer = g_socket_connection_get_remote_address (connection, error);
  g_autoptr (GSocketAddress) local =
      peer != NULL ? g_socket_connection_get_local_address (connection, error) : NULL;
  MimesendConnected *self;

  if (local == NULL)
    return NULL;
  self = g_new0 (MimesendConnected, 1);
  self->connection = g_object_ref (connection);
  self->server = mimesend_server_ref (from->tried);
  self->first = from->first != NULL ? mimesend_server_ref (from->first) : NULL;
  self->socket = g_socket_connection_get_socket (connection);
  g_socket_set_blocking (self->socket, FALSE);
  g_socket_set_timeout (self->socket, 0);
  if (G_IS_INET_SOCKET_ADDRESS (peer))
    describe_inet (self, from, peer);
  else if (G_IS_UNIX_SOCKET_ADDRESS (peer))
    {
      self->loopback = TRUE;
      self->peer = g_strdup (g_unix_socket_address_get_path (G_UNIX_SOCKET_ADDRESS (peer)));
    }
  self->local_literal = address_literal (local);
  return self;
}

/* The error for a time-out, of the last address or of the whole. Most access providers drop packets to port 25, which shows
 * as a time-out. */
static GError *
timed_out_error (const Connect *self)
{
  const MimesendServer *server = self->tried;
  g_autofree char *who = mimesend_connect_words (self->server, server);

  if (server->proxy != NULL && server->path == NULL && !mimesend_server_is_discovered (server))
    return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_CONNECT,
                        "%s: no connection in time through the proxy %s; trying again later is safe", who,
                        mimesend_connect_proxy_words (server));
  if (!self->resolved && server->host != NULL)
    return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_CONNECT,
                        "%s: the name service did not answer in time; trying again later is safe", who);
  if (server->bare && server->port == 25 && server->host != NULL)
    {
      g_autofree char *host = mimesend_host_in_url (server->host);

      return g_error_new (
          MIMESEND_ERROR, MIMESEND_ERROR_CONNECT,
          "%s: no connection in time; port 25 is often closed to clients; try smtp://%s (587) or "
          "smtps://%s (465)",
          who, host, host);
    }
  return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_CONNECT,
                      "%s: no connection in time; trying again later is safe", who);
}

static GError *
connect_explain (const Connect *self, const GError *from)
{
  if (g_error_matches (from, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return timed_out_error (self);
  return mimesend_connect_error (self->server, self->tried, from);
}

/* Completes the task with connected or with self->error. The sources are destroyed first: they hold references to the task. */
static void
connect_finish (GTask *task, MimesendConnected *connected)
{
  Connect *self = g_task_get_task_data (task);

  connect_drop_source (&self->timer);
  connect_drop_source (&self->cancelled);
  if (g_task_return_error_if_cancelled (task))
    mimesend_connected_free (connected);
  else if (connected != NULL)
    g_task_return_pointer (task, connected, (GDestroyNotify)mimesend_connected_free);
  else if (self->timed_out)
    g_task_return_error (task, timed_out_error (self));
  else
    g_task_return_error (task, g_steal_pointer (&self->error));
  g_object_unref (task);
}

static void try_server (GTask *task, MimesendServer *server);

/* Tries the next server that the DNS named; fallback servers after those are the caller's. A transient error takes
 * precedence over a permanent one: trying again may help. */
static void
connect_failed (GTask *task, const GError *error)
{
  Connect *self = g_task_get_task_data (task);
  MimesendServer *next = self->tried->next;

  if (self->error == NULL || g_error_matches (self->error, MIMESEND_ERROR, MIMESEND_ERROR_RESOLVE))
    {
      g_clear_error (&self->error);
      self->error = connect_explain (self, error);
    }
  if (self->tried != self->server && next != self->server->next && !g_cancellable_is_cancelled (self->inner))
    try_server (task, next);
  else
    connect_finish (task, NULL);
}

static char *
address_words (GSocketAddress *address)
{
  return address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : NULL;
}

static void
socket_event_cb (GSocketClient *client,
                 GSocketClientEvent event,
                 GSocketConnectable *connectable,
                 GIOStream *stream,
                 gpointer user_data)
{
  Connect *self = user_data;

  if (event == G_SOCKET_CLIENT_RESOLVED || event == G_SOCKET_CLIENT_CONNECTING)
    self->resolved = TRUE;
  else if (event == G_SOCKET_CLIENT_PROXY_NEGOTIATING)
    self->proxied = TRUE;
  if (event == G_SOCKET_CLIENT_CONNECTING)
    {
      g_autoptr (GSocketAddress) address =
          g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (stream), NULL);
      char *words = address_words (address);

      if (words != NULL)
        g_ptr_array_add (self->attempted, words);
    }
}

/* A new GNetworkAddress for each connection: one caches its addresses for its lifetime, and a server that is used for days
 * may move. */
static GSocketConnectable *
connectable_of (MimesendServer *server)
{
  GNetworkAddress *known;

  if (G_OBJECT_TYPE (server->connectable) != G_TYPE_NETWORK_ADDRESS)
    return g_object_ref (server->connectable);
  known = G_NETWORK_ADDRESS (server->connectable);
  return g_object_new (G_TYPE_NETWORK_ADDRESS, "hostname", g_network_address_get_hostname (known), "port",
                       g_network_address_get_port (known), "scheme", g_network_address_get_scheme (known),
                       NULL);
}

static void socket_connected_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static void
connect_to (GTask *task, GSocketConnectable *where, GProxyResolver *proxy)
{
  Connect *self = g_task_get_task_data (task);
  const MimesendServer *server = self->tried;
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  self->proxied = FALSE;
  g_socket_client_set_enable_proxy (client, proxy != NULL && server->path == NULL);
  if (proxy != NULL)
    g_socket_client_set_proxy_resolver (client, proxy);
  if (server->source != NULL && server->path == NULL)
    {
      g_autoptr (GSocketAddress) source = g_inet_socket_address_new (server->source, 0);

      g_socket_client_set_local_address (client, source);
    }
  /* In whole seconds, unlike the timer over the whole. */
  g_socket_client_set_timeout (client,
                               (guint)CLAMP ((self->per_address_ms + 999) / 1000, 1, PER_ADDRESS_MAX_S));
  g_signal_connect (client, "event", G_CALLBACK (socket_event_cb), self);
  g_socket_client_connect_async (client, where, self->inner, socket_connected_cb, task);
}

/* Tries the proxy's next address. FALSE: there is none. */
static gboolean
try_next_proxy (GTask *task)
{
  Connect *self = g_task_get_task_data (task);
  g_autoptr (GProxyResolver) proxy = NULL;

  if (self->proxies == NULL || self->next_proxy == self->proxies->len ||
      g_cancellable_is_cancelled (self->inner))
    return FALSE;
  proxy = mimesend_server_proxy_at (
      self->tried, g_inet_socket_address_get_address (g_ptr_array_index (self->proxies, self->next_proxy++)));
  connect_to (task, self->tried->connectable, proxy);
  return TRUE;
}

/* Drops the addresses that were tried already. */
static void
try_addresses (GTask *task, GPtrArray *addresses)
{
  Connect *self = g_task_get_task_data (task);
  g_autoptr (GSocketConnectable) list = NULL;

  for (guint i = addresses->len; i-- > 0;)
    {
      g_autofree char *words = address_words (g_ptr_array_index (addresses, i));

      if (g_ptr_array_find_with_equal_func (self->attempted, words, g_str_equal, NULL))
        g_ptr_array_remove_index (addresses, i);
    }
  if (addresses->len == 0)
    {
      connect_failed (task, self->refused);
      return;
    }
  list = mimesend_address_list_new (addresses);
  connect_to (task, list, NULL);
}

static void
addresses_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Connect *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) addresses = mimesend_lookup_finish (result, &error);

  if (addresses == NULL)
    connect_failed (task, self->refused != NULL ? self->refused : error);
  else if (self->tried->proxy == NULL)
    try_addresses (task, addresses);
  else
    {
      self->proxies = g_steal_pointer (&addresses);
      try_next_proxy (task);
    }
}

/* Looks up again a name that GIO did not find, or whose addresses refused while GIO may have left some out. FALSE: a second
 * lookup would not help. */
static gboolean
ask_again (GTask *task, const GError *error)
{
  Connect *self = g_task_get_task_data (task);
  const MimesendServer *tried = self->tried;
  const char *name = tried->proxy == NULL ? tried->host : tried->proxy_host;
  gboolean gone = g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
  gboolean refused = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ||
                     g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE) ||
                     g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE);

  if (self->asked_again || tried->path != NULL || name == NULL || g_hostname_is_ip_address (name) ||
      g_cancellable_is_cancelled (self->inner))
    return FALSE;
  if (!gone && !(refused && tried->proxy == NULL && mimesend_lookup_may_find_more ()))
    return FALSE;
  self->asked_again = TRUE;
  if (refused)
    self->refused = g_error_copy (error);
  mimesend_lookup_async (name, tried->port, self->inner, addresses_found_cb, task);
  return TRUE;
}

static void
socket_connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Connect *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  MimesendConnected *connected = NULL;

  g_signal_handlers_disconnect_by_data (source, self);
  if (connection != NULL)
    connected = connect_describe (self, connection, &error);
  if (connected != NULL)
    connect_finish (task, connected);
  else if (!ask_again (task, error) && !try_next_proxy (task))
    connect_failed (task, self->refused != NULL ? self->refused : error);
}

static void
try_server (GTask *task, MimesendServer *server)
{
  Connect *self = g_task_get_task_data (task);
  g_autoptr (GSocketConnectable) connectable = NULL;
  g_autoptr (GError) error = NULL;

  self->tried = server;
  self->resolved = self->asked_again = FALSE;
  g_clear_pointer (&self->proxies, g_ptr_array_unref);
  g_ptr_array_set_size (self->attempted, 0);
  g_clear_error (&self->refused);
  self->next_proxy = 0;
  if (!mimesend_connect_check (server, &error))
    {
      connect_failed (task, error);
      return;
    }
  connectable = connectable_of (server);
  connect_to (task, connectable, server->proxy);
}

static void
targets_discovered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Connect *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->first = mimesend_discover_finish (result, &error);
  if (self->first != NULL)
    try_server (task, self->first);
  else
    connect_failed (task, error);
}

static gboolean
connect_timer_cb (gpointer user_data)
{
  Connect *self = g_task_get_task_data (user_data);

  self->timed_out = TRUE;
  g_cancellable_cancel (self->inner);
  return G_SOURCE_REMOVE;
}

static gboolean
connect_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Connect *self = g_task_get_task_data (user_data);

  g_cancellable_cancel (self->inner);
  return G_SOURCE_REMOVE;
}

static void
connect_watch (GTask *task)
{
  Connect *self = g_task_get_task_data (task);
  GMainContext *context = g_task_get_context (task);
  GCancellable *outer = g_task_get_cancellable (task);

  if (self->timeout_ms > 0)
    {
      self->timer = g_timeout_source_new (0);
      g_source_set_ready_time (self->timer, g_get_monotonic_time () + self->timeout_ms * 1000);
      g_source_set_callback (self->timer, connect_timer_cb, task, NULL);
      g_source_attach (self->timer, context);
    }
  if (outer == NULL)
    return;
  /* A source, not the signal: it runs in this context and can be destroyed from within. */
  self->cancelled = g_cancellable_source_new (outer);
  g_source_set_callback (self->cancelled, G_SOURCE_FUNC (connect_cancelled_cb), task, NULL);
  g_source_attach (self->cancelled, context);
}

void
mimesend_connect_async (MimesendServer *server,
                        gint64 timeout_ms,
                        gint64 per_address_ms,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Connect *self = g_new0 (Connect, 1);

  g_task_set_task_data (task, self, connect_free);
  self->server = mimesend_server_ref (server);
  self->timeout_ms = timeout_ms;
  self->per_address_ms = per_address_ms;
  self->inner = g_cancellable_new ();
  self->attempted = g_ptr_array_new_with_free_func (g_free);
  self->tried = self->server;
  connect_watch (task);
  if (mimesend_server_is_discovered (server) && mimesend_connect_check (server, NULL))
    mimesend_discover_async (server, self->inner, targets_discovered_cb, task);
  else
    try_server (task, server);
}

MimesendConnected *
mimesend_connect_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
