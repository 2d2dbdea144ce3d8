/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every public function refuses NULL where an argument is required, and objects of a wrong type, and unknown flags: with a critical
 * of this library, or with a GError where its comment says so, and without a crash. The calls are written by write-calls.py. */
#include <libmimesend/mimesend.h>

#include <gio/gio.h>
#include <gmime/gmime.h>
#include <math.h>

typedef enum
{
  ANYTHING, /* that does not crash */
  CRITICAL,
  NO_CRITICAL,
  REFUSAL /* a critical or a GError */
} Must;

typedef struct
{
  const char *path;
  void (*call) (void);
  Must must;
} Call;

/* One of each type, made ahead of each call. */
static struct
{
  GObject *wrong; /* of no type that a function takes */
  GMimeObject *part;
  GMimeMessage *message;
  GMimeStream *stream;
  GInputStream *input;
  GFileInputStream *file;
  GOutputStream *output;
  GBytes *bytes;
  GString *string;
  GDateTime *time;
  GInetAddress *inet;
  GSocketConnectable *connectable;
  GAsyncResult *result;
  GError *error;
  MimesendArg arg;
  MimesendAddress *address;
  MimesendContent *content;
  MimesendDkim *dkim;
  GPtrArray *dkims;
  MimesendEnvelope *envelope;
  MimesendLetter *letter;
  MimesendMailing *mailing;
  MimesendMetrics *metrics;
  MimesendPartBuilder *builder;
  GMimeStream *part_stream;
  MimesendPool *pool;
  MimesendProbeResult *probe;
  MimesendReceipt *receipt;
  MimesendRetry *retry;
  MimesendSecurity *security;
  MimesendServer *server;
  MimesendSession *session;
  MimesendTraceEvent *event;
} valid;

static const char *const words[] = { "joe@example.com", NULL };
#define valid_strings ((gpointer)words)

static const MimesendArg null_arg = { MIMESEND_ARG_STRING, 0 };
static GError *error;
static MimesendProbeResult *probe;
static gboolean refused; /* by an asynchronous function */
static guint criticals, criticals_of_others;

static MimesendNext
valid_next (MimesendSession *session,
            MimesendEnvelope **envelope,
            MimesendContent **content,
            guint64 *tag,
            gpointer user_data)
{
  return MIMESEND_NEXT_END;
}

static void
valid_settled (MimesendSession *session, guint64 tag, MimesendReceipt *receipt, gpointer user_data)
{
}

static char *
valid_secret (MimesendServer *server, guint attempt, gpointer user_data, GError **unused)
{
  return NULL;
}

static void
valid_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  refused = g_task_had_error (G_TASK (result));
}

static guint
all_flags (GType type)
{
  GFlagsClass *flags = g_type_class_ref (type);
  guint mask = flags->mask;

  g_type_class_unref (flags);
  return mask;
}

/* The first that a later version could add. */
static guint
unknown_flag (GType type)
{
  return (all_flags (type) + 1) & ~all_flags (type);
}

#include "calls.h"

static void
keep_event (MimesendTraceEvent *event, gpointer user_data)
{
  if (valid.event == NULL)
    valid.event = mimesend_trace_event_ref (event);
}

/* A program that takes no message: a receipt and an event of it, without a network. */
static void
make_receipt (void)
{
  static const char *const argv[] = { "/bin/false", NULL };
  g_autoptr (MimesendServer) server = mimesend_server_new_for_program (argv, NULL);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  g_autoptr (MimesendContent) content = mimesend_content_new ();

  mimesend_content_add_string (content, "Subject: x\n\nx\n", NULL);
  mimesend_session_set_trace_events (session, keep_event, NULL, NULL);
  valid.receipt = mimesend_session_send (session, valid.envelope, content, MIMESEND_SEND_DEFAULT, NULL, NULL);
  g_assert_nonnull (valid.receipt);
  g_assert_nonnull (valid.event);
}

static gpointer
turn_away (gpointer listener)
{
  g_autoptr (GSocketConnection) client = g_socket_listener_accept (listener, NULL, NULL, NULL);

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (client)), "554 no\r\n", 8, NULL,
                             NULL, NULL);
  return NULL;
}

/* Of a server that wants no message. */
static MimesendProbeResult *
make_probe (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new_for_host ("127.0.0.1", port, NULL);
  GThread *thread = g_thread_new ("server", turn_away, listener);
  MimesendProbeResult *result = mimesend_probe (server, 0, NULL, NULL);

  g_thread_join (thread);
  g_assert_nonnull (result);
  return result;
}

static MimesendDkim *
make_dkim (void)
{
  static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
                            "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                            "-----END PRIVATE KEY-----\n";
  g_autoptr (GBytes) key = g_bytes_new_static (pem, sizeof pem - 1);
  MimesendDkim *dkim = mimesend_dkim_new ("example.com", "s", key, NULL);

  g_assert_nonnull (dkim);
  return dkim;
}

