/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public functions take and give times in seconds; inside they are microseconds. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 136 years: a few such times and the clock add up within 64 bits. */
#define MIMESEND_SECONDS_MOST ((gint64)G_MAXUINT32)

/* −1 for less than 0; 0 for 0 and what is no number; at least a microsecond for all that is more. */
static inline gint64
mimesend_seconds_to_us (double seconds)
{
  if (seconds < 0)
    return -1;
  if (!(seconds > 0))
    return 0;
  if (seconds >= (double)MIMESEND_SECONDS_MOST)
    return MIMESEND_SECONDS_MOST * G_TIME_SPAN_SECOND;
  return MAX ((gint64)(seconds * (double)G_TIME_SPAN_SECOND + 0.5), 1);
}

/* Less than 0: −1, as the functions say for a time that there is not. */
static inline double
mimesend_seconds_from_us (gint64 us)
{
  return us < 0 ? -1.0 : (double)us / (double)G_TIME_SPAN_SECOND;
}

G_END_DECLS
