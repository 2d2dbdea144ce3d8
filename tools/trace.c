/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* -v: the dialogue, escaped, with the secrets already taken out by the library. */
#include "trace.h"

#include <stdio.h>

#include "escape.h"

#define LINE_MAX_SHOWN 1024

static void
show_line (MimesendTraceDirection direction, const char *line, gpointer unused)
{
  static const char *const marks[] = { ">", "<", "*" };
  g_autofree char *escaped = escape_text (line, LINE_MAX_SHOWN);
  g_autofree char *shown = g_strdup_printf ("%s %s\n", marks[direction], escaped);

  fputs (shown, stderr);
}

void
trace_watch (MimesendSession *session, gboolean show)
{
  if (show)
    mimesend_session_set_trace (session, show_line, NULL, NULL);
}
