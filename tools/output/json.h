/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --json: one object on standard output (docs/json.md). */
#pragma once

#include "output/report.h"

/* FALSE when it cannot be written. */
gboolean json_print (const Report *report);
/* {"version": 1, "servers": …}; takes a floating variant. */
gboolean json_print_variant (GVariant *servers);
