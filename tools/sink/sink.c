/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of `mimesend sink`, the sockets it listens on, and its end. */
#include "sink.h"

#include "certificate.h"
#include "server.h"

#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define CONNECTIONS_MAX 512
#define END_MAX_US      (3 * G_TIME_SPAN_SECOND)

typedef struct
{
  char *listen, *unix_path, *maildir, *eml, *tls_cert, *tls_key, *tls_cert_out, *client_ca, *auth, *name;
  char **hide, **refuse, **script, **mechanisms;
  gboolean discard, self_signed, implicit_tls, lmtp, json;
  gint count, max_recipients, scram_iterations;
  gint64 size_limit;
} Options;

static void
options_clear (Options *o)
{
  char *const words[] = { o->listen,  o->unix_path,    o->maildir,   o->eml,  o->tls_cert,
                          o->tls_key, o->tls_cert_out, o->client_ca, o->auth, o->name };
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_free (words[i]);
  g_strfreev (o->hide);
  g_strfreev (o->refuse);
  g_strfreev (o->script);
  g_strfreev (o->mechanisms);
}

static int sink_fail (int code, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Prints the error; returns the code. */
static int
sink_fail (int code, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("mimesend sink: %s\n", text);
  return code;
}

static int
sink_parse (Options *o, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "listen", 'l', 0, G_OPTION_ARG_FILENAME, &o->listen, "where to listen (127.0.0.1:0: any free port)",
      "ADDR:PORT" },
    { "unix", 0, 0, G_OPTION_ARG_FILENAME, &o->unix_path, "listen on a Unix socket", "PATH" },
    { "maildir", 0, 0, G_OPTION_ARG_FILENAME, &o->maildir, "store in a Maildir, envelopes in DIR/envelope",
      "DIR" },
    { "eml", 0, 0, G_OPTION_ARG_FILENAME, &o->eml, "store as DIR/ID.eml and DIR/ID.json", "DIR" },
    { "discard", 0, 0, G_OPTION_ARG_NONE, &o->discard, "store nothing (the default)", NULL },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &o->tls_cert, "certificate, PEM; offers STARTTLS", "FILE" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &o->tls_key, "its key, PEM", "FILE" },
    { "tls-self-signed", 0, 0, G_OPTION_ARG_NONE, &o->self_signed, "make a certificate for localhost", NULL },
    { "tls-cert-out", 0, 0, G_OPTION_ARG_FILENAME, &o->tls_cert_out, "write that certificate to a file",
      "FILE" },
    { "implicit-tls", 0, 0, G_OPTION_ARG_NONE, &o->implicit_tls, "TLS from the first octet", NULL },
    { "client-ca", 0, 0, G_OPTION_ARG_FILENAME, &o->client_ca, "ask clients for certificates of these CAs",
      "FILE" },
    { "auth", 0, 0, G_OPTION_ARG_FILENAME, &o->auth, "require AUTH with this login", "USER:PASSWORD" },
    { "mechanism", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->mechanisms,
      "an AUTH mechanism to offer, instead of PLAIN, LOGIN and SCRAM-SHA-256", "NAME" },
    { "lmtp", 0, 0, G_OPTION_ARG_NONE, &o->lmtp, "speak LMTP", NULL },
    { "hide", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->hide, "an extension or AUTH mechanism not to offer",
      "EXT" },
    { "refuse", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->refuse, "recipients to refuse (globs)",
      "PATTERN[=CODE TEXT]" },
    { "script", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->script, "scripted behaviour: RCPT#2 reply 550 no",
      "STEP" },
    { "count", 0, 0, G_OPTION_ARG_INT, &o->count, "end after N messages", "N" },
    { "name", 0, 0, G_OPTION_ARG_FILENAME, &o->name, "the name in the greeting", "NAME" },
    { "size-limit", 0, 0, G_OPTION_ARG_INT64, &o->size_limit, "the largest message, announced as SIZE",
      "OCTETS" },
    { "max-recipients", 0, 0, G_OPTION_ARG_INT, &o->max_recipients,
      "recipients of one message, announced as LIMITS RCPTMAX; 452 to more", "N" },
    { "scram-iterations", 0, 0, G_OPTION_ARG_INT, &o->scram_iterations, "iterations of SCRAM (4096)", "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &o->json, "print one JSON object per line", NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("- receive mail for tests and demos");
  g_auto (GStrv) copy = g_new0 (char *, argc + 1);
  for (int i = 0; i < argc; i++)
    copy[i] = g_strdup (argv[i]);
  g_free (copy[0]);
  copy[0] = g_strdup ("mimesend sink");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_description (
      context, "Ends with 0 after --count messages or SIGTERM; 64: wrong arguments; 69: "
               "cannot listen; 73: cannot write. The script's grammar: mimesend-sink(1).");
  if (!g_option_context_parse_strv (context, &copy, &error))
    return sink_fail (EX_USAGE, "%s", error->message);
  if (copy[0] != NULL && copy[1] != NULL)
    return sink_fail (EX_USAGE, "'%s': there are options only", copy[1]);
  return EX_OK;
}

