/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The delays of the retry policy. */
#pragma once

#include "mimesend-retry.h"

G_BEGIN_DECLS

/* The wait before the next attempt after attempts_made, in microseconds. random: in [0, 1). */
gint64 mimesend_retry_delay_us (MimesendRetry *self, guint attempts_made, double random);

G_END_DECLS
