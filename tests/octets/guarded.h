/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory with a page on either side that must not be touched: one octet too far is a crash. */
#pragma once

#include <glib.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct
{
  guint8 *map;
  gsize map_size;
  guint8 *octets;
  gsize size;
} Guarded;

/* `size` octets that end right ahead of the guard; guarded_front () gives as many that begin right behind the
 * other. */
static inline Guarded
guarded_new (gsize size)
{
  gsize page = (gsize)sysconf (_SC_PAGESIZE);
  gsize inner = (size + page - 1) / page * page;
  Guarded self = { .map_size = inner + 2 * page, .size = size };

  self.map = mmap (NULL, self.map_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_assert_true (self.map != MAP_FAILED);
  if (inner > 0)
    g_assert_cmpint (mprotect (self.map + page, inner, PROT_READ | PROT_WRITE), ==, 0);
  self.octets = self.map + page + inner - size;
  return self;
}

static inline guint8 *
guarded_front (const Guarded *self)
{
  return self->map + sysconf (_SC_PAGESIZE);
}

static inline void
guarded_clear (Guarded *self)
{
  munmap (self->map, self->map_size);
}
