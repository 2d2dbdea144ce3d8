/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server whose STARTTLS fails is spoken to in the clear, where that will do: for one connection, to the address that it
 * was learnt of, and never where TLS is required. */
#include "async.h"

#include <glib/gstdio.h>
#include <string.h>

#include "test-sink.h"

/* --- a way that is direct at first, and through a proxy from some connection on: behind that nothing is loopback --- */

typedef struct
{
  GObject parent;
  guint asked, proxied_from;
  char *proxy;
} Ways;

typedef GObjectClass WaysClass;

static GType ways_get_type (void);

static void ways_init_interface (GProxyResolverInterface *interface);
G_DEFINE_TYPE_WITH_CODE (Ways,
                         ways,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, ways_init_interface))

static void
ways_init (Ways *self)
{
}

static void
ways_finalize (GObject *object)
{
  g_free (((Ways *)object)->proxy);
  G_OBJECT_CLASS (ways_parent_class)->finalize (object);
}

static void
ways_class_init (WaysClass *klass)
{
  klass->finalize = ways_finalize;
}

static gboolean
ways_is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static void
ways_lookup_async (GProxyResolver *resolver,
                   const char *uri,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer data)
{
  Ways *self = (Ways *)resolver;
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, data);
  const char *found[] = { ++self->asked >= self->proxied_from ? self->proxy : "direct://", NULL };

  g_task_return_pointer (task, g_strdupv ((char **)found), (GDestroyNotify)g_strfreev);
}

static char **
ways_lookup_finish (GProxyResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
ways_init_interface (GProxyResolverInterface *interface)
{
  interface->is_supported = ways_is_supported;
  interface->lookup_async = ways_lookup_async;
  interface->lookup_finish = ways_lookup_finish;
}

/* --- a proxy for one connection: CONNECT, then octets both ways --- */

typedef struct
{
  GSocketListener *listener;
  guint16 port, to;
  GThread *thread;
  GCancellable *ends;
} Proxy;

typedef struct
{
  GIOStream *from, *to;
} Pump;

static gpointer
pump (gpointer data)
{
  Pump *self = data;

  g_output_stream_splice (g_io_stream_get_output_stream (self->to), g_io_stream_get_input_stream (self->from),
                          G_OUTPUT_STREAM_SPLICE_NONE, NULL, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (self->to)), FALSE, TRUE, NULL);
  return NULL;
}

static gpointer
proxy_run (gpointer data)
{
  Proxy *self = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) near = g_socket_listener_accept (self->listener, NULL, self->ends, NULL);
  g_autoptr (GSocketConnection) far = NULL;
  g_autoptr (GString) request = g_string_new (NULL);
  Pump there, back;
  GThread *other;
  char octet;

  if (near == NULL) /* there was no connection */
    return NULL;
  while (!g_str_has_suffix (request->str, "\r\n\r\n"))
    {
      g_assert_cmpint (g_socket_receive (g_socket_connection_get_socket (near), &octet, 1, NULL, NULL), ==,
                       1);
      g_string_append_c (request, octet);
    }
  far = g_socket_client_connect_to_host (client, "127.0.0.1", self->to, NULL, NULL);
  g_assert_nonnull (far);
  g_socket_send (g_socket_connection_get_socket (near), "HTTP/1.0 200 here\r\n\r\n", 21, NULL, NULL);
  there = (Pump){ G_IO_STREAM (near), G_IO_STREAM (far) };
  back = (Pump){ G_IO_STREAM (far), G_IO_STREAM (near) };
  other = g_thread_new ("pump", pump, &there);
  pump (&back);
  g_thread_join (other);
  return NULL;
}

static void
proxy_start (Proxy *self, guint16 to)
{
  self->to = to;
  self->ends = g_cancellable_new ();
  self->listener = g_socket_listener_new ();
  self->port = g_socket_listener_add_any_inet_port (self->listener, NULL, NULL);
  self->thread = g_thread_new ("proxy", proxy_run, self);
}

static void
proxy_stop (Proxy *self)
{
  g_cancellable_cancel (self->ends);
  g_thread_join (self->thread);
  g_object_unref (self->listener);
  g_object_unref (self->ends);
}

/* --- */

static gboolean
warns_of_the_clear (MimesendReceipt *receipt)
{
  const char *const *warnings = mimesend_receipt_get_warnings (receipt);
  gboolean warns = FALSE;

  for (guint i = 0; warnings != NULL && warnings[i] != NULL; i++)
    warns |= strstr (warnings[i], "in the clear") != NULL;
  return warns;
}

static MimesendServer *
server_through (const char *scheme, TestSink *sink, const char *ca_file, Ways *ways)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = test_sink_url (sink, scheme);
  g_autoptr (MimesendServer) plain = mimesend_server_new (url, &error);
  g_autoptr (MimesendServer) trusting = NULL;

  g_assert_no_error (error);
  trusting = mimesend_server_with_ca_file (plain, ca_file);
  return mimesend_server_with_proxy_resolver (trusting, G_PROXY_RESOLVER (ways));
}

/* The connection is lost ahead of the second message, and the third connection goes to another peer. */
typedef struct
{
  const char *name, *scheme, *step;
  gboolean elsewhere; /* it is no loopback */
  gboolean sent;      /* else it is an error of TLS or a delay: nothing goes out */
  gboolean clear;
} Row;

