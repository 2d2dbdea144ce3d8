/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/repair.h"

#include <string.h>

#include "octets/seven-bit.h"

#define LETTERS_MAX 76 /* RFC 2045 6.7, rule 5 */

static const char hex[] = "0123456789ABCDEF";

static gboolean
is_unfit (guint8 c)
{
  return c == 0 || c >= 0x80;
}

gboolean
mimesend_repair_is_needed (const guint8 *in, gsize n)
{
  return memchr (in, 0, n) != NULL || !mimesend_is_seven_bit (in, n);
}

static void
repair_passed (MimesendRepair *self, guint8 c)
{
  self->column++;
  if (c == '=')
    self->inside = 2;
  else if (self->inside > 0)
    self->inside--;
  if (c == '\n')
    *self = (MimesendRepair){ 0 };
}

gsize
mimesend_repair_qp (MimesendRepair *self, const guint8 *in, gsize n, guint8 *out)
{
  guint8 *begin = out;

  for (gsize i = 0; i < n; i++)
    {
      guint8 c = in[i];
      gboolean unfit = is_unfit (c);
      gsize width = unfit || c == '=' ? 3 : 1;

      self->longer = self->longer || unfit;
      /* One octet is kept for the '='; no soft break comes within an escape. */
      if (self->longer && self->inside == 0 && c != '\r' && c != '\n' &&
          self->column + width > LETTERS_MAX - 1)
        {
          *out++ = '=';
          *out++ = '\n';
          self->column = 0;
        }
      if (unfit)
        {
          *out++ = '=';
          *out++ = (guint8)hex[c >> 4];
          *out++ = (guint8)hex[c & 15];
          self->column += 3;
          self->inside = 0;
          continue;
        }
      *out++ = c;
      repair_passed (self, c);
    }
  return (gsize)(out - begin);
}

void
mimesend_repair_pass (MimesendRepair *self, const guint8 *in, gsize n)
{
  const guint8 *newline = n > 0 ? memrchr (in, '\n', n) : NULL;
  gsize at = newline != NULL ? (gsize)(newline - in) + 1 : 0;

  if (newline != NULL)
    *self = (MimesendRepair){ 0 };
  /* An escape is over after three octets: the last three tell. */
  if (n - at > 3)
    {
      self->column += n - at - 3;
      self->inside = 0;
      at = n - 3;
    }
  for (; at < n; at++)
    repair_passed (self, in[at]);
}

gsize
mimesend_repair_base64 (const guint8 *in, gsize n, guint8 *out)
{
  gsize length = 0;

  for (gsize i = 0; i < n; i++)
    if (!is_unfit (in[i]))
      out[length++] = in[i];
  return length;
}
