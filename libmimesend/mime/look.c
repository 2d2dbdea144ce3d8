/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/look.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mime/charset-look.h"

#define BLOCK 65536

static void
conclude (MimesendLook *self, const MimesendCharsetLook *look, gboolean complete)
{
  self->charset = mimesend_charset_look_get (look, complete);
  self->has_lines = mimesend_charset_look_has_lines (look, complete);
}

/* By positions of its own: a descriptor may be shared. */
static void
look_at_descriptor (MimesendLook *self, int fd, gint64 start, gint64 end)
{
  g_autofree guint8 *block = NULL;
  MimesendCharsetLook look = { 0 };
  gint64 most = end < 0 ? MIMESEND_LOOK_MAX : MIN (end - start, MIMESEND_LOOK_MAX);
  gssize got = 1;
  struct stat st;
  guint8 more;

  if (fstat (fd, &st) != 0 || !S_ISREG (st.st_mode))
    return;
  block = g_malloc (BLOCK);
  while (got != 0 && (gint64)look.length < most)
    {
      got = pread (fd, block, (gsize)MIN (BLOCK, most - (gint64)look.length),
                   (off_t)(start + (gint64)look.length));
      if (got > 0)
        mimesend_charset_look (&look, block, (gsize)got);
      else if (got < 0 && errno != EINTR)
        return;
    }
  conclude (self, &look,
            got == 0 || (end >= 0 && most == end - start) ||
                pread (fd, &more, 1, (off_t)(start + most)) == 0);
}

void
mimesend_look_at_file (MimesendLook *self, const char *path, gint64 start, gint64 end)
{
  const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK; /* a pipe would wait for its writer */
  int fd = open (path, flags | O_NOATIME);                        /* a look is not a reading … */

  *self = (MimesendLook){ 0 };
  if (fd < 0 && errno == EPERM) /* … but of somebody else's file */
    fd = open (path, flags);
  if (fd < 0)
    return;
  look_at_descriptor (self, fd, start, end);
  close (fd);
}

static void
look_at_memory (MimesendLook *self, GMimeStream *stream, const guint8 *octets, gint64 there)
{
  gint64 end = stream->bound_end == -1 ? there : MIN (stream->bound_end, there);
  MimesendCharsetLook look = { 0 };

  if (stream->bound_start < 0 || stream->bound_start > end)
    return;
  mimesend_charset_look (&look, octets + stream->bound_start, (gsize)(end - stream->bound_start));
  conclude (self, &look, TRUE);
}

void
mimesend_look_at_stream (MimesendLook *self, GMimeStream *stream)
{
  GType type = G_OBJECT_TYPE (stream);

  *self = (MimesendLook){ 0 };
  if (type == GMIME_TYPE_STREAM_MEM && ((GMimeStreamMem *)stream)->buffer != NULL)
    look_at_memory (self, stream, ((GMimeStreamMem *)stream)->buffer->data,
                    ((GMimeStreamMem *)stream)->buffer->len);
  else if (type == GMIME_TYPE_STREAM_FS && ((GMimeStreamFs *)stream)->fd >= 0 && stream->bound_start >= 0)
    look_at_descriptor (self, ((GMimeStreamFs *)stream)->fd, stream->bound_start, stream->bound_end);
  else if (type == GMIME_TYPE_STREAM_GIO && ((GMimeStreamGIO *)stream)->file != NULL)
    {
      const char *path = g_file_peek_path (((GMimeStreamGIO *)stream)->file);

      if (path != NULL && stream->bound_start >= 0)
        mimesend_look_at_file (self, path, stream->bound_start, stream->bound_end);
    }
}