static const Row rows[] = {
  { "required-elsewhere", "smtp", "@9 MAIL drop", TRUE, TRUE, FALSE },
  { "required-elsewhere-refused", "smtp", "@3 STARTTLS reply 454 4.7.0 no", TRUE, FALSE, FALSE },
  { "required-elsewhere-refused-for-good", "smtp", "@3 STARTTLS reply 554 5.7.0 no", TRUE, FALSE, FALSE },
  { "loopback-again", "smtp", "@9 MAIL drop", FALSE, TRUE, FALSE },
  { "loopback-refused-again", "smtp", "@3 STARTTLS reply 454 4.7.0 no", FALSE, TRUE, TRUE },
};

static void
test_next_connection (gconstpointer data)
{
  const Row *row = data;
  g_autofree char *folder = g_dir_make_tmp ("mimesend-test-XXXXXX", NULL);
  g_autofree char *ca_file = g_build_filename (folder, "ca.pem", NULL);
  TestSink *sink = test_sink_start ("--hide", "PIPELINING", "--tls-self-signed", "--tls-cert-out", ca_file,
                                    "--script", "@1 STARTTLS reply 454 4.7.0 no", "--script",
                                    "@2 MAIL#2 drop", "--script", row->step, NULL);
  Proxy proxy = { 0 };
  Ways *ways = g_object_new (ways_get_type (), NULL);
  g_autoptr (MimesendServer) server = server_through (row->scheme, sink, ca_file, ways);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  Sent sent = { 0 };

  proxy_start (&proxy, test_sink_port (sink));
  ways->proxied_from = row->elsewhere ? 3 : G_MAXUINT;
  ways->proxy = g_strdup_printf ("http://127.0.0.1:%u", proxy.port);

  start_text (session, "first\n", &sent);
  sent_await (&sent);
  assert_accepted (&sent);
  g_assert_null (mimesend_receipt_get_tls_version (sent.receipt));
  g_assert_true (warns_of_the_clear (sent.receipt));
  sent_clear (&sent);

  start_text (session, "second\n", &sent);
  sent_await (&sent);
  if (row->sent)
    {
      assert_accepted (&sent);
      g_assert_true ((mimesend_receipt_get_tls_version (sent.receipt) == NULL) == row->clear);
      g_assert_true (warns_of_the_clear (sent.receipt) == row->clear);
    }
  else
    g_assert_nonnull (sent.error);
  g_assert_cmpuint (test_sink_count (sink), ==, row->sent ? 2 : 1);
  sent_clear (&sent);
  g_clear_object (&session);
  proxy_stop (&proxy);
  g_object_unref (ways);
  test_sink_stop (sink);
  g_remove (ca_file);
  g_rmdir (folder);
}

/* --- a name with two addresses, which take turns --- */

typedef GResolver TurnResolver;
typedef GResolverClass TurnResolverClass;
static GType turn_resolver_get_type (void);
G_DEFINE_TYPE (TurnResolver, turn_resolver, G_TYPE_RESOLVER)

static guint turn;

static void
free_addresses (gpointer data)
{
  g_list_free_full (data, g_object_unref);
}

static void
turn_lookup_async (GResolver *self,
                   const char *name,
                   GResolverNameLookupFlags flags,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  if ((flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY) != 0)
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "none");
  else
    g_task_return_pointer (
        task,
        g_list_append (NULL, g_inet_address_new_from_string (turn++ % 2 == 0 ? "127.0.0.1" : "127.0.0.2")),
        free_addresses);
}

static GList *
turn_lookup_finish (GResolver *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
turn_resolver_init (TurnResolver *self)
{
}

static void
turn_resolver_class_init (TurnResolverClass *klass)
{
  klass->lookup_by_name_with_flags_async = turn_lookup_async;
  klass->lookup_by_name_with_flags_finish = turn_lookup_finish;
}

static void
turn_row (const char *step, gboolean clear, guint connections)
{
  TestSink *sink = test_sink_start ("--listen", "0.0.0.0:0", "--tls-self-signed", "--script", step, NULL);
  g_autofree char *where = g_strdup_printf ("turn.test:%u", test_sink_port (sink));
  g_autoptr (MimesendSession) session = session_to (where);
  Sent sent = { 0 };

  turn = 0;
  start_text (session, "x\n", &sent);
  sent_await (&sent);
  assert_accepted (&sent);
  g_assert_true ((mimesend_receipt_get_tls_version (sent.receipt) == NULL) == clear);
  g_assert_true (warns_of_the_clear (sent.receipt) == clear);
  g_assert_cmpint (json_object_get_int_member (test_sink_next (sink), "connection"), ==, connections);
  sent_clear (&sent);
  test_sink_stop (sink);
}

/* What one address spoils is not held against the other; when both do, there is an end to it. */
static void
test_two_addresses (void)
{
  g_autoptr (GResolver) before = g_resolver_get_default ();
  g_autoptr (GResolver) turns = g_object_new (turn_resolver_get_type (), NULL);

  g_resolver_set_default (turns);
  turn_row ("@1 STARTTLS reply 454 4.7.0 no", FALSE, 2);
  turn_row ("STARTTLS reply 454 4.7.0 no", TRUE, 3);
  g_resolver_set_default (before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/client/cleartext/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_next_connection);
    }
  g_test_add_func ("/client/cleartext/failed-handshake-is-not-held-against-other-address",
                   test_two_addresses);
  return g_test_run ();
}
