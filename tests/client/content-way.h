/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of contents that wait share: the five lines of each, and both ways to send them. */
#pragma once

#include <string.h>

#include "async.h"
#include "test-sink.h"

G_BEGIN_DECLS

static inline GBytes *
line_of (guint i)
{
  g_autofree char *line = g_strdup_printf ("line %u\n", i);

  return g_bytes_new (line, strlen (line));
}

#define LINES "line 0\r\nline 1\r\nline 2\r\nline 3\r\nline 4\r\n"

static inline void
assert_sent (TestSink *sink, Sent *sent, const char *expected)
{
  g_autoptr (GBytes) bytes = NULL;

  g_assert_no_error (sent->error);
  g_assert_cmpint (mimesend_receipt_get_outcome (sent->receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
  test_sink_next (sink);
  bytes = test_sink_octets (sink);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, strlen (expected));
  sent_clear (sent);
}

G_END_DECLS
