/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads a GMimeStream and detects its failures. GMime reports them by errno, if at all: a closed stream is "at its end", a
 * stream whose bounds lie beyond its file ends early without an error, a concatenation skips a source that cannot be read.
 * What can be detected from outside is detected here, for streams of the caller and for the leaves of a tree alike. */
#include "walk/stream-read.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>

#include "walk/piece-stream.h"
#include "mimesend-error.h"

/* How many reads in a row may return 0 octets without being the end; filters do that. */
#define NOTHING_MAX        64
#define NOTHING_MAX_FILTER 262144

/* What the stream reads from; NULL: itself. */
static GMimeStream *
source_of (GMimeStream *stream)
{
  if (GMIME_IS_STREAM_FILTER (stream))
    return ((GMimeStreamFilter *)stream)->source;
  if (GMIME_IS_STREAM_BUFFER (stream))
    return ((GMimeStreamBuffer *)stream)->source;
  return NULL;
}

GMimeStream *
mimesend_stream_innermost (GMimeStream *stream)
{
  GMimeStream *source;

  while ((source = source_of (stream)) != NULL)
    stream = source;
  return stream;
}

static gboolean
is_closed_itself (GMimeStream *stream)
{
  if (GMIME_IS_STREAM_MEM (stream))
    return ((GMimeStreamMem *)stream)->buffer == NULL;
  if (GMIME_IS_STREAM_FS (stream))
    return ((GMimeStreamFs *)stream)->fd < 0;
  if (GMIME_IS_STREAM_MMAP (stream))
    return ((GMimeStreamMmap *)stream)->fd < 0;
  if (GMIME_IS_STREAM_GIO (stream))
    return ((GMimeStreamGIO *)stream)->file == NULL;
  if (GMIME_IS_STREAM_FILE (stream))
    return ((GMimeStreamFile *)stream)->fp == NULL;
  if (GMIME_IS_STREAM_PIPE (stream))
    return ((GMimeStreamPipe *)stream)->fd < 0;
  if (GMIME_IS_STREAM_FILTER (stream) || GMIME_IS_STREAM_BUFFER (stream))
    return source_of (stream) == NULL;
  return FALSE;
}

gboolean
mimesend_stream_is_closed (GMimeStream *stream)
{
  GMimeStream *inner = mimesend_stream_innermost (stream);

  if (is_closed_itself (inner))
    return TRUE;
  /* A substream shares descriptor and octets with the stream it was cut from. */
  for (GMimeStream *super = inner->super_stream; super != NULL; super = super->super_stream)
    {
      if (is_closed_itself (super))
        return TRUE;
      if (GMIME_IS_STREAM_MEM (inner) && GMIME_IS_STREAM_MEM (super) &&
          ((GMimeStreamMem *)inner)->buffer != ((GMimeStreamMem *)super)->buffer)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_regular (int fd)
{
  struct stat st;

  return fd >= 0 && fstat (fd, &st) == 0 && S_ISREG (st.st_mode);
}

static gboolean
is_regular_path (GFile *file)
{
  const char *path = file != NULL ? g_file_peek_path (file) : NULL;
  struct stat st;

  /* A missing file fails at once. */
  return path != NULL && (stat (path, &st) != 0 || S_ISREG (st.st_mode));
}

gboolean
mimesend_stream_may_block (GMimeStream *stream)
{
  stream = mimesend_stream_innermost (stream);
  if (mimesend_stream_is_closed (stream))
    return FALSE;
  if (GMIME_IS_STREAM_FS (stream))
    return !is_regular (((GMimeStreamFs *)stream)->fd);
  if (GMIME_IS_STREAM_FILE (stream))
    return !is_regular (fileno (((GMimeStreamFile *)stream)->fp));
  if (GMIME_IS_STREAM_GIO (stream))
    return !is_regular_path (((GMimeStreamGIO *)stream)->file);
  if (MIMESEND_IS_PIECE_STREAM (stream))
    return mimesend_piece_stream_may_block ((MimesendPieceStream *)stream);
  return !(GMIME_IS_STREAM_MEM (stream) || GMIME_IS_STREAM_MMAP (stream) || GMIME_IS_STREAM_NULL (stream));
}

gboolean
mimesend_stream_is_ready (GMimeStream *stream)
{
  struct pollfd p = { .events = POLLIN };

  if (!mimesend_stream_may_block (stream))
    return TRUE;
  if (G_OBJECT_TYPE (stream) == GMIME_TYPE_STREAM_FS)
    p.fd = ((GMimeStreamFs *)stream)->fd;
  else if (G_OBJECT_TYPE (stream) == GMIME_TYPE_STREAM_PIPE)
    p.fd = ((GMimeStreamPipe *)stream)->fd;
  else
    return FALSE;
  return poll (&p, 1, 0) > 0;
}

gboolean
mimesend_stream_is_spent (GMimeStream *stream)
{
  stream = mimesend_stream_innermost (stream);
  return GMIME_IS_STREAM_PIPE (stream) && stream->position > stream->bound_start;
}

gboolean
mimesend_stream_can_restart (GMimeStream *stream)
{
  stream = mimesend_stream_innermost (stream);
  if (GMIME_IS_STREAM_FS (stream))
    return is_regular (((GMimeStreamFs *)stream)->fd);
  if (GMIME_IS_STREAM_FILE (stream))
    return ((GMimeStreamFile *)stream)->fp != NULL && is_regular (fileno (((GMimeStreamFile *)stream)->fp));
  if (GMIME_IS_STREAM_GIO (stream))
    return is_regular_path (((GMimeStreamGIO *)stream)->file);
  if (MIMESEND_IS_PIECE_STREAM (stream))
    return mimesend_piece_stream_can_rewind ((MimesendPieceStream *)stream);
  return GMIME_IS_STREAM_MEM (stream) || GMIME_IS_STREAM_MMAP (stream) || GMIME_IS_STREAM_NULL (stream);
}

static gssize
stream_read_fail (GError **error, const char *why)
{
  g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, why);
  return -1;
}

static gssize
stream_fail_errno (GMimeStream *stream, int saved, GError **error)
{
  const GError *own = MIMESEND_IS_PIECE_STREAM (stream) ? ((MimesendPieceStream *)stream)->error : NULL;

  if (own != NULL)
    {
      g_propagate_error (error, g_error_copy (own));
      return -1;
    }
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "reading the stream (%s) failed: %s",
               G_OBJECT_TYPE_NAME (stream), saved != 0 ? g_strerror (saved) : "it did not say why");
  return -1;
}

