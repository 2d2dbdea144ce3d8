/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two texts of -S: do they mean one server? */
#pragma once

#include <glib.h>

/* Login apart: the same transport, host, port and TLS, however they are spelled (case, default port, brackets, IDN). A text that
 * names a user is another server than one that names another; one that names none is the same as both. */
gboolean same_server (const char *text, const char *other);
