/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The probe: asks a server what it offers, without sending a message. */
#pragma once

#include <gio/gio.h>
#include "mimesend-probe-result.h"
#include "mimesend-server.h"

G_BEGIN_DECLS

MimesendProbeResult *
mimesend_probe (MimesendServer *server, double timeout, GCancellable *cancellable, GError **error);
MimesendProbeResult *mimesend_probe_recipients (MimesendServer *server,
                                                const char *reverse_path,
                                                const char *const *recipients,
                                                double timeout,
                                                GCancellable *cancellable,
                                                GError **error);

void mimesend_probe_async (MimesendServer *server,
                           double timeout,
                           int io_priority,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
MimesendProbeResult *mimesend_probe_finish (GAsyncResult *result, GError **error);
void mimesend_probe_recipients_async (MimesendServer *server,
                                      const char *reverse_path,
                                      const char *const *recipients,
                                      double timeout,
                                      int io_priority,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
MimesendProbeResult *mimesend_probe_recipients_finish (GAsyncResult *result, GError **error);

G_END_DECLS
