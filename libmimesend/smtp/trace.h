/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was said, line by line, for whoever wants to see it (contract N6). Secrets never enter: they are replaced by their
 * length where the line is made. Off, it costs a comparison with NULL. */
#pragma once

#include "smtp/reply.h"

G_BEGIN_DECLS

typedef struct _MimesendSmtpTrace MimesendSmtpTrace;

MimesendSmtpTrace *mimesend_smtp_trace_new (void);
void mimesend_smtp_trace_free (MimesendSmtpTrace *self);

/* A command, without its line end. n_secret: so many octets at its end are a secret. self may be NULL. */
void mimesend_smtp_trace_command (MimesendSmtpTrace *self, const guint8 *line, gsize n, gsize n_secret);
void mimesend_smtp_trace_reply (MimesendSmtpTrace *self, const MimesendSmtpReply *reply);

/* (transfer full): the next line; NULL: no more for now. */
char *mimesend_smtp_trace_next (MimesendSmtpTrace *self, gboolean *is_reply);

G_END_DECLS
