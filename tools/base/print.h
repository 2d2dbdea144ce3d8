/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints lines for people. Everything is escaped: file names, arguments and replies of servers are untrusted. */
#pragma once

#include <glib.h>

/* Prints "mimesend: " and one line on standard error. */
void print_line (const char *text);
void print_note (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* A warning: also kept for the report. */
void print_warning (const char *format, ...) G_GNUC_PRINTF (1, 2);
GPtrArray *print_get_warnings (void); /* of char *; NULL: none */
/* Writes to standard output. FALSE: it cannot be written; never a signal. */
gboolean print_out (const char *text);
