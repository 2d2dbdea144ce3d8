/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the mail goes: -S, the environment, a file; with TLS and login as they were asked for. */
#pragma once

#include "options/config.h"
#include "options/options.h"

/* Without the password: nothing is asked or run for it. */
MimesendServer *destination_find (const Options *options, const Config *config, Failure *failure);
/* With the user alone, for what is only shown. Takes the server over. */
MimesendServer *destination_show_login (MimesendServer *server,
                                        const Options *options,
                                        const Config *config,
                                        Failure *failure);
/* With the password, where there is a user. Takes the server over. */
MimesendServer *
destination_login (MimesendServer *server, const Options *options, const Config *config, Failure *failure);
