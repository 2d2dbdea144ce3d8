/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts that --attach and --attach-file name. */
#pragma once

#include "base/asked.h"

/* A part for one --attach or --attach-file; NULL on failure. Regular files are opened when their turn comes,
 * anything else (a pipe) is read here and now. */
GMimeObject *attach_make (const Item *item, Failure *failure);
