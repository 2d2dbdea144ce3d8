/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The octets of a message, read lazily. */
#pragma once

#include <gio/gio.h>
#include <gmime/gmime.h>
#include "mimesend-flags.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_CONTENT (mimesend_content_get_type ())
G_DECLARE_DERIVABLE_TYPE (MimesendContent, mimesend_content, MIMESEND, CONTENT, GObject)

/**
 * MimesendContentClass:
 * @parent_class: the parent's
 * @read_bytes: see mimesend_content_read_bytes(); at most @count octets at once, an empty #GBytes at the end
 * @length: see mimesend_content_get_length(); −1 if it is not known
 * @prepare: see mimesend_content_prepare(): what the server accepts, before the first octet
 * @read_bytes_async: see mimesend_content_read_bytes_async(); for contents that wait for their octets
 * @read_bytes_finish: see mimesend_content_read_bytes_finish()
 * @request_bytes: requests octets and returns at once; mimesend_content_answer_bytes() or mimesend_content_answer_error()
 * completes the request later; for languages without callbacks in virtual functions
 * @rewind: see mimesend_content_rewind(); a class without it can be read once
 *
 * The virtual functions of a content. A derived class overrides @read_bytes, or one of the asynchronous ones.
 *
 * Since: 0.1
 */
struct _MimesendContentClass
{
  GObjectClass parent_class;

  GBytes *(*read_bytes) (MimesendContent *self, gsize count, GCancellable *cancellable, GError **error);
  gint64 (*length) (MimesendContent *self);
  gboolean (*prepare) (MimesendContent *self, MimesendWireFlags wire, GError **error);
  void (*read_bytes_async) (MimesendContent *self,
                            gsize count,
                            int io_priority,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  GBytes *(*read_bytes_finish) (MimesendContent *self, GAsyncResult *result, GError **error);

  /**
   * MimesendContentClass::request_bytes:
   * @self: a content
   * @count: octets at most
   * @cancellable: (nullable): cancelled when the sender gives up
   *
   * Requests octets and returns at once; mimesend_content_answer_bytes() or mimesend_content_answer_error() completes the
   * request later. For languages without callbacks in virtual functions.
   *
   * Since: 0.1
 */
  void (*request_bytes) (MimesendContent *self, gsize count, GCancellable *cancellable);
  gboolean (*rewind) (MimesendContent *self, GError **error);

  /*< private >*/
  gpointer padding[8];
};

MimesendContent *mimesend_content_new (void);
MimesendContent *mimesend_content_new_for_part (GMimeObject *part, GMimeFormatOptions *options);

gboolean mimesend_content_add_string (MimesendContent *self, const char *text, GError **error);
gboolean mimesend_content_add_bytes (MimesendContent *self, GBytes *bytes, GError **error);
gboolean mimesend_content_add_stream (MimesendContent *self, GMimeStream *stream, GError **error);
gboolean mimesend_content_add_input_stream (MimesendContent *self, GInputStream *stream, GError **error);
gboolean mimesend_content_add_content (MimesendContent *self, MimesendContent *content, GError **error);

gboolean mimesend_content_prepare (MimesendContent *self, MimesendWireFlags wire, GError **error);
gboolean mimesend_content_check (MimesendContent *content,
                                 MimesendWireFlags wire,
                                 GCancellable *cancellable,
                                 GError **error);
gint64 mimesend_content_get_length (MimesendContent *self);
GBytes *
mimesend_content_read_bytes (MimesendContent *self, gsize count, GCancellable *cancellable, GError **error);
void mimesend_content_read_bytes_async (MimesendContent *self,
                                        gsize count,
                                        int io_priority,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
GBytes *mimesend_content_read_bytes_finish (MimesendContent *self, GAsyncResult *result, GError **error);
gboolean mimesend_content_rewind (MimesendContent *self, GError **error);
void mimesend_content_answer_bytes (MimesendContent *self, GBytes *bytes);
void mimesend_content_answer_error (MimesendContent *self, const GError *error);

G_END_DECLS
