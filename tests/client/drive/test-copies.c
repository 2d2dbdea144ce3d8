/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How often the octets of a message are copied in user space: what octets/piece.h says, counted in a program that sends.
 *
 * This program's own memcpy () and memmove () stand ahead of the C library's for every library in the process, and so do
 * read () and sendmsg (): an octet that leaves from the memory into which it was read was not copied, one that leaves from
 * elsewhere was once (by a loop: encoded, converted), and all that is moved in between comes on top. */
#include "async.h"

#include <dlfcn.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gmime/gmime.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test-sink.h"

#define SIZE  (24 << 20)
#define KEPT  8
#define LARGE 64 /* octets; a name or an address is not content */

typedef struct
{
  const guint8 *begin;
  gsize length;
} Range;

static struct
{
  gboolean on;
  Range read[KEPT]; /* where content was read to, the last of all */
  guint n_read;
  guint64 octets_read, sent, sent_from_there, moved;
} count;

/* ── in the place of the C library's ── */

static void
note_moved (size_t n)
{
  if (count.on && n >= LARGE)
    __atomic_add_fetch (&count.moved, n, __ATOMIC_RELAXED);
}

static void *
move (void *to, const void *from, size_t n)
{
  volatile guint8 *out = to; /* so that no compiler makes a call of memmove () of it */
  const guint8 *in = from;

  if (out <= in || out >= in + n)
    for (size_t i = 0; i < n; i++)
      out[i] = in[i];
  else
    for (size_t i = n; i > 0; i--)
      out[i - 1] = in[i - 1];
  return to;
}

void *
memcpy (void *to, const void *from, size_t n)
{
  note_moved (n);
  return move (to, from, n);
}

void *
memmove (void *to, const void *from, size_t n)
{
  note_moved (n);
  return move (to, from, n);
}

void *__memcpy_chk (void *to, const void *from, size_t n, size_t room);
void *__memmove_chk (void *to, const void *from, size_t n, size_t room);

void *
__memcpy_chk (void *to, const void *from, size_t n, size_t room)
{
  g_assert_cmpuint (n, <=, room);
  return memcpy (to, from, n);
}

void *
__memmove_chk (void *to, const void *from, size_t n, size_t room)
{
  return __memcpy_chk (to, from, n, room);
}

static void
note_read (int fd, const void *octets, ssize_t n)
{
  struct stat st;

  if (!count.on || n <= 0 || fstat (fd, &st) != 0 || st.st_size != SIZE)
    return;
  count.octets_read += (guint64)n;
  count.read[count.n_read++ % KEPT] = (Range){ octets, (gsize)n };
}

ssize_t
read (int fd, void *octets, size_t n)
{
  static ssize_t (*next) (int, void *, size_t);
  ssize_t got;

  if (next == NULL)
    *(void **)&next = dlsym (RTLD_NEXT, "read");
  got = next (fd, octets, n);
  note_read (fd, octets, got);
  return got;
}

ssize_t pread64 (int fd, void *octets, size_t n, off64_t offset);

ssize_t
pread64 (int fd, void *octets, size_t n, off64_t offset)
{
  static ssize_t (*next) (int, void *, size_t, off64_t);
  ssize_t got;

  if (next == NULL)
    *(void **)&next = dlsym (RTLD_NEXT, "pread64");
  got = next (fd, octets, n, offset);
  note_read (fd, octets, got);
  return got;
}

static gboolean
was_read_to (const guint8 *octets, gsize n)
{
  for (guint i = 0; i < KEPT; i++)
    if (octets >= count.read[i].begin && octets + n <= count.read[i].begin + count.read[i].length)
      return TRUE;
  return FALSE;
}

ssize_t
sendmsg (int fd, const struct msghdr *message, int flags)
{
  static ssize_t (*next) (int, const struct msghdr *, int);
  ssize_t sent;

  if (next == NULL)
    *(void **)&next = dlsym (RTLD_NEXT, "sendmsg");
  sent = next (fd, message, flags);
  if (count.on && sent > 0)
    {
      gsize left = (gsize)sent;

      count.sent += left;
      for (gsize i = 0; i < (gsize)message->msg_iovlen && left > 0; i++)
        {
          gsize step = MIN (left, message->msg_iov[i].iov_len);

          if (was_read_to (message->msg_iov[i].iov_base, step))
            count.sent_from_there += step;
          left -= step;
        }
    }
  return sent;
}

/* ── the paths ── */

typedef struct
{
  const char *name;
  const char *line; /* the file, line by line; NULL: random octets */
  gboolean tree, in_memory, binary, chunking;
  double copies; /* of each octet that leaves */
} Path;

