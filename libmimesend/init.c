/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Initialization of the library and of GMime. */
#include "mimesend-init.h"

#include <gmime/gmime.h>

/**
 * mimesend_init:
 *
 * Initialises GMime, once, whichever thread comes first. Every function of this library that needs GMime does it by
 * itself; a program that uses GMime ahead of them calls this, or g_mime_init (). There is no counterpart:
 * g_mime_shutdown () would take GMime away from others.
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
