/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the header of a message on its way, whatever pieces it comes in: which fields are there, where it ends, and whether
 * a CR in it ends no line: a server that took that for a line end would see a field that was never written. The
 * body's are mended (crlf.h). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIMESEND_HEADER_NAME_KEPT 16 /* octets of a name: more than any that is asked for has */

/* What was seen. A text whose first line is neither a field nor empty has no header: it is a body. */
typedef enum
{
  MIMESEND_HEADER_HAS_FIELD = 1 << 0,
  MIMESEND_HEADER_HAS_DATE = 1 << 1,
  MIMESEND_HEADER_HAS_MESSAGE_ID = 1 << 2,
  MIMESEND_HEADER_HAS_MIME_VERSION = 1 << 3,
  MIMESEND_HEADER_HAS_BCC = 1 << 4,       /* Bcc or Resent-Bcc, with something in it */
  MIMESEND_HEADER_HAS_EIGHT_BIT = 1 << 5, /* an octet above 127, the byte order mark apart */
  MIMESEND_HEADER_HAS_MBOX_LINE = 1 << 6, /* "From …" ahead of the fields (RFC 4155), or ">From …" */
  MIMESEND_HEADER_HAS_BOM = 1 << 7,       /* UTF-8's byte order mark ahead of everything */
  MIMESEND_HEADER_IS_EMPTY = 1 << 8       /* the empty line comes first */
} MimesendHeaderFlags;

/* Filled with zeros it is ready. */
typedef struct
{
  guint flags;      /* MimesendHeaderFlags */
  gboolean settled; /* the fields are over: by the empty line, or by a line that is none */
  gboolean over;  /* so is what receivers that pass by such a line may take for a field: by the empty line */
  guint64 offset; /* of the octet looked at */
  guint64
      fields_at; /* where the first field or the empty line is, behind lines of mbox; 0 without a header */

  /* header-watch.c's own */
  guint state;
  guint matched;     /* of the byte order mark */
  guint quotes;      /* '>' ahead of the name */
  guint name_length; /* of all of it; the beginning of it is kept */
  char name[MIMESEND_HEADER_NAME_KEPT];
  gboolean is_bcc; /* the field under way, and nothing stands in it so far */
} MimesendHeaderWatch;

#define MIMESEND_HEADER_WATCH_INIT                                                                           \
  {                                                                                                          \
    0                                                                                                        \
  }

/* FALSE: a bare CR at self->offset. Once the header is over it costs a comparison. */
gboolean mimesend_header_watch (MimesendHeaderWatch *self, const guint8 *octets, gsize n);

/* The content has ended: a line without an end is what it is so far. */
void mimesend_header_watch_end (MimesendHeaderWatch *self);

G_END_DECLS
