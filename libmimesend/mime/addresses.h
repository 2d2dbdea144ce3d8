/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Address fields: "Joe <joe@example.com>, team: a@x, b@x;, c@x (Carl)" (RFC 5322 3.4).
 *
 * Read by a parser of our own, once from left to right: GMime's gives what it can make of anything, and drops
 * the rest. An addr-spec is never decoded (RFC 2047) nor unquoted; each is checked by octets/mailbox.h. */
#pragma once

#include <gmime/gmime.h>

#include "octets/mailbox.h"

G_BEGIN_DECLS

#define MIMESEND_ADDRESS_MAX    1000 /* octets of one address with its display name */
#define MIMESEND_GROUP_NAME_MAX 200

/* Appends to list what text holds, and to bare (of strings) the address of each mailbox as it was written,
 * members of groups included; nothing of it when there is an error (ADDRESS, or CONTENT for what no header
 * may hold). `argument` names the field in messages. */
gboolean mimesend_addresses_parse (InternetAddressList *list,
                                   GPtrArray *bare,
                                   const char *argument,
                                   const char *text,
                                   gboolean allow_groups,
                                   GError **error);

/* A bare address: no display name, no blanks. */
gboolean mimesend_addresses_check_bare (
    const char *argument, const char *text, gsize length, MimesendMailbox *mailbox, GError **error);

/* Those of bare that are not in seen yet go to recipients, and into seen. */
void mimesend_addresses_collect (GPtrArray *bare, GHashTable *seen, GPtrArray *recipients);

/* The domain of a bare address as A-labels; NULL where it has none that serves in a message id. */
char *mimesend_addresses_id_domain (const char *address);

G_END_DECLS
