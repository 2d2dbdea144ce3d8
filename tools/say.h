/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people read. Whatever is said is escaped: file names, arguments and servers are not to be trusted. */
#pragma once

#include "report.h"

/* One line on standard error, behind "mimesend: ". */
void say_note (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* One that the report repeats. */
void say_warning (const char *format, ...) G_GNUC_PRINTF (1, 2);
GPtrArray *say_get_warnings (void); /* of char *; NULL: none */
void say_failure (const Failure *failure);
/* What became of the message. The line of success goes to standard output unless --json is there. */
void say_report (const Report *report);
/* FALSE: standard output could not be written. Never a signal, never an end. */
gboolean say_out (const char *text);