static int
check_each (char **values, gboolean (*good) (const char *value, char **message))
{
  for (; values != NULL && *values != NULL; values++)
    {
      g_autofree char *message = NULL;
      if (!good (*values, &message))
        return sink_fail (EX_USAGE, "%s", message);
    }
  return EX_OK;
}

static int
sink_check_options (const Options *o)
{
  gboolean tls = o->tls_cert != NULL || o->self_signed;
  if ((o->maildir != NULL) + (o->eml != NULL) + (o->discard ? 1 : 0) > 1)
    return sink_fail (EX_USAGE, "only one of --maildir, --eml and --discard");
  if ((o->tls_cert != NULL) != (o->tls_key != NULL))
    return sink_fail (EX_USAGE, "--tls-cert and --tls-key go together");
  if (o->tls_cert != NULL && o->self_signed)
    return sink_fail (EX_USAGE, "--tls-self-signed makes its own certificate: leave out --tls-cert");
  if (o->tls_cert_out != NULL && !o->self_signed)
    return sink_fail (EX_USAGE, "--tls-cert-out needs --tls-self-signed");
  if (o->implicit_tls && !tls)
    return sink_fail (EX_USAGE, "--implicit-tls needs --tls-self-signed or --tls-cert and --tls-key");
  if (o->client_ca != NULL && !tls)
    return sink_fail (EX_USAGE, "--client-ca needs --tls-self-signed or --tls-cert and --tls-key");
  if (o->mechanisms != NULL && o->auth == NULL)
    return sink_fail (EX_USAGE, "--mechanism needs --auth");
  for (char **name = o->mechanisms; name != NULL && *name != NULL; name++)
    if (!sink_login_knows (*name))
      return sink_fail (EX_USAGE, "--mechanism '%s': it is not known here", *name);
  if (o->auth != NULL && (strchr (o->auth, ':') == NULL || o->auth[0] == ':'))
    return sink_fail (EX_USAGE, "--auth is written USER:PASSWORD");
  if (o->count < 0 || o->max_recipients < 0 || o->size_limit < 0 || o->scram_iterations < 0)
    return sink_fail (EX_USAGE,
                      "--count, --max-recipients, --size-limit and --scram-iterations are not negative");
  int code = check_each (o->script, sink_script_check);
  code = code == EX_OK ? check_each (o->refuse, sink_refuse_check) : code;
  return code == EX_OK ? check_each (o->hide, sink_hide_check) : code;
}

