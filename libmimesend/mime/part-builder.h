/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part builder's fields, for the files that build the part. */
#pragma once

#include "mime/header.h"
#include "mimesend-part.h"

G_BEGIN_DECLS

#define MIMESEND_PREAMBLE "This is a multi-part message in MIME format.\n"

typedef struct
{
  char *name;
  char *value;
} MimesendPair;

struct _MimesendPartBuilder
{
  gatomicrefcount refs;
  GBytes *text, *bytes;
  char *path;
  GMimeStream *stream;
  GPtrArray *subparts; /* of GMimeObject */
  gboolean has_range;
  gint64 range_start, range_end;
  char *content_type;
  GPtrArray *parameters; /* of MimesendPair */
  char *charset;
  GMimeContentEncoding encoding;
  char *disposition;
  char *name;
  char *id;
  char *description;
  GPtrArray *headers; /* of MimesendPair */
  gboolean top;
};

/* The part as a child of a multipart: a GMimeMessage becomes message/rfc822. */
GMimeObject *mimesend_part_for_multipart (GMimeObject *part);

G_END_DECLS
