/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contract N5: is an address certainly bogus? DNS is a resolver of the test's own, the mail server a socket service. */
#include "mimesend-address.h"

#include "client/probe/vrfy.h"

/* --- a resolver without a network --- */

#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)

struct _TestResolver
{
  GResolver parent;
};

G_DEFINE_FINAL_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static GList *
records_for (const char *name, GError **error)
{
  if (g_str_has_prefix (name, "mx."))
    return g_list_prepend (NULL, g_variant_ref_sink (g_variant_new ("(qs)", (guint16)10, "mail.example")));
  if (g_str_has_prefix (name, "null."))
    return g_list_prepend (NULL, g_variant_ref_sink (g_variant_new ("(qs)", (guint16)0, ".")));
  if (g_str_has_prefix (name, "later."))
    g_set_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, "try again");
  else
    g_set_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no such record");
  return NULL;
}

static void
lookup_records_async (GResolver *resolver,
                      const char *name,
                      GResolverRecordType type,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  GError *error = NULL;
  GList *records = records_for (name, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, records, NULL);
}

static GList *
lookup_records_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static GList *
lookup_by_name (GResolver *resolver, const char *name, GCancellable *cancellable, GError **error)
{
  if (g_str_has_prefix (name, "host."))
    return g_list_prepend (NULL, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4));
  g_set_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no such name");
  return NULL;
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_records_async = lookup_records_async;
  resolver_class->lookup_records_finish = lookup_records_finish;
  resolver_class->lookup_by_name = lookup_by_name;
}

static void
test_resolver_init (TestResolver *self)
{
}

static void
test_verdicts (void)
{
  static const struct
  {
    const char *address;
    MimesendAddressCheckFlags flags;
    MimesendAddressVerdict verdict;
  } rows[] = {
    { "foo@mx.example", MIMESEND_ADDRESS_CHECK_SYNTAX, MIMESEND_ADDRESS_PERHAPS },
    { "foo", MIMESEND_ADDRESS_CHECK_DNS, MIMESEND_ADDRESS_PERHAPS },
    { "Joe <foo@mx.example>", MIMESEND_ADDRESS_CHECK_SYNTAX, MIMESEND_ADDRESS_BAD },
    { "@mx.example", MIMESEND_ADDRESS_CHECK_SYNTAX, MIMESEND_ADDRESS_BAD },
    { "foo@mx.example", MIMESEND_ADDRESS_CHECK_DNS, MIMESEND_ADDRESS_PERHAPS },
    { "foo@null.example", MIMESEND_ADDRESS_CHECK_DNS, MIMESEND_ADDRESS_BAD },
    { "foo@host.example", MIMESEND_ADDRESS_CHECK_DNS, MIMESEND_ADDRESS_PERHAPS },
    { "foo@none.example", MIMESEND_ADDRESS_CHECK_DNS, MIMESEND_ADDRESS_BAD },
    { "foo@later.example", MIMESEND_ADDRESS_CHECK_DNS, MIMESEND_ADDRESS_UNKNOWN },
    { "foo@[192.0.2.1]", MIMESEND_ADDRESS_CHECK_DNS, MIMESEND_ADDRESS_PERHAPS },
  };
  g_autoptr (GResolver) before = g_resolver_get_default ();
  g_autoptr (GResolver) resolver = g_object_new (TEST_TYPE_RESOLVER, NULL);

  g_resolver_set_default (resolver);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *why = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].address);
      g_assert_cmpint (mimesend_address_check (rows[i].address, rows[i].flags, NULL, &why, &error), ==,
                       rows[i].verdict);
      g_assert_no_error (error);
      g_assert_cmpint (why != NULL, ==, rows[i].verdict != MIMESEND_ADDRESS_PERHAPS);
    }
  g_resolver_set_default (before);
}

