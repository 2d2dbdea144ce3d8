/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A content is looked at without a server: what would stop the message is found, and it may be sent afterwards. */
#include <libmimesend/mimesend.h>
#include <libmimesend/mimesend-gmime-autoptr.h>
#include <string.h>
#include <unistd.h>

static MimesendContent *
content_of (const char *octets, gsize n)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (octets, n);
  MimesendContent *content = mimesend_content_new ();

  g_assert_true (mimesend_content_add_bytes (content, bytes, NULL));
  return content;
}

static void
faults_are_found (void)
{
  static const struct
  {
    const char *octets;
    gsize n;
    const char *word;
  } rows[] = {
    { "Subject: x\rBcc: y@example.org\n\nbody", 34, "CR without LF" },
    { "Subject : x\ry\n\n", 15, "CR without LF" },
    { "Subject: x\n\nbo\0dy", 17, "NUL octet at offset 14" },
    { "\0", 1, "NUL octet at offset 0" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendContent) content = content_of (rows[i].octets, rows[i].n);
      g_autoptr (GError) error = NULL;

      g_assert_false (mimesend_content_check (content, MIMESEND_WIRE_8BITMIME, NULL, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
      g_assert_nonnull (strstr (error->message, rows[i].word));
    }
}

/* All of it is there afterwards, and a check may be made again. */
static void
content_is_as_before (void)
{
  const char octets[] = "Subject: x\n\nbody\r";
  g_autoptr (MimesendContent) content = content_of (octets, sizeof octets - 1);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (mimesend_content_check (content, MIMESEND_WIRE_NONE, NULL, &error));
      g_assert_no_error (error);
    }
  bytes = mimesend_content_read_bytes (content, 100, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), octets, sizeof octets - 1);
}

/* A pipe is used up by it, and says so. */
static void
pipe_is_used_up (void)
{
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  g_autoptr (GMimeStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  int ends[2];

  mimesend_init ();
  g_assert_cmpint (pipe (ends), ==, 0);
  g_assert_cmpint (write (ends[1], "Subject: x\n\nbody\n", 17), ==, 17);
  close (ends[1]);
  stream = g_mime_stream_pipe_new (ends[0]);
  g_assert_true (mimesend_content_add_stream (content, stream, NULL));
  g_assert_true (mimesend_content_check (content, MIMESEND_WIRE_8BITMIME, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (mimesend_content_check (content, MIMESEND_WIRE_8BITMIME, NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
}

static void
missing_file_is_found (void)
{
  g_autoptr (GMimeObject) part = NULL;
  g_autoptr (MimesendContent) content = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("mimesend-test-XXXXXX", &path, NULL);

  g_assert_cmpint (write (fd, "text\n", 5), ==, 5);
  close (fd);
  part = mimesend_part_new_file (path, &error);
  g_assert_no_error (error);
  content = mimesend_content_new_for_part (part, NULL);
  g_assert_true (mimesend_content_check (content, MIMESEND_WIRE_8BITMIME, NULL, &error));
  unlink (path);
  g_assert_false (mimesend_content_check (content, MIMESEND_WIRE_8BITMIME, NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
}

static void
cancelled (void)
{
  g_autoptr (MimesendContent) content = content_of ("x", 1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (mimesend_content_check (content, MIMESEND_WIRE_8BITMIME, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/content-check/finds-what-would-stop-it", faults_are_found);
  g_test_add_func ("/client/content-check/leaves-the-content-as-it-was", content_is_as_before);
  g_test_add_func ("/client/content-check/uses-up-a-pipe", pipe_is_used_up);
  g_test_add_func ("/client/content-check/finds-a-missing-file", missing_file_is_found);
  g_test_add_func ("/client/content-check/is-cancelled", cancelled);
  return g_test_run ();
}
