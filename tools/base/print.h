/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines for people. Whatever is said is escaped: file names, arguments and servers are not to be trusted. */
#pragma once

#include <glib.h>

/* One line on standard error, behind "mimesend: ". */
void print_line (const char *text);
void print_note (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* One that the report repeats. */
void print_warning (const char *format, ...) G_GNUC_PRINTF (1, 2);
GPtrArray *print_get_warnings (void); /* of char *; NULL: none */
/* FALSE: standard output could not be written. Never a signal, never an end. */
gboolean print_out (const char *text);
