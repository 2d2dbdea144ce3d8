/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the environment and the configuration files say where the command line is silent. */
#pragma once

#include "failure.h"

typedef struct
{
  char *server;
  gboolean server_from_file; /* and not from the environment */
  char *from;
  char *user;
  char *password_command;
  char *ca_file;
  char *proxy;
} Config;

/* The environment first, then $XDG_CONFIG_HOME/mimesend.conf, then /etc/mimesend.conf: the first that has a
 * key wins. */
gboolean config_load (Config *self, Failure *failure);
void config_clear (Config *self);
