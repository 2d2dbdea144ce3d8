/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints lines to standard output in a thread of its own, so that a slow reader blocks no connection. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _SinkPrinter SinkPrinter;

SinkPrinter *sink_printer_new (int fd);
void
sink_printer_line (SinkPrinter *self, const char *line); /* adds LF; blocks only when very much is queued */
/* Writes what is queued, if the reader takes it in time. FALSE: it did not, and the printer must not be freed. */
gboolean sink_printer_end (SinkPrinter *self, gint64 until_us);

G_END_DECLS
