/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libmimesend/mimesend.h>
#include <libmimesend/mimesend-gmime-autoptr.h>

#include "test-sink.h"

/* The octets that arrived, as a string (they have no NUL). */
static inline char *
seed_arrived (TestSink *sink)
{
  g_autoptr (GBytes) bytes = test_sink_octets (sink);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* What arrived is exactly this, line ends CRLF. */
static inline void
seed_assert_arrived (TestSink *sink, const char *expected)
{
  g_autofree char *arrived = NULL;

  test_sink_next (sink);
  arrived = seed_arrived (sink);
  g_assert_cmpstr (arrived, ==, expected);
}

/* The recipients of a transaction, each with a blank behind it. */
static inline char *
seed_recipients_of (JsonObject *envelope)
{
  JsonArray *recipients = json_object_get_array_member (envelope, "recipients");
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (recipients); i++)
    g_string_append_printf (all, "%s ", json_array_get_string_element (recipients, i));
  return g_string_free (all, FALSE);
}
