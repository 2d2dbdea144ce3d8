/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Detects the charset of octets where they show it: valid UTF-8 with non-ASCII characters is hardly ever anything else,
 * UTF-16 and UTF-32 have a byte order mark. No other charset can be detected. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The state of one decoder of UTF-16 or UTF-32, unit by unit. */
typedef struct
{
  guint width; /* octets of a unit; 0: it is not this charset */
  gboolean little;
  guint32 unit;
  guint n;       /* octets of the current unit so far */
  gboolean high; /* the first half of a surrogate pair came */
} MimesendWideLook;

/* One detection. Initialise with zeros. */
typedef struct
{
  guint64 length;
  guint8 start[4];
  gboolean nul;   /* a NUL octet, if the charset contains ASCII */
  gboolean shift; /* ESC, SO or SI: perhaps ISO 2022, whose octets look like ASCII */
  gboolean eight_bit;
  gboolean bad_utf8;
  guint due;        /* octets still missing of a UTF-8 character … */
  guint8 low, high; /* … and the range of the next one */
  MimesendWideLook wide[2];
} MimesendCharsetLook;

void mimesend_charset_look (MimesendCharsetLook *self, const guint8 *octets, gsize n);

/* "us-ascii", "utf-8", "utf-16", "utf-32"; NULL: unknown. complete: these are all octets; else only a byte order mark
 * counts. */
const char *mimesend_charset_look_get (const MimesendCharsetLook *self, gboolean complete);

/* Whether the octets are lines of text that end in octet 10. */
gboolean mimesend_charset_look_has_lines (const MimesendCharsetLook *self, gboolean complete);

G_END_DECLS
