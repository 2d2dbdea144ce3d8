/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include "mimesend-content.h"
#include "mimesend-letter.h"
#include "mimesend-receipt.h"
#include "mimesend-server.h"
#include "mimesend-session.h"

G_BEGIN_DECLS

gboolean mimesend_send_smtp_content (MimesendServer *server, const char *from, const char *const *to,
                                     MimesendContent *content, MimesendSendFlags flags, MimesendReceipt **receipt,
                                     GCancellable *cancellable, GError **error);
gboolean mimesend_send_smtp_auth_content (MimesendServer *server, const char *from, const char *const *to,
                                          const char *login, const char *password, MimesendContent *content,
                                          MimesendSendFlags flags, MimesendReceipt **receipt,
                                          GCancellable *cancellable, GError **error);
gboolean mimesend_send_letter_content (MimesendServer *server, const char *from, const char *const *to,
                                       MimesendLetter *letter, MimesendContent *content, MimesendSendFlags flags,
                                       MimesendReceipt **receipt, GCancellable *cancellable, GError **error);

G_END_DECLS
