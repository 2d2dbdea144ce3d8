/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether octets are all ASCII. */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Is there no octet above 127? */
static inline gboolean
mimesend_is_seven_bit (const guint8 *octets, gsize n)
{
  guint64 all = 0, eight, four[4];

  for (; n >= sizeof four; n -= sizeof four, octets += sizeof four)
    {
      memcpy (four, octets, sizeof four);
      all |= four[0] | four[1] | four[2] | four[3];
    }
  for (; n >= sizeof eight; n -= sizeof eight, octets += sizeof eight)
    {
      memcpy (&eight, octets, sizeof eight);
      all |= eight;
    }
  for (; n > 0; n--)
    all |= *octets++;
  return (all & G_GUINT64_CONSTANT (0x8080808080808080)) == 0;
}

G_END_DECLS
