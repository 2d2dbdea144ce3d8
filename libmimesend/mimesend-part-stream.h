/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree of parts as a stream. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

#define MIMESEND_TYPE_PART_STREAM (mimesend_part_stream_get_type ())
/**
 * MIMESEND_PART_STREAM:
 * @o: a #MimesendPartStream
 *
 * Casts to a `MimesendPartStream *`.
 *
 * Since: 0.1
 */
#define MIMESEND_PART_STREAM(o)                                                                              \
  (G_TYPE_CHECK_INSTANCE_CAST ((o), MIMESEND_TYPE_PART_STREAM, MimesendPartStream))
/**
 * MIMESEND_IS_PART_STREAM:
 * @o: an object, or %NULL
 *
 * Checks whether an object is a #MimesendPartStream.
 *
 * Since: 0.1
 */
#define MIMESEND_IS_PART_STREAM(o) (G_TYPE_CHECK_INSTANCE_TYPE ((o), MIMESEND_TYPE_PART_STREAM))

typedef struct _MimesendPartStream MimesendPartStream;

GType mimesend_part_stream_get_type (void);
GMimeStream *mimesend_part_stream_new (GMimeObject *part);
GMimeStream *mimesend_part_stream_new_full (GMimeObject *part, GMimeFormatOptions *options);
GBytes *mimesend_part_stream_read_bytes (GMimeStream *self, gsize count, GError **error);
const GError *mimesend_part_stream_get_error (GMimeStream *self);

G_END_DECLS
