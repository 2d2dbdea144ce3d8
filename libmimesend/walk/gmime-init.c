/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "walk/gmime-init.h"

#include "mimesend-init.h"

void
mimesend_gmime_init (void)
{
  mimesend_init ();
}
