/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cursor. Memory is read in place, descriptors by pread (), and a GFile is opened anew. Only streams whose position is
 * hidden (filters, concatenations, pipes, other classes) are rewound and read as GMime does, by one walk at a time. A
 * subclass counts as another class: its read () may do anything. */
#include "walk/cursor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "walk/stream-read.h"
#include "mimesend-error.h"

#define SHORT_FILE 8192 /* octets; cheap to read in full beforehand */

typedef enum
{
  CURSOR_EMPTY,
  CURSOR_MEMORY,
  CURSOR_DESCRIPTOR,
  CURSOR_INPUT,
  CURSOR_SEQUENTIAL
} CursorKind;

struct _MimesendCursor
{
  CursorKind kind;
  GMimeStream *stream;
  gint64 total; /* octets from start to end; −1: not known */
  guint64 used;
  gint64 start;
  int fd; /* the stream's, or the cursor's own */
  gboolean own_fd;
  GInputStream *input;
  gint64 position;     /* position of a stream that is read in place */
  struct stat st;      /* the file when the leaf was begun */
  gboolean whole_file; /* its end is the file's end: it is watched */
  MimesendFileWatch watch;
};

static gboolean
cursor_fail (GError **error, const char *why)
{
  g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, why);
  return FALSE;
}

static const char *
path_of (GMimeStream *stream)
{
  GFile *file = GMIME_IS_STREAM_GIO (stream) ? ((GMimeStreamGIO *)stream)->file : NULL;

  return file != NULL ? g_file_peek_path (file) : NULL;
}

static gboolean
fail_file (GMimeStream *stream, const char *why, GError **error)
{
  const char *path = path_of (stream);

  if (path == NULL)
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "the file %s", why);
  else
    {
      g_autofree char *shown = g_filename_display_name (path);

      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "the file %s %s", shown, why);
    }
  return FALSE;
}

static gboolean
fail_file_errno (GMimeStream *stream, const char *what, int saved, GError **error)
{
  g_autofree char *why = g_strdup_printf ("%s: %s", what, g_strerror (saved));

  return fail_file (stream, why, error);
}

/* A regular file with a size: files in /proc have size 0 and are not empty. */
static gboolean
has_size (const struct stat *st)
{
  return S_ISREG (st->st_mode) && st->st_size > 0;
}

/* The octets between bound_start and bound_end of a stream of known length; −1: the bounds are wrong. */
static gint64
bounded_length (GMimeStream *stream, gint64 there)
{
  gint64 end = stream->bound_end == -1 ? there : stream->bound_end;

  if (stream->bound_start < 0 || end < stream->bound_start || end > there)
    return -1;
  return end - stream->bound_start;
}

/* ── the promise ── */

static void
promise_file (MimesendPromise *self, GMimeStream *stream, const struct stat *st)
{
  gint64 n = has_size (st) ? bounded_length (stream, st->st_size) : -1;

  if (n < 0)
    return;
  self->known = TRUE;
  self->octets = (guint64)n;
  self->mtime_ns = mimesend_file_time_ns (&st->st_mtim);
  self->atime_ns = mimesend_file_time_ns (&st->st_atim);
  self->inode = st->st_ino;
  self->device = st->st_dev;
}

void
mimesend_promise_make (MimesendPromise *self, GMimeStream *stream)
{
  GType type = G_OBJECT_TYPE (stream);
  gint64 n = -1;
  struct stat st;

  *self = (MimesendPromise){ 0 };
  if (mimesend_stream_is_closed (stream))
    return;
  if (type == GMIME_TYPE_STREAM_MEM)
    n = bounded_length (stream, ((GMimeStreamMem *)stream)->buffer->len);
  else if (type == GMIME_TYPE_STREAM_MMAP)
    n = bounded_length (stream, (gint64)((GMimeStreamMmap *)stream)->maplen);
  else if (type == GMIME_TYPE_STREAM_NULL)
    n = 0;
  else if (type == GMIME_TYPE_STREAM_FS && fstat (((GMimeStreamFs *)stream)->fd, &st) == 0)
    promise_file (self, stream, &st);
  else if (type == GMIME_TYPE_STREAM_GIO && path_of (stream) != NULL && stat (path_of (stream), &st) == 0)
    promise_file (self, stream, &st);
  if (n >= 0)
    {
      self->known = TRUE;
      self->octets = (guint64)n;
    }
}

void
mimesend_promise_look (MimesendPromise *self, GMimeStream *stream)
{
  const char *path = path_of (stream);
  int fd;

  if (!self->known || self->octets > SHORT_FILE || self->mtime_ns == 0 || path == NULL ||
      stream->bound_end != -1)
    return;
  fd = mimesend_file_open_to_look (path);
  if (fd < 0)
    return;
  self->looked_at = mimesend_file_look (fd, stream->bound_start, self->octets, &self->fingerprint);
  close (fd);
}

