/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reader of a message's header: pieces of any lengths are as good as the whole, and where it finds no fault the pass over
 * line ends makes no line of the header that was none. */
#include "fuzz.h"

#include "../octets/crlf-model.h"
#include "octets/header-watch.h"

static MimesendHeaderWatch
read_whole (const guint8 *octets, gsize n, gboolean *fine)
{
  MimesendHeaderWatch watch = MIMESEND_HEADER_WATCH_INIT;

  *fine = mimesend_header_watch (&watch, octets, n);
  if (*fine)
    mimesend_header_watch_end (&watch);
  return watch;
}

static void
in_pieces (FuzzInput input, guint piece_max, const MimesendHeaderWatch *whole, gboolean whole_fine)
{
  MimesendHeaderWatch watch = MIMESEND_HEADER_WATCH_INIT;
  gboolean fine = TRUE;

  for (guint round = 0; fine && input.size > 0; round++)
    {
      gsize n;
      g_autofree guint8 *piece = fuzz_take (&input, round % 7 == 3 ? 0 : 1 + round * 5 % piece_max, &n);

      fine = mimesend_header_watch (&watch, piece, n);
    }
  if (fine)
    mimesend_header_watch_end (&watch);
  g_assert_cmpint (fine, ==, whole_fine);
  g_assert_cmphex (watch.flags, ==, whole->flags);
  g_assert_cmpuint (watch.fields_at, ==, whole->fields_at);
  g_assert_cmpint (watch.settled, ==, whole->settled);
  if (!fine)
    g_assert_cmpuint (watch.offset, ==, whole->offset);
}

/* The next line without its end; NULL: the empty one, or no more. */
static char *
next_line (const char **text, const char *end)
{
  const char *newline = memchr (*text, '\n', (gsize)(end - *text));
  const char *stop = newline != NULL ? newline : end;
  const char *begin = *text;

  *text = newline != NULL ? newline + 1 : end;
  if (stop > begin && stop[-1] == '\r')
    stop--;
  return stop > begin ? g_strndup (begin, (gsize)(stop - begin)) : NULL;
}

static void
same_lines (FuzzInput input, const GString *wire)
{
  const char *before = (const char *)input.data, *before_end = before + input.size;
  const char *after = wire->str, *after_end = after + wire->len;

  for (;;)
    {
      g_autofree char *line = next_line (&before, before_end);
      g_autofree char *sent = next_line (&after, after_end);

      g_assert_cmpstr (line, ==, sent);
      if (line == NULL)
        break;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  guint piece_max = 1 + fuzz_choose (&input, 40);
  gboolean fine, sent_fine;
  MimesendHeaderWatch whole = read_whole (input.data, input.size, &fine);

  fuzz_init ();
  in_pieces (input, piece_max, &whole, fine);
  if (fine && (input.size == 0 || memchr (input.data, 0, input.size) == NULL))
    {
      CrlfModel model = crlf_model_of (input.data, input.size, FALSE);
      MimesendHeaderWatch sent = read_whole ((guint8 *)model.wire->str, model.wire->len, &sent_fine);

      g_assert_true (sent_fine);
      g_assert_cmphex (sent.flags, ==, whole.flags);
      if (whole.flags & (MIMESEND_HEADER_HAS_FIELD | MIMESEND_HEADER_HAS_MBOX_LINE))
        same_lines (input, model.wire);
      g_string_free (model.wire, TRUE);
    }
  return 0;
}
