/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A verifier of DKIM signatures (RFC 6376 6) as simple as can be: whole texts, nothing streamed, and nothing of the library. */
#pragma once

#include <gio/gio.h>

/* The signed forms of a header field and of a body whose line ends are CRLF. */
char *verify_relaxed_field (const char *field);
GString *verify_body (const char *body, gsize length, gboolean simple);

/* The value of the tag in the index-th DKIM-Signature, without white space; NULL: there is none. */
char *verify_tag (const char *message, gsize length, guint index, const char *tag);
guint verify_count (const char *message, gsize length);

/* Whether the index-th signature is good, by the record that the DNS would have; says why it is not. */
gboolean verify_signature (const char *message, gsize length, guint index, const char *record, char **why);
