/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Follows the dialogue, from which the library has removed the secrets: prints it (-v), and tells the signals whether the
 * end of a message was sent. */
#include "output/trace.h"

#include <stdio.h>

#include "libmimesend/octets/printable.h"
#include "base/signals.h"

#define LINE_MAX_SHOWN 1024

static void
show_line (MimesendTraceDirection direction, const char *line)
{
  static const char *const marks[] = {
    [MIMESEND_TRACE_SENT] = ">", [MIMESEND_TRACE_RECEIVED] = "<", [MIMESEND_TRACE_NOTE] = "*"
  };
  g_autofree char *escaped = mimesend_printable_lines (line, LINE_MAX_SHOWN);
  g_autofree char *shown = g_strdup_printf ("%s %s\n", marks[direction], escaped);

  fputs (shown, stderr);
}

/* The final dot, or the chunk that is the last (RFC 3030 2); the next MAIL begins another transaction. */
static void
note_end (const char *line)
{
  if (g_str_equal (line, ".") || (g_str_has_prefix (line, "BDAT ") && g_str_has_suffix (line, " LAST")))
    signals_note_end_of_data ();
  else if (g_str_has_prefix (line, "MAIL "))
    signals_begin_sending ();
}

static void
see_line (MimesendTraceDirection direction, const char *line, gpointer show)
{
  if (direction == MIMESEND_TRACE_SENT)
    note_end (line);
  else if (direction == MIMESEND_TRACE_NOTE && g_str_has_prefix (line, "trying again in "))
    signals_begin_sending (); /* no reply is awaited */
  if (GPOINTER_TO_INT (show))
    show_line (direction, line);
}

void
trace_watch (MimesendSession *session, gboolean show)
{
  mimesend_session_set_trace (session, see_line, GINT_TO_POINTER (show), NULL);
}
