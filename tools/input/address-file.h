/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --to-file and its like: addresses from a file, one a line. */
#pragma once

#include "base/asked.h"

/* One line of such a file. */
typedef struct
{
  char *text;        /* an address, perhaps with a name, or several with commas; UTF-8 */
  char **recipients; /* the bare ones */
} AddressLine;

/* Of AddressLine: the lines of all files of that kind, one after another. Empty lines and comments (from a '#' that begins a line
 * or stands behind a blank, outside double quotes) are left out; a byte order mark at the beginning too. NULL on failure, which
 * names the line. */
GArray *address_files_read (const Options *options, ItemKind kind, const char *option, Failure *failure);
