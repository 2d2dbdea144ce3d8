/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors that pass by themselves. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A connection that was lost, or time that has passed: the next try may do better. */
gboolean mimesend_error_is_passing (const GError *error);

G_END_DECLS
