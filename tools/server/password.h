/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where passwords and tokens come from: the environment, a file, a command, the terminal. */
#pragma once

#include "options/options.h"

/* Removes MIMESEND_PASSWORD and MIMESEND_PROXY_PASSWORD from the environment, so that child programs do not see them. To be
 * called before threads are started. */
void password_take_environment (void);
/* (transfer full) (nullable): the password for user, to be freed with password_free (). configured_command: the file's,
 * nullable.
 */
char *
password_get (const Options *options, const char *configured_command, const char *user, Failure *failure);
void password_free (char *password);
/* (transfer none) (nullable): the password of the proxy's user; NULL: there is none, or *failure is set. */
const char *password_of_proxy (const Options *options, Failure *failure);
