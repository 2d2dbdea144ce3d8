/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dialogue, line by line: all of it for a trace callback, and its last lines in a ring, for the receipt of a message
 * that failed. Secrets and content are replaced by their lengths when the line is made. */
#pragma once

#include "smtp/reply.h"

G_BEGIN_DECLS

typedef struct _MimesendSmtpTrace MimesendSmtpTrace;

MimesendSmtpTrace *mimesend_smtp_trace_new (gboolean all); /* all FALSE: only the ring is kept */
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
