/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Header lines that a caller wrote: "Name: value", one or several. */
#pragma once

#include "mime/letter.h"

G_BEGIN_DECLS

/* Appends MimesendLetterHeaders to found, checked. The id of a Message-ID comes without angle brackets. */
gboolean mimesend_letter_header_parse (GPtrArray *found, const char *text, GError **error);

/* May mimesend_letter_add_header () add it? */
gboolean mimesend_letter_header_check_name (const char *name, GError **error);

/* A field of addresses that has no setter. */
gboolean mimesend_letter_header_has_addresses (const char *name);
gboolean mimesend_letter_header_check_date (const char *value, GError **error);

G_END_DECLS
