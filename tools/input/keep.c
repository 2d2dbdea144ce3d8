/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "input/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct _Keep
{
  GByteArray *memory; /* NULL once the octets are in the file */
  int fd;             /* −1: in memory */
  guint64 length;
};

Keep *
keep_new (void)
{
  Keep *self = g_new0 (Keep, 1);

  self->memory = g_byte_array_new ();
  self->fd = -1;
  return self;
}

void
keep_free (Keep *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->memory, g_byte_array_unref);
  g_free (self);
}

static gboolean
keep_fail_errno (GError **error, const char *what)
{
  int saved = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "the temporary file in %s cannot be %s: %s",
               g_get_tmp_dir (), what, g_strerror (saved));
  return FALSE;
}

static gboolean
keep_write_all (int fd, const guint8 *octets, gsize n)
{
  while (n > 0)
    {
      gssize written = write (fd, octets, n);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      octets += written;
      n -= written;
    }
  return TRUE;
}

/* A temporary file, 0600, never with a name where the file system supports that. */
static int
open_unnamed (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "mimesend-XXXXXX", NULL);
  int fd = open (g_get_tmp_dir (), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);

  if (fd >= 0)
    return fd;
  fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    unlink (path);
  return fd;
}

gboolean
keep_append (Keep *self, const guint8 *octets, gsize n, GError **error)
{
  self->length += n;
  if (self->fd < 0 && self->length <= KEEP_IN_MEMORY_MAX)
    {
      g_byte_array_append (self->memory, octets, n);
      return TRUE;
    }
  if (self->fd < 0)
    {
      self->fd = open_unnamed ();
      if (self->fd < 0)
        return keep_fail_errno (error, "made");
      if (!keep_write_all (self->fd, self->memory->data, self->memory->len))
        return keep_fail_errno (error, "written");
      g_clear_pointer (&self->memory, g_byte_array_unref);
    }
  return keep_write_all (self->fd, octets, n) || keep_fail_errno (error, "written");
}

guint64
keep_get_length (Keep *self)
{
  return self->length;
}

GBytes *
keep_get_bytes (Keep *self)
{
  return self->fd < 0 ? g_bytes_new (self->memory->data, self->memory->len) : NULL;
}

int
keep_steal_fd (Keep *self)
{
  int fd = self->fd;

  self->fd = -1;
  if (fd >= 0)
    lseek (fd, 0, SEEK_SET);
  return fd;
}
