/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message as it is read for its signature, in pieces: whatever the pieces, the same header is kept and the same hash comes of the
 * body, or it is refused; and the fields of a header that is taken are all of it. The first octet says how long the pieces are. */
#include "fuzz.h"

#include <string.h>

#include "secure/dkim-header.h"
#include "secure/dkim-reader.h"

typedef struct
{
  gboolean good;
  GByteArray *header;
  guint8 digests[MIMESEND_DKIM_FORMS][MIMESEND_DKIM_HASH];
} Read;

static Read
read_in_pieces (const guint8 *octets, gsize n, gsize piece)
{
  Read read = { .good = TRUE };
  MimesendDkimReader reader;

  mimesend_dkim_reader_init (&reader, 3);
  for (gsize at = 0; read.good && at < n; at += piece)
    read.good = mimesend_dkim_reader_add (&reader, octets + at, MIN (piece, n - at), NULL);
  read.good = read.good && mimesend_dkim_reader_finish (&reader, read.digests, NULL);
  read.header = g_byte_array_ref (reader.header);
  mimesend_dkim_reader_clear (&reader);
  return read;
}

/* Every octet ahead of the empty line belongs to one field, and the relaxed form has no line but its last. */
static void
look_at_header (const GByteArray *block)
{
  MimesendDkimHeader header;
  gsize total = 0;

  if (!mimesend_dkim_header_init (&header, block->data, block->len, NULL))
    return;
  for (guint i = 0; i < header.fields->len; i++)
    {
      const MimesendDkimField *field = &g_array_index (header.fields, MimesendDkimField, i);
      GString *relaxed = g_string_new (NULL);

      g_assert_true (field->text == (const char *)block->data + total);
      g_assert_cmpuint (field->name_length, >, 0);
      total += field->length;
      mimesend_dkim_append_field (relaxed, MIMESEND_DKIM_RELAXED, field);
      g_assert_true (g_str_has_suffix (relaxed->str, "\r\n"));
      g_assert_true (memchr (relaxed->str, '\n', relaxed->len) == relaxed->str + relaxed->len - 1);
      g_assert_null (memmem (relaxed->str, relaxed->len, "  ", 2));
      g_string_free (relaxed, TRUE);
    }
  g_assert_true (total == block->len || total + 2 == block->len);
  mimesend_dkim_header_clear (&header);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Read whole, pieces;

  fuzz_init ();

  if (size < 2)
    return 0;
  whole = read_in_pieces (data + 1, size - 1, size - 1);
  pieces = read_in_pieces (data + 1, size - 1, 1 + data[0] % 16);
  g_assert_cmpint (whole.good, ==, pieces.good);
  if (whole.good)
    {
      g_assert_cmpmem (whole.header->data, whole.header->len, pieces.header->data, pieces.header->len);
      g_assert_cmpmem (whole.digests, sizeof whole.digests, pieces.digests, sizeof pieces.digests);
      look_at_header (whole.header);
    }
  g_byte_array_unref (whole.header);
  g_byte_array_unref (pieces.header);
  return 0;
}
