/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gets the password from a file, a command, the environment or the terminal, in this order. It is never an argument, and
 * every copy is overwritten after use. */
#include "server/password.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "libmimesend/octets/printable.h"
#include "output/text.h"
#include "base/signals.h"

#define PASSWORD_MAX 8192 /* octets; the limit of the library, for tokens too */

static char *from_environment;
static char *from_environment_of_proxy;
static char *of_proxy;

void
password_free (char *password)
{
  if (password != NULL)
    explicit_bzero (password, strlen (password));
  g_free (password);
}

static char *
take_variable (const char *name)
{
  char *value = getenv (name);
  char *taken = g_strdup (value);

  if (value != NULL)
    explicit_bzero (value, strlen (value));
  unsetenv (name);
  return taken;
}

void
password_take_environment (void)
{
  from_environment = take_variable ("MIMESEND_PASSWORD");
  from_environment_of_proxy = take_variable ("MIMESEND_PROXY_PASSWORD");
}

/* Reads one line, or to the end. One more octet is read to detect one that is too long. */
static gssize
read_secret (int fd, char *buffer, gboolean line)
{
  gsize length = 0;

  while (length < PASSWORD_MAX + 3)
    {
      gssize n = read (fd, buffer + length, PASSWORD_MAX + 3 - length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      length += n;
      if (line && memchr (buffer, '\n', length) != NULL)
        return (const char *)memchr (buffer, '\n', length) + 1 - buffer;
    }
  return length;
}

/* Reads and drops the rest: password managers print more lines, and would fail with SIGPIPE if these were not read. */
static void
pass_over (int fd)
{
  char buffer[4096];
  gssize n;

  do
    n = read (fd, buffer, sizeof buffer);
  while (n > 0 || (n < 0 && errno == EINTR));
  explicit_bzero (buffer, sizeof buffer);
}

/* Removes one line end; refuses other characters that a password cannot have. */
static char *
check_password (const char *octets, gsize length, const char *from, Failure *failure)
{
  if (length > 0 && octets[length - 1] == '\n')
    length--;
  if (length > 0 && octets[length - 1] == '\r')
    length--;
  if (length == 0)
    failure_set (failure, EXIT_CODE_LOGIN, from, "%s gave no password", from);
  else if (length > PASSWORD_MAX)
    failure_set (failure, EXIT_CODE_BAD_DATA, from, "the password from %s is longer than %d octets", from,
                 PASSWORD_MAX);
  else if (memchr (octets, 0, length) != NULL || memchr (octets, '\n', length) != NULL ||
           memchr (octets, '\r', length) != NULL)
    failure_set (failure, EXIT_CODE_BAD_DATA, from, "the password from %s holds a NUL or a line end", from);
  else if (!g_utf8_validate (octets, length, NULL))
    failure_set (failure, EXIT_CODE_BAD_DATA, from, "the password from %s is not UTF-8", from);
  else
    return g_strndup (octets, length);
  return NULL;
}

static char *
take_secret (int fd, gboolean line, const char *from, Failure *failure)
{
  char buffer[PASSWORD_MAX + 4];
  gssize length = read_secret (fd, buffer, line);
  char *password = NULL;

  if (length < 0)
    failure_set (failure, EXIT_CODE_NO_INPUT, from, "the password cannot be read from %s: %s", from,
                 g_strerror (errno));
  else
    password = check_password (buffer, length, from, failure);
  explicit_bzero (buffer, sizeof buffer);
  return password;
}

static char *
ask_environment (Failure *failure)
{
  char *password = check_password (from_environment, strlen (from_environment), "MIMESEND_PASSWORD", failure);

  g_clear_pointer (&from_environment, password_free);
  return password;
}

static char *
ask_file (const char *label, const char *path, Failure *failure)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  struct stat st;
  char *password;

  if (fd < 0 || fstat (fd, &st) != 0)
    {
      failure_set (failure, EXIT_CODE_NO_INPUT, label, "%s: '%s' cannot be read: %s", label, path,
                   g_strerror (errno));
      return NULL;
    }
  if (S_ISREG (st.st_mode) && (st.st_mode & (S_IRGRP | S_IROTH)) != 0)
    print_warning ("the password file '%s' can be read by others; 'chmod 600' mends it", path);
  password = take_secret (fd, FALSE, label, failure);
  close (fd);
  return password;
}

static void
child_setup (gpointer unused)
{
  signal (SIGPIPE, SIG_DFL);
}

/* The first line that the command prints. Run by the shell, since the user wrote it for one; nothing is inserted into it.
 * Standard input is the message's. */
static char *
ask_command (const char *command, Failure *failure)
{
  char *argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)command, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;
  int fd;
  int status = 0;
  char *password;

  if (!g_spawn_async_with_pipes (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, child_setup, NULL, &pid, NULL,
                                 &fd, NULL, &error))
    {
      failure_set (failure, EXIT_CODE_LOGIN, "--password-command", "the password command cannot be run: %s",
                   error->message);
      return NULL;
    }
  password = take_secret (fd, TRUE, "--password-command", failure);
  pass_over (fd);
  close (fd);
  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    ;
  if (g_spawn_check_wait_status (status, &error))
    return password;
  password_free (password);
  failure_clear (failure);
  failure_set (failure, EXIT_CODE_LOGIN, "--password-command", "the password command failed: %s",
               error->message);
  return NULL;
}

/* Prompts on the terminal, never on standard input, which may be the message. */
static char *
ask_person (const char *user, Failure *failure)
{
  int fd = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  struct termios saved, silent;
  g_autofree char *shown = mimesend_printable_lines (user, 256);
  g_autofree char *prompt = g_strdup_printf ("Password for %s: ", shown);
  char *password;

  if (fd < 0 || tcgetattr (fd, &saved) != 0)
    {
      failure_set (
          failure, EXIT_CODE_LOGIN, "--user",
          "there is no terminal to ask for the password of '%s'; use --password-file, --password-command or "
          "MIMESEND_PASSWORD",
          user);
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  silent = saved;
  silent.c_lflag &= ~(tcflag_t)ECHO;
  signals_guard_terminal (fd, &saved);
  tcsetattr (fd, TCSAFLUSH, &silent);
  (void)!write (fd, prompt, strlen (prompt));
  password = take_secret (fd, TRUE, "the terminal", failure);
  tcsetattr (fd, TCSAFLUSH, &saved);
  signals_guard_terminal (fd, NULL);
  (void)!write (fd, "\n", 1);
  close (fd);
  return password;
}

static char *
ask_password (const Options *options, const char *configured_command, const char *user, Failure *failure)
{
  if (options->password_file != NULL)
    return ask_file ("--password-file", options->password_file, failure);
  if (options->password_command != NULL)
    return ask_command (options->password_command, failure);
  if (from_environment != NULL)
    return ask_environment (failure);
  if (configured_command != NULL)
    return ask_command (configured_command, failure);
  return ask_person (user, failure);
}

char *
password_get (const Options *options, const char *configured_command, const char *user, Failure *failure)
{
  char *password = ask_password (options, configured_command, user, failure);

  /* The password stays in memory: no core file, no debugger. Not earlier, as a process that is not dumpable cannot open
   * files given as /dev/fd/N. */
  prctl (PR_SET_DUMPABLE, 0);
  return password;
}

const char *
password_of_proxy (const Options *options, Failure *failure)
{
  if (options->proxy_password_file == NULL)
    return from_environment_of_proxy;
  /* kept: it is needed for each of several servers */
  if (of_proxy == NULL)
    of_proxy = ask_file ("--proxy-password-file", options->proxy_password_file, failure);
  return of_proxy;
}
