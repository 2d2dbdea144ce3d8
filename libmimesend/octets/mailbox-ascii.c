/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A mailbox with its domain as A-labels (RFC 6531 3.2). */
#include "octets/mailbox.h"

#include <string.h>

char *
mimesend_mailbox_to_ascii (const char *mailbox)
{
  MimesendMailbox parts;
  g_autofree char *domain = NULL;

  if (g_str_is_ascii (mailbox) ||
      mimesend_mailbox_scan (mailbox, strlen (mailbox), &parts) != MIMESEND_MAILBOX_OK ||
      !parts.local_is_ascii)
    return NULL;
  domain = g_hostname_to_ascii (mailbox + parts.domain_offset);
  if (domain == NULL || !mimesend_domain_is_valid (domain, strlen (domain), FALSE))
    return NULL;
  return g_strdup_printf ("%.*s@%s", (int)parts.local_length, mailbox, domain);
}

gboolean
mimesend_mailbox_needs_smtputf8 (const char *mailbox)
{
  g_autofree char *ascii = mimesend_mailbox_to_ascii (mailbox);

  return ascii == NULL && !g_str_is_ascii (mailbox);
}
