/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where messages go: the octets as they came, and beside them the envelope. All functions may be called from
 * any thread. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _SinkStore SinkStore;
typedef struct _SinkFile SinkFile;

typedef enum
{
  SINK_STORE_DISCARD,
  SINK_STORE_EML,
  SINK_STORE_MAILDIR
} SinkStoreKind;

SinkStore *sink_store_new (SinkStoreKind kind, const char *folder, GError **error);
/* Removes what is unfinished. A message may be under way in another thread: it is not stored then. */
void sink_store_close (SinkStore *self);
void sink_store_free (SinkStore *self);

SinkFile *sink_store_begin (SinkStore *self);
void sink_file_write (SinkFile *self, const void *octets, gsize n); /* a failure is told at the end */
/* Adds id, file, octets and sha256 to the envelope and stores both; NULL: failed, nothing is left over. */
const char *sink_file_end (SinkFile *self, JsonObject *envelope, GError **error);
void sink_file_free (SinkFile *self); /* without sink_file_end (): thrown away */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinkFile, sink_file_free)

G_END_DECLS