/* A file that grew still has the octets it had; one of the same size has them if it was not written. */
static gboolean
file_keeps_promise (MimesendCursor *self, const MimesendPromise *promise)
{
  gboolean grew = (guint64)self->total > promise->octets;
  guint64 now;

  if (promise->inode != self->st.st_ino || promise->device != self->st.st_dev ||
      (guint64)self->total < promise->octets)
    return FALSE;
  if (!grew && promise->mtime_ns == mimesend_file_time_ns (&self->st.st_mtim))
    return TRUE;
  self->total = (gint64)promise->octets;
  if (promise->looked_at)
    return mimesend_file_look (self->fd, self->start, promise->octets, &now) && now == promise->fingerprint;
  return grew || promise->seen != NULL ||
         mimesend_file_may_be_same (&self->st, promise->mtime_ns, promise->atime_ns);
}

static gboolean
keeps_promise (MimesendCursor *self, const MimesendPromise *promise, GError **error)
{
  const char *why = "has changed since its size was asked for";
  gboolean watched = self->kind == CURSOR_DESCRIPTOR && self->whole_file;

  if (promise != NULL && promise->known && watched && promise->mtime_ns != 0
          ? !file_keeps_promise (self, promise)
          : promise != NULL && promise->known && (self->total < 0 || (guint64)self->total != promise->octets))
    return fail_file (self->stream, why, error);
  return !watched ||
         mimesend_file_watch_begin (&self->watch, &self->st, self->start, (guint64)self->total, self->fd,
                                    promise != NULL ? promise->seen : NULL, &why) ||
         fail_file (self->stream, why, error);
}

/* ── the beginning ── */

static gboolean
begin_memory (MimesendCursor *self, GError **error)
{
  gint64 there = GMIME_IS_STREAM_MEM (self->stream) ? (gint64)((GMimeStreamMem *)self->stream)->buffer->len
                                                    : (gint64)((GMimeStreamMmap *)self->stream)->maplen;

  self->kind = CURSOR_MEMORY;
  self->start = self->stream->bound_start;
  self->total = bounded_length (self->stream, there);
  return self->total >= 0 || cursor_fail (error, "the bounds of the stream lie beyond its end");
}

static gboolean
begin_descriptor (MimesendCursor *self, int fd, GError **error)
{
  GMimeStream *stream = self->stream;

  self->kind = CURSOR_DESCRIPTOR;
  self->fd = fd;
  self->start = MAX (stream->bound_start, 0);
  if (fstat (fd, &self->st) != 0)
    return fail_file_errno (stream, "cannot be read", errno, error);
  if (S_ISDIR (self->st.st_mode))
    return fail_file (stream, "is a directory", error);
  if (has_size (&self->st))
    {
      self->whole_file = stream->bound_end == -1;
      self->total = bounded_length (stream, self->st.st_size);
      return self->total >= 0 || fail_file (stream, "is shorter than the bounds of its stream say", error);
    }
  self->total = stream->bound_end == -1 ? -1 : stream->bound_end - self->start;
  return TRUE;
}

/* Reads the stream itself from its start, as GMime does. */
static gboolean
begin_sequential (MimesendCursor *self, GError **error)
{
  GMimeStream *stream = self->stream;

  self->kind = CURSOR_SEQUENTIAL;
  self->total = -1;
  if (GMIME_IS_STREAM_PIPE (stream) && stream->position > stream->bound_start)
    return cursor_fail (error, "the pipe was read before: it cannot be read again");
  if (g_mime_stream_reset (stream) != 0)
    return cursor_fail (error, "the stream was read before and cannot be rewound");
  self->position = stream->position;
  return TRUE;
}

static gboolean
begin_input (MimesendCursor *self, GFile *file, GError **error)
{
  g_autoptr (GError) own = NULL;
  g_autoptr (GFileInfo) info = NULL;
  GMimeStream *stream = self->stream;

  self->kind = CURSOR_INPUT;
  self->total = -1;
  self->input = G_INPUT_STREAM (g_file_read (file, NULL, &own));
  if (self->input == NULL)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "the file cannot be read: %s",
                   own->message);
      return FALSE;
    }
  if (stream->bound_start > 0 &&
      !g_seekable_seek (G_SEEKABLE (self->input), stream->bound_start, G_SEEK_SET, NULL, NULL))
    return cursor_fail (error, "the file cannot be read from the middle");
  info = g_file_input_stream_query_info (G_FILE_INPUT_STREAM (self->input), G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                         NULL, NULL);
  if (info != NULL && g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_STANDARD_SIZE) &&
      g_file_info_get_size (info) > 0)
    {
      self->total = bounded_length (stream, g_file_info_get_size (info));
      return self->total >= 0 || cursor_fail (error, "the file is shorter than the bounds of its stream say");
    }
  if (stream->bound_end != -1)
    self->total = stream->bound_end - stream->bound_start;
  return TRUE;
}

