/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small helpers for the tests of contents. */
#pragma once

#include <gmime/gmime.h>
#include <string.h>

#include "content/content-pull.h"
#include "mimesend-content.h"
#include "mimesend-error.h"

/* All octets; NULL with error. */
static inline GByteArray *
read_content (MimesendContent *content, gsize count, GError **error)
{
  GByteArray *all = g_byte_array_new ();

  while (TRUE)
    {
      GBytes *bytes = mimesend_content_read_bytes (content, count, NULL, error);
      gsize n;

      if (bytes == NULL)
        {
          g_byte_array_unref (all);
          return NULL;
        }
      n = g_bytes_get_size (bytes);
      if (n > 0)
        g_byte_array_append (all, g_bytes_get_data (bytes, NULL), (guint)n);
      g_bytes_unref (bytes);
      if (n == 0)
        return all;
    }
}

/* As a string, which is freed by the caller. */
static inline char *
read_text (MimesendContent *content, GError **error)
{
  GByteArray *all = read_content (content, 4096, error);

  if (all == NULL)
    return NULL;
  g_byte_array_append (all, (const guint8 *)"", 1);
  return (char *)g_byte_array_free (all, FALSE);
}

static inline GMimeMessage *
message_of_text (const char *mail)
{
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (mail, strlen (mail));
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);

  g_object_unref (parser);
  g_object_unref (stream);
  g_assert_nonnull (message);
  return message;
}

static inline GMimePart *
leaf_with_stream (const char *type,
                  GMimeStream *stream,
                  GMimeContentEncoding stored,
                  GMimeContentEncoding encoding)
{
  g_auto (GStrv) types = g_strsplit (type, "/", 2);
  GMimePart *part = g_mime_part_new_with_type (types[0], types[1]);
  GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream (stream, stored);

  g_mime_part_set_content (part, content);
  if (encoding != GMIME_CONTENT_ENCODING_DEFAULT)
    g_mime_part_set_content_encoding (part, encoding);
  g_object_unref (content);
  return part;
}

static inline GMimePart *
leaf_with_octets (const char *type, const char *octets, gsize length, GMimeContentEncoding encoding)
{
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (octets, length);
  GMimePart *part = leaf_with_stream (type, stream, GMIME_CONTENT_ENCODING_DEFAULT, encoding);

  g_object_unref (stream);
  return part;
}

static inline GMimePart *
leaf_with_text (const char *text, GMimeContentEncoding encoding)
{
  return leaf_with_octets ("text/plain", text, strlen (text), encoding);
}

/* multipart/SUBTYPE of two parts, which it takes over; the second may be NULL. */
static inline GMimeObject *
multipart_of (const char *subtype, gpointer one, gpointer two)
{
  GMimeMultipart *multipart = g_mime_multipart_new_with_subtype (subtype);

  g_mime_multipart_set_boundary (multipart, "=-b");
  g_mime_multipart_add (multipart, one);
  g_object_unref (one);
  if (two != NULL)
    {
      g_mime_multipart_add (multipart, two);
      g_object_unref (two);
    }
  return (GMimeObject *)multipart;
}

/* Reading the tree fails, and goes on failing. wire −1: nothing is said ahead. */
static inline void
expect_failure_of (GMimeObject *tree, MimesendWireFlags wire, int code, const char *words)
{
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (tree, NULL);
  g_autoptr (GError) error = NULL, again = NULL;
  GByteArray *all;

  if (wire != (MimesendWireFlags)-1)
    g_assert_true (mimesend_content_prepare (content, wire, NULL));
  all = read_content (content, 4096, &error);
  g_assert_null (all);
  g_assert_error (error, MIMESEND_ERROR, code);
  if (strstr (error->message, words) == NULL)
    g_error ("'%s' lacks '%s'", error->message, words);
  /* It does not become a success by asking again. */
  g_assert_null (mimesend_content_read_bytes (content, 10, NULL, &again));
  g_assert_cmpstr (again->message, ==, error->message);
}
