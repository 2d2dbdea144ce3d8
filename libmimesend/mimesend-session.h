/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages over one connection. */
#pragma once

#include <gio/gio.h>
#include "mimesend-content.h"
#include "mimesend-envelope.h"
#include "mimesend-flags.h"
#include "mimesend-letter.h"
#include "mimesend-metrics.h"
#include "mimesend-receipt.h"
#include "mimesend-server.h"
#include "mimesend-trace-event.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_SESSION (mimesend_session_get_type ())
G_DECLARE_FINAL_TYPE (MimesendSession, mimesend_session, MIMESEND, SESSION, GObject)

MimesendSession *mimesend_session_new (MimesendServer *server);
MimesendServer *mimesend_session_get_server (MimesendSession *self);

/* Times are in seconds. */
double mimesend_session_get_timeout (MimesendSession *self);
void mimesend_session_set_timeout (MimesendSession *self, double timeout);
double mimesend_session_get_final_timeout (MimesendSession *self);
void mimesend_session_set_final_timeout (MimesendSession *self, double final_timeout);
double mimesend_session_get_deadline (MimesendSession *self);
void mimesend_session_set_deadline (MimesendSession *self, double deadline);
const char *mimesend_session_get_ehlo_name (MimesendSession *self);
void mimesend_session_set_ehlo_name (MimesendSession *self, const char *ehlo_name);
guint mimesend_session_get_max_recipients (MimesendSession *self);
void mimesend_session_set_max_recipients (MimesendSession *self, guint max_recipients);
gboolean mimesend_session_get_pipelining (MimesendSession *self);
void mimesend_session_set_pipelining (MimesendSession *self, gboolean pipelining);
gboolean mimesend_session_get_chunking (MimesendSession *self);
void mimesend_session_set_chunking (MimesendSession *self, gboolean chunking);
guint mimesend_session_get_window (MimesendSession *self);
void mimesend_session_set_window (MimesendSession *self, guint window);
double mimesend_session_get_noop_after (MimesendSession *self);
void mimesend_session_set_noop_after (MimesendSession *self, double noop_after);
MimesendRetry *mimesend_session_get_retry (MimesendSession *self);
void mimesend_session_set_retry (MimesendSession *self, MimesendRetry *retry);
MimesendMetrics *mimesend_session_get_metrics (MimesendSession *self);
void mimesend_session_set_metrics (MimesendSession *self, MimesendMetrics *metrics);
GPtrArray *mimesend_session_get_dkims (MimesendSession *self);
void mimesend_session_set_dkims (MimesendSession *self, GPtrArray *dkims);

MimesendReceipt *mimesend_session_send (MimesendSession *self,
                                        MimesendEnvelope *envelope,
                                        MimesendContent *content,
                                        MimesendSendFlags flags,
                                        GCancellable *cancellable,
                                        GError **error);
