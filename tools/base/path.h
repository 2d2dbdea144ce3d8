/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths with a tilde, expanded as a shell does. */
#pragma once

#include <glib.h>

/* "~/x" and "~joe/x" as a shell has them, which does not look behind the "=" of an option nor into a file; anything else as
 * it is. */
char *path_expand (const char *path);
/* The same of the path in "lmtp:~/socket" and of the program in "program:~/bin/x". */
char *path_expand_server (const char *server);
