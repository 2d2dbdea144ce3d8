/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A content whose class is not ours, pulled through its read_bytes (). */
#pragma once

#include "content/content-pull.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_FOREIGN (mimesend_foreign_get_type ())
G_DECLARE_FINAL_TYPE (MimesendForeign, mimesend_foreign, MIMESEND, FOREIGN, MimesendContent)

G_END_DECLS
