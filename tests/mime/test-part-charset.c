/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The charset of texts that stand in files and streams: what is true of all of them, or nothing. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mime/look.h"
#include "mimesend-letter.h"
#include "part-fixture.h"

static const char *
charset_of (GMimeObject *part)
{
  return g_mime_object_get_content_type_parameter (part, "charset");
}

static File
file_of (const char *name, const char *octets, gsize n)
{
  File file = file_new (name, "");

  g_assert_true (g_file_set_contents (file.path, octets, (gssize)n, NULL));
  return file;
}

/* Through each way in which a file or a stream becomes a part. */
static void
check_ways (const char *name, const char *octets, gsize n, const char *charset)
{
  g_auto (File) file = file_of (name, octets, n);

  for (guint way = 0; way < 5; way++)
    {
      g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
      g_autoptr (GObject) stream = NULL;
      g_autoptr (GMimeObject) part = NULL;
      g_autoptr (GMimeObject) back = NULL;
      g_autofree char *content = NULL;

      if (way == 1)
        stream = (GObject *)g_mime_stream_mem_new_with_buffer (octets, n);
      else if (way == 2)
        stream = (GObject *)g_mime_stream_fs_open (file.path, O_RDONLY, 0, NULL);
      else if (way == 3)
        stream = (GObject *)g_mime_stream_gio_new (g_file_new_for_path (file.path));
      if (way == 0)
        mimesend_part_builder_set_file (builder, file.path);
      else if (way < 4)
        {
          mimesend_part_builder_set_stream (builder, (GMimeStream *)stream);
          mimesend_part_builder_set_name (builder, name, NULL);
        }
      part = way == 4 ? mimesend_part_new_file (file.path, NULL) : build (builder);
      g_assert_cmpstr (charset_of (part), ==, charset);
      if (stream != NULL)
        g_assert_cmpint (g_mime_stream_tell ((GMimeStream *)stream), ==, 0);
      back = read_back_part (part);
      g_assert_cmpstr (charset_of (back), ==, charset);
      if (memchr (octets, 0, n) == NULL)
        {
          content = decoded (back);
          g_assert_cmpmem (content, strlen (content), octets, n);
        }
    }
}

static void
test_ways (void)
{
  check_ways ("a.txt", "plain\n", 6, "us-ascii");
  check_ways ("a.txt", "caf\xc3\xa9\n", 6, "utf-8");
  check_ways ("a.txt", "caf\xe9\n", 5, NULL);
  check_ways ("a.csv",
              "name;stra\xdf"
              "e\n",
              13, NULL);
  check_ways ("a.html", "<p>caf\xe9\n", 8, NULL);
  check_ways ("a.html", "<p>caf\xc3\xa9\n", 9, "utf-8");
  check_ways ("a.txt",
              "\xff\xfe"
              "a\0\n\0",
              6, "utf-16");
  check_ways ("a.txt", "\xfe\xff\0a\0\n", 6, "utf-16");
  check_ways ("a.txt", "\0\0\xfe\xff\0\0\0a", 8, "utf-32");
  check_ways ("a.txt", "\x47\x40\0\x10\xff", 5, NULL);
  check_ways ("a.txt", "", 0, "us-ascii");
  check_ways ("a.pdf", "plain\n", 6, NULL);
  check_ways ("a.xml", "caf\xc3\xa9\n", 6, NULL); /* no text/…: it says itself */
}

/* Said, it is not looked for, by whichever way. */
static void
test_said (void)
{
  g_auto (File) file = file_new ("a.txt", "caf\xe9\n");
  static const char *const types[] = { "text/plain; charset=iso-8859-1",
                                       "text/plain; CHARSET=\"iso-8859-1\"" };

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
      g_autoptr (GMimeObject) part = NULL;

      mimesend_part_builder_set_file (builder, file.path);
      if (i < 2)
        mimesend_part_builder_set_content_type (builder, types[i], NULL);
      else if (i == 2)
        mimesend_part_builder_set_charset (builder, "iso-8859-1", NULL);
      else
        mimesend_part_builder_set_parameter (builder, "Charset", "iso-8859-1", NULL);
      part = build (builder);
      g_assert_cmpstr (charset_of (part), ==, "iso-8859-1");
    }
}

/* A text with one octet at that place that is another charset's, among characters that are cut by every border. */
static void
check_far (gsize n, gsize bad_at, const char *charset)
{
  g_autofree char *octets = g_malloc (n);
  g_auto (File) file = { NULL };
  g_autoptr (GMimeObject) part = NULL;

  for (gsize i = 0; i + 3 <= n; i += 3)
    memcpy (octets + i, "\xe2\x82\xac", 3);
  memset (octets + n - n % 3, '\n', n % 3);
  if (bad_at < n)
    octets[bad_at] = '\xe9';
  file = file_of ("far.txt", octets, n);
  part = mimesend_part_new_file (file.path, NULL);
  g_assert_cmpstr (charset_of (part), ==, charset);
}

static void
test_far (void)
{
  static const gsize sizes[] = { 65535, 65536, 65537, 65538, 131073, 1048576, 3000001, MIMESEND_LOOK_MAX };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      check_far (sizes[i], G_MAXSIZE, "utf-8");
      check_far (sizes[i], sizes[i] - 2, NULL);
    }
  /* what is behind the part that was looked at is unknown */
  check_far (MIMESEND_LOOK_MAX + 1, G_MAXSIZE, NULL);
  check_far (MIMESEND_LOOK_MAX + 1, MIMESEND_LOOK_MAX, NULL);
}

