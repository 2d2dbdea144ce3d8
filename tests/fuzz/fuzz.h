/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the targets share. An input is read from both ends: the octets that are tested from the front, the choices of the
 * target (where to cut, what to do next) from the back. Where it is used up, every choice is 0: the plainest one. */
#pragma once

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct
{
  const guint8 *data;
  gsize size;
} FuzzInput;

static inline guint
fuzz_choose (FuzzInput *self, guint n)
{
  return self->size > 0 ? self->data[--self->size] % n : 0;
}

/* The next n octets, or fewer, in a block of their own: a sanitizer sees a read past them. */
static inline guint8 *
fuzz_take (FuzzInput *self, gsize n, gsize *taken)
{
  guint8 *block;

  *taken = MIN (n, self->size);
  block = g_malloc (MAX (*taken, 1));
  memcpy (block, self->data, *taken);
  self->data += *taken;
  self->size -= *taken;
  return block;
}

/* Nothing that comes from outside may be answered by one of ours with g_critical () or g_warning (). */
static inline void
fuzz_init (void)
{
  g_log_set_fatal_mask ("mimesend",
                        (GLogLevelFlags)(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING));
}
