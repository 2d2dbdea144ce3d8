/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --replace-invalid: text that claims to be UTF-8 is made so, block by block. */
#pragma once

#include <glib.h>

typedef struct
{
  guint8 carry[4]; /* a character that the last block cut in two */
  gsize n_carry;
  guint64 replaced; /* octets that U+FFFD was put in the place of */
} Mend;

/* Octets that are no UTF-8, and NUL, become U+FFFD: one for each maximal part of a character, as Unicode advises (3.9). */
void mend_push (Mend *self, const guint8 *octets, gsize n, GByteArray *out);
/* The end: a character that was cut there. */
void mend_finish (Mend *self, GByteArray *out);
