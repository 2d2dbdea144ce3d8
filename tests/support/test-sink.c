/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-sink.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>

struct _TestSink
{
  GSubprocess *process;
  GDataInputStream *lines;
  JsonParser *parser; /* of the last line */
  char *folder;
  char *server;
  char *id; /* of the last message */
  guint16 port;
};

static JsonObject *
next_line (TestSink *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line (self->lines, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_clear_object (&self->parser);
  self->parser = json_parser_new ();
  g_assert_true (json_parser_load_from_data (self->parser, line, -1, &error));
  return json_node_get_object (json_parser_get_root (self->parser));
}

/* A test that fails aborts: its sink must not live on. */
static void
die_with_the_test (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

TestSink *
test_sink_start_with (const char *const *options)
{
  TestSink *self = g_new0 (TestSink, 1);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *listening;

  self->folder = g_dir_make_tmp ("mimesend-test-XXXXXX", &error);
  g_assert_no_error (error);
  g_ptr_array_add (argv, (gpointer)g_getenv ("MIMESEND"));
  g_assert_nonnull (argv->pdata[0]);
  g_ptr_array_add (argv, (gpointer) "sink");
  g_ptr_array_add (argv, (gpointer) "--json");
  g_ptr_array_add (argv, (gpointer) "--listen");
  g_ptr_array_add (argv, (gpointer) "127.0.0.1:0");
  if (!g_strv_contains (options, "--discard"))
    {
      g_ptr_array_add (argv, (gpointer) "--eml");
      g_ptr_array_add (argv, self->folder);
    }
  for (; *options != NULL; options++)
    g_ptr_array_add (argv, (gpointer)*options);
  g_ptr_array_add (argv, NULL);

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  /* a process of its own, which is not what is tested here */
  g_subprocess_launcher_setenv (launcher, "TSAN_OPTIONS", "report_bugs=0", TRUE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_the_test, NULL, NULL);
  self->process = g_subprocess_launcher_spawnv (launcher, (const char *const *)argv->pdata, &error);
  g_assert_no_error (error);
  self->lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  listening = json_object_get_object_member (next_line (self), "listening");
  self->port = (guint16)json_object_get_int_member (listening, "port");
  self->server = g_strdup_printf ("127.0.0.1:%u", self->port);
  return self;
}

void
test_sink_stop (TestSink *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (self->folder);
  g_object_unref (self->lines);
  g_object_unref (self->process);
  g_clear_object (&self->parser);
  g_free (self->folder);
  g_free (self->server);
  g_free (self->id);
  g_free (self);
}

guint16
test_sink_port (TestSink *self)
{
  return self->port;
}

const char *
test_sink_server (TestSink *self)
{
  return self->server;
}

char *
test_sink_url (TestSink *self, const char *scheme)
{
  return g_strdup_printf ("%s://%s", scheme, self->server);
}

JsonObject *
test_sink_next (TestSink *self)
{
  JsonObject *line;

  do
    line = next_line (self);
  while (!json_object_has_member (line, "message"));
  line = json_object_get_object_member (line, "message");
  g_free (self->id);
  self->id = g_strdup (json_object_get_string_member (line, "id"));
  return line;
}

GBytes *
test_sink_octets (TestSink *self)
{
  g_autofree char *name = g_strconcat (self->id, ".eml", NULL);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *octets;
  gsize n;

  g_assert_true (g_file_get_contents (path, &octets, &n, &error));
  g_assert_no_error (error);
  return g_bytes_new_take (octets, n);
}

guint
test_sink_count (TestSink *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_suffix (name, ".eml");
  return n;
}
