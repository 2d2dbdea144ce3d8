/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One header field as text, for callers that write a header block without a GMimeObject. The same rules as for letters hold, and
 * the same text comes of it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  MIMESEND_FIELD_TEXT,
  MIMESEND_FIELD_ADDRESSES,
  MIMESEND_FIELD_ID,
  MIMESEND_FIELD_DATE
} MimesendFieldKind;

/* May it be written so? FALSE with error: no name, or Bcc, MIME-Version, Content-… */
gboolean mimesend_field_check_name (const char *name, MimesendFieldKind *kind, GError **error);

/* "Name: value", whole lines ended by CRLF; FALSE with error, and nothing of it is in `into`. */
gboolean mimesend_field_append (
    GString *into, const char *name, MimesendFieldKind kind, const char *value, GError **error);

G_END_DECLS
