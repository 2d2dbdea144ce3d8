/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses: parsing and checking. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MIMESEND_TYPE_ADDRESS (mimesend_address_get_type ())

/**
 * MimesendAddress:
 *
 * A bare address (RFC 5321 4.1.2): a local part and a domain. It is immutable and thread-safe.
 *
 * Since: 0.1
 */
typedef struct _MimesendAddress MimesendAddress;

/**
 * MimesendAddressCheckFlags:
 * @MIMESEND_ADDRESS_CHECK_SYNTAX: the grammar of RFC 5321 alone; no server is asked
 * @MIMESEND_ADDRESS_CHECK_DNS: looks for an MX, A or AAAA record, and no null MX (RFC 7505)
 * @MIMESEND_ADDRESS_CHECK_VRFY: asks the domain's mail server with VRFY (RFC 5321 3.5)
 *
 * What mimesend_address_check() checks: the grammar alone, or also the DNS and the server.
 *
 * Since: 0.1
 */
typedef enum
{ /*< flags >*/
  MIMESEND_ADDRESS_CHECK_SYNTAX = 0,
  MIMESEND_ADDRESS_CHECK_DNS = 1 << 0,
  MIMESEND_ADDRESS_CHECK_VRFY = 1 << 1
} MimesendAddressCheckFlags;

/**
 * MimesendAddressVerdict:
 * @MIMESEND_ADDRESS_BAD: certainly unusable
 * @MIMESEND_ADDRESS_PERHAPS: nothing speaks against it
 * @MIMESEND_ADDRESS_UNKNOWN: could not be checked (an unreachable server proves nothing)
 *
 * The result of mimesend_address_check(). Only a message shows whether an address exists.
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_ADDRESS_BAD,
  MIMESEND_ADDRESS_PERHAPS,
  MIMESEND_ADDRESS_UNKNOWN
} MimesendAddressVerdict;

GType mimesend_address_get_type (void);
MimesendAddress *mimesend_address_parse (const char *text, GError **error);
MimesendAddress *mimesend_address_ref (MimesendAddress *self);
void mimesend_address_unref (MimesendAddress *self);
const char *mimesend_address_get_local_part (MimesendAddress *self);
const char *mimesend_address_get_domain (MimesendAddress *self);
const char *mimesend_address_get_mailbox (MimesendAddress *self);
MimesendAddressVerdict mimesend_address_check (const char *address,
                                               MimesendAddressCheckFlags flags,
                                               GCancellable *cancellable,
                                               char **why,
                                               GError **error);
void mimesend_address_check_async (const char *address,
                                   MimesendAddressCheckFlags flags,
                                   int io_priority,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
MimesendAddressVerdict mimesend_address_check_finish (GAsyncResult *result, char **why, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendAddress, mimesend_address_unref)

G_END_DECLS
