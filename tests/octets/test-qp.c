/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/qp.h"

#include <gmime/gmime.h>
#include <string.h>

#include "guarded.h"

static GString *
by_gmime (const guint8 *in, gsize n, gboolean crlf)
{
  g_autofree guint8 *out = g_malloc (4 * n + 64);
  GString *text = g_string_new (NULL);
  int state = -1;
  guint32 save = 0;
  gsize length = g_mime_encoding_quoted_encode_step (in, n, out, &state, &save);

  length += g_mime_encoding_quoted_encode_close (NULL, 0, out + length, &state, &save);
  if (crlf)
    {
      GMimeFilter *filter = g_mime_filter_unix2dos_new (FALSE);
      char *filtered;
      gsize filtered_length, prespace;

      g_mime_filter_complete (filter, (char *)out, length, 0, &filtered, &filtered_length, &prespace);
      g_string_append_len (text, filtered, (gssize)filtered_length);
      g_object_unref (filter);
    }
  else
    {
      g_string_append_len (text, (char *)out, (gssize)length);
    }
  return text;
}

static Guarded room;

/* In blocks of at most block_max, each with its buffer as small as the header allows. */
static GString *
by_us (const guint8 *in, gsize n, gboolean crlf, gsize block_max)
{
  GString *text = g_string_new (NULL);
  MimesendQp self;
  guint8 last[MIMESEND_QP_WORST (0)];

  mimesend_qp_init (&self);
  while (n > 0)
    {
      gsize wish = (gsize)g_test_rand_int_range (1, (gint32)block_max + 1), block = MIN (n, wish);
      guint8 *out;

      g_assert_cmpuint (MIMESEND_QP_WORST (block), <=, room.size);
      out = room.octets + room.size - MIMESEND_QP_WORST (block);
      g_string_append_len (text, (char *)out, (gssize)mimesend_qp_step (&self, in, block, crlf, out));
      in += block;
      n -= block;
    }
  g_string_append_len (text, (char *)last, (gssize)mimesend_qp_finish (&self, crlf, last));
  return text;
}

static gboolean
keeps_to_76 (const char *text, gsize length, const char *line_end)
{
  g_auto (GStrv) lines = NULL;
  g_autofree char *copy = g_strndup (text, length);

  lines = g_strsplit (copy, line_end, -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (strlen (lines[i]) > 76)
      return FALSE;
  return TRUE;
}

/* One past the paragraph at the front of text: what a hard line end closes. */
static gsize
paragraph_length (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] == '\n' && !(i >= 1 && text[i - 1] == '=') &&
        !(i >= 2 && text[i - 1] == '\r' && text[i - 2] == '='))
      return i + 1;
  return length;
}

static GString *
decoded (const GString *text)
{
  GString *octets = g_string_sized_new (text->len + 8);
  int state = 0;
  guint32 save = 0;

  octets->len = g_mime_encoding_quoted_decode_step ((const guint8 *)text->str, text->len,
                                                    (guint8 *)octets->str, &state, &save);
  return octets;
}

/* Equal to GMime's in every paragraph where GMime keeps to 76, and never over 76, and the same content. */
static void
check (const guint8 *in, gsize n, gboolean crlf, gsize block_max)
{
  const char *line_end = crlf ? "\r\n" : "\n";
  g_autoptr (GString) gmime = by_gmime (in, n, crlf);
  g_autoptr (GString) ours = by_us (in, n, crlf, block_max);
  g_autoptr (GString) content = decoded (gmime), same = decoded (ours);
  gsize i = 0, j = 0;

  g_assert_true (keeps_to_76 (ours->str, ours->len, line_end));
  g_assert_cmpmem (same->str, same->len, content->str, content->len);
  while (i < gmime->len || j < ours->len)
    {
      gsize theirs_length = paragraph_length (gmime->str + i, gmime->len - i);
      gsize ours_length = paragraph_length (ours->str + j, ours->len - j);

      if (keeps_to_76 (gmime->str + i, theirs_length, line_end))
        g_assert_cmpmem (ours->str + j, ours_length, gmime->str + i, theirs_length);
      i += theirs_length;
      j += ours_length;
    }
  g_assert_cmpuint (i, ==, gmime->len);
  g_assert_cmpuint (j, ==, ours->len);
}

