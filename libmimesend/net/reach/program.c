/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a program. Its output is read from the start, since a child that writes while it is fed would block otherwise. The
 * child and its output are waited for together. */
#include "net/reach/program.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "mimesend-error.h"
#include "octets/mailbox.h"

#define OUTPUT_MAX 16384

struct _MimesendProgram
{
  guint refs; /* references: the caller's, and that of the watch for the child's exit */
  GSubprocess *child;
  int in;  /* the child's standard input; −1: closed */
  int out; /* borrowed: owned by the child's stream */
  GSource *reading;
  GString *output;
  GCancellable *watch;
  gboolean exited;
  GTask *waiting;
  GSource *cancelled; /* owned: the waiting task's cancellable */
};

static void
program_drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
program_unref (MimesendProgram *self)
{
  if (--self->refs > 0)
    return;
  g_clear_object (&self->child);
  g_object_unref (self->watch);
  g_string_free (self->output, TRUE);
  g_free (self);
}

/* Reads output; what exceeds the limit is dropped. FALSE: the output has ended. */
static gboolean
program_gather (MimesendProgram *self)
{
  char block[4096];
  gssize n;

  for (guint turns = 0; turns < 64; turns++)
    {
      n = read (self->out, block, sizeof block);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n < 0 && errno == EAGAIN;
      g_string_append_len (self->output, block, (gssize)MIN ((gsize)n, OUTPUT_MAX - self->output->len));
    }
  return TRUE;
}

static gboolean
child_output_cb (int fd, GIOCondition condition, gpointer user_data)
{
  MimesendProgram *self = user_data;

  if (program_gather (self))
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->reading, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
finish_waiting (MimesendProgram *self)
{
  GTask *task = g_steal_pointer (&self->waiting);

  if (task == NULL)
    return;
  program_drop_source (&self->cancelled);
  if (self->exited)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the program was given up");
  g_object_unref (task);
}

static gboolean
program_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  finish_waiting (user_data);
  return G_SOURCE_REMOVE;
}

/* All its output is in the pipe by now. A grandchild that keeps the pipe open is not waited for. */
static void
child_exited_cb (GObject *child, GAsyncResult *result, gpointer user_data)
{
  MimesendProgram *self = user_data;

  if (g_subprocess_wait_finish (G_SUBPROCESS (child), result, NULL))
    {
      self->exited = TRUE;
      if (self->reading != NULL)
        program_gather (self);
      program_drop_source (&self->reading);
      finish_waiting (self);
    }
  program_unref (self);
}

/* A mailbox is given in ASCII where possible: the program then needs no SMTPUTF8. */
static void
add_mailbox_argument (GPtrArray *all, const char *mailbox)
{
  char *ascii = mimesend_mailbox_to_ascii (mailbox);

  g_ptr_array_add (all, ascii != NULL ? ascii : g_strdup (mailbox));
}

static char **
make_argv (const char *const *argv, const char *reverse_path, const char *const *recipients)
{
  GPtrArray *all = g_ptr_array_new ();

  for (guint i = 0; argv[i] != NULL; i++)
    g_ptr_array_add (all, g_strdup (argv[i]));
  g_ptr_array_add (all, g_strdup ("-i")); /* a line with a dot alone does not end the message */
  g_ptr_array_add (all, g_strdup ("-f"));
  add_mailbox_argument (all, *reverse_path != '\0' ? reverse_path : "<>");
  g_ptr_array_add (all, g_strdup ("--")); /* a recipient that begins with '-' is no option */
  for (guint i = 0; recipients[i] != NULL; i++)
    add_mailbox_argument (all, recipients[i]);
  g_ptr_array_add (all, NULL);
  return (char **)g_ptr_array_free (all, FALSE);
}

/* GSocket ignores SIGPIPE for the whole process, and children would inherit that. Async-signal-safe: between
 * fork and exec. */
static void
in_child (gpointer user_data)
{
  signal (SIGPIPE, SIG_DFL);
}

