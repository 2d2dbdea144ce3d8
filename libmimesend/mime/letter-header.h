/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Headers that a caller adds: which may be, and with what values. */
#pragma once

#include "mime/letter.h"

G_BEGIN_DECLS

/* Checked; NULL with error. The id of a Message-ID comes without angle brackets. */
MimesendLetterHeader *mimesend_letter_header_new (const char *name, const char *value, GError **error);

/* May mimesend_letter_add_header () add it? */
gboolean mimesend_letter_header_check_name (const char *name, GError **error);

/* A field of addresses that has no setter. */
gboolean mimesend_letter_header_has_addresses (const char *name);
gboolean mimesend_letter_header_check_date (const char *value, GError **error);

G_END_DECLS
