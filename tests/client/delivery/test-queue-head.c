/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message that waits for room in the window costs nothing while it waits: its content is told of the way once, measured
 * once, and what the receipt warns of stands there once. */
#include "async.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "test-sink.h"

#define BLOCK 65536
#define SIZE  (8 * 1024 * 1024)

/* Octets that come from a loop, as those of a class in Python do, counted. */
typedef struct
{
  MimesendContent parent;
  guint blocks_left;
  guint n_prepare, n_length;
  MimesendWireFlags told;
} Counted;
typedef MimesendContentClass CountedClass;

static GType counted_get_type (void);
G_DEFINE_TYPE (Counted, counted, MIMESEND_TYPE_CONTENT)

static gboolean
counted_prepare (MimesendContent *content, MimesendWireFlags wire, GError **error)
{
  Counted *self = (Counted *)content;

  self->n_prepare++;
  self->told = wire;
  return TRUE;
}

static gint64
counted_length (MimesendContent *content)
{
  Counted *self = (Counted *)content;

  self->n_length++;
  return -1;
}

static gboolean
counted_answer (gpointer data)
{
  Counted *self = data;
  g_autofree char *lines = g_strnfill (BLOCK, 'x');
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 63; i < BLOCK; i += 64)
    lines[i] = '\n';
  bytes = g_bytes_new (lines, self->blocks_left > 0 ? BLOCK : 0);
  self->blocks_left -= self->blocks_left > 0;
  mimesend_content_answer_bytes ((MimesendContent *)self, bytes);
  return G_SOURCE_REMOVE;
}

static void
counted_request (MimesendContent *content, gsize count, GCancellable *cancellable)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_assert_cmpuint (count, >=, BLOCK);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, counted_answer, g_object_ref (content), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
counted_class_init (CountedClass *klass)
{
  klass->prepare = counted_prepare;
  klass->length = counted_length;
  klass->request_bytes = counted_request;
}

static void
counted_init (Counted *self)
{
  self->blocks_left = 16;
}

/* Text in memory, which has to be looked at to be measured, and a file, which a worker reads. */
static MimesendContent *
content_of (GBytes *text, const char *path)
{
  g_autoptr (GError) error = NULL;
  GMimeStream *stream = g_mime_stream_fs_open (path, O_RDONLY, 0, &error);
  GMimeDataWrapper *wrapper;
  GMimePart *part = g_mime_part_new_with_type ("application", "octet-stream");
  g_autoptr (MimesendContent) tree = NULL;
  MimesendContent *content = mimesend_content_new ();

  g_assert_no_error (error);
  wrapper = g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_DEFAULT);
  g_mime_part_set_content (part, wrapper);
  g_mime_part_set_content_encoding (part, GMIME_CONTENT_ENCODING_BASE64);
  tree = mimesend_content_new_for_part ((GMimeObject *)part, NULL);
  g_assert_true (mimesend_content_add_bytes (content, text, NULL));
  g_assert_true (mimesend_content_add_content (content, tree, NULL));
  g_object_unref (part);
  g_object_unref (wrapper);
  g_object_unref (stream);
  return content;
}

static void
send_all (MimesendSession *session, MimesendContent **contents, guint n, Sent *sents)
{
  const char *to[] = { "a@example.org", NULL };
  g_autoptr (MimesendEnvelope) plain = mimesend_envelope_new ("joe@example.com", to, NULL);
  g_autoptr (MimesendEnvelope) envelope =
      mimesend_envelope_with_dsn (plain, MIMESEND_NOTIFY_FAILURE, MIMESEND_RETURN_HEADERS, NULL, NULL);

  for (guint i = 0; i < n; i++)
    mimesend_session_send_async (session, envelope, contents[i], MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT,
                                 NULL, sent_done, &sents[i]);
  for (guint i = 0; i < n; i++)
    {
      sent_await (&sents[i]);
      assert_accepted (&sents[i]);
    }
}

static guint
count_warnings (MimesendReceipt *receipt, const char *words)
{
  const char *const *warnings = mimesend_receipt_get_warnings (receipt);
  guint n = 0;

  for (guint i = 0; warnings[i] != NULL; i++)
    n += strstr (warnings[i], words) != NULL;
  return n;
}

