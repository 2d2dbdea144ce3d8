/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Initialization. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void mimesend_init (void);

G_END_DECLS