static gboolean
begin_gio (MimesendCursor *self, GError **error)
{
  const char *path = path_of (self->stream);
  int fd;

  if (path == NULL)
    return begin_input (self, ((GMimeStreamGIO *)self->stream)->file, error);
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
    return fail_file_errno (self->stream, "cannot be opened", errno, error);
  self->own_fd = TRUE;
  if (!begin_descriptor (self, fd, error))
    return FALSE;
  if (!S_ISREG (self->st.st_mode) && self->stream->bound_start == 0)
    {
      /* A named pipe or a device has no positions. */
      self->kind = CURSOR_INPUT;
      self->input = NULL;
    }
  return TRUE;
}

static gboolean
begin_stdio (MimesendCursor *self, GError **error)
{
  FILE *fp = ((GMimeStreamFile *)self->stream)->fp;
  int fd = fileno (fp);
  struct stat st;

  if (fd < 0 || fstat (fd, &st) != 0 || !(S_ISREG (st.st_mode) || S_ISDIR (st.st_mode)))
    return begin_sequential (self, error);
  if (__fpending (fp) > 0 && fflush (fp) != 0)
    return fail_file_errno (self->stream, "cannot be written", errno, error);
  return begin_descriptor (self, fd, error);
}

gboolean
mimesend_cursor_moves (GMimeStream *stream)
{
  GType type = G_OBJECT_TYPE (stream);

  return type != GMIME_TYPE_STREAM_MEM && type != GMIME_TYPE_STREAM_MMAP && type != GMIME_TYPE_STREAM_FS &&
         type != GMIME_TYPE_STREAM_GIO && type != GMIME_TYPE_STREAM_NULL &&
         !(type == GMIME_TYPE_STREAM_FILE && mimesend_stream_can_restart (stream));
}

MimesendCursor *
mimesend_cursor_new (GMimeStream *stream, const MimesendPromise *promise, GError **error)
{
  MimesendCursor *self = g_new0 (MimesendCursor, 1);
  GType type = G_OBJECT_TYPE (stream);
  gboolean begun;

  self->stream = g_object_ref (stream);
  self->fd = -1;
  if (mimesend_stream_is_closed (stream))
    begun = cursor_fail (error, "its stream was closed");
  else if (type == GMIME_TYPE_STREAM_MEM || type == GMIME_TYPE_STREAM_MMAP)
    begun = begin_memory (self, error);
  else if (type == GMIME_TYPE_STREAM_FS)
    begun = begin_descriptor (self, ((GMimeStreamFs *)stream)->fd, error);
  else if (type == GMIME_TYPE_STREAM_GIO)
    begun = begin_gio (self, error);
  else if (type == GMIME_TYPE_STREAM_FILE)
    begun = begin_stdio (self, error);
  else if (type == GMIME_TYPE_STREAM_NULL)
    begun = TRUE; /* reads would return zeros forever; it is empty */
  else
    begun = begin_sequential (self, error);
  if (begun && keeps_promise (self, promise, error))
    return self;
  mimesend_cursor_free (self);
  return NULL;
}

void
mimesend_cursor_free (MimesendCursor *self)
{
  if (self == NULL)
    return;
  if (self->own_fd)
    close (self->fd);
  g_clear_object (&self->input);
  g_object_unref (self->stream);
  g_free (self);
}

/* ── reading ── */

static gssize
read_descriptor (MimesendCursor *self, guint8 *octets, gsize n, GError **error)
{
  gssize got;

  do
    got = self->kind == CURSOR_INPUT ? read (self->fd, octets, n)
                                     : pread (self->fd, octets, n, (off_t)(self->start + (gint64)self->used));
  while (got < 0 && errno == EINTR);
  if (got >= 0)
    return got;
  if (errno == ESPIPE)
    cursor_fail (error, "its stream is a pipe, which GMimeStreamFs cannot read: use GMimeStreamPipe");
  else
    fail_file_errno (self->stream, "cannot be read", errno, error);
  return -1;
}

static gssize
cursor_read_input (MimesendCursor *self, guint8 *octets, gsize n, GError **error)
{
  g_autoptr (GError) own = NULL;
  gssize got;

  if (self->input == NULL)
    return read_descriptor (self, octets, n, error);
  got = g_input_stream_read (self->input, octets, n, NULL, &own);
  if (got < 0)
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "the file cannot be read: %s", own->message);
  return got;
}

