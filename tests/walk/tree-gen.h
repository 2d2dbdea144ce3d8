/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random trees that GMime itself can write, for comparing with it. The same seed gives the same tree. */
#pragma once

#include <gmime/gmime.h>

typedef struct
{
  GRand *rand;
  int fd; /* a file of random octets, for leaves that read files */
  gsize fd_length;
  const char *path;
  gboolean simple; /* no stored encodings and no streams in place: four threads may send it */
} TreeGen;

void tree_gen_init (TreeGen *self, guint32 seed);
void tree_gen_clear (TreeGen *self);
GMimeObject *tree_gen_tree (TreeGen *self, int depth);
GMimeObject *tree_gen_leaf (TreeGen *self);

/* What GMime's writer gives. */
GByteArray *tree_written_by_gmime (GMimeObject *object, GMimeFormatOptions *options, gboolean dos);
