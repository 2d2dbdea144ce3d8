/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Octets that must be read to their end before anything is sent: a little of it stays in memory, more goes to
 * a file that has no name. */
#pragma once

#include <gio/gio.h>

#define KEEP_IN_MEMORY_MAX (1024 * 1024)

typedef struct _Keep Keep;

Keep *keep_new (void);
void keep_free (Keep *self);
gboolean keep_append (Keep *self, const guint8 *octets, gsize n, GError **error);
guint64 keep_get_length (Keep *self);
/* The octets, or NULL when they are in a file. */
GBytes *keep_get_bytes (Keep *self);
/* The file, standing at its first octet; the caller closes it. −1 when they are in memory. */
int keep_steal_fd (Keep *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Keep, keep_free)
