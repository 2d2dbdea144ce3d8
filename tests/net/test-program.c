/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Real children: /bin/sh is here the program that the user wrote, never a reader of our arguments. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "mimesend-error.h"
#include "net/reach/program.h"

typedef struct
{
  MimesendProgram *program;
  gboolean done;
  gboolean ok;
  int status;
  char *output;
  GError *error;
} Outcome;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *self = user_data;

  self->ok = mimesend_program_wait_finish (self->program, result, &self->status, &self->output, &self->error);
  self->done = TRUE;
}

static void
wait_for (MimesendProgram *program, GCancellable *cancellable, Outcome *outcome)
{
  *outcome = (Outcome){ .program = program };
  mimesend_program_wait_async (program, cancellable, on_done, outcome);
  while (!outcome->done)
    g_main_context_iteration (NULL, TRUE);
}

static MimesendProgram *
start_script (const char *script, const char *const *recipients)
{
  static const char *const nobody[] = { NULL };
  const char *const argv[] = { "/bin/sh", "-c", script, "sh", NULL };
  g_autoptr (GError) error = NULL;
  MimesendProgram *program =
      mimesend_program_start (argv, "joe@example.com", recipients != NULL ? recipients : nobody, &error);

  g_assert_no_error (error);
  return program;
}

/* Writes all, waiting in between; FALSE: EPIPE. */
static gboolean
feed (MimesendProgram *program, const char *octets, gsize n)
{
  int fd = mimesend_program_get_fd (program);

  while (n > 0)
    {
      gssize put = write (fd, octets, n);

      if (put < 0 && errno == EPIPE)
        return FALSE;
      g_assert_true (put > 0 || errno == EAGAIN);
      if (put > 0)
        {
          octets += put;
          n -= (gsize)put;
        }
      else
        {
          GPollFD poll = { fd, G_IO_OUT, 0 };

          /* The child may stand still because its output is not read: its output is read by the context. */
          g_main_context_iteration (NULL, FALSE);
          g_poll (&poll, 1, 1);
        }
    }
  return TRUE;
}

static void
outcome_clear (Outcome *self)
{
  g_free (self->output);
  g_clear_error (&self->error);
}

