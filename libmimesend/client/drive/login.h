/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AUTH, as the driver sees it: the core's challenges, answered by net/sasl/sasl.h, the slow steps as jobs. */
#pragma once

#include "net/server/server.h"
#include "net/tls/tls.h"
#include "smtp/client.h"

G_BEGIN_DECLS

typedef struct _MimesendLogin MimesendLogin;

/* is_protected: TLS stands and was verified. loopback: the peer is this machine. attempt: 0; 1: the secret before was
 * refused. tls: to bind to; NULL: none. */
MimesendLogin *mimesend_login_new (MimesendServer *server,
                                   gboolean is_protected,
                                   gboolean loopback,
                                   guint attempt,
                                   MimesendTls *tls,
                                   void (*wake) (gpointer data),
                                   gpointer data);
void mimesend_login_free (MimesendLogin *self);

void mimesend_login_challenge (MimesendLogin *self, const MimesendSmtpEvent *event);

/* Answers the core where an answer is ready. TRUE: it did. */
gboolean mimesend_login_step (MimesendLogin *self, MimesendSmtpClient *core);

const char *mimesend_login_get_mechanism (MimesendLogin *self); /* NULL: none was chosen */
const GError *mimesend_login_get_failure (MimesendLogin *self);
const char *
mimesend_login_get_server_words (MimesendLogin *self); /* of a token that it refused; NULL: none */
/* (element-type utf8) (nullable): which mechanisms did not do, and which were tried instead, for the receipt. */
const GPtrArray *mimesend_login_get_notes (MimesendLogin *self);
/* The mechanism used last has prepared the secret (RFC 4013), and that has changed it. */
gboolean mimesend_login_changed_secret (MimesendLogin *self);

G_END_DECLS
