/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One message through a private session, for mimesend_send_* (): the preparation and the result, shared by the blocking and
 * the asynchronous functions. */
#pragma once

#include "mimesend-send.h"

G_BEGIN_DECLS

typedef struct
{
  MimesendSession *session;
  MimesendEnvelope *envelope;
  MimesendContent *content;
  MimesendSendFlags flags;
  MimesendReceipt *receipt; /* set at the end if a server was reached */
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

/* Takes the session's result: NULL means that error is set already. TRUE: accepted for all recipients. */
gboolean mimesend_one_shot_end (MimesendOneShot *self, MimesendReceipt *got, GError **error);

G_END_DECLS
