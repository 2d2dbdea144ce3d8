/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks at the header of a message on its way, for a CR that ends no line: a server that took it for a line end would see a
 * field that nobody wrote (contract S15). The body's are mended (crlf.h). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  enum
  {
    MIMESEND_HEADER_LINE_START,
    MIMESEND_HEADER_NAME,
    MIMESEND_HEADER_VALUE,
    MIMESEND_HEADER_CR, /* in a value, and the last octet was a CR */
    MIMESEND_HEADER_OVER
  } state;
  guint64 offset; /* of the octet looked at */
} MimesendHeaderWatch;

#define MIMESEND_HEADER_WATCH_INIT                                                                           \
  {                                                                                                          \
    MIMESEND_HEADER_LINE_START, 0                                                                            \
  }

/* FALSE: a bare CR at self->offset. Once the header is over it costs a comparison. */
gboolean mimesend_header_watch (MimesendHeaderWatch *self, const guint8 *octets, gsize n);

G_END_DECLS
