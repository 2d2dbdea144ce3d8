/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings from the environment and the configuration files, used where the command line has none. */
#pragma once

#include "base/asked.h"

/* The environment first, then $XDG_CONFIG_HOME/mimesend.conf, then /etc/mimesend.conf: the first that has a
 * key wins. */
gboolean config_load (Config *self, Failure *failure);
void config_clear (Config *self);
/* (transfer full): the servers of a comma-separated list. */
char **config_split_servers (const char *text);
/* Whether it is the server of the file, or some of its list, however it is spelled: the file's login is used for no other. */
gboolean config_is_its_server (const Config *self, const char *text);
