/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON, made fit to be shown. Other text: libmimesend/octets/printable.h. */
#pragma once

#include <glib.h>

/* JSON on one line, with a line end: the generator writes what is hidden as it is, but for C0. It stands in strings alone, where
 * an escape means the same, and reaches a terminal as text. */
char *escape_json (const char *text);