/* At the end: is it where the bounds said it would be? (Filters, buffers and others repeat the bounds of their source.) */
static gssize
stream_check_end (GMimeStream *stream, GError **error)
{
  gboolean bounded = GMIME_IS_STREAM_FS (stream) || GMIME_IS_STREAM_FILE (stream) ||
                     GMIME_IS_STREAM_GIO (stream) || GMIME_IS_STREAM_MMAP (stream) ||
                     GMIME_IS_STREAM_PIPE (stream);

  if (!bounded || stream->bound_end == -1 || stream->position >= stream->bound_end)
    return 0;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
               "the stream ended %" G_GINT64_FORMAT " octets before the end of its bounds",
               stream->bound_end - stream->position);
  return -1;
}

/* GMimeStreamMem copies from beyond its array if its bounds say so; a map shorter than its bounds likewise. */
static gboolean
bounds_hold (GMimeStream *stream, GError **error)
{
  GMimeStream *inner = mimesend_stream_innermost (stream);
  guint64 there;

  if (GMIME_IS_STREAM_MEM (inner))
    there = ((GMimeStreamMem *)inner)->buffer->len;
  else if (GMIME_IS_STREAM_MMAP (inner))
    there = ((GMimeStreamMmap *)inner)->maplen;
  else
    return TRUE;
  if (inner->bound_start >= 0 && inner->position >= 0 && (guint64)inner->position <= there &&
      (inner->bound_end == -1 || (inner->bound_end >= 0 && (guint64)inner->bound_end <= there)))
    return TRUE;
  stream_read_fail (error, "the bounds of the stream lie beyond its end");
  return FALSE;
}

static gboolean
failed_inside (GMimeStream *stream)
{
  GMimeStream *inner = mimesend_stream_innermost (stream);

  return GMIME_IS_STREAM_FILE (inner) && ferror (((GMimeStreamFile *)inner)->fp);
}

/* A read of a pipe or a socket cannot be cancelled, a wait for it can: a worker pushes its cancellable beforehand
 * (g_cancellable_push_current ()). A stream that buffers or filters is not waited for: octets may be there already. FALSE:
 * cancelled. */
static gboolean
wait_for_octets (GMimeStream *stream, GError **error)
{
  GCancellable *cancellable = g_cancellable_get_current ();
  GPollFD polled[2] = { { .fd = -1, .events = G_IO_IN | G_IO_HUP | G_IO_ERR } };

  if (G_OBJECT_TYPE (stream) == GMIME_TYPE_STREAM_PIPE)
    polled[0].fd = ((GMimeStreamPipe *)stream)->fd;
  else if (G_OBJECT_TYPE (stream) == GMIME_TYPE_STREAM_FS)
    polled[0].fd = ((GMimeStreamFs *)stream)->fd;
  if (polled[0].fd < 0 || is_regular (polled[0].fd) || !g_cancellable_make_pollfd (cancellable, &polled[1]))
    return TRUE;
  while (g_poll (polled, 2, -1) < 0 && errno == EINTR)
    ;
  g_cancellable_release_fd (cancellable);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

gssize
mimesend_stream_read (GMimeStream *stream, guint8 *octets, gsize n, GError **error)
{
  guint limit = GMIME_IS_STREAM_FILTER (stream) ? NOTHING_MAX_FILTER : NOTHING_MAX;

  if (GMIME_IS_STREAM_NULL (stream))
    return 0; /* reads would return zeros forever */
  for (guint nothing = 0; nothing < limit; nothing++)
    {
      gssize got;
      int saved;

      if (mimesend_stream_is_closed (stream))
        return stream_read_fail (error, "the stream was closed");
      if (!bounds_hold (stream, error))
        return -1;
      if (g_mime_stream_eos (stream))
        return stream_check_end (stream, error);
      if (!wait_for_octets (stream, error))
        return -1;
      errno = 0;
      got = g_mime_stream_read (stream, (char *)octets, n);
      saved = errno;
      if (got < 0 || failed_inside (stream))
        return stream_fail_errno (stream, saved, error);
      /* GMimeStreamCat goes on with the next source when one fails; EINVAL is how a bounded source ends. */
      if (GMIME_IS_STREAM_CAT (stream) && saved != 0 && saved != EINVAL)
        return stream_fail_errno (stream, saved, error);
      if ((gsize)got > n)
        return stream_read_fail (error, "the stream gave more than it was asked for");
      if (got > 0)
        return got;
    }
  return stream_read_fail (error, "the stream gives nothing and does not end");
}
