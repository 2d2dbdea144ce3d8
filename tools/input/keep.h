/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Buffers input that must be read to its end before sending: small ones in memory, larger ones in a nameless file. */
#pragma once

#include <gio/gio.h>

#define KEEP_IN_MEMORY_MAX (1024 * 1024)

typedef struct _Keep Keep;

Keep *keep_new (void);
void keep_free (Keep *self);
gboolean keep_append (Keep *self, const guint8 *octets, gsize n, GError **error);
guint64 keep_get_length (Keep *self);
/* (nullable): the octets; NULL: they are in a file. */
GBytes *keep_get_bytes (Keep *self);
/* The file, at its first octet, to be closed by the caller; −1: the octets are in memory. */
int keep_steal_fd (Keep *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Keep, keep_free)
