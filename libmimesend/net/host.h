/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and addresses of hosts, as users write them and as certificates have them. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Checks a name, an IPv4 or an IPv6 address (without brackets, with %scope): *host as written, *tls_name as in
 * certificates. Error ARGUMENT, which quotes the host and says what is wrong. */
gboolean mimesend_host_check (const char *text, char **host, char **tls_name, GError **error);

/* Whether it is a name, not an address, that mimesend_host_check () accepts. */
gboolean mimesend_host_is_name (const char *text);

/* (transfer full): the host as in a URL: an IPv6 address in brackets, its '%' as %25. */
char *mimesend_host_in_url (const char *host);

/* (transfer full): untrusted text made fit for an error message: valid UTF-8, no controls, at most 80 characters, nothing
 * before an '@', which may be a password. */
char *mimesend_text_shown (const char *text);

G_END_DECLS
