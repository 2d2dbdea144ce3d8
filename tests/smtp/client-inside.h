/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests look at within the core, and its driver has no use for. */
#pragma once

#include "smtp/client-private.h"

/* Is any transaction unsettled? */
static inline gboolean
client_in_flight (const MimesendSmtpClient *self)
{
  return self->n_txns > 0;
}

/* Would abort () leave one in doubt? */
static inline gboolean
client_end_was_sent (MimesendSmtpClient *self)
{
  return mimesend_smtp_transactions_end_is_open (self);
}

/* Do the octets that wait include a secret? AUTH and its responses always leave alone. */
static inline gboolean
client_output_is_secret (const MimesendSmtpClient *self)
{
  return self->out.n_secret > 0;
}
