/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What to type. The library says what is wrong, to programs in many languages; which option of this command would help is
 * known here, and only here. */
#pragma once

#include "output/report.h"

/* NULL: there is nothing that an option could mend. */
char *advice_new (const Report *report);
