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