void mimesend_session_send_async (MimesendSession *self,
                                  MimesendEnvelope *envelope,
                                  MimesendContent *content,
                                  MimesendSendFlags flags,
                                  int io_priority,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
MimesendReceipt *mimesend_session_send_finish (MimesendSession *self, GAsyncResult *result, GError **error);

MimesendReceipt *mimesend_session_send_letter (MimesendSession *self,
                                               MimesendLetter *letter,
                                               MimesendSendFlags flags,
                                               GCancellable *cancellable,
                                               GError **error);
void mimesend_session_send_letter_async (MimesendSession *self,
                                         MimesendLetter *letter,
                                         MimesendSendFlags flags,
                                         int io_priority,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
MimesendReceipt *
mimesend_session_send_letter_finish (MimesendSession *self, GAsyncResult *result, GError **error);
MimesendReceipt *mimesend_session_send_part (MimesendSession *self,
                                             MimesendEnvelope *envelope,
                                             GMimeObject *part,
                                             MimesendSendFlags flags,
                                             GCancellable *cancellable,
                                             GError **error);
void mimesend_session_send_part_async (MimesendSession *self,
                                       MimesendEnvelope *envelope,
                                       GMimeObject *part,
                                       MimesendSendFlags flags,
                                       int io_priority,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
MimesendReceipt *
mimesend_session_send_part_finish (MimesendSession *self, GAsyncResult *result, GError **error);

/**
 * MimesendNext:
 * @MIMESEND_NEXT_MESSAGE: a message was returned
 * @MIMESEND_NEXT_LATER: there is none now: call again when one is settled, or after mimesend_session_ask_again ()
 * @MIMESEND_NEXT_END: there are no more
 *
 * The result of a #MimesendNextFunc.
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_NEXT_MESSAGE,
  MIMESEND_NEXT_LATER,
  MIMESEND_NEXT_END
} MimesendNext;

/**
 * MimesendNextFunc:
 * @session: the session
 * @envelope: (out) (nullable) (transfer full): the sender and the recipients
 * @content: (out) (nullable) (transfer full): the message's octets
 * @tag: (out): the caller's tag for it
 * @user_data: (closure): the caller's
 *
 * Gives the next message of many.
 *
 * Returns: whether it did; the others are looked at only if it did
 *
 * Since: 0.1
 */
typedef MimesendNext (*MimesendNextFunc) (MimesendSession *session,
                                          MimesendEnvelope **envelope,
                                          MimesendContent **content,
                                          guint64 *tag,
                                          gpointer user_data);

/**
 * MimesendSettledFunc:
 * @session: the session
 * @tag: the tag of the message
 * @receipt: (transfer none): its receipt
 * @user_data: (closure): the caller's
 *
 * Called once for each message, when it is settled.
 *
 * Since: 0.1
 */
typedef void (*MimesendSettledFunc) (MimesendSession *session,
                                     guint64 tag,
                                     MimesendReceipt *receipt,
                                     gpointer user_data);

gboolean mimesend_session_send_each (MimesendSession *self,
                                     MimesendNextFunc next,
                                     gpointer next_data,
                                     MimesendSettledFunc settled,
                                     gpointer settled_data,
                                     MimesendSendFlags flags,
                                     GCancellable *cancellable,
                                     GError **error);
void mimesend_session_send_each_async (MimesendSession *self,
                                       MimesendNextFunc next,
                                       gpointer next_data,
                                       GDestroyNotify next_destroy,
                                       MimesendSettledFunc settled,
                                       gpointer settled_data,
                                       GDestroyNotify settled_destroy,
                                       MimesendSendFlags flags,
                                       int io_priority,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean mimesend_session_send_each_finish (MimesendSession *self, GAsyncResult *result, GError **error);
void mimesend_session_ask_again (MimesendSession *self);

gboolean mimesend_session_close (MimesendSession *self, GCancellable *cancellable, GError **error);
void mimesend_session_close_async (MimesendSession *self,
                                   int io_priority,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean mimesend_session_close_finish (MimesendSession *self, GAsyncResult *result, GError **error);

MimesendReceipt *mimesend_session_get_last_receipt (MimesendSession *self);

/**
 * MimesendTraceDirection:
 * @MIMESEND_TRACE_SENT: a line that was sent; secrets are replaced by their kind and length
 * @MIMESEND_TRACE_RECEIVED: a line from the server
 * @MIMESEND_TRACE_NOTE: an event: connected, TLS negotiated, octets of content
 *
 * The kind of a line of the dialogue.
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_TRACE_SENT,
  MIMESEND_TRACE_RECEIVED,
  MIMESEND_TRACE_NOTE
} MimesendTraceDirection;

/**
 * MimesendTraceFunc:
 * @direction: the kind of the line
 * @line: the line without its end, in valid UTF-8; controls are as they came: escape before showing
 * @user_data: (closure): the caller's
 *
 * Called for each line of the dialogue, in the sending thread.
 *
 * Since: 0.1
 */
typedef void (*MimesendTraceFunc) (MimesendTraceDirection direction, const char *line, gpointer user_data);

void mimesend_session_set_trace (MimesendSession *self,
                                 MimesendTraceFunc func,
                                 gpointer user_data,
                                 GDestroyNotify destroy);

void mimesend_session_set_trace_events (MimesendSession *self,
                                        MimesendTraceEventFunc func,
                                        gpointer user_data,
                                        GDestroyNotify destroy);

G_END_DECLS
