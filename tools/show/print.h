/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message that was read, for people and for programs. */
#pragma once

#include "show/message.h"

/* FALSE: standard output cannot be written. */
gboolean show_print (const char *path, const ShowMessage *message);
/* One JSON object, on one line. */
gboolean show_print_json (const char *path, const ShowMessage *message);
