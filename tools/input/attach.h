/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts for --attach and --attach-file. */
#pragma once

#include "base/asked.h"

/* A part for one --attach or --attach-file; NULL on failure. Regular files are opened when they are sent; anything else (a
 * pipe) is read at once. */
GMimeObject *attach_make (const Item *item, Failure *failure);
