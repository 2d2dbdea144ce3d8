/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fingerprint: independent lanes, each taking eight octets at a time by invertible steps (a multiplication by an odd
 * number and a rotation). */
#include "octets/fingerprint.h"

#include <string.h>

#define STRIPE (8 * MIMESEND_FINGERPRINT_LANES)
#define ODD    G_GUINT64_CONSTANT (0xd1342543de82ef95)

void
mimesend_fingerprint_init (MimesendFingerprint *self)
{
  memset (self, 0, sizeof *self);
  for (guint i = 0; i < MIMESEND_FINGERPRINT_LANES; i++)
    self->lanes[i] = ODD * (i + 1);
}

static inline guint64
fingerprint_mix (guint64 lane, guint64 word)
{
  lane = (lane ^ word) * ODD;
  return lane << 29 | lane >> 35;
}

static inline guint64
word_at (const guint8 *octets, guint i)
{
  guint64 word;

  memcpy (&word, octets + 8 * i, sizeof word);
  return word;
}

/* Whole stripes. The lanes are local variables: as fields they would be stored after each read, since the octets may alias
 * them. */
static void
add_stripes (guint64 *lanes, const guint8 *octets, gsize n)
{
  guint64 a = lanes[0], b = lanes[1], c = lanes[2], d = lanes[3];
  guint64 e = lanes[4], f = lanes[5], g = lanes[6], h = lanes[7];

  for (; n > 0; octets += STRIPE, n -= STRIPE)
    {
      a = fingerprint_mix (a, word_at (octets, 0));
      b = fingerprint_mix (b, word_at (octets, 1));
      c = fingerprint_mix (c, word_at (octets, 2));
      d = fingerprint_mix (d, word_at (octets, 3));
      e = fingerprint_mix (e, word_at (octets, 4));
      f = fingerprint_mix (f, word_at (octets, 5));
      g = fingerprint_mix (g, word_at (octets, 6));
      h = fingerprint_mix (h, word_at (octets, 7));
    }
  lanes[0] = a;
  lanes[1] = b;
  lanes[2] = c;
  lanes[3] = d;
  lanes[4] = e;
  lanes[5] = f;
  lanes[6] = g;
  lanes[7] = h;
}

void
mimesend_fingerprint_add (MimesendFingerprint *self, const guint8 *octets, gsize n)
{
  self->length += n;
  if (self->n_rest > 0)
    {
      gsize taken = MIN (n, STRIPE - self->n_rest);

      memcpy (self->rest + self->n_rest, octets, taken);
      self->n_rest += taken;
      octets += taken;
      n -= taken;
      if (self->n_rest < STRIPE)
        return;
      add_stripes (self->lanes, self->rest, STRIPE);
      self->n_rest = 0;
    }
  add_stripes (self->lanes, octets, n - n % STRIPE);
  octets += n - n % STRIPE;
  n %= STRIPE;
  if (n > 0)
    memcpy (self->rest, octets, n);
  self->n_rest = n;
}

guint64
mimesend_fingerprint_get (const MimesendFingerprint *self)
{
  guint64 lanes[MIMESEND_FINGERPRINT_LANES], all = self->length;
  guint8 last[STRIPE] = { 0 };

  memcpy (lanes, self->lanes, sizeof lanes);
  memcpy (last, self->rest, self->n_rest);
  add_stripes (lanes, last, STRIPE);
  for (guint i = 0; i < MIMESEND_FINGERPRINT_LANES; i++)
    all = fingerprint_mix (all, lanes[i]);
  return all;
}
