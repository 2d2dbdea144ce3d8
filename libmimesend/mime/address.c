/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One address, "foo" or "foo@bar.com", and its two halves (RFC 5321 4.1.2). */
#include "mimesend-address.h"

#include <string.h>

#include "mime/addresses.h"
#include "mimesend-error.h"
#include "octets/mailbox.h"
#include "octets/boxed.h"

struct _MimesendAddress
{
  gatomicrefcount refs;
  char *mailbox;
  char *local_part;
  char *domain; /* NULL for "foo" */
};

MIMESEND_DEFINE_BOXED (MimesendAddress, mimesend_address)

/**
 * mimesend_address_parse:
 * @text: an address; white space around it is ignored
 * @error: return location for an error, or %NULL
 *
 * Parses one address by the grammar of RFC 5321 4.1.2: no display name, no angle brackets. The domain may be missing.
 *
 * Errors: %MIMESEND_ERROR_ADDRESS; the message shows the bare address that was probably meant.
 *
 * Returns: (transfer full): the address, or %NULL with @error set
 *
 * Since: 0.1
 */
MimesendAddress *
mimesend_address_parse (const char *text, GError **error)
{
  MimesendAddress *self;
  MimesendMailbox mailbox;
  gsize length;

  g_return_val_if_fail (text != NULL, NULL);
  text += strspn (text, " \t\r\n");
  length = strlen (text);
  while (length > 0 && strchr (" \t\r\n", text[length - 1]) != NULL)
    length--;

  if (!mimesend_addresses_check_bare ("address", text, length, &mailbox, error))
    return NULL;
  self = g_new0 (MimesendAddress, 1);
  g_atomic_ref_count_init (&self->refs);
  self->mailbox = g_strndup (text, length);
  self->local_part = g_strndup (text, mailbox.local_length);
  if (mailbox.domain_offset > 0)
    self->domain = g_strdup (self->mailbox + mailbox.domain_offset);
  return self;
}

/**
 * mimesend_address_ref:
 * @self: an address
 *
 * Takes a reference; mimesend_address_unref() gives it back. Any thread may call it.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
MimesendAddress *
mimesend_address_ref (MimesendAddress *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mimesend_address_unref:
 * @self: (transfer full) (nullable): an address
 *
 * Gives a reference back; the last one frees the address.
 *
 * Since: 0.1
 */
void
mimesend_address_unref (MimesendAddress *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->mailbox);
  g_free (self->local_part);
  g_free (self->domain);
  g_free (self);
}

/**
 * mimesend_address_get_local_part:
 * @self: an address
 *
 * Gets the local part.
 *
 * Returns: the text before the '@', as it was written, quotes included
 *
 * Since: 0.1
 */
const char *
mimesend_address_get_local_part (MimesendAddress *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->local_part;
}

/**
 * mimesend_address_get_domain:
 * @self: an address
 *
 * Gets the domain, without looking it up or changing its letters.
 *
 * Returns: (nullable): the domain or address literal after the '@'; %NULL if there is none
 *
 * Since: 0.1
 */
const char *
mimesend_address_get_domain (MimesendAddress *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->domain;
}

/**
 * mimesend_address_get_mailbox:
 * @self: an address
 *
 * Gets the whole address, bare: without a name and without angle brackets.
 *
 * Returns: the whole address, as it was written
 *
 * Since: 0.1
 */
const char *
mimesend_address_get_mailbox (MimesendAddress *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->mailbox;
}
