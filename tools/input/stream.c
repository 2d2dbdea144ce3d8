/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "input/stream.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib-unix.h>

GMimeStream *
stream_of_keep (Keep *keep)
{
  g_autoptr (GBytes) bytes = keep_get_bytes (keep);

  if (bytes == NULL)
    return g_mime_stream_fs_new (keep_steal_fd (keep));
  if (g_bytes_get_size (bytes) == 0)
    return g_mime_stream_mem_new ();
  return g_mime_stream_mem_new_with_buffer (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* The octets of a buffered input, which may be sent more than once: from memory, or from the nameless file mapped, which no
 * other process can truncate.
 */
GBytes *
stream_bytes_of_keep (Keep *keep, GError **error)
{
  GBytes *bytes = keep_get_bytes (keep);
  g_autoptr (GMappedFile) mapped = NULL;
  int fd;

  if (bytes != NULL)
    return bytes;
  fd = keep_steal_fd (keep);
  mapped = g_mapped_file_new_from_fd (fd, FALSE, error);
  close (fd);
  return mapped != NULL ? g_mapped_file_get_bytes (mapped) : NULL;
}

static gboolean
check_nul (const Input *input, const guint8 *octets, gsize n, guint64 offset, Failure *failure)
{
  const guint8 *nul = n > 0 ? memchr (octets, 0, n) : NULL;

  return nul == NULL || failure_set (failure, EXIT_CODE_BAD_DATA, input->option,
                                     "%s: %s holds a NUL octet at offset %" G_GUINT64_FORMAT
                                     ", which no message may; send it as an attachment",
                                     input->option, input->name, offset + (nul - octets));
}

gboolean
stream_check_nul (const Input *input, GBytes *bytes, Failure *failure)
{
  return check_nul (input, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 0, failure);
}

#define RAW_TYPE_STREAM (raw_stream_get_type ())
G_DECLARE_FINAL_TYPE (RawStream, raw_stream, RAW, STREAM, GInputStream)

struct _RawStream
{
  GInputStream parent;
  Input input;
  guint seconds;
  guint64 offset;
  Failure failure;
  int failed, grew; /* atomic: a thread of the library's may read */
};

static void raw_stream_pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_TYPE_WITH_CODE (RawStream,
                         raw_stream,
                         G_TYPE_INPUT_STREAM,
                         G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, raw_stream_pollable_init))

static gssize
raw_stop (RawStream *self, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, self->failure.message);
  g_atomic_int_set (&self->failed, 1);
  return -1;
}

/* Waits for input. > 0: readable; 0: timed out; −1: cancelled or failed. */
static int
wait_readable (RawStream *self, GCancellable *cancellable)
{
  struct pollfd p[2] = { { .fd = self->input.fd, .events = POLLIN }, { .fd = -1, .events = POLLIN } };
  GPollFD cancel;
  gboolean has_cancel = g_cancellable_make_pollfd (cancellable, &cancel);
  int ready;

  if (has_cancel)
    p[1].fd = cancel.fd;
  /* Slightly less than the session's time-out, so that the error blames the producer, not the server. */
  while ((ready = poll (p, 2, (int)self->seconds * 900)) < 0 && errno == EINTR)
    ;
  if (has_cancel)
    g_cancellable_release_fd (cancellable);
  return ready > 0 && p[1].revents != 0 ? -1 : ready;
}

/* A file that is truncated while it is read may show zeros after its new end. */
static gboolean
has_shrunk (const Input *input)
{
  struct stat st;

  return input->regular && fstat (input->fd, &st) == 0 && st.st_size < input->size;
}

static gssize
raw_read_octets (RawStream *self, void *buffer, gsize count, GError **error)
{
  Input *input = &self->input;
  gssize n = input_read (input, buffer, count, &self->failure);

  if (n > 0 && memchr (buffer, 0, n) != NULL && has_shrunk (input))
    {
      failure_set (&self->failure, EXIT_CODE_NO_INPUT, input->option,
                   "%s: %s became shorter while it was read; nothing of it is delivered", input->option,
                   input->name);
      return raw_stop (self, error);
    }
  if (n < 0 || !check_nul (input, buffer, n, self->offset, &self->failure))
    return raw_stop (self, error);
  self->offset += n;
  if (n == 0 && input_has_grown (input))
    g_atomic_int_set (&self->grew, 1);
  return n;
}

static gssize
raw_stream_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  RawStream *self = RAW_STREAM (stream);
  const Input *input = &self->input;
  int ready;

  if (self->failure.code != EXIT_CODE_OK)
    return raw_stop (self, error);
  if (input->regular)
    return raw_read_octets (self, buffer, count, error);
  ready = wait_readable (self, cancellable);
  if (ready < 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;
  if (ready == 0)
    {
      failure_set (&self->failure, EXIT_CODE_NO_INPUT, input->option,
                   "%s: %s was silent for %u s in the middle of the message, which was dropped",
                   input->option, input->name, self->seconds);
      return raw_stop (self, error);
    }
  return raw_read_octets (self, buffer, count, error);
}

/* Lets the sender read a short message that is already there as a whole, before MAIL. */
static gboolean
raw_stream_is_readable (GPollableInputStream *stream)
{
  struct pollfd p = { .fd = RAW_STREAM (stream)->input.fd, .events = POLLIN };

  return poll (&p, 1, 0) > 0;
}

static GSource *
raw_stream_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  g_autoptr (GSource) readable = g_unix_fd_source_new (RAW_STREAM (stream)->input.fd, G_IO_IN);

  return g_pollable_source_new_full (stream, readable, cancellable);
}

static void
raw_stream_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = raw_stream_is_readable;
  iface->create_source = raw_stream_create_source;
}

static void
raw_stream_finalize (GObject *object)
{
  RawStream *self = RAW_STREAM (object);

  input_close (&self->input);
  failure_clear (&self->failure);
  G_OBJECT_CLASS (raw_stream_parent_class)->finalize (object);
}

static void
raw_stream_class_init (RawStreamClass *class)
{
  G_OBJECT_CLASS (class)->finalize = raw_stream_finalize;
  G_INPUT_STREAM_CLASS (class)->read_fn = raw_stream_read;
}

static void
raw_stream_init (RawStream *self)
{
}

GInputStream *
stream_new_raw (Input *input, guint seconds)
{
  RawStream *self = g_object_new (RAW_TYPE_STREAM, NULL);

  self->input = *input;
  *input = (Input)INPUT_INIT;
  self->seconds = seconds;
  return G_INPUT_STREAM (self);
}

const Failure *
stream_raw_get_failure (GInputStream *stream)
{
  RawStream *self = RAW_STREAM (stream);

  return g_atomic_int_get (&self->failed) ? &self->failure : NULL;
}

void
stream_raw_warn (GInputStream *stream)
{
  RawStream *self = RAW_STREAM (stream);

  if (g_atomic_int_get (&self->grew))
    input_warn_of_growth (&self->input);
}