/* Every string of five over the kinds of octet, from every column near the end of a line. */
static void
test_columns (void)
{
  static const guint8 symbols[] = { 'a', ' ', '=', '\r', '\n', 0xe9 };
  guint64 strings = 1;

  for (guint i = 0; i < 5; i++)
    strings *= G_N_ELEMENTS (symbols);
  for (gsize column = 68; column <= 77; column++)
    for (guint64 s = 0; s < strings; s++)
      {
        guint8 in[100];
        guint64 rest = s;

        memset (in, 'x', column);
        for (gsize i = 0; i < 5; i++, rest /= G_N_ELEMENTS (symbols))
          in[column + i] = symbols[rest % G_N_ELEMENTS (symbols)];
        check (in, column + 5, s % 2 == 0, 100);
      }
}

static void
test_random (void)
{
  for (guint round = 0; round < 2000; round++)
    {
      gsize n = (gsize)g_test_rand_int_range (0, 1500);
      g_autofree guint8 *in = g_malloc (n + 1);

      for (gsize i = 0; i < n; i++)
        {
          gint kind = g_test_rand_int_range (0, 100);

          in[i] = kind < 60 || (round % 3 == 0 && kind < 97) ? (guint8)g_test_rand_int_range (32, 127)
                  : kind < 70                                ? ' '
                  : kind < 75                                ? '\n'
                  : kind < 80 && round % 2 == 0              ? '\r'
                                                             : (guint8)g_test_rand_int_range (1, 256);
        }
      check (in, n, round % 2 == 0, round % 5 == 0 ? 3 : 500);
    }
}

static void
check_text (const char *in, gboolean crlf, const char *want)
{
  g_autoptr (GString) got = by_us ((const guint8 *)in, strlen (in), crlf, 1000);

  g_assert_cmpstr (got->str, ==, want);
}

static void
test_known (void)
{
  check_text ("", TRUE, "");
  check_text ("plain\n", FALSE, "plain\n");
  check_text ("plain\r\n", FALSE, "plain\n");
  check_text ("plain\n", TRUE, "plain\r\n");
  check_text ("a=b\n", FALSE, "a=3Db\n");
  check_text ("gr\xc3\xbc\xc3\x9f\n", FALSE, "gr=C3=BC=C3=9F\n");
  check_text ("end \n", FALSE, "end=20\n");
  check_text ("end\t\r\n", TRUE, "end=09\r\n");
  check_text ("end ", TRUE, "end=20=\r\n");
  check_text ("a\rb", FALSE, "a=0Db");
  check_text ("a\r", FALSE, "a=0D=\n");
  check_text (".\nFrom here\n", FALSE, ".\nFrom here\n");
}

/* GMime makes one line of 3,000 of it, which servers refuse. */
static void
test_run_of_cr (void)
{
  g_autofree char *in = g_strnfill (1000, '\r');
  g_autoptr (GString) text = by_us ((const guint8 *)in, 1000, FALSE, 100);
  g_autoptr (GString) back = decoded (text);

  g_assert_true (keeps_to_76 (text->str, text->len, "\n"));
  g_assert_cmpmem (back->str, back->len, in, 1000);
}

/* The worst that a block of each length can grow to. */
static void
test_worst (void)
{
  for (gsize n = 1; n < 400; n++)
    {
      g_autofree guint8 *in = g_malloc (n);

      for (guint kind = 0; kind < 4; kind++)
        {
          for (gsize i = 0; i < n; i++)
            in[i] = kind == 0 ? 0xff : kind == 1 ? '\r' : kind == 2 ? '\n' : (i % 2 == 0 ? ' ' : '\n');
          check (in, n, TRUE, n);
        }
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  room = guarded_new (16384);
  g_test_add_func ("/octets/qp/encodes-known-text", test_known);
  g_test_add_func ("/octets/qp/breaks-lines-at-every-column", test_columns);
  g_test_add_func ("/octets/qp/encodes-random-octets", test_random);
  g_test_add_func ("/octets/qp/breaks-run-of-cr", test_run_of_cr);
  g_test_add_func ("/octets/qp/output-stays-within-room", test_worst);
  result = g_test_run ();
  guarded_clear (&room);
  return result;
}
