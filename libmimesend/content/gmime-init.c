/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content/gmime-init.h"

#include <gmime/gmime.h>

void
mimesend_gmime_init (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      g_mime_init ();
      g_once_init_leave (&once, 1);
    }
}
