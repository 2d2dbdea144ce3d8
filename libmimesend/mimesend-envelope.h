/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define MIMESEND_TYPE_ENVELOPE (mimesend_envelope_get_type ())

typedef struct _MimesendEnvelope MimesendEnvelope;

GType mimesend_envelope_get_type (void);
MimesendEnvelope *mimesend_envelope_new (const char *reverse_path, const char *const *recipients, GError **error);
MimesendEnvelope *mimesend_envelope_ref (MimesendEnvelope *self);
void mimesend_envelope_unref (MimesendEnvelope *self);
const char *mimesend_envelope_get_reverse_path (MimesendEnvelope *self);
const char *const *mimesend_envelope_get_recipients (MimesendEnvelope *self);
guint mimesend_envelope_get_n_recipients (MimesendEnvelope *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendEnvelope, mimesend_envelope_unref)

G_END_DECLS
