/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Logging in with an OAuth 2.0 access token: OAUTHBEARER (RFC 7628) and its forerunner XOAUTH2. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The client's message. The caller wipes it (it contains no NUL). */
char *mimesend_oauth_bearer (const char *login, const char *host, guint16 port, const char *token);
char *mimesend_oauth_xoauth2 (const char *login, const char *token);

/* Checks a token: visible ASCII (RFC 6750 2.1) that fits a line. Error ARGUMENT. */
gboolean mimesend_oauth_check_token (const char *token, GError **error);

/* The server's error (JSON) as one line of ASCII, at most 300 octets; "" if it says nothing. */
char *mimesend_oauth_error_words (const char *octets, gsize n);

G_END_DECLS
