/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which extensions a message can use, to decide whether to send EHLO again after the login. */
#include "client/delivery/delivery-private.h"

#include "values/envelope-private.h"
#include "octets/mailbox.h"

static gboolean
delivery_names_utf8 (MimesendDelivery *self)
{
  const char *reverse_path = mimesend_envelope_get_reverse_path (self->envelope);
  gboolean any = mimesend_mailbox_needs_smtputf8 (reverse_path);

  for (guint i = 0; i < self->left.n && !any; i++)
    any = mimesend_mailbox_needs_smtputf8 (mimesend_delivery_recipient (self, self->left.at[i])->address);
  return any || mimesend_pull_names_utf8 (self->pull);
}

/* Bits of MimesendSmtpExtension. 8BITMIME may always be useful: the content is not known yet. */
static guint
extensions_for (MimesendDelivery *self)
{
  const MimesendEnvelopeOptions *options = &self->envelope->options;
  guint wanted = MIMESEND_SMTP_8BITMIME;

  if (options->notify != 0 || options->what != 0 || options->id != NULL || options->originals != NULL)
    wanted |= MIMESEND_SMTP_DSN;
  if (options->by_seconds > 0)
    wanted |= MIMESEND_SMTP_DELIVERBY;
  if (options->has_priority)
    wanted |= MIMESEND_SMTP_MT_PRIORITY;
  if (options->hold_seconds > 0 || options->hold_until != NULL)
    wanted |= MIMESEND_SMTP_FUTURERELEASE;
  if (options->require_tls)
    wanted |= MIMESEND_SMTP_REQUIRETLS;
  if (self->flags & MIMESEND_SEND_ALLOW_BINARYMIME)
    wanted |= MIMESEND_SMTP_BINARYMIME | MIMESEND_SMTP_CHUNKING;
  if (delivery_names_utf8 (self))
    wanted |= MIMESEND_SMTP_SMTPUTF8;
  return wanted;
}

static gboolean
exceeds_limits (MimesendDelivery *self, const MimesendSmtpCapabilities *offered)
{
  gint64 length = offered->size_limit > 0 ? mimesend_content_get_length (self->content) : -1;

  return (length > 0 && (guint64)length > offered->size_limit) ||
         (offered->rcpt_max > 0 && self->left.n > offered->rcpt_max);
}

gboolean
mimesend_delivery_asks_for_more (MimesendDelivery *self, MimesendSmtpClient *core)
{
  const MimesendSmtpCapabilities *offered = mimesend_smtp_client_get_capabilities (core);

  if (!mimesend_smtp_client_may_offer_more (core) ||
      ((extensions_for (self) & ~offered->offered) == 0 && !exceeds_limits (self, offered)))
    return FALSE;
  mimesend_smtp_client_ask_for_more (core);
  return TRUE;
}
