/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A number as decimal digits, without allocation and in every locale the same. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIMESEND_DECIMAL_SIZE 21 /* octets: 20 digits and NUL */

/* (transfer none): the text, in buffer, which has MIMESEND_DECIMAL_SIZE octets; not at its start. */
static inline const char *
mimesend_decimal (char *buffer, guint64 value)
{
  char *p = buffer + MIMESEND_DECIMAL_SIZE - 1;

  *p = '\0';
  do
    *--p = (char)('0' + value % 10);
  while ((value /= 10) != 0);
  return p;
}

G_END_DECLS