/* More than is looked at: what a byte order mark says, else nothing. */
static void
test_larger (void)
{
  static const struct
  {
    const char *mark;
    gsize n;
    const char *charset;
  } rows[] = {
    { "plain", 5, NULL },           { "\xff\xfe", 2, "utf-16" }, { "\xfe\xff", 2, "utf-16" },
    { "\xef\xbb\xbf", 3, "utf-8" }, { "caf\xe9", 4, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize n = MIMESEND_LOOK_MAX + 4096;
      g_autofree char *octets = g_strnfill (n, 'x');
      g_auto (File) file = { NULL };
      g_autoptr (GMimeObject) part = NULL;

      memcpy (octets, rows[i].mark, rows[i].n);
      file = file_of ("large.txt", octets, n);
      part = mimesend_part_new_file (file.path, NULL);
      g_assert_cmpstr (charset_of (part), ==, rows[i].charset);
    }
}

/* The range of a file is what counts, not what stands around it. */
static void
test_range (void)
{
  g_auto (File) file = file_new ("a.txt", "caf\xe9 caf\xc3\xa9 plain");
  static const struct
  {
    gint64 start, end;
    const char *charset;
  } rows[] = { { 0, -1, NULL }, { 5, -1, "utf-8" },     { 5, 10, "utf-8" },
               { 5, 9, NULL },  { 11, -1, "us-ascii" }, { 0, 3, "us-ascii" } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
      g_autoptr (GMimeObject) part = NULL;

      mimesend_part_builder_set_file (builder, file.path);
      mimesend_part_builder_set_range (builder, rows[i].start, rows[i].end);
      part = build (builder);
      g_assert_cmpstr (charset_of (part), ==, rows[i].charset);
    }
}

/* What can be read once is not looked at, and nothing is taken from it; nor waited for. */
static void
test_pipes (void)
{
  g_auto (File) file = file_new ("a.txt", "x");
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_autoptr (GMimeObject) part = NULL, named = NULL;
  g_autoptr (GObject) stream = NULL;
  g_autofree char *content = NULL;
  int fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  g_assert_cmpint (write (fds[1], "plain\n", 6), ==, 6);
  close (fds[1]);
  stream = (GObject *)g_mime_stream_pipe_new (fds[0]);
  mimesend_part_builder_set_stream (builder, (GMimeStream *)stream);
  mimesend_part_builder_set_name (builder, "a.txt", NULL);
  part = build (builder);
  g_assert_null (charset_of (part));
  content = decoded (part);
  g_assert_cmpstr (content, ==, "plain\n");

  g_unlink (file.path);
  g_assert_cmpint (mkfifo (file.path, 0600), ==, 0);
  named = mimesend_part_new_file (file.path, NULL);
  g_assert_null (charset_of (named));
}

/* Shown in place: octet 10 is a line end in texts that have lines, and one half of a character elsewhere. */
static void
test_inline (void)
{
  static const struct
  {
    const char *octets;
    gsize n;
    const char *charset; /* said */
    GMimeContentEncoding encoding;
  } rows[] = {
    { "plain\n", 6, NULL, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE },
    { "caf\xc3\xa9\n", 6, NULL, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE },
    { "caf\xe9\n", 5, NULL, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE },
    { "\xff\xfe\x0a\x0a\n\0", 6, NULL, GMIME_CONTENT_ENCODING_BASE64 },
    { "\x0a\x0a\n\0", 4, "utf-16le", GMIME_CONTENT_ENCODING_BASE64 },
    { "a\0\n\0", 4, NULL, GMIME_CONTENT_ENCODING_BASE64 },
    { "caf\xe9\n", 5, "iso-8859-1", GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (File) file = file_of ("a.txt", rows[i].octets, rows[i].n);
      g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
      g_autoptr (GMimeObject) part = NULL;

      mimesend_part_builder_set_file (builder, file.path);
      mimesend_part_builder_set_disposition (builder, "inline", NULL);
      mimesend_part_builder_set_charset (builder, rows[i].charset, NULL);
      part = build (builder);
      g_assert_cmpint (g_mime_part_get_content_encoding (GMIME_PART (part)), ==, rows[i].encoding);
    }
}

/* A letter's attachments, which look alike. */
static void
test_letter (void)
{
  g_auto (File) file = file_new ("a.txt", "caf\xe9\n");
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_autoptr (GObject) stream = (GObject *)g_mime_stream_mem_new_with_buffer ("caf\xc3\xa9\n", 6);
  g_autoptr (GMimeObject) message = NULL;
  GMimeMultipart *mixed;

  g_assert_true (mimesend_letter_set_from (letter, "a@example.com", NULL));
  g_assert_true (mimesend_letter_attach_file (letter, file.path, NULL));
  g_assert_true (mimesend_letter_attach_stream (letter, (GMimeStream *)stream, "b.csv", NULL));
  message = mimesend_letter_build (letter, NULL);
  mixed = (GMimeMultipart *)g_mime_message_get_mime_part ((GMimeMessage *)message);
  g_assert_null (charset_of (g_mime_multipart_get_part (mixed, 1)));
  g_assert_cmpstr (charset_of (g_mime_multipart_get_part (mixed, 2)), ==, "utf-8");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/mime/part-charset/is-detected-in-every-way", test_ways);
  g_test_add_func ("/mime/part-charset/given-charset-is-not-detected", test_said);
  g_test_add_func ("/mime/part-charset/late-octets-count", test_far);
  g_test_add_func ("/mime/part-charset/large-text-needs-byte-order-mark", test_larger);
  g_test_add_func ("/mime/part-charset/range-alone-is-looked-at", test_range);
  g_test_add_func ("/mime/part-charset/pipes-are-not-read", test_pipes);
  g_test_add_func ("/mime/part-charset/inline-text-is-detected", test_inline);
  g_test_add_func ("/mime/part-charset/attachment-of-letter-is-detected", test_letter);
  return g_test_run ();
}
