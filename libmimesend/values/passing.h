/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which errors are transient. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* TRUE for a lost connection or a time-out: the next attempt may succeed. */
gboolean mimesend_error_is_passing (const GError *error);

G_END_DECLS
