/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the core reports as events, as errors for the caller. */
#pragma once

#include <gio/gio.h>

#include "net/server/server.h"
#include "smtp/client.h"

G_BEGIN_DECLS

/* NULL where the server's reply is the whole answer. */
GError *mimesend_error_map_to_error (const MimesendSmtpEvent *event);

/* The session ended before anything could be asked. known: the error that the driver had itself (TLS, login),
 * or NULL. */
GError *
mimesend_error_map_of_closed (const MimesendSmtpEvent *event, const GError *known, MimesendServer *server);

/* Not accepted for certain, and nothing speaks against trying again: lost, timed out. reason: why it was
 * aborted, or NULL. */
gboolean mimesend_error_map_is_passing (MimesendSmtpFailure failure, const GError *reason);

G_END_DECLS
