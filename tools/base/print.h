/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines for people. Whatever is said is escaped: file names, arguments and servers are not to be trusted. */
#pragma once

#include <glib.h>

/* One line on standard error, behind "mimesend: ". */
void say_line (const char *text);
void say_note (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* One that the report repeats. */
void say_warning (const char *format, ...) G_GNUC_PRINTF (1, 2);
GPtrArray *say_get_warnings (void); /* of char *; NULL: none */
/* FALSE: standard output could not be written. Never a signal, never an end. */
gboolean say_out (const char *text);
