/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists the parts of a tree, for display. */
#pragma once

#include <gmime/gmime.h>

typedef struct
{
  guint depth;
  char *type;           /* "text/plain" */
  const char *encoding; /* NULL: a multipart, or none */
  char *name;           /* NULL: none */
  gint64 octets;        /* octets before encoding; −1: unknown, or a multipart */
} TreePart;

/* Of TreePart, outermost first. Attached messages are not expanded. */
GArray *tree_list (GMimeObject *top);