/* "127.0.0.1:25", "[::1]:25", "localhost:25" or "25". */
static GSocketAddress *
parse_address (const char *text)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = colon != NULL ? g_strndup (text, (gsize)(colon - text)) : g_strdup ("127.0.0.1");
  const char *port = colon != NULL ? colon + 1 : text;
  guint64 number;
  if (!g_ascii_string_to_unsigned (port, 10, 0, 65535, &number, NULL))
    return NULL;
  gsize n = strlen (host);
  if (n >= 2 && host[0] == '[' && host[n - 1] == ']')
    {
      memmove (host, host + 1, n - 2);
      host[n - 2] = '\0';
    }
  return g_inet_socket_address_new_from_string (strcmp (host, "localhost") == 0 ? "127.0.0.1" : host,
                                                (guint)number);
}

static gboolean
listen_on (GSocketListener *listener, GSocketAddress *wanted, GSocketAddress **got)
{
  g_autoptr (GError) error = NULL;
  if (g_socket_listener_add_address (listener, wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL,
                                     got, &error))
    return TRUE;
  sink_fail (0, "cannot listen: %s", error->message);
  return FALSE;
}

static gboolean
service_run_cb (GThreadedSocketService *service,
                GSocketConnection *connection,
                GObject *source,
                gpointer data)
{
  sink_connection_run (data, connection);
  return TRUE;
}

static gboolean
sink_signal_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

/* SIGHUP counts as SIGTERM, unless it is ignored (nohup). Returns the source; 0: ignored. */
static guint
watch_hangup (GMainLoop *loop)
{
  struct sigaction old;
  if (sigaction (SIGHUP, NULL, &old) == 0 && old.sa_handler == SIG_IGN)
    return 0;
  return g_unix_signal_add (SIGHUP, sink_signal_cb, loop);
}

/* Closes the open connections and waits for their threads to end. */
static void
end_connections (SinkServer *server)
{
  gint64 until = g_get_monotonic_time () + END_MAX_US;
  sink_store_close (server->store);
  g_mutex_lock (&server->lock);
  server->ending = TRUE;
  g_cond_broadcast (&server->changed);
  for (guint i = 0; i < server->active->len; i++)
    g_socket_shutdown (server->active->pdata[i], TRUE, TRUE, NULL);
  while (server->active->len > 0 && g_cond_wait_until (&server->changed, &server->lock, until))
    ;
  g_mutex_unlock (&server->lock);
}

/* The sockets, the first lines of output, and the loop until the end. */
static int
sink_serve (SinkServer *server, const Options *o, const char *pem)
{
  g_autoptr (GSocketAddress) wanted = parse_address (o->listen != NULL ? o->listen : "127.0.0.1:0");
  g_autoptr (GSocketAddress) inet = NULL, local = NULL;
  /* Inactive until it has all its sockets: adding one cancels the pending accept, and GIO then closes a connection that was
   * just accepted. */
  g_autoptr (GSocketService) service =
      g_object_new (G_TYPE_THREADED_SOCKET_SERVICE, "max-threads", CONNECTIONS_MAX, "active", FALSE, NULL);
  gboolean tcp = o->listen != NULL || o->unix_path == NULL;
  if (wanted == NULL)
    return sink_fail (EX_USAGE, "--listen '%s': write ADDR:PORT with an address such as 127.0.0.1 or [::1]",
                      o->listen);
  g_socket_listener_set_backlog (G_SOCKET_LISTENER (service), CONNECTIONS_MAX);
  if (tcp && !listen_on (G_SOCKET_LISTENER (service), wanted, &inet))
    return EX_UNAVAILABLE;
  if (o->unix_path != NULL)
    {
      g_autoptr (GSocketAddress) path = g_unix_socket_address_new (o->unix_path);
      if (!listen_on (G_SOCKET_LISTENER (service), path, &local))
        return EX_UNAVAILABLE;
    }
  guint sources[] = { g_unix_signal_add (SIGTERM, sink_signal_cb, server->loop),
                      g_unix_signal_add (SIGINT, sink_signal_cb, server->loop), watch_hangup (server->loop) };
  g_signal_connect (service, "run", G_CALLBACK (service_run_cb), server);
  g_socket_service_start (service);
  if (inet != NULL)
    sink_report_listening (server, inet, pem);
  if (local != NULL)
    sink_report_listening (server, local, pem);

  g_main_loop_run (server->loop);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  if (local != NULL)
    g_unlink (o->unix_path);
  end_connections (server);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    if (sources[i] != 0)
      g_source_remove (sources[i]);
  return EX_OK;
}

