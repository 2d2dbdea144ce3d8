/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secure/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "mimesend-error.h"

#define BLOCK 65536

struct _MimesendSpool
{
  GByteArray *memory; /* NULL: in the file */
  int fd;             /* −1: none */
  guint8 *block;      /* of the file, lent */
  goffset written, given;
};

MimesendSpool *
mimesend_spool_new (void)
{
  MimesendSpool *self = g_new0 (MimesendSpool, 1);

  self->memory = g_byte_array_new ();
  self->fd = -1;
  return self;
}

void
mimesend_spool_free (MimesendSpool *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->memory, g_byte_array_unref);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->block);
  g_free (self);
}

static gboolean
spool_fail (const char *what, GError **error)
{
  g_autofree char *folder = g_filename_display_name (g_get_tmp_dir ());

  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
               "the temporary file in %s, which what is signed or encrypted needs, cannot be %s: %s", folder,
               what, g_strerror (errno));
  return FALSE;
}

/* Without a name from the start where the file system can; closed to other users in between where it cannot. */
static int
open_nameless (void)
{
  int fd = open (g_get_tmp_dir (), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
  g_autofree char *path = NULL;

  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT && errno != EINVAL))
    return fd;
  path = g_build_filename (g_get_tmp_dir (), "mimesend-XXXXXX", NULL);
  fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    g_unlink (path);
  return fd;
}

static gboolean
write_all (MimesendSpool *self, const guint8 *octets, gsize n, GError **error)
{
  while (n > 0)
    {
      gssize written = pwrite (self->fd, octets, n, self->written);

      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        return spool_fail ("written", error);
      self->written += written;
      octets += written;
      n -= (gsize)written;
    }
  return TRUE;
}

static gboolean
move_to_file (MimesendSpool *self, GError **error)
{
  g_autoptr (GByteArray) memory = g_steal_pointer (&self->memory);

  self->fd = open_nameless ();
  if (self->fd < 0)
    return spool_fail ("made", error);
  self->block = g_malloc (BLOCK);
  return write_all (self, memory->data, memory->len, error);
}

gboolean
mimesend_spool_add (MimesendSpool *self, const guint8 *octets, gsize n, GError **error)
{
  if (self->memory != NULL && self->memory->len + n <= MIMESEND_SPOOL_IN_MEMORY)
    {
      g_byte_array_append (self->memory, octets, (guint)n);
      self->written += (goffset)n;
      return TRUE;
    }
  if (self->memory != NULL)
    {
      self->written = 0;
      if (!move_to_file (self, error))
        return FALSE;
    }
  return write_all (self, octets, n, error);
}

void
mimesend_spool_rewind (MimesendSpool *self)
{
  self->given = 0;
}

MimesendPullStatus
mimesend_spool_next (MimesendSpool *self, MimesendPiece *piece, GError **error)
{
  gsize n = (gsize)MIN (self->written - self->given, BLOCK);
  gssize got = (gssize)n;

  if (n == 0)
    return MIMESEND_PULL_END;
  if (self->memory != NULL)
    piece->data = self->memory->data + self->given;
  else
    {
      do
        got = pread (self->fd, self->block, n, self->given);
      while (got < 0 && errno == EINTR);
      if (got <= 0)
        {
          errno = got == 0 ? EIO : errno;
          spool_fail ("read", error);
          return MIMESEND_PULL_FAILED;
        }
      piece->data = self->block;
    }
  piece->length = (gsize)got;
  self->given += got;
  return MIMESEND_PULL_PIECE;
}

gboolean
mimesend_spool_in_memory (const MimesendSpool *self)
{
  return self->memory != NULL;
}
