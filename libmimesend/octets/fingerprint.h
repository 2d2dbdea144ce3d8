/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A fast 64-bit fingerprint, to detect that octets which are read a second time have changed. No protection against an
 * attacker: two octet strings that differ within eight octets alone never have the same, others hardly ever do. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIMESEND_FINGERPRINT_LANES 8 /* as many as keep a multiplier busy */

typedef struct
{
  guint64 lanes[MIMESEND_FINGERPRINT_LANES];
  guint8 rest[8 * MIMESEND_FINGERPRINT_LANES];
  gsize n_rest;
  guint64 length;
} MimesendFingerprint;

void mimesend_fingerprint_init (MimesendFingerprint *self);

/* Adds octets. The result depends on all of them in order, not on how they are split into calls. */
void mimesend_fingerprint_add (MimesendFingerprint *self, const guint8 *octets, gsize n);

/* Of all that was added so far; more may follow. */
guint64 mimesend_fingerprint_get (const MimesendFingerprint *self);

G_END_DECLS
