/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A mail parsed by GMime and walked by us: octet for octet what GMime's writer gives, or refused for its headers. */
#include <string.h>

#include "fuzz.h"

#include "../walk/tree-compare.h"
#include "../walk/tree-gen.h"
#include "../octets/crlf-model.h"
#include "content/for-part.h"
#include "mimesend-error.h"

/* All of it; NULL where it was refused. */
static GByteArray *
read_all (MimesendContent *content, gsize count)
{
  GByteArray *all = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  gsize n;

  do
    {
      g_autoptr (GBytes) bytes = mimesend_content_read_bytes (content, count, NULL, &error);

      if (bytes == NULL)
        {
          g_assert_true (error != NULL && error->domain == MIMESEND_ERROR);
          g_byte_array_unref (all);
          return NULL;
        }
      n = g_bytes_get_size (bytes);
      g_assert_cmpuint (n, <=, count);
      g_byte_array_append (all, g_bytes_get_data (bytes, NULL), (guint)n);
    }
  while (n > 0);
  return all;
}

static gboolean
    has_nul; /* the input: GMime ends a field's value there, perhaps behind the blank of a folded line */

static void
compare (GMimeObject *tree, gboolean crlf, gsize count)
{
  GMimeFormatOptions *options = g_mime_format_options_get_default ();
  g_autoptr (MimesendContent) content = mimesend_part_content_new (tree, options, crlf);
  GByteArray *ours, *theirs;

  ours = read_all (content, count);
  if (ours == NULL)
    return;
  theirs = tree_written_by_gmime (tree, options, crlf);
  if (crlf)
    {
      ours = tree_canonical (ours);
      theirs = tree_canonical (theirs);
    }
  if (ours->len != theirs->len)
    {
      ours = tree_without_blank_lines (ours);
      theirs = tree_without_blank_lines (theirs);
    }
  if (ours->len == theirs->len || !has_nul)
    g_assert_cmpmem (ours->data, ours->len, theirs->data, theirs->len);
  g_byte_array_unref (theirs);
  g_byte_array_unref (ours);
}

/* RFC 1870 3: lines ended by CRLF, dots not doubled. NULs are refused on the way, and their message has no length. */
static void
check_length (gint64 length, const GByteArray *octets)
{
  CrlfModel model = crlf_model_of (octets->data, octets->len, FALSE);

  if (length >= 0 && model.taken == octets->len)
    g_assert_cmpint (length, ==, (gint64)model.wire->len + (model.line > 0 ? 2 : 0));
  g_string_free (model.wire, TRUE);
}

/* For a server that takes 7 bits: the same octets whatever is pulled at a time, as many as was said ahead. */
static void
convert (GMimeObject *tree, gsize count)
{
  GByteArray *results[2] = { NULL, NULL };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MimesendContent) content = mimesend_content_new_for_part (tree, NULL);
      gint64 length;

      if (!mimesend_content_prepare (content, 0, NULL))
        return;
      length = mimesend_content_get_length (content);
      results[i] = read_all (content, i == 0 ? count : 65536);
      if (results[i] != NULL)
        check_length (length, results[i]);
    }
  g_assert_true ((results[0] == NULL) == (results[1] == NULL));
  if (results[0] == NULL)
    return;
  g_assert_cmpmem (results[0]->data, results[0]->len, results[1]->data, results[1]->len);
  g_byte_array_unref (results[0]);
  g_byte_array_unref (results[1]);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  guint how = fuzz_choose (&input, 256);
  gsize count = 1 + fuzz_choose (&input, 256) + input.size / 256;
  GMimeStream *stream;
  GMimeParser *parser;
  GMimeMessage *message;

  fuzz_init ();
  g_mime_init ();
  has_nul = memchr (input.data, 0, input.size) != NULL;
  stream = g_mime_stream_mem_new_with_buffer ((const char *)input.data, input.size);
  parser = g_mime_parser_new_with_stream (stream);
  g_mime_parser_set_persist_stream (parser, how & 1);
  message = g_mime_parser_construct_message (parser, NULL);
  if (message != NULL)
    {
      compare ((GMimeObject *)message, (how & 2) != 0, count);
      convert ((GMimeObject *)message, count);
      g_object_unref (message);
    }
  g_object_unref (parser);
  g_object_unref (stream);
  return 0;
}