static void
make_values (void)
{
  static const char *const fields[] = { "name", NULL };
  static const guint8 loopback[] = { 127, 0, 0, 1 };
  g_autoptr (GFile) file = g_file_new_for_path ("/dev/null");

  valid.wrong = G_OBJECT (g_simple_action_group_new ());
  valid.message = g_mime_message_new (FALSE);
  valid.part = mimesend_part_new_text ("Hello.\n");
  valid.stream = g_mime_stream_mem_new_with_buffer ("x\n", 2);
  valid.input = g_memory_input_stream_new_from_data ("x\n", 2, NULL);
  valid.file = g_file_read (file, NULL, NULL);
  valid.output = g_memory_output_stream_new_resizable ();
  valid.bytes = g_bytes_new_static ("x\n", 2);
  valid.string = g_string_new ("x\n");
  valid.time = g_date_time_new_utc (2030, 1, 1, 0, 0, 0);
  valid.inet = g_inet_address_new_from_bytes (loopback, G_SOCKET_FAMILY_IPV4);
  valid.connectable = g_network_address_new ("127.0.0.1", 1);
  valid.result = G_ASYNC_RESULT (g_task_new (NULL, NULL, NULL, NULL));
  valid.error = g_error_new_literal (MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "x");
  valid.arg = mimesend_arg_string ("127.0.0.1:1");
  valid.address = mimesend_address_parse (words[0], NULL);
  valid.content = mimesend_content_new ();
  valid.dkim = make_dkim ();
  valid.dkims = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_dkim_unref);
  g_ptr_array_add (valid.dkims, mimesend_dkim_ref (valid.dkim));
  valid.envelope = mimesend_envelope_new (words[0], words, NULL);
  valid.letter = mimesend_letter_new ();
  valid.security = mimesend_security_new (MIMESEND_SECURITY_PGP);
  valid.mailing = mimesend_mailing_new (valid.part, fields, NULL);
  valid.metrics = mimesend_metrics_new ();
  valid.builder = mimesend_part_builder_new ();
  valid.part_stream = mimesend_part_stream_new (valid.part);
  valid.retry = mimesend_retry_new (1);
  valid.server = mimesend_server_new ("127.0.0.1:1", NULL);
  valid.pool = mimesend_pool_new (valid.server);
  valid.session = mimesend_session_new (valid.server);
  valid.probe = mimesend_probe_result_ref (probe);
  make_receipt ();
  for (const gpointer *at = (const gpointer *)&valid; at < (const gpointer *)(&valid + 1); at++)
    g_assert_true (*at != NULL || (const char *)at >= (const char *)&valid.arg);
}

static void
free_values (void)
{
  g_clear_object (&valid.wrong);
  g_clear_object (&valid.part);
  g_clear_object (&valid.message);
  g_clear_object (&valid.stream);
  g_clear_object (&valid.input);
  g_clear_object (&valid.file);
  g_clear_object (&valid.output);
  g_clear_pointer (&valid.bytes, g_bytes_unref);
  g_string_free (g_steal_pointer (&valid.string), TRUE);
  g_clear_pointer (&valid.time, g_date_time_unref);
  g_clear_object (&valid.inet);
  g_clear_object (&valid.connectable);
  g_clear_object (&valid.result);
  g_clear_error (&valid.error);
  g_clear_pointer (&valid.address, mimesend_address_unref);
  g_clear_object (&valid.content);
  g_clear_pointer (&valid.dkim, mimesend_dkim_unref);
  g_clear_pointer (&valid.dkims, g_ptr_array_unref);
  g_clear_pointer (&valid.envelope, mimesend_envelope_unref);
  g_clear_object (&valid.letter);
  g_clear_pointer (&valid.security, mimesend_security_unref);
  g_clear_object (&valid.mailing);
  g_clear_pointer (&valid.metrics, mimesend_metrics_unref);
  g_clear_pointer (&valid.builder, mimesend_part_builder_unref);
  g_object_unref (g_steal_pointer (&valid.part_stream));
  g_clear_object (&valid.pool);
  g_clear_pointer (&valid.probe, mimesend_probe_result_unref);
  g_clear_pointer (&valid.receipt, mimesend_receipt_unref);
  g_clear_pointer (&valid.retry, mimesend_retry_unref);
  g_clear_pointer (&valid.server, mimesend_server_unref);
  g_clear_object (&valid.session);
  g_clear_pointer (&valid.event, mimesend_trace_event_unref);
}

static void
count_critical (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  if ((level & G_LOG_LEVEL_CRITICAL) == 0)
    return;
  if (g_strcmp0 (domain, "mimesend") == 0)
    criticals++;
  else
    criticals_of_others++;
  g_test_message ("%s: %s", domain, message);
}

static void
try_call (gconstpointer data)
{
  const Call *call = data;
  GLogLevelFlags fatal;
  GLogFunc handler;

  make_values ();
  criticals = criticals_of_others = 0;
  refused = FALSE;
  fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  handler = g_log_set_default_handler (count_critical, NULL);
  call->call ();
  while (call->must >= NO_CRITICAL && g_main_context_iteration (NULL, FALSE))
    ;
  g_log_set_default_handler (handler, NULL);
  g_log_set_always_fatal (fatal);

  g_assert_cmpuint (criticals_of_others, ==, 0); /* or the guard comes too late */
  if (call->must == CRITICAL)
    g_assert_cmpuint (criticals, ==, 1);
  if (call->must == NO_CRITICAL)
    g_assert_cmpuint (criticals, ==, 0);
  if (call->must == REFUSAL)
    g_assert_cmpuint (criticals + (error != NULL) + refused, ==, 1);
  g_clear_error (&error);
  free_values ();
}

/* What a refused call was given, and what a call without arguments gives, is not given back here. */
int __lsan_is_turned_off (void);

int
__lsan_is_turned_off (void)
{
  return 1;
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions (); /* all that fail are named */
  mimesend_init ();
  probe = make_probe ();
  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    g_test_add_data_func (calls[i].path, &calls[i], try_call);
  status = g_test_run ();
  mimesend_probe_result_unref (probe);
  return status;
}
