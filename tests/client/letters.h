/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Letters as they are sent and as they arrive, for the tests of sessions and pools. */
#pragma once

#include <string.h>

#include "async.h"
#include <libmimesend/mimesend-gmime-autoptr.h>
#include "test-sink.h"

G_BEGIN_DECLS

static inline MimesendLetter *
letter_to (const char *to)
{
  MimesendLetter *letter = mimesend_letter_new ();

  g_assert_true (mimesend_letter_set_from (letter, "Joe <joe@example.com>", NULL));
  if (to != NULL)
    g_assert_true (mimesend_letter_add_to (letter, to, NULL));
  mimesend_letter_set_text (letter, "text\n");
  return letter;
}

/* A stream that is read in place: through a filter. */
static inline void
attach_filtered (MimesendLetter *letter, const char *octets, gsize length)
{
  g_autoptr (GMimeStream) memory = g_mime_stream_mem_new_with_buffer (octets, length);
  g_autoptr (GMimeStream) stream = g_mime_stream_filter_new (memory);

  g_assert_true (mimesend_letter_attach_stream (letter, stream, "data.bin", NULL));
}

/* Takes octets. A multipart has another boundary each time it is built. */
static inline char *
without_boundary (char *octets)
{
  const char *start = strstr (octets, "boundary=\"");
  g_autofree char *boundary = NULL, *old = octets;
  g_auto (GStrv) parts = NULL;

  if (start == NULL)
    return g_steal_pointer (&old);
  start += strlen ("boundary=\"");
  boundary = g_strndup (start, strcspn (start, "\""));
  parts = g_strsplit (octets, boundary, -1);
  return g_strjoinv ("", parts);
}

static inline char *
built (MimesendLetter *letter)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMimeObject) tree = mimesend_letter_build (letter, &error);

  g_assert_no_error (error);
  return without_boundary (g_mime_object_to_string (tree, NULL));
}

static inline char *
arrived (TestSink *sink)
{
  g_autoptr (GBytes) bytes = test_sink_octets (sink);

  return without_boundary (g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
}

static inline char *
arrived_to (JsonObject *message)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  JsonArray *recipients = json_object_get_array_member (message, "recipients");

  for (guint i = 0; i < json_array_get_length (recipients); i++)
    g_ptr_array_add (found, (gpointer)json_array_get_string_element (recipients, i));
  g_ptr_array_add (found, NULL);
  return g_strjoinv (" ", (char **)found->pdata);
}

static inline void
assert_has_id (MimesendReceipt *receipt, MimesendLetter *letter, const char *octets)
{
  g_autofree char *id = g_strdup_printf ("<%s>", mimesend_letter_get_message_id (letter));
  g_autofree char *line = g_strdup_printf ("\r\nMessage-ID: %s\r\n", id);

  g_assert_cmpstr (mimesend_receipt_get_message_id (receipt), ==, id);
  g_assert_nonnull (strstr (octets, line));
}

G_END_DECLS
