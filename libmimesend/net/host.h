/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and addresses of hosts, as users write them and as certificates have them. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A name, an IPv4 or IPv6 address (bare, without brackets, with %scope): *host as written, *tls_name as
 * certificates have it. Error ARGUMENT, which names the host and says what is wrong with it. */
gboolean mimesend_host_check (const char *text, char **host, char **tls_name, GError **error);

/* A name that mimesend_host_check () accepts, and no address. */
gboolean mimesend_host_is_name (const char *text);

/* The same between "://" and the port: an IPv6 address in brackets, its '%' as %25. */
char *mimesend_host_in_url (const char *host);

/* Untrusted text for one of our sentences: valid UTF-8, no controls, at most 80 letters, nothing ahead of
 * an '@'. */
char *mimesend_text_shown (const char *text);

G_END_DECLS
