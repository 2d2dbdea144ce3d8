/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Advice: which option of the command would help. The library's messages say what is wrong, for programs in any language. */
#pragma once

#include "output/report.h"

/* (transfer full) (nullable): NULL: no option would help. */
char *advice_new (const Report *report);
