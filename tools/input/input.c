/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "input/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/print.h"
#include "input/charset.h"
#include "input/mend.h"

#define BLOCK 65536

/* Files that have no size but octets (/proc) are read to their end. */
static void
input_watch (Input *self, const struct stat *st)
{
  gint64 start = lseek (self->fd, 0, SEEK_CUR);
  const char *why;

  self->watched = start >= 0 && st->st_size > start;
  if (self->watched)
    mimesend_file_watch_begin (&self->watch, st, start, (guint64)(st->st_size - start), self->fd, NULL, &why);
}

static gboolean
input_examine (Input *self, Failure *failure)
{
  struct stat st;

  if (self->fd < 0 || fstat (self->fd, &st) != 0)
    return failure_set (failure, EXIT_CODE_NO_INPUT, self->option, "%s: %s cannot be read: %s", self->option,
                        self->name, g_strerror (errno));
  if (S_ISDIR (st.st_mode))
    return failure_set (failure, EXIT_CODE_NO_INPUT, self->option, "%s: %s is a directory, not a file",
                        self->option, self->name);
  self->regular = S_ISREG (st.st_mode);
  self->terminal = isatty (self->fd);
  self->size = st.st_size;
  if (self->regular)
    input_watch (self, &st);
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

/* Of a file that is over before its time while nothing has happened to it (/sys) the size was a guess. */
static gboolean
input_is_whole (Input *self, Failure *failure)
{
  const char *why;

  return mimesend_file_watch_end (&self->watch, self->fd, &why) ||
         failure_set (failure, EXIT_CODE_NO_INPUT, self->option,
                      "%s: %s %s; nothing of it is delivered: wait until it is written, or send a copy",
                      self->option, self->name, why);
}

gssize
input_read (Input *self, void *buffer, gsize n, Failure *failure)
{
  gssize got = 0;

  if (self->watched)
    n = MIN (n, self->watch.total - self->watch.fingerprint.length);
  while (n > 0 && (got = read (self->fd, buffer, n)) < 0 && errno == EINTR)
    ;
  if (got < 0)
    {
      failure_set (failure, EXIT_CODE_NO_INPUT, self->option, "%s: %s cannot be read: %s", self->option,
                   self->name, g_strerror (errno));
      return -1;
    }
  if (self->watched && got == 0)
    return input_is_whole (self, failure) ? 0 : -1;
  if (self->watched)
    mimesend_fingerprint_add (&self->watch.fingerprint, buffer, (gsize)got);
  return got;
}

gboolean
input_has_grown (const Input *self)
{
  return self->watched && self->watch.over && self->watch.grew;
}

void
input_warn_of_growth (const Input *self)
{
  if (input_has_grown (self))
    print_warning ("%s: %s grew while it was read: the %" G_GUINT64_FORMAT " octets that it had are sent",
                   self->option, self->name, self->watch.total);
}

/* What is done with each block: checked, or mended. */
typedef struct
{
  Keep *keep;
  CharsetCheck *check; /* NULL: none */
  Mend *mend;          /* NULL: none */
} Reading;

static gboolean
take_block (Input *self, Reading *reading, const guint8 *block, gsize n, Failure *failure)
{
  g_autofree char *why = NULL;
  g_autoptr (GByteArray) mended = NULL;
  GError *error = NULL;

  if (reading->check != NULL && !charset_check_feed (reading->check, block, n, &why))
    return failure_set (failure, EXIT_CODE_BAD_DATA, self->option, "%s: %s %s", self->option, self->name,
                        why);
  if (reading->mend != NULL)
    {
      mended = g_byte_array_new ();
      mend_push (reading->mend, block, n, mended);
      if (n == 0)
        mend_finish (reading->mend, mended);
      block = mended->data;
      n = mended->len;
    }
  return n == 0 || keep_append (reading->keep, block, n, &error) ||
         failure_set_error (failure, EXIT_CODE_NO_INPUT, self->option, error);
}

static gboolean
read_to_end (Input *self, Reading *reading, Failure *failure)
{
  g_autofree guint8 *block = g_malloc (BLOCK);
  gssize n;

  while ((n = input_read (self, block, BLOCK, failure)) != 0)
    if (n < 0 || !take_block (self, reading, block, (gsize)n, failure))
      return FALSE;
  input_warn_of_growth (self);
  return reading->mend == NULL || take_block (self, reading, NULL, 0, failure);
}

Keep *
input_keep (Input *self, const char *charset, Failure *failure)
{
  g_autoptr (Keep) keep = keep_new ();
  g_autofree char *why = NULL;
  g_autoptr (CharsetCheck) check = charset != NULL ? charset_check_new (charset, &why) : NULL;
  Reading reading = { keep, check, NULL };

  if (why == NULL && !read_to_end (self, &reading, failure))
    return NULL;
  if (why == NULL && (check == NULL || charset_check_end (check, &why)))
    return g_steal_pointer (&keep);
  failure_set (failure, EXIT_CODE_BAD_DATA, self->option, "%s: %s %s", self->option, self->name, why);
  return NULL;
}

Keep *
input_keep_mended (Input *self, Failure *failure)
{
  g_autoptr (Keep) keep = keep_new ();
  Mend mend = { 0 };
  Reading reading = { keep, NULL, &mend };

  if (!read_to_end (self, &reading, failure))
    return NULL;
  if (mend.replaced > 0)
    print_warning ("%s: %" G_GUINT64_FORMAT " octets of %s are no UTF-8, and were sent as U+FFFD",
                   self->option, mend.replaced, self->name);
  return g_steal_pointer (&keep);
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
