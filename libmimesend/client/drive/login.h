/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The login of a connection: answers the core's challenges by net/sasl/sasl.h, with slow steps as jobs. */
#pragma once

#include "net/server/server.h"
#include "net/tls/tls.h"
#include "smtp/client.h"

G_BEGIN_DECLS

typedef struct _MimesendLogin MimesendLogin;

/* is_protected: TLS is active and verified. loopback: the peer is on loopback. attempt: 0; 1: the previous secret was
 * refused. tls (nullable): for channel binding. */
MimesendLogin *mimesend_login_new (MimesendServer *server,
                                   gboolean is_protected,
                                   gboolean loopback,
                                   guint attempt,
                                   MimesendTls *tls,
                                   void (*wake) (gpointer data),
                                   gpointer data);
void mimesend_login_free (MimesendLogin *self);

void mimesend_login_challenge (MimesendLogin *self, const MimesendSmtpEvent *event);

/* Answers the core if an answer is ready. TRUE: it did. */
gboolean mimesend_login_step (MimesendLogin *self, MimesendSmtpClient *core);

const char *mimesend_login_get_mechanism (MimesendLogin *self); /* NULL: none was chosen */
const GError *mimesend_login_get_failure (MimesendLogin *self);
const char *
mimesend_login_get_server_words (MimesendLogin *self); /* the server's error about a token; NULL: none */
/* (element-type utf8) (nullable): which mechanisms failed, and which were tried instead; warnings for the receipt. */
const GPtrArray *mimesend_login_get_notes (MimesendLogin *self);
/* Whether the last mechanism prepared the secret (RFC 4013) and changed it by that. */
gboolean mimesend_login_changed_secret (MimesendLogin *self);

G_END_DECLS
