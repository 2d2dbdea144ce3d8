/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths with a tilde, expanded as a shell does. */
#pragma once

#include <glib.h>

/* (transfer full): expands "~/x" and "~joe/x", as a shell does not after the "=" of an option or in a file; other paths are
 * returned unchanged. */
char *path_expand (const char *path);
/* (transfer full): likewise, the path in "lmtp:~/socket" and the program in "program:~/bin/x". */
char *path_expand_server (const char *server);
