/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where GMime's writer and ours may differ, and what makes them comparable there. */
#pragma once

#include <string.h>

#include "octets/crlf.h"

/* Takes the octets, and gives them as they leave: every line end CRLF. */
static inline GByteArray *
tree_canonical (GByteArray *in)
{
  GByteArray *out = g_byte_array_new ();
  MimesendCrlf crlf;
  gsize taken, at = 0;

  g_byte_array_set_size (out, 2 * in->len + 66);
  out->len = 0;
  mimesend_crlf_init (&crlf, FALSE);
  while (at < in->len)
    {
      out->len +=
          (guint)mimesend_crlf_convert (&crlf, in->data + at, in->len - at, out->data + out->len, &taken);
      at += taken;
      if (at < in->len) /* a NUL */
        out->data[out->len++] = in->data[at++];
    }
  g_byte_array_unref (in);
  return out;
}

/* Takes the octets, and leaves out lines of blanks alone, as our header blocks do, and empty ones: GMime makes one of the
 * blanks with which a header stopped. */
static inline GByteArray *
tree_without_blank_lines (GByteArray *in)
{
  GByteArray *out = g_byte_array_new ();

  for (guint at = 0; at < in->len;)
    {
      const guint8 *line = in->data + at;
      const guint8 *newline = memchr (line, '\n', in->len - at);
      guint whole = newline != NULL ? (guint)(newline - line) + 1 : in->len - at, blank = 0;

      while (blank < whole && (line[blank] == ' ' || line[blank] == '\t'))
        blank++;
      if (blank < whole && line[blank] != '\n' && line[blank] != '\r')
        g_byte_array_append (out, line, whole);
      at += whole;
    }
  g_byte_array_unref (in);
  return out;
}

/* GMime's encoder breaks the limit of 76 in a few cases, where ours does not follow it. */
static inline gboolean
tree_has_long_qp (GByteArray *array)
{
  gsize line = 0;

  for (guint i = 0; i < array->len; i++)
    {
      line = array->data[i] == '\n' ? 0 : line + 1;
      if (line > 76 && array->data[i - 1] != '\n' && memchr (array->data + i - 3, '=', 4) != NULL)
        return TRUE;
    }
  return FALSE;
}
