/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A test of something that sends mail, in C with GLib's tests: the receiver is `mimesend sink`, the sender here is the library.
 *
 *   cc sink-test.c $(pkg-config --cflags --libs libmimesend-1) */
#include <libmimesend/mimesend.h>

#include <signal.h>
#include <string.h>

typedef struct
{
  GSubprocess *process;
  GDataInputStream *lines;
  char *server;
} Sink;

/* The next line that begins with this: refused commands and closed connections have lines of their own. */
static char *
sink_next (Sink *self, const char *begin)
{
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *line = g_data_input_stream_read_line (self->lines, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (line);
      if (g_str_has_prefix (line, begin))
        return g_steal_pointer (&line);
    }
}

/* After a minute it ends, and with it the lines that are waited for and the connections: whatever goes wrong, the test fails
 * instead of waiting for ever. */
static void
sink_start (Sink *self, const char *step)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "timeout", "60", "mimesend",
                                    "sink", "--hide", "CHUNKING", "--script", step, NULL);
  g_assert_no_error (error);
  self->lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = sink_next (self, "listening on "); /* comes once it listens: there is nothing to sleep for */
  self->server = g_strdup (line + strlen ("listening on "));
}

static void
sink_stop (Sink *self)
{
  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->lines);
  g_object_unref (self->process);
  g_free (self->server);
}

/* Asks the sink to take a message for two; the error that comes of it. */
static GError *
send_to (Sink *sink)
{
  static const char *const to[] = { "a@example.org", "b@example.org", NULL };
  g_autoptr (MimesendServer) server = mimesend_server_new (sink->server, NULL);
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  GError *error = NULL;

  mimesend_content_add_string (content, "Subject: test\n\ntext\n", NULL);
  mimesend_send_smtp_content (server, "joe@example.com", to, content, MIMESEND_SEND_SERVE_ACCEPTED, NULL,
                              NULL, &error);
  return error;
}

static void
test_the_second_recipient_is_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  Sink sink;

  sink_start (&sink, "RCPT#2 reply 550 5.1.1 no such user");
  error = send_to (&sink);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_PARTIAL);
  line = sink_next (&sink, "message ");
  g_assert_nonnull (strstr (line, " to <a@example.org>, "));
  sink_stop (&sink);
}

static void
test_slow (void)
{
  g_autoptr (GError) error = NULL;
  Sink sink;

  sink_start (&sink, "* delay 350ms");
  error = send_to (&sink);
  g_assert_no_error (error);
  sink_stop (&sink);
}

static void
test_dropped_after_the_dot (void)
{
  g_autoptr (GError) error = NULL;
  Sink sink;

  sink_start (&sink, "DOT drop");
  error = send_to (&sink);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_IN_DOUBT);
  sink_stop (&sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sending/the-second-recipient-is-refused", test_the_second_recipient_is_refused);
  g_test_add_func ("/sending/slow", test_slow);
  g_test_add_func ("/sending/dropped-after-the-dot", test_dropped_after_the_dot);
  return g_test_run ();
}