static void
checked (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

/* A verdict sets no error, and a cancel only where there is none yet. */
static void
test_async (void)
{
  static const struct
  {
    const char *address;
    gboolean cancelled;
    MimesendAddressVerdict verdict;
  } rows[] = {
    { "foo@mx.example", FALSE, MIMESEND_ADDRESS_PERHAPS },
    { "foo@null.example", FALSE, MIMESEND_ADDRESS_BAD },
    { "foo@later.example", FALSE, MIMESEND_ADDRESS_UNKNOWN },
    { "Joe <foo@mx.example>", TRUE, MIMESEND_ADDRESS_BAD },
    { "foo@later.example", TRUE, MIMESEND_ADDRESS_UNKNOWN },
  };
  g_autoptr (GResolver) before = g_resolver_get_default ();
  g_autoptr (GResolver) resolver = g_object_new (TEST_TYPE_RESOLVER, NULL);

  g_resolver_set_default (resolver);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gboolean fails = rows[i].cancelled && rows[i].verdict == MIMESEND_ADDRESS_UNKNOWN;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autofree char *why = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].address);
      if (rows[i].cancelled)
        g_cancellable_cancel (cancellable);
      mimesend_address_check_async (rows[i].address, MIMESEND_ADDRESS_CHECK_DNS, G_PRIORITY_DEFAULT,
                                    cancellable, checked, &result);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (mimesend_address_check_finish (result, &why, &error), ==, rows[i].verdict);
      g_assert_cmpint (why != NULL, ==, rows[i].verdict != MIMESEND_ADDRESS_PERHAPS);
      if (fails)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      else
        g_assert_no_error (error);
    }
  g_resolver_set_default (before);
}

/* --- VRFY --- */

static gboolean
answer (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  const char *const *replies = data;
  g_autoptr (GDataInputStream) in =
      g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));

  for (; *replies != NULL; replies++)
    {
      g_autofree char *line = NULL;

      if (!g_output_stream_write_all (out, *replies, strlen (*replies), NULL, NULL, NULL))
        return TRUE;
      line = g_data_input_stream_read_line (in, NULL, NULL, NULL);
      if (line == NULL)
        return TRUE;
    }
  return TRUE;
}

static MimesendVrfyAnswer
vrfy_with (const char *const *replies)
{
  g_autoptr (GSocketService) service = g_threaded_socket_service_new (2);
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL);
  g_autoptr (GSocketConnectable) where = g_network_address_new_loopback (port);
  g_autofree char *why = NULL;
  MimesendVrfyAnswer verdict;

  g_signal_connect (service, "run", G_CALLBACK (answer), (gpointer)replies);
  g_socket_service_start (service);
  verdict = mimesend_vrfy (where, "foo@example.com", NULL, &why);
  g_socket_service_stop (service);
  return verdict;
}

/* The service accepts in the main context, and VRFY blocks: the context runs in a thread of its own. */
static gpointer
run_loop (gpointer loop)
{
  g_main_loop_run (loop);
  return NULL;
}

static void
test_vrfy (void)
{
  static const char *const bogus[] = { "220 hi\r\n", "250 hi\r\n",  "550 no\r\n",
                                       "550 no\r\n", "221 bye\r\n", NULL };
  static const char *const known[] = { "220 hi\r\n", "250 hi\r\n", "252 perhaps\r\n", "221 bye\r\n", NULL };
  static const char *const whole[] = { "220 hi\r\n",  "250 hi\r\n",  "550 no\r\n",
                                       "250 yes\r\n", "221 bye\r\n", NULL };
  static const char *const mute[] = { "554 go away\r\n", NULL };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  GThread *thread = g_thread_new ("service", run_loop, loop);

  g_assert_cmpint (vrfy_with (bogus), ==, MIMESEND_VRFY_BOGUS);
  g_assert_cmpint (vrfy_with (known), ==, MIMESEND_VRFY_PERHAPS);
  g_assert_cmpint (vrfy_with (whole), ==, MIMESEND_VRFY_PERHAPS);
  g_assert_cmpint (vrfy_with (mute), ==, MIMESEND_VRFY_NO_ANSWER);
  g_main_loop_quit (loop);
  g_thread_join (thread);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/N5/verdicts", test_verdicts);
  g_test_add_func ("/seed/N5/async", test_async);
  g_test_add_func ("/seed/N5/vrfy", test_vrfy);
  return g_test_run ();
}
