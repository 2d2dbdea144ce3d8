/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The client's name in EHLO (RFC 5321 4.1.4): never a bare localhost, a file name or a blank, and no DNS is
 * asked. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): wanted (nullable), the caller's name; else the host's name if it looks like a public FQDN, else
 * local_literal. */
char *mimesend_ehlo_name (const char *wanted, const char *local_literal);

/* (transfer full) (nullable): the same for a Message-ID (RFC 5322 3.6.4), without brackets; NULL: a literal that is known
 * only when connected. */
char *mimesend_ehlo_id_domain (const char *wanted);
gboolean mimesend_ehlo_name_is_valid (const char *name);

G_END_DECLS
