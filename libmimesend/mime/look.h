/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks at the content of a text part when it is built, where that consumes nothing, to find its charset. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* Octets of a text that are looked at; nearly all texts are shorter. */
#define MIMESEND_LOOK_MAX (16 * 1024 * 1024)

typedef struct
{
  const char *charset; /* see charset-look.h; NULL: unknown */
  gboolean has_lines;  /* all of it is text whose lines end in octet 10 */
} MimesendLook;

/* Looks at a regular file, from start to end (−1: its end). For anything else, or if it cannot be read, nothing is set. */
void mimesend_look_at_file (MimesendLook *self, const char *path, gint64 start, gint64 end);

/* Looks at a stream in memory or of a regular file; its position does not change. */
void mimesend_look_at_stream (MimesendLook *self, GMimeStream *stream);

G_END_DECLS
