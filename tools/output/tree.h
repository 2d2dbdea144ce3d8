/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree as a list of its parts, to be shown. */
#pragma once

#include <gmime/gmime.h>

typedef struct
{
  guint depth;
  char *type;           /* "text/plain" */
  const char *encoding; /* NULL: a multipart, or none */
  char *name;           /* NULL: none */
  gint64 octets;        /* before encoding; −1: not known, or a multipart */
} TreePart;

/* Of TreePart, outermost first. What is inside an attached message is not looked into. */
GArray *tree_list (GMimeObject *top);