static gssize
read_sequential (MimesendCursor *self, guint8 *octets, gsize n, GError **error)
{
  gssize got;

  if (self->stream->position != self->position)
    {
      cursor_fail (error, "its stream was moved by another reader while it was read");
      return -1;
    }
  got = mimesend_stream_read (self->stream, octets, n, error);
  self->position = self->stream->position;
  return got;
}

/* At the end: checks that the file is unchanged since the leaf was begun. */
static gssize
cursor_check_end (MimesendCursor *self, GError **error)
{
  const char *why;

  if (!self->whole_file || mimesend_file_watch_end (&self->watch, self->fd, &why))
    return 0;
  fail_file (self->stream, why, error);
  return -1;
}

gssize
mimesend_cursor_read (MimesendCursor *self, guint8 *octets, gsize n, GError **error)
{
  guint64 left = self->total < 0 ? G_MAXUINT64 : (guint64)self->total - self->used;
  const guint8 *lent = NULL;
  gssize got;

  if (self->kind == CURSOR_EMPTY)
    return 0;
  if (left == 0)
    return cursor_check_end (self, error);
  if (mimesend_stream_is_closed (self->stream))
    {
      cursor_fail (error, "its stream was closed while it was read");
      return -1;
    }
  n = (gsize)MIN (MIN (n, G_MAXSSIZE), left);
  switch (self->kind)
    {
    case CURSOR_DESCRIPTOR:
      got = read_descriptor (self, octets, n, error);
      break;
    case CURSOR_INPUT:
      got = cursor_read_input (self, octets, n, error);
      break;
    case CURSOR_SEQUENTIAL:
      got = read_sequential (self, octets, n, error);
      break;
    default:
      got = mimesend_cursor_lend (self, n, &lent, error);
      if (got > 0)
        memcpy (octets, lent, (gsize)got);
      return got;
    }
  if (got == 0 && self->total >= 0)
    {
      fail_file (self->stream, "became shorter while it was read", error);
      return -1;
    }
  if (got > 0)
    {
      self->used += (guint64)got;
      if (self->whole_file)
        mimesend_fingerprint_add (&self->watch.fingerprint, octets, (gsize)got);
    }
  return got;
}

gboolean
mimesend_cursor_can_lend (MimesendCursor *self)
{
  return self->kind == CURSOR_MEMORY;
}

/* The current address of the memory, and its length. */
static const guint8 *
memory_of (MimesendCursor *self, guint64 needed, GError **error)
{
  struct stat st;

  if (mimesend_stream_is_closed (self->stream))
    {
      cursor_fail (error, "its stream was closed while it was read");
      return NULL;
    }
  if (GMIME_IS_STREAM_MEM (self->stream))
    {
      GByteArray *array = ((GMimeStreamMem *)self->stream)->buffer;

      if (array->len >= needed)
        return array->data;
    }
  else if (fstat (((GMimeStreamMmap *)self->stream)->fd, &st) == 0 &&
           (!S_ISREG (st.st_mode) ||
            (guint64)st.st_size >= needed)) /* reading a map beyond its file is SIGBUS */
    return (const guint8 *)((GMimeStreamMmap *)self->stream)->map;
  cursor_fail (error, "its stream became shorter while it was read");
  return NULL;
}

gssize
mimesend_cursor_lend (MimesendCursor *self, gsize n, const guint8 **octets, GError **error)
{
  guint64 left = (guint64)self->total - self->used;
  const guint8 *memory;

  g_return_val_if_fail (self->kind == CURSOR_MEMORY, -1);
  if (left == 0)
    return 0;
  n = (gsize)MIN (MIN (n, G_MAXSSIZE), left);
  memory = memory_of (self, (guint64)self->start + self->used + n, error);
  if (memory == NULL)
    return -1;
  *octets = memory + self->start + self->used;
  self->used += n;
  return (gssize)n;
}

void
mimesend_cursor_restart (MimesendCursor *self)
{
  g_return_if_fail (self->kind == CURSOR_MEMORY);
  self->used = 0;
}

gboolean
mimesend_cursor_may_block (MimesendCursor *self)
{
  return self->kind == CURSOR_SEQUENTIAL || self->kind == CURSOR_INPUT;
}

gboolean
mimesend_cursor_has_grown (MimesendCursor *self)
{
  return self->whole_file && self->watch.grew;
}

gint64
mimesend_cursor_get_size (MimesendCursor *self)
{
  return self->kind == CURSOR_EMPTY ? 0 : self->total;
}