static int
prepare_tls (SinkServer *server, const Options *o, char **pem)
{
  g_autoptr (GError) error = NULL;
  if (o->self_signed)
    server->certificate = sink_certificate_self_signed (pem, &error);
  else if (o->tls_cert != NULL)
    server->certificate = g_tls_certificate_new_from_files (o->tls_cert, o->tls_key, &error);
  if (error == NULL && o->client_ca != NULL)
    {
      g_autofree char *path = g_canonicalize_filename (o->client_ca, NULL); /* GIO wants it absolute */
      server->client_ca = g_tls_file_database_new (path, &error);
    }
  if (error != NULL)
    return sink_fail (EX_UNAVAILABLE, "no certificate: %s", error->message);
  if (o->tls_cert_out != NULL && !g_file_set_contents (o->tls_cert_out, *pem, -1, &error))
    return sink_fail (EX_CANTCREAT, "%s", error->message);
  if (*pem != NULL && o->tls_cert_out == NULL && !o->json)
    g_printerr ("%s", *pem);
  return EX_OK;
}

static void
server_init (SinkServer *self, const Options *o)
{
  self->setup = (SinkSetup){ .name = o->name,
                             .lmtp = o->lmtp,
                             .auth = o->auth,
                             .mechanisms = (const char *const *)o->mechanisms,
                             .hide = (const char *const *)o->hide,
                             .refuse = (const char *const *)o->refuse,
                             .script = (const char *const *)o->script,
                             .size_limit = (guint64)o->size_limit,
                             .max_recipients = (guint)o->max_recipients,
                             .scram_iterations = (guint)o->scram_iterations };
  self->json = o->json;
  self->implicit_tls = o->implicit_tls;
  self->count = (guint)o->count;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->active = g_ptr_array_new ();
  self->printer = sink_printer_new (STDOUT_FILENO);
  self->loop = g_main_loop_new (NULL, FALSE);
}

/* FALSE: a thread did not end in time; what it uses is not freed. */
static gboolean
server_clear (SinkServer *self)
{
  if (!sink_printer_end (self->printer, g_get_monotonic_time () + END_MAX_US) || self->active->len > 0)
    return FALSE;
  g_clear_object (&self->certificate);
  g_clear_object (&self->client_ca);
  g_clear_pointer (&self->store, sink_store_free);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->active, g_ptr_array_unref);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  return TRUE;
}

static int
sink_start (SinkServer *server, const Options *o)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pem = NULL;
  int code = prepare_tls (server, o, &pem);
  if (code != EX_OK)
    return code;
  server->setup.tls_possible = server->certificate != NULL && !o->implicit_tls;
  SinkStoreKind kind = o->maildir != NULL ? SINK_STORE_MAILDIR
                       : o->eml != NULL   ? SINK_STORE_EML
                                          : SINK_STORE_DISCARD;
  server->store = sink_store_new (kind, o->maildir != NULL ? o->maildir : o->eml, &error);
  if (server->store == NULL)
    return sink_fail (EX_CANTCREAT, "%s", error->message);
  return sink_serve (server, o, pem);
}

int
sink_main (int argc, char **argv)
{
  static Options o;
  static SinkServer server;
  int code = sink_parse (&o, argc, argv);
  if (code == EX_OK)
    code = sink_check_options (&o);
  if (code == EX_OK)
    {
      server_init (&server, &o);
      code = sink_start (&server, &o);
      if (!server_clear (&server))
        return code;
    }
  options_clear (&o);
  return code;
}
