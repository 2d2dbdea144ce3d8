/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where passwords and tokens come from: the environment, a file, a command, the terminal. */
#pragma once

#include "options/options.h"

/* Takes MIMESEND_PASSWORD and MIMESEND_PROXY_PASSWORD out of the environment: programs that are started for us do not see
 * them. Ahead of threads. */
void password_take_environment (void);
/* The password for user, or NULL; to be given to password_free (). configured_command: the file's, or NULL.
 */
char *
password_get (const Options *options, const char *configured_command, const char *user, Failure *failure);
void password_free (char *password);
/* The one of the proxy's user, lent; NULL: there is none, or *failure says why it cannot be had. */
const char *password_of_proxy (const Options *options, Failure *failure);
