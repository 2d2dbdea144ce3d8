/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes one header field as text, for mailings, which write a header block without a GMimeObject. Rules and result are
 * those of letters. */
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

/* Checks a field name. FALSE with error: none, or Bcc, MIME-Version, Content-… */
gboolean mimesend_field_check_name (const char *name, MimesendFieldKind *kind, GError **error);

/* Appends "Name: value", lines ended by CRLF; FALSE with error, and nothing is appended. */
gboolean mimesend_field_append (
    GString *into, const char *name, MimesendFieldKind kind, const char *value, GError **error);

G_END_DECLS
