/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the environment and the configuration files say where the command line is silent. */
#pragma once

#include "base/asked.h"

/* The environment first, then $XDG_CONFIG_HOME/mimesend.conf, then /etc/mimesend.conf: the first that has a
 * key wins. */
gboolean config_load (Config *self, Failure *failure);
void config_clear (Config *self);
/* The servers of a list, stripped. */
char **config_split_servers (const char *text);
/* Is it the server of the file, or one of its list? Its login is meant for it, then. */
gboolean config_is_its_server (const Config *self, const char *text);
