/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a tree looks like when GMime has written it, and when GMime has read that again. */
#pragma once

#include <gmime/gmime.h>
#include <string.h>

#include "mimesend-error.h"
#include "mimesend-gmime-autoptr.h"

/* Octets, and no name of a header that hostile values try to smuggle in. */
static const char *const hostile_values[] = {
  "a\r",
  "a\n",
  "a\r\n",
  "\na",
  "a\f",
  "a\rX-Evil: 1",
  "a\nX-Evil: 1",
  "a\r\nX-Evil: 1",
  "a\r\n\r\nbody",
  "a\x0b",
  "a\x7f",
  "\x01",
  "a\x1b[2J",
  "a\xc2\x85X-Evil: 1",
  "a\xc2\x9f",
  "a\xe2\x80\xa8X-Evil: 1",
  "a\xe2\x80\xa9X-Evil: 1",
  "a\xff",
  "a\xc3",
  "a\xed\xa0\x80",
  "a\xc0\x8a",
};

/* The code point whose low octet is LF: harmless unless it is narrowed. */
#define HARMLESS_VALUE "\xe5\x98\x8aX-Evil: 1"

static inline char *
written (GMimeObject *object)
{
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new ();
  GByteArray *octets;

  g_assert_cmpint (g_mime_object_write_to_stream (object, NULL, stream), >=, 0);
  octets = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (stream));
  return octets->len > 0 ? g_strndup ((const char *)octets->data, octets->len) : g_strdup ("");
}

static inline GMimeMessage *
read_back (const char *text)
{
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new_with_buffer (text, strlen (text));
  g_autoptr (GMimeParser) parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);

  g_assert_nonnull (message);
  return message;
}

/* A part on its own becomes the body of a message. */
static inline GMimeObject *
read_back_part (GMimeObject *part)
{
  g_autofree char *text = written (part);
  g_autoptr (GMimeMessage) message = read_back (text);

  return g_object_ref (g_mime_message_get_mime_part (message));
}

/* The content of a leaf, decoded. */
static inline char *
decoded (GMimeObject *part)
{
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new ();
  GByteArray *octets;

  g_assert_true (GMIME_IS_PART (part));
  g_mime_data_wrapper_write_to_stream (g_mime_part_get_content (GMIME_PART (part)), stream);
  octets = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (stream));
  return octets->len > 0 ? g_strndup ((const char *)octets->data, octets->len) : g_strdup ("");
}

/* Every line of the header block is "Name: …" or a continuation with something on it, of ASCII and at most
 * `limit`. */
static inline void
assert_headers_are_sound (GMimeObject *object, gsize limit)
{
  g_autofree char *text = g_mime_object_get_headers (object, NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = g_strv_length (lines);

  g_assert_cmpstr (lines[n - 1], ==, "");
  for (guint i = 0; i + 1 < n; i++)
    {
      gsize name = strcspn (lines[i], ":");

      g_assert_cmpuint (strlen (lines[i]), <=, limit);
      g_assert_true (g_str_is_ascii (lines[i]));
      g_assert_null (strchr (lines[i], '\r'));
      if (i > 0 && (lines[i][0] == ' ' || lines[i][0] == '\t'))
        g_assert_cmpuint (strspn (lines[i], " \t"), <, strlen (lines[i]));
      else
        g_assert_true (lines[i][name] == ':' && name > 0 && strcspn (lines[i], " \t") > name);
    }
}

#define assert_refused(error, expected)                                                                      \
  do                                                                                                         \
    {                                                                                                        \
      g_assert_error ((error), MIMESEND_ERROR, (expected));                                                  \
      g_assert_true (g_utf8_validate ((error)->message, -1, NULL));                                          \
      g_assert_null (strpbrk ((error)->message, "\r\n\x1b"));                                                \
      g_clear_error (&(error));                                                                              \
    }                                                                                                        \
  while (0)
