/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of a message: text, HTML, files, multiparts. */
#pragma once

#include <gio/gio.h>
#include <gmime/gmime.h>

G_BEGIN_DECLS

GMimeObject *mimesend_part_new_text (const char *text);
GMimeObject *mimesend_part_new_html (const char *html);
GMimeObject *mimesend_part_new_bytes (GBytes *bytes, const char *content_type, GError **error);
GMimeObject *mimesend_part_new_file (const char *path, GError **error);
GMimeObject *
mimesend_part_new_multipart (const char *subtype, GMimeObject **parts, gsize n_parts, GError **error);

gboolean
mimesend_part_write (GMimeObject *part, GMimeStream *stream, GCancellable *cancellable, GError **error);
gboolean mimesend_part_write_to_output (GMimeObject *part,
                                        GOutputStream *output,
                                        GCancellable *cancellable,
                                        GError **error);

/* The part builder: for parts with properties that the constructors above do not set. */
#define MIMESEND_TYPE_PART_BUILDER (mimesend_part_builder_get_type ())
/**
 * MimesendPartBuilder:
 *
 * Builds one MIME part with any of its properties: set them, then call mimesend_part_builder_build().
 *
 * Since: 0.1
 */
typedef struct _MimesendPartBuilder MimesendPartBuilder;

GType mimesend_part_builder_get_type (void);
MimesendPartBuilder *mimesend_part_builder_new (void);
MimesendPartBuilder *mimesend_part_builder_ref (MimesendPartBuilder *self);
void mimesend_part_builder_unref (MimesendPartBuilder *self);
void mimesend_part_builder_set_text (MimesendPartBuilder *self, const char *text, gssize length);
void mimesend_part_builder_set_bytes (MimesendPartBuilder *self, GBytes *bytes);
void mimesend_part_builder_set_range (MimesendPartBuilder *self, gint64 start, gint64 end);
void mimesend_part_builder_set_file (MimesendPartBuilder *self, const char *path);
void mimesend_part_builder_set_stream (MimesendPartBuilder *self, GMimeStream *stream);
void mimesend_part_builder_add_subpart (MimesendPartBuilder *self, GMimeObject *part);
gboolean
mimesend_part_builder_set_content_type (MimesendPartBuilder *self, const char *content_type, GError **error);
gboolean mimesend_part_builder_set_parameter (MimesendPartBuilder *self,
                                              const char *name,
                                              const char *value,
                                              GError **error);
gboolean mimesend_part_builder_set_charset (MimesendPartBuilder *self, const char *charset, GError **error);
void mimesend_part_builder_set_encoding (MimesendPartBuilder *self, GMimeContentEncoding encoding);
gboolean
mimesend_part_builder_set_disposition (MimesendPartBuilder *self, const char *disposition, GError **error);
gboolean mimesend_part_builder_set_name (MimesendPartBuilder *self, const char *name, GError **error);
gboolean mimesend_part_builder_set_id (MimesendPartBuilder *self, const char *content_id, GError **error);
gboolean
mimesend_part_builder_set_description (MimesendPartBuilder *self, const char *description, GError **error);
gboolean mimesend_part_builder_add_header (MimesendPartBuilder *self,
                                           const char *name,
                                           const char *value,
                                           GError **error);
void mimesend_part_builder_set_top (MimesendPartBuilder *self, gboolean top);
GMimeObject *mimesend_part_builder_build (MimesendPartBuilder *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendPartBuilder, mimesend_part_builder_unref)

G_END_DECLS
