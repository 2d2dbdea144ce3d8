/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A look at what a part will hold, where that takes nothing from its later reader. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* So much of a text is looked at: nearly all are shorter. */
#define MIMESEND_LOOK_MAX (16 * 1024 * 1024)

typedef struct
{
  const char *charset; /* see charset-look.h; NULL: it cannot be told */
  gboolean has_lines;  /* text whose lines end in octet 10, all of it */
} MimesendLook;

/* A regular file, from start to end (−1: its end). Of anything else, or of what cannot be read, nothing is told. */
void mimesend_look_at_file (MimesendLook *self, const char *path, gint64 start, gint64 end);

/* A stream in memory or of a regular file, which stays where it is. */
void mimesend_look_at_stream (MimesendLook *self, GMimeStream *stream);

G_END_DECLS
