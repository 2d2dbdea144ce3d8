/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server to send to, from -S, the environment or a file, with its TLS options and login. */
#pragma once

#include "options/config.h"
#include "options/options.h"

/* Without the password: nothing is prompted for or run. */
MimesendServer *destination_find (const Options *options, const Config *config, Failure *failure);
/* Adds the user without a password, for display. Takes ownership of the server. */
MimesendServer *destination_show_login (MimesendServer *server,
                                        const Options *options,
                                        const Config *config,
                                        Failure *failure);
/* Adds user and password, if there is a user. Takes ownership of the server. */
MimesendServer *
destination_login (MimesendServer *server, const Options *options, const Config *config, Failure *failure);