static const Path paths[] = {
  { "base64-data", NULL, TRUE, FALSE, FALSE, FALSE, 1 },
  { "base64-bdat", NULL, TRUE, FALSE, FALSE, TRUE, 1 },
  { "binary", NULL, TRUE, FALSE, TRUE, TRUE, 0 },
  { "crlf-data", "A line that is ready.\r\n", FALSE, FALSE, FALSE, FALSE, 0 },
  { "crlf-bdat", "A line that is ready.\r\n", FALSE, FALSE, FALSE, TRUE, 0 },
  { "crlf-in-memory", "A line that is ready.\r\n", FALSE, TRUE, FALSE, FALSE, 0 },
  { "lf-data", "A line that is not ready.\n", FALSE, FALSE, FALSE, FALSE, 1 },
  { "lf-bdat", "A line that is not ready.\n", FALSE, FALSE, FALSE, TRUE, 1 },
  { "dots-data", ".A line with a dot to double.\r\n", FALSE, FALSE, FALSE, FALSE, 1 },
};

static char *
new_file (const Path *path)
{
  g_autoptr (GString) octets = g_string_sized_new (SIZE);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_build_filename (g_get_tmp_dir (), "mimesend-copies-XXXXXX", NULL);
  int fd = g_mkstemp (name);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  while (octets->len < SIZE)
    if (path->line != NULL)
      g_string_append (octets, path->line);
    else
      g_string_append_c (octets, (char)g_test_rand_int_range (0, 256));
  g_string_truncate (octets, SIZE);
  g_assert_true (g_file_set_contents (name, octets->str, SIZE, &error));
  g_assert_no_error (error);
  return g_steal_pointer (&name);
}

static MimesendContent *
new_content (const Path *path, const char *file)
{
  g_autoptr (GFile) there = g_file_new_for_path (file);
  g_autoptr (GError) error = NULL;
  MimesendContent *content;

  if (path->tree)
    {
      MimesendPartBuilder *builder = mimesend_part_builder_new ();
      GMimeObject *part;

      mimesend_part_builder_set_file (builder, file);
      mimesend_part_builder_set_encoding (builder, path->binary ? GMIME_CONTENT_ENCODING_BINARY
                                                                : GMIME_CONTENT_ENCODING_BASE64);
      part = mimesend_part_builder_build (builder, &error);
      g_assert_no_error (error);
      content = mimesend_content_new_for_part (part, NULL);
      g_object_unref (part);
      mimesend_part_builder_unref (builder);
      return content;
    }
  content = mimesend_content_new ();
  if (path->in_memory)
    {
      g_autoptr (GBytes) bytes = g_file_load_bytes (there, NULL, NULL, &error);
      gsize n;
      const guint8 *octets = g_bytes_get_data (bytes, &n);

      g_assert_no_error (error);
      count.read[0] = (Range){ octets, n };
      g_assert_true (mimesend_content_add_bytes (content, bytes, NULL));
    }
  else
    {
      g_autoptr (GFileInputStream) input = g_file_read (there, NULL, &error);

      g_assert_no_error (error);
      g_assert_true (mimesend_content_add_input_stream (content, G_INPUT_STREAM (input), NULL));
    }
  return content;
}

static void
test_path (gconstpointer data)
{
  const Path *path = data;
  TestSink *sink = test_sink_start (path->chunking ? NULL : "--hide=CHUNKING", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autofree char *file = new_file (path);
  g_autoptr (MimesendContent) content = NULL;
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;
  double copies;

  memset (&count, 0, sizeof count);
  content = new_content (path, file);
  count.on = TRUE;
  receipt = mimesend_session_send (session, envelope, content,
                                   path->binary ? MIMESEND_SEND_ALLOW_BINARYMIME : MIMESEND_SEND_DEFAULT,
                                   NULL, &error);
  count.on = FALSE;
  g_assert_no_error (error);
  mimesend_receipt_check (receipt, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count.sent, >=, SIZE);
  g_assert_cmpuint (count.octets_read, ==, path->in_memory ? 0 : SIZE); /* once */

  copies = (double)(count.sent - count.sent_from_there + count.moved) / (double)count.sent;
  g_test_message ("%" G_GUINT64_FORMAT " octets sent, %.4f of them from where they were read; %.4f copies",
                  count.sent, (double)count.sent_from_there / (double)count.sent, copies);
  g_assert_cmpfloat (copies, <=, path->copies + 0.02);
  g_assert_cmpfloat (copies, >=, path->copies - 0.02); /* or the comment in piece.h is not true any more */
  g_assert_cmpint (g_unlink (file), ==, 0);
  test_sink_stop (sink);
}

/* What another library moves is seen, too. */
static void
test_counting (void)
{
  static const guint8 octets[100000];
  g_autofree guint8 *copy = NULL;

  memset (&count, 0, sizeof count);
  count.on = TRUE;
  copy = g_memdup2 (octets, sizeof octets);
  count.on = FALSE;
  g_assert_cmpuint (count.moved, ==, sizeof octets);
  g_assert_cmpuint (copy[5], ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/copies/counter-counts", test_counting);
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *name = g_strconcat ("/client/copies/", paths[i].name, NULL);

      g_test_add_data_func (name, &paths[i], test_path);
    }
  return g_test_run ();
}
