/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Enhanced status codes in plain words. */
#pragma once

#include "mimesend-receipt.h"

G_BEGIN_DECLS

/* What a refusal means and what would help, as a sentence without its full stop; NULL: the code says nothing more than
 * the reply. stage: what was answered. enhanced: as the server wrote it, or NULL. */
const char *mimesend_status_words (MimesendStage stage, guint code, const char *enhanced);

G_END_DECLS
