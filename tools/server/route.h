/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The route to the server: a proxy, a source address. */
#pragma once

#include "options/config.h"
#include "options/options.h"

/* Takes ownership of the server; NULL: it failed. */
MimesendServer *
route_apply (MimesendServer *server, const Options *options, const Config *config, Failure *failure);
