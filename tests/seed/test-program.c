/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contract N4: a program as the transport. */
#include "seed.h"

#include <glib/gstdio.h>

static const char script[] = "#!/bin/sh\n"
                             "dir=$(dirname \"$0\")\n"
                             "printf '%s\\n' \"$@\" > \"$dir/arguments\"\n"
                             "cat > \"$dir/message\"\n"
                             "echo 'taken, thank you'\n"
                             "exit $(cat \"$dir/status\")\n";

typedef struct
{
  char *folder;
  char *program;
} Fixture;

static void
put (const char *folder, const char *name, const char *text, int mode)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
}

static char *
get (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  g_unlink (path);
  return text;
}

static void
set_up (Fixture *self, gconstpointer status)
{
  self->folder = g_dir_make_tmp ("mimesend-test-XXXXXX", NULL);
  put (self->folder, "sendmail", script, 0755);
  put (self->folder, "status", status, 0644);
  self->program = g_strdup_printf ("program:%s/sendmail -x 'two words'", self->folder);
}

static void
tear_down (Fixture *self, gconstpointer status)
{
  g_free (get (self->folder, "sendmail"));
  g_free (get (self->folder, "status"));
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->program);
}

static void
test_taken (Fixture *self, gconstpointer status)
{
  const char *to[] = { "-odd@example.com", "b@example.com", NULL };
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *arguments = NULL;
  g_autofree char *message = NULL;

  g_assert_true (
      mimesend_send_smtp (self->program, "a@example.com", to, &receipt, &error, "Subject: x\r\n\n.\nlast"));
  g_assert_no_error (error);
  arguments = get (self->folder, "arguments");
  message = get (self->folder, "message");
  g_assert_cmpstr (arguments, ==,
                   "-x\ntwo words\n-i\n-f\na@example.com\n--\n-odd@example.com\nb@example.com\n");
  g_assert_cmpstr (message, ==, "Subject: x\n\n.\nlast\n");
}

static void
test_later (Fixture *self, gconstpointer status)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_send_smtp (self->program, "a@example.com", "b@example.com", NULL, &error, "x\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_DEFERRED);
  g_assert_nonnull (strstr (error->message, "taken, thank you")); /* its output is shown */
  g_free (get (self->folder, "arguments"));
  g_free (get (self->folder, "message"));
}

static void
test_refused (Fixture *self, gconstpointer status)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_send_smtp (self->program, "a@example.com", "b@example.com", NULL, &error, "x\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_REFUSED);
  g_free (get (self->folder, "arguments"));
  g_free (get (self->folder, "message"));
}

/* A program that does not read to the end has not taken the message, whatever its exit status says. */
static void
test_deaf (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *large = g_strnfill (4 * 1024 * 1024, 'x');

  g_assert_false (
      mimesend_send_smtp ("program:/bin/true", "a@example.com", "b@example.com", NULL, &error, large));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_IN_DOUBT);
  g_clear_error (&error);
  g_assert_false (
      mimesend_send_smtp ("program:/bin/false", "a@example.com", "b@example.com", NULL, &error, large));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (
      mimesend_send_smtp ("program:/does/not/exist", "a@example.com", "b@example.com", NULL, &error, "x"));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/seed/N4/program", Fixture, "0", set_up, test_taken, tear_down);
  g_test_add ("/seed/N4/program-defers", Fixture, "75", set_up, test_later, tear_down);
  g_test_add ("/seed/N4/program-refuses", Fixture, "69", set_up, test_refused, tear_down);
  g_test_add_func ("/seed/N4/program-deaf", test_deaf);
  return g_test_run ();
}
