/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Maps the core's events to errors. */
#pragma once

#include <gio/gio.h>

#include "net/server/server.h"
#include "smtp/client.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): NULL: the server's reply says everything. */
GError *mimesend_error_map_to_error (const MimesendSmtpEvent *event);

/* (transfer full): the error of a session that ended before a message was begun. known (nullable): the drive's own error
 * (TLS, login). */
GError *
mimesend_error_map_of_closed (const MimesendSmtpEvent *event, const GError *known, MimesendServer *server);

/* Whether the failure is transient and the message certainly not accepted: lost, timed out. reason (nullable): why it was
 * aborted. */
gboolean mimesend_error_map_is_passing (MimesendSmtpFailure failure, const GError *reason);

G_END_DECLS
