/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "input/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/charset.h"

#define BLOCK 65536

static gboolean
input_examine (Input *self, Failure *failure)
{
  struct stat st;

  if (self->fd < 0 || fstat (self->fd, &st) != 0)
    return fail (failure, EXIT_CODE_NO_INPUT, self->option, "%s: %s cannot be read: %s", self->option,
                 self->name, g_strerror (errno));
  if (S_ISDIR (st.st_mode))
    return fail (failure, EXIT_CODE_NO_INPUT, self->option, "%s: %s is a directory, not a file", self->option,
                 self->name);
  self->regular = S_ISREG (st.st_mode);
  self->terminal = isatty (self->fd);
  self->size = st.st_size;
  return TRUE;
}

gboolean
input_open_file (Input *self, const char *option, const char *path, Failure *failure)
{
  self->option = option;
  self->name = g_strdup_printf ("'%s'", path);
  self->fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  return input_examine (self, failure);
}

gboolean
input_open (Input *self, const char *option, const char *path, Failure *failure)
{
  if (strcmp (path, "-") != 0)
    return input_open_file (self, option, path, failure);
  self->option = option;
  self->name = g_strdup ("standard input");
  self->fd = STDIN_FILENO;
  return input_examine (self, failure);
}

void
input_hint (const Input *self)
{
  if (self->terminal)
    fputs ("Type the text; Ctrl-D on a line of its own ends it, Ctrl-C gives up.\n", stderr);
}

Keep *
input_keep (Input *self, const char *charset, Failure *failure)
{
  g_autoptr (Keep) keep = keep_new ();
  g_autoptr (CharsetCheck) check = NULL;
  g_autofree guint8 *block = g_malloc (BLOCK);
  g_autofree char *why = NULL;
  gssize n;

  if (charset != NULL && (check = charset_check_new (charset, &why)) == NULL)
    goto bad;
  while ((n = read (self->fd, block, BLOCK)) != 0)
    {
      GError *error = NULL;

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          fail (failure, EXIT_CODE_NO_INPUT, self->option, "%s: %s cannot be read: %s", self->option,
                self->name, g_strerror (errno));
          return NULL;
        }
      if (check != NULL && !charset_check_feed (check, block, n, &why))
        goto bad;
      if (!keep_append (keep, block, n, &error))
        {
          fail_with (failure, EXIT_CODE_NO_INPUT, self->option, error);
          return NULL;
        }
    }
  if (check == NULL || charset_check_end (check, &why))
    return g_steal_pointer (&keep);

bad:
  fail (failure, EXIT_CODE_BAD_DATA, self->option, "%s: %s %s", self->option, self->name, why);
  return NULL;
}

void
input_wait (const Input *self)
{
  struct pollfd p = { .fd = self->fd, .events = POLLIN };

  while (poll (&p, 1, -1) < 0 && errno == EINTR)
    ;
}

void
input_close (Input *self)
{
  if (self->fd > STDERR_FILENO)
    close (self->fd);
  self->fd = -1;
  g_clear_pointer (&self->name, g_free);
}
