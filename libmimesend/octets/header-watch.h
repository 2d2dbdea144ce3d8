/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scans the header of a message as it is sent, piece by piece: which fields there are, where it ends, and whether it holds
 * a bare CR. A server that takes a bare CR for a line end would see a field that was never written. Bare CRs in the body
 * are converted (crlf.h). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIMESEND_HEADER_NAME_KEPT                                                                            \
  16 /* octets of a name that are kept; longer than the names that are looked for */

/* What was seen. A text whose first line is neither a field nor empty has no header: it is a body. */
typedef enum
{
  MIMESEND_HEADER_HAS_FIELD = 1 << 0,
  MIMESEND_HEADER_HAS_DATE = 1 << 1,
  MIMESEND_HEADER_HAS_MESSAGE_ID = 1 << 2,
  MIMESEND_HEADER_HAS_MIME_VERSION = 1 << 3,
  MIMESEND_HEADER_HAS_BCC = 1 << 4,       /* a Bcc or Resent-Bcc that is not empty */
  MIMESEND_HEADER_HAS_EIGHT_BIT = 1 << 5, /* an octet above 127; a byte order mark does not count */
  MIMESEND_HEADER_HAS_MBOX_LINE = 1 << 6, /* "From …" ahead of the fields (RFC 4155), or ">From …" */
  MIMESEND_HEADER_HAS_BOM = 1 << 7,       /* UTF-8's byte order mark ahead of everything */
  MIMESEND_HEADER_IS_EMPTY = 1 << 8       /* the empty line comes first */
} MimesendHeaderFlags;

/* One scan of one header. Initialise with zeros. */
typedef struct
{
  guint flags;      /* MimesendHeaderFlags */
  gboolean settled; /* the fields have ended: by the empty line, or by a line that is no field */
  gboolean
      over; /* the empty line has come: also lenient receivers, which skip a line that is no field, see no more fields */
  guint64 offset;    /* position of the current octet, from 0 */
  guint64 fields_at; /* offset of the first field or the empty line, after any mbox line; 0: no header */

  /* private to header-watch.c */
  guint state;
  guint matched;     /* octets of the byte order mark so far */
  guint quotes;      /* '>' seen before the name */
  guint name_length; /* of the whole name; its first octets are kept */
  char name[MIMESEND_HEADER_NAME_KEPT];
  gboolean is_bcc; /* the current field is a Bcc, empty so far */
} MimesendHeaderWatch;

#define MIMESEND_HEADER_WATCH_INIT                                                                           \
  {                                                                                                          \
    0                                                                                                        \
  }

/* Feeds octets. FALSE: a bare CR at self->offset. After the header a call costs one comparison. */
gboolean mimesend_header_watch (MimesendHeaderWatch *self, const guint8 *octets, gsize n);

/* Tells the watch that the content has ended: a last line without a line end counts as complete. */
void mimesend_header_watch_end (MimesendHeaderWatch *self);

G_END_DECLS
