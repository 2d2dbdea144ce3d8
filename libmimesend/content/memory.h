/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Octets in memory as a content. */
#pragma once

#include "content/pull.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_MEMORY (mimesend_memory_get_type ())
G_DECLARE_FINAL_TYPE (MimesendMemory, mimesend_memory, MIMESEND, MEMORY, MimesendContent)

MimesendContent *mimesend_memory_new (GBytes *bytes);

G_END_DECLS