static GSubprocess *
program_spawn (char **argv, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_auto (GStrv) environment = g_environ_unsetenv (g_get_environ (), "MIMESEND_PASSWORD");
  g_autoptr (GError) cause = NULL;
  GSubprocess *child;
  gboolean lasting;

  g_subprocess_launcher_set_environ (launcher, environment);
  g_subprocess_launcher_set_child_setup (launcher, in_child, NULL, NULL);
  child = g_subprocess_launcher_spawnv (launcher, (const char *const *)argv, &cause);
  if (child != NULL)
    return child;
  /* Lack of memory or processes is transient; other errors are not. */
  lasting = !g_error_matches (cause, G_SPAWN_ERROR, G_SPAWN_ERROR_FORK) &&
            !g_error_matches (cause, G_SPAWN_ERROR, G_SPAWN_ERROR_NOMEM) &&
            !g_error_matches (cause, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED);
  g_set_error (error, MIMESEND_ERROR, lasting ? MIMESEND_ERROR_REFUSED : MIMESEND_ERROR_CONNECT,
               "server: the program '%s' cannot be run: %s%s", argv[0], cause->message,
               lasting ? "; write it like program:/usr/sbin/sendmail" : "; trying again later is safe");
  return NULL;
}

MimesendProgram *
mimesend_program_start (const char *const *argv,
                        const char *reverse_path,
                        const char *const *recipients,
                        GError **error)
{
  g_auto (GStrv) all = make_argv (argv, reverse_path, recipients);
  GSubprocess *child = program_spawn (all, error);
  MimesendProgram *self;

  if (child == NULL)
    return NULL;
  self = g_new0 (MimesendProgram, 1);
  self->refs = 2;
  self->child = child;
  self->output = g_string_new (NULL);
  self->watch = g_cancellable_new ();
  self->in = g_unix_output_stream_get_fd (G_UNIX_OUTPUT_STREAM (g_subprocess_get_stdin_pipe (child)));
  self->out = g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (child)));
  g_unix_set_fd_nonblocking (self->in, TRUE, NULL);
  g_unix_set_fd_nonblocking (self->out, TRUE, NULL);
  self->reading = g_unix_fd_source_new (self->out, G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_callback (self->reading, G_SOURCE_FUNC (child_output_cb), self, NULL);
  g_source_attach (self->reading, g_main_context_get_thread_default ());
  g_subprocess_wait_async (child, self->watch, child_exited_cb, self);
  return self;
}

/* Kills the child at once, before its input is closed: it must not take the end of the pipe for the end of the message.
 * (g_subprocess_force_exit () does it later, in another thread.) */
static void
kill_child (MimesendProgram *self)
{
  const char *pid = self->exited ? NULL : g_subprocess_get_identifier (self->child);

  if (pid != NULL)
    kill ((pid_t)g_ascii_strtoll (pid, NULL, 10), SIGKILL);
}

void
mimesend_program_free (MimesendProgram *self)
{
  if (self == NULL)
    return;
  kill_child (self);
  mimesend_program_end (self);
  program_drop_source (&self->reading);
  g_cancellable_cancel (self->watch);
  finish_waiting (self);
  program_unref (self);
}

int
mimesend_program_get_fd (MimesendProgram *self)
{
  return self->in;
}

void
mimesend_program_end (MimesendProgram *self)
{
  if (self->in < 0)
    return;
  g_output_stream_close (g_subprocess_get_stdin_pipe (self->child), NULL, NULL);
  self->in = -1;
}

void
mimesend_program_wait_async (MimesendProgram *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (self->waiting == NULL);
  self->waiting = g_task_new (NULL, cancellable, callback, user_data);
  if (self->exited)
    {
      finish_waiting (self);
      return;
    }
  if (cancellable == NULL)
    return;
  self->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (self->cancelled, G_SOURCE_FUNC (program_cancelled_cb), self, NULL);
  g_source_attach (self->cancelled, g_task_get_context (self->waiting));
}

gboolean
mimesend_program_wait_finish (
    MimesendProgram *self, GAsyncResult *result, int *exit_status, char **output, GError **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  /* Killed by a signal: 128 and its number, as in shells. */
  *exit_status = g_subprocess_get_if_exited (self->child) ? g_subprocess_get_exit_status (self->child)
                                                          : 128 + g_subprocess_get_term_sig (self->child);
  *output = g_utf8_make_valid (self->output->str, (gssize)self->output->len);
  return TRUE;
}
