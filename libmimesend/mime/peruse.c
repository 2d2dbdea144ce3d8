/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/peruse.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 65536

static gboolean
peruse_memory (
    GMimeStream *stream, const guint8 *octets, gint64 there, MimesendPeruseFunc func, gpointer data)
{
  gint64 end = stream->bound_end == -1 ? there : MIN (stream->bound_end, there);

  if (octets == NULL || stream->bound_start > end)
    return FALSE;
  if (end > stream->bound_start)
    func (data, octets + stream->bound_start, (gsize)(end - stream->bound_start));
  return TRUE;
}

/* By pread (): the descriptor may be shared, and its position must not change. */
static gboolean
peruse_descriptor (GMimeStream *stream, int fd, MimesendPeruseFunc func, gpointer data)
{
  g_autofree guint8 *block = NULL;
  gint64 at = stream->bound_start;
  struct stat st;

  if (fd < 0 || fstat (fd, &st) != 0 || !S_ISREG (st.st_mode))
    return FALSE;
  block = g_malloc (BLOCK);
  while (stream->bound_end == -1 || at < stream->bound_end)
    {
      gsize asked = stream->bound_end == -1 ? BLOCK : (gsize)MIN (BLOCK, stream->bound_end - at);
      gssize got = pread (fd, block, asked, (off_t)at);

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return FALSE;
      if (got == 0 || !func (data, block, (gsize)got))
        return TRUE;
      at += got;
    }
  return TRUE;
}

static gboolean
peruse_file (GMimeStream *stream, GFile *file, MimesendPeruseFunc func, gpointer data)
{
  const int flags =
      O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK; /* opening a pipe would wait for its writer */
  const char *path = file != NULL ? g_file_peek_path (file) : NULL;
  int fd = path != NULL ? open (path, flags | O_NOATIME) : -1; /* keeps the access time … */
  gboolean done;

  if (fd < 0 && path != NULL && errno == EPERM) /* … which is not allowed on another user's file */
    fd = open (path, flags);
  if (fd < 0)
    return FALSE;
  done = peruse_descriptor (stream, fd, func, data);
  close (fd);
  return done;
}

gboolean
mimesend_peruse (GMimeStream *stream, MimesendPeruseFunc func, gpointer data)
{
  GType type = G_OBJECT_TYPE (stream);
  GByteArray *buffer;

  if (stream->bound_start < 0)
    return FALSE;
  if (type == GMIME_TYPE_STREAM_MEM)
    {
      buffer = ((GMimeStreamMem *)stream)->buffer;
      return buffer != NULL && peruse_memory (stream, buffer->len > 0 ? buffer->data : (const guint8 *)"",
                                              buffer->len, func, data);
    }
  if (type == GMIME_TYPE_STREAM_FS)
    return peruse_descriptor (stream, ((GMimeStreamFs *)stream)->fd, func, data);
  if (type == GMIME_TYPE_STREAM_GIO)
    return peruse_file (stream, ((GMimeStreamGIO *)stream)->file, func, data);
  return FALSE;
}
