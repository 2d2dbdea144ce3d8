/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This host's name, for message ids. */
#pragma once

#include <glib.h>

/* The host's own name where it is a name with its domains, and not one for a local network (.local, .localdomain, .lan,
 * .internal); else NULL. The DNS is not asked. */
char *host_name_dup (void);
