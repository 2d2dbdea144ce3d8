/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of --help. */
#pragma once

#include <stdio.h>

void usage_print (FILE *out);
