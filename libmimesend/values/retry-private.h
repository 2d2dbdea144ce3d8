/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a retry policy makes of a receipt, for the library itself. */
#pragma once

#include "mimesend-retry.h"

G_BEGIN_DECLS

/* (transfer full) (element-type guint): the recipients that another attempt is for, by their places in the receipt; may be empty. */
GArray *mimesend_retry_find (MimesendRetry *self, MimesendReceipt *receipt);

/* mimesend_retry_next () in microseconds. */
gint64 mimesend_retry_next_us (MimesendRetry *self,
                               MimesendReceipt *receipt,
                               guint attempts_made,
                               gint64 elapsed_us);

G_END_DECLS
