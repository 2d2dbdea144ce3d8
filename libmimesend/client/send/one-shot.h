/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One message through a session of its own, as mimesend_send_* () send it: what is prepared before, and what the receipt
 * means after. Blocking and asynchronous twins share it. */
#pragma once

#include "mimesend-send.h"

G_BEGIN_DECLS

typedef struct
{
  MimesendSession *session;
  MimesendEnvelope *envelope;
  MimesendContent *content;
  MimesendSendFlags flags;
  MimesendReceipt *receipt; /* set by the end, where a server was reached */
} MimesendOneShot;

MimesendOneShot *mimesend_one_shot_new (MimesendServer *server,
                                        const char *from,
                                        const char *const *to,
                                        MimesendContent *content,
                                        MimesendSendFlags flags,
                                        GError **error);
MimesendOneShot *mimesend_one_shot_new_for_letter (MimesendServer *server,
                                                   const char *from,
                                                   const char *const *to,
                                                   MimesendLetter *letter,
                                                   MimesendContent *content,
                                                   MimesendSendFlags flags,
                                                   GError **error);
void mimesend_one_shot_free (MimesendOneShot *self);

/* Takes what the session gave: NULL means that error is set already. TRUE: accepted for all. */
gboolean mimesend_one_shot_end (MimesendOneShot *self, MimesendReceipt *got, GError **error);

G_END_DECLS