static void
seed_n4_arguments_and_input (void)
{
  static const char *const recipients[] = { "-oQ/tmp", "a b@x", "$(id)@x", "\"; id\"@x", NULL };
  MimesendProgram *program = start_script ("printf '<%s>' \"$@\"; cat", recipients);
  Outcome outcome;

  g_assert_true (feed (program, "Subject: hi\n\nbody\n.\n", 20));
  mimesend_program_end (program);
  g_assert_cmpint (mimesend_program_get_fd (program), ==, -1);
  wait_for (program, NULL, &outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpint (outcome.status, ==, 0);
  g_assert_cmpstr (
      outcome.output, ==,
      "<-i><-f><joe@example.com><--><-oQ/tmp><a b@x><$(id)@x><\"; id\"@x>Subject: hi\n\nbody\n.\n");
  outcome_clear (&outcome);
  mimesend_program_free (program);
}

static void
null_reverse_path (void)
{
  static const char *const argv[] = { "/bin/echo", NULL };
  static const char *const recipients[] = { "a@x", NULL };
  MimesendProgram *program = mimesend_program_start (argv, "", recipients, NULL);
  Outcome outcome;

  mimesend_program_end (program);
  wait_for (program, NULL, &outcome);
  g_assert_cmpstr (outcome.output, ==, "-i -f <> -- a@x\n");
  outcome_clear (&outcome);
  mimesend_program_free (program);
}

/* A non-zero exit shows what was said on both channels (contract N4). */
static void
seed_n4_failure (void)
{
  static const struct
  {
    const char *script;
    int status;
    const char *output;
  } rows[] = { { "cat >/dev/null; echo one; echo two >&2; exit 67", 67, "one\ntwo\n" },
               { "kill -9 $$", 128 + SIGKILL, "" },
               { "printf '\\377\\n'; exit 1", 1, "\xef\xbf\xbd\n" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      MimesendProgram *program = start_script (rows[i].script, NULL);
      Outcome outcome;

      mimesend_program_end (program);
      wait_for (program, NULL, &outcome);
      g_assert_true (outcome.ok);
      g_assert_cmpint (outcome.status, ==, rows[i].status);
      g_assert_cmpstr (outcome.output, ==, rows[i].output);
      outcome_clear (&outcome);
      mimesend_program_free (program);
    }
}

/* Said while it is fed, and more than a pipe holds: neither stands still, and 16 KiB are kept. */
static void
talks_much (void)
{
  g_autofree char *message = g_strnfill (1 << 20, 'm');
  MimesendProgram *program = start_script ("cat; exit 3", NULL);
  Outcome outcome;

  g_assert_true (feed (program, message, 1 << 20));
  mimesend_program_end (program);
  wait_for (program, NULL, &outcome);
  g_assert_cmpint (outcome.status, ==, 3);
  g_assert_cmpuint (strlen (outcome.output), ==, 16384);
  outcome_clear (&outcome);
  mimesend_program_free (program);
}

/* It stops reading and says 0: the write fails, which is for the caller to see. */
static void
broken_pipe (void)
{
  g_autofree char *message = g_strnfill (1 << 20, 'm');
  MimesendProgram *program = start_script ("exit 0", NULL);
  Outcome outcome;

  g_assert_false (feed (program, message, 1 << 20));
  wait_for (program, NULL, &outcome);
  g_assert_cmpint (outcome.status, ==, 0);
  outcome_clear (&outcome);
  mimesend_program_free (program);
}

static void
environment (void)
{
  MimesendProgram *program;
  Outcome outcome;
  guint64 ignored;
  int held = open ("/dev/null", O_RDONLY); /* without FD_CLOEXEC */

  g_setenv ("MIMESEND_PASSWORD", "s3cret", TRUE);
  g_setenv ("MIMESEND_OTHER", "kept", TRUE);
  program =
      /* no pipe beside ls: the shell itself may hold an end of it still */
      start_script ("env | grep ^MIMESEND; ls /proc/$$/fd; grep SigIgn /proc/$$/status", NULL);
  mimesend_program_end (program);
  wait_for (program, NULL, &outcome);
  g_assert_null (strstr (outcome.output, "s3cret"));
  g_assert_nonnull (strstr (outcome.output, "MIMESEND_OTHER=kept\n"));
  g_assert_nonnull (strstr (outcome.output, "0\n1\n2\nSigIgn"));
  ignored = g_ascii_strtoull (strstr (outcome.output, "SigIgn:\t") + 8, NULL, 16);
  g_assert_cmpuint (ignored >> (SIGPIPE - 1) & 1, ==,
                    0); /* has its default back; others may be ignored around us */
  g_assert_cmpstr (g_getenv ("MIMESEND_PASSWORD"), ==, "s3cret");
  outcome_clear (&outcome);
  mimesend_program_free (program);
  g_unsetenv ("MIMESEND_PASSWORD");
  close (held);
}

/* Given up in the middle: the child must not see the end of its input, or it would send what it has. It says "end" into a
 * FIFO if it does; the FIFO's writers are all gone when it is dead. */
static void
given_up (void)
{
  g_autofree char *folder = g_dir_make_tmp ("mimesend-XXXXXX", NULL);
  g_autofree char *fifo = g_build_filename (folder, "fifo", NULL);
  g_autofree char *script = g_strdup_printf ("exec 3>%s; echo ready >&3; cat >/dev/null; echo end >&3", fifo);

  for (guint i = 0; i < 50; i++)
    {
      MimesendProgram *program;
      char block[64];
      GString *heard = g_string_new (NULL);
      gssize n;
      int fd;

      g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
      program = start_script (script, NULL);
      fd = open (fifo, O_RDONLY);
      n = read (fd, block, sizeof block);
      g_string_append_len (heard, block, n);
      g_assert_true (feed (program, "half a mess", 11));
      mimesend_program_free (program);
      while ((n = read (fd, block, sizeof block)) > 0)
        g_string_append_len (heard, block, n);
      g_assert_cmpstr (heard->str, ==, "ready\n");
      g_string_free (heard, TRUE);
      close (fd);
      g_unlink (fifo);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  g_rmdir (folder);
}

static void
cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  MimesendProgram *program = start_script ("cat", NULL);
  Outcome outcome;

  g_cancellable_cancel (cancellable);
  wait_for (program, cancellable, &outcome);
  g_assert_false (outcome.ok);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  outcome_clear (&outcome);
  mimesend_program_free (program);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* A daemon left behind keeps the pipe open; it is not waited for. */
static void
grandchild (void)
{
  MimesendProgram *program = start_script ("sleep 100 & echo $!", NULL);
  Outcome outcome;

  mimesend_program_end (program);
  wait_for (program, NULL, &outcome);
  g_assert_cmpint (outcome.status, ==, 0);
  kill ((pid_t)g_ascii_strtoll (outcome.output, NULL, 10), SIGKILL);
  outcome_clear (&outcome);
  mimesend_program_free (program);
}

static void
not_there (void)
{
  static const char *const names[] = { "/nonexistent/sendmail", "/etc/passwd", "/tmp" };
  static const char *const nobody[] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *const argv[] = { names[i], NULL };
      g_autoptr (GError) error = NULL;

      g_assert_null (mimesend_program_start (argv, "joe@example.com", nobody, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_REFUSED);
      g_assert_nonnull (strstr (error->message, names[i]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN); /* as GLib's first socket does */
  g_test_add_func ("/seed/N4/arguments-and-input", seed_n4_arguments_and_input);
  g_test_add_func ("/seed/N4/failure", seed_n4_failure);
  g_test_add_func ("/net/program/passes-null-reverse-path", null_reverse_path);
  g_test_add_func ("/net/program/much-output-does-not-block", talks_much);
  g_test_add_func ("/net/program/broken-pipe-is-no-signal", broken_pipe);
  g_test_add_func ("/net/program/secrets-are-not-in-environment", environment);
  g_test_add_func ("/net/program/is-killed-when-given-up", given_up);
  g_test_add_func ("/net/program/cancel-ends-waiting", cancelled);
  g_test_add_func ("/net/program/grandchild-is-not-waited-for", grandchild);
  g_test_add_func ("/net/program/missing-program-is-an-error", not_there);
  return g_test_run ();
}