static void
test_counts (gconstpointer window)
{
  TestSink *sink = test_sink_start ("--discard", "--hide", "DSN", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  MimesendContent *contents[4];
  Sent sents[4] = { 0 };

  g_object_set (session, "window", GPOINTER_TO_UINT (window), NULL);
  for (guint i = 0; i < 4; i++)
    contents[i] = g_object_new (counted_get_type (), NULL);
  send_all (session, contents, 4, sents);
  for (guint i = 0; i < 4; i++)
    {
      Counted *counted = (Counted *)contents[i];

      g_assert_cmpuint (counted->n_prepare, ==, 1);
      g_assert_cmpuint (counted->n_length, ==, 1);
      g_assert_cmpuint (count_warnings (sents[i].receipt, "DSN"), ==, 1);
      sent_clear (&sents[i]);
      g_object_unref (counted);
    }
  test_sink_stop (sink);
}

/* The connection is lost while one waits: the next server takes less, and the content is told of that. */
static void
test_told_again (void)
{
  TestSink *sink = test_sink_start ("--script", "@1 MAIL#2 drop", "--script",
                                    "@2 EHLO reply \"250-here\\r\\n250 PIPELINING\"", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  MimesendContent *contents[2];
  Sent sents[2] = { 0 };

  for (guint i = 0; i < 2; i++)
    contents[i] = g_object_new (counted_get_type (), NULL);
  send_all (session, contents, 2, sents);
  g_assert_cmpuint (((Counted *)contents[0])->n_prepare, ==, 1);
  g_assert_cmpuint (((Counted *)contents[1])->n_prepare, ==, 2);
  g_assert_cmpint (((Counted *)contents[1])->told, ==, MIMESEND_WIRE_NONE);
  for (guint i = 0; i < 2; i++)
    {
      sent_clear (&sents[i]);
      g_object_unref (contents[i]);
    }
  test_sink_stop (sink);
}

/* --- the loop --- */

typedef struct
{
  gint64 last, longest;
} Gaps;

static gboolean
note_gap (gpointer data)
{
  Gaps *self = data;
  gint64 now = g_get_monotonic_time ();

  if (self->last != 0)
    self->longest = MAX (self->longest, now - self->last);
  self->last = now;
  return G_SOURCE_CONTINUE;
}

/* Told, not judged: the machine may be busy. */
static void
test_gaps (void)
{
  TestSink *sink = test_sink_start ("--discard", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autofree char *octets = g_strnfill (SIZE, '\n');
  g_autoptr (GBytes) text = g_bytes_new (octets, SIZE);
  g_autofree char *path = NULL;
  MimesendContent *contents[2];
  Sent sents[2] = { 0 };
  Gaps gaps = { 0 };
  gint64 begun;
  guint id;
  int fd = g_file_open_tmp ("mimesend-test-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_true (g_file_set_contents (path, octets, SIZE, NULL));
  for (guint i = 0; i < 2; i++)
    contents[i] = content_of (text, path);
  id = g_timeout_add (1, note_gap, &gaps);
  begun = g_get_monotonic_time ();
  send_all (session, contents, 2, sents);
  g_test_message ("text and a file of 8 MiB each, twice, in %" G_GINT64_FORMAT
                  " ms, longest gap %" G_GINT64_FORMAT " ms",
                  (g_get_monotonic_time () - begun) / 1000, gaps.longest / 1000);
  g_source_remove (id);
  for (guint i = 0; i < 2; i++)
    {
      sent_clear (&sents[i]);
      g_object_unref (contents[i]);
    }
  g_remove (path);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_data_func ("/client/queue-head/waiting-message-is-prepared-once/window-1", GUINT_TO_POINTER (1),
                        test_counts);
  g_test_add_data_func ("/client/queue-head/waiting-message-is-prepared-once/window-8", GUINT_TO_POINTER (8),
                        test_counts);
  g_test_add_func ("/client/queue-head/told-again", test_told_again);
  g_test_add_func ("/client/queue-head/gaps", test_gaps);
  return g_test_run ();
}
