/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Logging in with an OAuth 2.0 access token: OAUTHBEARER (RFC 7628) and its forerunner XOAUTH2. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The one message of the client. The caller wipes it (it has no NUL). */
char *mimesend_oauth_bearer (const char *login, const char *host, guint16 port, const char *token);
char *mimesend_oauth_xoauth2 (const char *login, const char *token);

/* A token that may be sent: visible ASCII (RFC 6750 2.1), as long as a line takes. Error ARGUMENT. */
gboolean mimesend_oauth_check_token (const char *token, GError **error);

/* The server's error, JSON: its words for people, one line of ASCII, at most 300 octets; "" where there are none. */
char *mimesend_oauth_error_words (const char *octets, gsize n);

G_END_DECLS
