/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/write-addresses.h"

#include <string.h>

/* A ',' or ';' stands with what it follows: no line begins with one. */
static void
put_mailbox (MimesendFold *into, InternetAddress *address, const char *behind)
{
  const char *name = internet_address_get_name (address);
  const char *bare = internet_address_mailbox_get_idn_addr (INTERNET_ADDRESS_MAILBOX (address));
  gboolean named = name != NULL && *name != '\0';
  g_autofree char *word = g_strconcat (named ? "<" : "", bare, named ? ">" : "", behind, NULL);

  if (named)
    mimesend_fold_put_phrase (into, name);
  mimesend_fold_put (into, " ", 1, word, strlen (word));
}

static void
put_list (MimesendFold *into, InternetAddressList *list, const char *behind)
{
  int n = internet_address_list_length (list);

  for (int i = 0; i < n; i++)
    {
      InternetAddress *address = internet_address_list_get_address (list, i);
      const char *end = i + 1 < n ? "," : behind;
      g_autofree char *group_end = NULL;
      InternetAddressList *members;

      if (!INTERNET_ADDRESS_IS_GROUP (address))
        {
          put_mailbox (into, address, end);
          continue;
        }
      members = internet_address_group_get_members (INTERNET_ADDRESS_GROUP (address));
      group_end = g_strconcat (";", end, NULL);
      if (mimesend_fold_put_phrase (into, internet_address_get_name (address)))
        mimesend_fold_put (into, " ", 1, ":", 1);
      else
        mimesend_fold_put (into, "", 0, ":", 1);
      if (internet_address_list_length (members) > 0)
        put_list (into, members, group_end);
      else
        mimesend_fold_put (into, "", 0, group_end, strlen (group_end));
    }
}

void
mimesend_addresses_put (MimesendFold *into, InternetAddressList *list)
{
  put_list (into, list, "");
}
