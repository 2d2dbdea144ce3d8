/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store of received messages: the octets as received, and the envelope in a file beside them. Thread-safe. */
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
/* Removes incomplete messages. A message that another thread is receiving is not stored. */
void sink_store_close (SinkStore *self);
void sink_store_free (SinkStore *self);

SinkFile *sink_store_begin (SinkStore *self);
void
sink_file_write (SinkFile *self, const void *octets, gsize n); /* a failure is reported by sink_file_end () */
/* Adds id, file, octets and sha256 to the envelope and stores both; NULL: failed, nothing is left over. */
const char *sink_file_end (SinkFile *self, JsonObject *envelope, GError **error);
void sink_file_free (SinkFile *self); /* without sink_file_end () the message is dropped */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinkFile, sink_file_free)

G_END_DECLS
