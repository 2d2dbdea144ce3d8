/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Address fields: "Joe <joe@example.com>, team: a@x, b@x;, c@x (Carl)" (RFC 5322 3.4).
 *
 * Parsed here in one pass, strictly: GMime's parser accepts anything and drops what it does not understand. An addr-spec is
 * never decoded (RFC 2047) nor unquoted; each is checked by octets/mailbox.h. */
#pragma once

#include <gmime/gmime.h>

#include "octets/mailbox.h"

G_BEGIN_DECLS

#define MIMESEND_ADDRESS_MAX    1000 /* octets of one address with its display name */
#define MIMESEND_GROUP_NAME_MAX 200

/* Parses text: appends the addresses to list, and the bare address of each mailbox, members of groups included, to bare (of
 * strings). On error nothing is appended (ADDRESS, or CONTENT for characters that no header may hold). `argument` names the
 * field in messages. */
gboolean mimesend_addresses_parse (InternetAddressList *list,
                                   GPtrArray *bare,
                                   const char *argument,
                                   const char *text,
                                   gboolean allow_groups,
                                   GError **error);

/* A bare address: no display name, no blanks. */
gboolean mimesend_addresses_check_bare (
    const char *argument, const char *text, gsize length, MimesendMailbox *mailbox, GError **error);

/* Adds the addresses in bare that are not in seen to recipients, and to seen. */
void mimesend_addresses_collect (GPtrArray *bare, GHashTable *seen, GPtrArray *recipients);

/* The domain of a bare address as A-labels; NULL where it has none that serves in a message id. */
char *mimesend_addresses_id_domain (const char *address);

G_END_DECLS
