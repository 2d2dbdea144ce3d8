/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which charset octets are in, as far as they say so themselves: UTF-8 that is valid and has more than ASCII in it is hardly
 * ever anything else, UTF-16 and UTF-32 have a byte order mark. No other charset can be told by looking. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* UTF-16 and UTF-32, unit by unit. */
typedef struct
{
  guint width; /* octets of a unit; 0: it is not this */
  gboolean little;
  guint32 unit;
  guint n;       /* octets of it so far */
  gboolean high; /* the first half of a surrogate pair came */
} MimesendWideLook;

/* Filled with zeros it is ready. */
typedef struct
{
  guint64 length;
  guint8 start[4];
  gboolean nul;   /* U+0000 in a text of ASCII's family */
  gboolean shift; /* ESC, SO or SI: perhaps ISO 2022, whose octets look like ASCII */
  gboolean eight_bit;
  gboolean bad_utf8;
  guint due;        /* octets of a character of UTF-8 that are due still … */
  guint8 low, high; /* … and between which the next one lies */
  MimesendWideLook wide[2];
} MimesendCharsetLook;

void mimesend_charset_look (MimesendCharsetLook *self, const guint8 *octets, gsize n);

/* "us-ascii", "utf-8", "utf-16", "utf-32"; NULL: it cannot be told. complete: nothing follows; else what is said by a byte
 * order mark alone can be known. */
const char *mimesend_charset_look_get (const MimesendCharsetLook *self, gboolean complete);

/* May the octets be taken for lines of text that end in octet 10? */
gboolean mimesend_charset_look_has_lines (const MimesendCharsetLook *self, gboolean complete);

G_END_DECLS
