/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that others write while they are sent: longer is a warning, shorter or other octets an error, new times nothing. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

#define LENGTH 1000000
#define SHORT  5000 /* wholly looked at when its size is told */

static char *folder, *path;
static off_t length; /* of the file */

/* ── what others do ── */

static void
write_at (off_t offset, const char *octets)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (pwrite (fd, octets, strlen (octets), offset), ==, strlen (octets));
  close (fd);
}

static void
append (void)
{
  int fd = open (path, O_WRONLY | O_APPEND | O_CLOEXEC);

  g_assert_cmpint (write (fd, "one more line\n", 14), ==, 14);
  close (fd);
}

static void
append_much (void)
{
  for (guint i = 0; i < 1000; i++)
    append ();
}

static void
touch_now (void)
{
  g_assert_cmpint (utimensat (AT_FDCWD, path, NULL, 0), ==, 0);
}

static void
touch_to (void)
{
  const struct timespec times[2] = { { 1000000000, 5 }, { 1100000000, 7 } };

  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

static void
change_mode (void)
{
  g_assert_cmpint (chmod (path, 0640), ==, 0);
}

static void
link_to_it (void)
{
  g_autofree char *other = g_strconcat (path, ".link", NULL);

  g_assert_cmpint (link (path, other), ==, 0);
  g_unlink (other);
}

static void
write_the_same (void)
{
  write_at (0, "line 1 of a log\n");
}

static void
overwrite_the_beginning (void)
{
  write_at (3, "XYZ");
}

static void
overwrite_the_end (void)
{
  write_at (length - 10, "XYZ");
}

static void
overwrite_and_append (void)
{
  overwrite_the_beginning ();
  append ();
}

static void
shorten (void)
{
  g_assert_cmpint (truncate (path, length / 2), ==, 0);
}

static void
empty (void)
{
  g_assert_cmpint (truncate (path, 0), ==, 0);
}

/* As a log is rotated by copy and truncate. */
static void
empty_and_refill (void)
{
  g_autofree char *octets = g_strnfill ((gsize)length + 500, 'r');

  empty ();
  write_at (0, octets);
}

static void
shorten_by_one (void)
{
  g_assert_cmpint (truncate (path, length - 1), ==, 0);
}

/* As an editor saves it. */
static void
replace (void)
{
  g_autofree char *octets = g_strnfill ((gsize)length, 'e');

  g_assert_true (g_file_set_contents (path, octets, length, NULL));
}

static void
nothing (void)
{
}

typedef enum
{
  SENT,
  GREW,
  ANOTHER, /* sent, all of what it is by now: none of it had been read */
  FAILS
} Fate;

static const struct
{
  const char *name;
  void (*act) (void);
  Fate since;      /* between its size being told and its first octet … */
  Fate blind;      /* … through a descriptor that was opened before */
  Fate briefly;    /* … of a short file that is named */
  Fate on_the_way; /* with a part of it read */
} acts[] = {
  { "nothing", nothing, SENT, SENT, SENT, SENT },
  { "append", append, GREW, GREW, GREW, GREW },
  { "append-much", append_much, GREW, GREW, GREW, GREW },
  { "touch", touch_now, SENT, SENT, SENT, SENT },
  { "touch-to", touch_to, SENT, SENT, SENT, SENT },
  { "mode", change_mode, SENT, SENT, SENT, SENT },
  { "link", link_to_it, SENT, SENT, SENT, SENT },
  { "the-same", write_the_same, FAILS, FAILS, SENT, SENT }, /* a write is a write, as far as times tell */
  { "beginning", overwrite_the_beginning, FAILS, FAILS, FAILS, FAILS },
  { "end", overwrite_the_end, FAILS, FAILS, FAILS, ANOTHER },
  { "beginning-and-append", overwrite_and_append, GREW, GREW, FAILS, FAILS },
  { "half", shorten, FAILS, FAILS, FAILS, FAILS },
  { "one-less", shorten_by_one, FAILS, FAILS, FAILS, FAILS },
  { "empty", empty, FAILS, FAILS, FAILS, FAILS },
  { "refill", empty_and_refill, GREW, GREW, FAILS, FAILS },
  { "replace", replace, FAILS, SENT, FAILS, SENT }, /* the file that was opened is still there */
};

/* ── who reads ── */

static GMimeStream *
open_by_name (void)
{
  return g_mime_stream_gio_new (g_file_new_for_path (path));
}

static GMimeStream *
open_descriptor (void)
{
  return g_mime_stream_fs_open (path, O_RDONLY, 0, NULL);
}

static GMimeStream *
open_stdio (void)
{
  return g_mime_stream_file_open (path, "r", NULL);
}

static const struct
{
  GMimeStream *(*open) (void);
  gboolean has_size; /* that is told without reading */
  gboolean by_name;
} openers[] = { { open_by_name, TRUE, TRUE },
                { open_descriptor, TRUE, FALSE },
                { open_stdio, FALSE, FALSE } };

static const GMimeContentEncoding encodings[] = { GMIME_CONTENT_ENCODING_BASE64,
                                                  GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE,
                                                  GMIME_CONTENT_ENCODING_8BIT };

static GByteArray *
fill (void)
{
  GByteArray *octets = g_byte_array_new ();
  const struct timespec past[2] = { { 1200000000, 0 }, { 1200000000, 0 } };

  for (guint i = 1; octets->len < length; i++)
    {
      g_autofree char *line = g_strdup_printf ("line %u of a log\n", i);

      g_byte_array_append (octets, (const guint8 *)line, (guint)strlen (line));
    }
  g_byte_array_set_size (octets, (guint)length);
  octets->data[length - 1] = '\n';
  g_assert_true (g_file_set_contents (path, (const char *)octets->data, length, NULL));
  g_assert_cmpint (utimensat (AT_FDCWD, path, past, 0), ==, 0); /* not within this tick of the clock */
  return octets;
}

/* What arrived, as its reader sees it: the content of the one part. */
static GByteArray *
decoded (GByteArray *mail)
{
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer ((const char *)mail->data, mail->len);
  GMimeStream *into = g_mime_stream_mem_new ();
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeObject *part = g_mime_parser_construct_part (parser, NULL);
  GByteArray *octets = g_byte_array_new (), *made;

  g_mime_data_wrapper_write_to_stream (g_mime_part_get_content ((GMimePart *)part), into);
  made = g_mime_stream_mem_get_byte_array ((GMimeStreamMem *)into);
  g_byte_array_append (octets, made->data, made->len);
  g_object_unref (part);
  g_object_unref (parser);
  g_object_unref (into);
  g_object_unref (stream);
  return octets;
}

static void
assert_arrived (GByteArray *mail, GByteArray *expected)
{
  GByteArray *got = decoded (mail);
  guint at = 0;

  for (guint i = 0; i < got->len; i++) /* line ends apart */
    if (got->data[i] != '\r')
      got->data[at++] = got->data[i];
  g_assert_cmpuint (at, ==, expected->len);
  g_assert_true (memcmp (got->data, expected->data, at) == 0);
  g_byte_array_unref (got);
}

static void
check (guint act, guint opener, GMimeContentEncoding encoding, gboolean on_the_way, gboolean ask_length)
{
  GByteArray *before = fill (), *mail;
  GMimeStream *stream = openers[opener].open ();
  GMimePart *part =
      leaf_with_stream ("application/octet-stream", stream, GMIME_CONTENT_ENCODING_DEFAULT, encoding);
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part ((GMimeObject *)part, NULL);
  Fate fate = on_the_way                 ? acts[act].on_the_way
              : !openers[opener].by_name ? acts[act].blind
              : length == SHORT          ? acts[act].briefly
                                         : acts[act].since;
  const char *const *warnings;
  g_autoptr (GError) error = NULL;
  g_autofree char *now = NULL;
  MimesendPiece piece;

  if (ask_length)
    mimesend_content_get_length (content);
  mail = g_byte_array_new ();
  for (int i = 0; on_the_way && i < 2; i++) /* the headers, a block */
    {
      g_assert_cmpint (mimesend_pull_next (MIMESEND_PULL (content), 4096, &piece, NULL, &error), ==,
                       MIMESEND_PULL_PIECE);
      g_byte_array_append (mail, piece.data, (guint)piece.length);
      mimesend_piece_clear (&piece);
    }
  acts[act].act ();
  while (mimesend_pull_next (MIMESEND_PULL (content), 4096, &piece, NULL, &error) == MIMESEND_PULL_PIECE)
    {
      g_byte_array_append (mail, piece.data, (guint)piece.length);
      mimesend_piece_clear (&piece);
    }
  if (fate == FAILS)
    {
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
      g_assert_nonnull (strstr (error->message, openers[opener].by_name ? path : "the file "));
    }
  else
    {
      g_assert_no_error (error);
      if (fate == ANOTHER || (fate == GREW && !on_the_way))
        {
          g_assert_true (g_file_get_contents (path, &now, NULL, NULL));
          memcpy (before->data, now, (gsize)length);
        }
      assert_arrived (mail, before);
    }
  warnings = mimesend_pull_get_warnings (MIMESEND_PULL (content));
  if (fate == GREW)
    g_assert_nonnull (strstr (warnings[0], "grew"));
  g_assert_true ((fate == GREW) == (warnings != NULL));
  g_byte_array_unref (mail);
  g_byte_array_unref (before);
  g_object_unref (part);
  g_object_unref (stream);
}

static void
test_act (gconstpointer data)
{
  guint act = GPOINTER_TO_UINT (data);

  for (guint i = 0; i < G_N_ELEMENTS (openers); i++)
    for (guint j = 0; j < G_N_ELEMENTS (encodings); j++)
      {
        length = SHORT;
        if (openers[i].by_name)
          check (act, i, encodings[j], FALSE, TRUE);
        length = LENGTH;
        if (openers[i].has_size)
          check (act, i, encodings[j], FALSE, TRUE);
        check (act, i, encodings[j], TRUE, TRUE);
        check (act, i, encodings[j], TRUE, FALSE);
      }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  folder = g_dir_make_tmp ("part-file-XXXXXX", NULL);
  path = g_build_filename (folder, "app.log", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    {
      g_autofree char *name = g_strconcat ("/content/part-file/", acts[i].name, NULL);

      g_test_add_data_func (name, GUINT_TO_POINTER (i), test_act);
    }
  status = g_test_run ();
  g_unlink (path);
  g_rmdir (folder);
  g_free (path);
  g_free (folder);
  return status;
}
