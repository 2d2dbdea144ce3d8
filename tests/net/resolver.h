/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A resolver whose whole DNS is a table, so that no test depends on the network. */
#pragma once

#include <gio/gio.h>

extern GString *asked; /* what was asked of it, in order; the test makes it */

GType test_resolver_get_type (void);
