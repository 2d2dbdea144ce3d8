/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines for standard output, written by a thread of their own: a reader that is late holds up no connection. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _SinkPrinter SinkPrinter;

SinkPrinter *sink_printer_new (int fd);
void
sink_printer_line (SinkPrinter *self, const char *line); /* LF is added; waits only where very much waits */
/* What waits is written, if the reader takes it in time. FALSE: it did not, and the printer must stay. */
gboolean sink_printer_end (SinkPrinter *self, gint64 until_us);

G_END_DECLS
