/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* U+FFFD in the place of what is no UTF-8. */
#include "input/mend.h"

#include <string.h>

static const guint8 replacement[] = { 0xef, 0xbf, 0xbd };

/* How many octets at the beginning belong to one character that may still become whole, or is broken: the maximal part. */
static gsize
broken_length (const guint8 *octets, gsize n)
{
  guint8 lead = octets[0];
  guint8 low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  guint8 high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  gsize whole = lead >= 0xf0 && lead <= 0xf4  ? 4
                : lead >= 0xe0 && lead < 0xf0 ? 3
                : lead >= 0xc2 && lead < 0xe0 ? 2
                                              : 1;
  gsize i = 1;

  while (i < whole && i < n && octets[i] >= (i == 1 ? low : 0x80) && octets[i] <= (i == 1 ? high : 0xbf))
    i++;
  return i;
}

static void
put_replacement (Mend *self, gsize n, GByteArray *out)
{
  self->replaced += n;
  g_byte_array_append (out, replacement, sizeof replacement);
}

/* Returns how many octets were taken: all but a character that is cut at the end. */
static gsize
mend_take (Mend *self, const guint8 *octets, gsize n, gboolean at_end, GByteArray *out)
{
  gsize done = 0;

  while (done < n)
    {
      const char *end;
      gsize good, broken;

      g_utf8_validate_len ((const char *)octets + done, n - done, &end);
      good = (gsize)((const guint8 *)end - (octets + done));
      g_byte_array_append (out, octets + done, (guint)good);
      done += good;
      if (done == n)
        break;
      broken = broken_length (octets + done, n - done);
      if (!at_end && done + broken == n &&
          g_utf8_get_char_validated ((const char *)octets + done, (gssize)broken) == (gunichar)-2)
        break;
      put_replacement (self, broken, out);
      done += broken;
    }
  return done;
}

void
mend_push (Mend *self, const guint8 *octets, gsize n, GByteArray *out)
{
  g_autofree guint8 *joined = NULL;
  gsize total = self->n_carry + n, taken;

  if (n == 0)
    return;
  joined = g_malloc (total);
  memcpy (joined, self->carry, self->n_carry);
  memcpy (joined + self->n_carry, octets, n);
  taken = mend_take (self, joined, total, FALSE, out);
  self->n_carry = total - taken;
  memcpy (self->carry, joined + taken, self->n_carry);
}

void
mend_finish (Mend *self, GByteArray *out)
{
  mend_take (self, self->carry, self->n_carry, TRUE, out);
  self->n_carry = 0;
}
