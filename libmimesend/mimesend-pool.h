/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many messages over several connections. */
#pragma once

#include <gio/gio.h>
#include "mimesend-content.h"
#include "mimesend-envelope.h"
#include "mimesend-letter.h"
#include "mimesend-server.h"
#include "mimesend-session.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_POOL (mimesend_pool_get_type ())
G_DECLARE_FINAL_TYPE (MimesendPool, mimesend_pool, MIMESEND, POOL, GObject)

MimesendPool *mimesend_pool_new (MimesendServer *server);
MimesendServer *mimesend_pool_get_server (MimesendPool *self);

/* Times are in seconds. */
guint mimesend_pool_get_connections (MimesendPool *self);
void mimesend_pool_set_connections (MimesendPool *self, guint connections);
guint mimesend_pool_get_messages (MimesendPool *self);
void mimesend_pool_set_messages (MimesendPool *self, guint messages);
double mimesend_pool_get_idle_time (MimesendPool *self);
void mimesend_pool_set_idle_time (MimesendPool *self, double idle_time);
guint mimesend_pool_get_queue_size (MimesendPool *self);
void mimesend_pool_set_queue_size (MimesendPool *self, guint queue_size);
double mimesend_pool_get_rate (MimesendPool *self);
void mimesend_pool_set_rate (MimesendPool *self, double rate);
MimesendRetry *mimesend_pool_get_retry (MimesendPool *self);
void mimesend_pool_set_retry (MimesendPool *self, MimesendRetry *retry);
MimesendMetrics *mimesend_pool_get_metrics (MimesendPool *self);
void mimesend_pool_set_metrics (MimesendPool *self, MimesendMetrics *metrics);

gboolean mimesend_pool_submit (MimesendPool *self,
                               MimesendEnvelope *envelope,
                               MimesendContent *content,
                               MimesendSendFlags flags,
                               guint64 tag,
                               GCancellable *cancellable,
                               GError **error);
gboolean mimesend_pool_drain (MimesendPool *self, GCancellable *cancellable, GError **error);

void mimesend_pool_submit_async (MimesendPool *self,
                                 MimesendEnvelope *envelope,
                                 MimesendContent *content,
                                 MimesendSendFlags flags,
                                 guint64 tag,
                                 int io_priority,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean mimesend_pool_submit_finish (MimesendPool *self, GAsyncResult *result, GError **error);

gboolean mimesend_pool_submit_letter (MimesendPool *self,
                                      MimesendLetter *letter,
                                      MimesendSendFlags flags,
                                      guint64 tag,
                                      GCancellable *cancellable,
                                      GError **error);
void mimesend_pool_submit_letter_async (MimesendPool *self,
                                        MimesendLetter *letter,
                                        MimesendSendFlags flags,
                                        guint64 tag,
                                        int io_priority,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean mimesend_pool_submit_letter_finish (MimesendPool *self, GAsyncResult *result, GError **error);

void mimesend_pool_drain_async (MimesendPool *self,
                                int io_priority,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean mimesend_pool_drain_finish (MimesendPool *self, GAsyncResult *result, GError **error);
void mimesend_pool_shutdown (MimesendPool *self);

G_END_DECLS
