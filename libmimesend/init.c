/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Initialization of the library and of GMime. */
#include "mimesend-init.h"

#include <gmime/gmime.h>

/**
 * mimesend_init:
 *
 * Initialises GMime once; thread-safe. Functions of this library that need GMime do so by themselves; a program that uses
 * GMime before them calls this, or g_mime_init (). There is no counterpart, as g_mime_shutdown () would break other users
 * of GMime.
 *
 * Since: 0.1
 */
void
mimesend_init (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      g_mime_init ();
      g_once_init_leave (&once, 1);
    }
}
