/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dialogue, line by line: all of it for a trace callback, and in a ring the last of it, for the
 * receipt of a message that did not go; that costs a copy into memory which is there already. Secrets never enter: they are
 * replaced by their length where the line is made; nor does content, but for its length. */
#pragma once

#include "smtp/reply.h"

G_BEGIN_DECLS

typedef struct _MimesendSmtpTrace MimesendSmtpTrace;

MimesendSmtpTrace *mimesend_smtp_trace_new (gboolean all); /* FALSE: _next () gives nothing */
void mimesend_smtp_trace_free (MimesendSmtpTrace *self);

/* A command, without its line end. n_secret: so many octets at its end are a secret. self may be NULL. */
void mimesend_smtp_trace_command (MimesendSmtpTrace *self, const guint8 *line, gsize n, gsize n_secret);
/* So many octets of content, and then their end. */
void mimesend_smtp_trace_content (MimesendSmtpTrace *self, guint64 octets);
void mimesend_smtp_trace_reply (MimesendSmtpTrace *self, const MimesendSmtpReply *reply);

/* (transfer full): the next line; NULL: no more for now. */
char *mimesend_smtp_trace_next (MimesendSmtpTrace *self, gboolean *is_reply);

/* (transfer full): the last lines, the oldest first, each behind "> " (ours), "< " or "* " (a note). */
char **mimesend_smtp_trace_recent (const MimesendSmtpTrace *self);

G_END_DECLS
