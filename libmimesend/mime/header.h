/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one place through which a value enters a header.
 *
 * GMime writes what it is given, CR and LF included, from header names, message ids, content ids, file names and
 * parameters. So nothing in this folder gives GMime a string that is not checked here. Refused everywhere: C0 (TAB is
 * allowed in values), DEL, C1, U+2028, U+2029 and whatever is not UTF-8; nothing is silently removed, except in file names,
 * which come from disks.
 *
 * `argument` names the faulty value in the message: "subject", "parameter name". Errors: %MIMESEND_ERROR_CONTENT. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

#define MIMESEND_HEADER_NAME_MAX    200
#define MIMESEND_HEADER_VALUE_MAX   (16 * 1024)
#define MIMESEND_HEADER_ADDRESS_MAX (4 * 1024 * 1024)
#define MIMESEND_HEADER_TOKEN_MAX   40 /* GMime 3.2.13 allocates without end for a name of 70 to 72 letters */
#define MIMESEND_HEADER_TYPE_MAX    127 /* RFC 6838 4.2: a type's name, and a subtype's */
#define MIMESEND_HEADER_ID_MAX      900
#define MIMESEND_FILE_NAME_MAX      255

/* Checks a field name: ftext (RFC 5322 3.6.8). */
gboolean mimesend_header_check_name (const char *name, GError **error);

/* (transfer full): the value without the blanks around it; g_strstrip () would silently remove line ends, too. */
char *mimesend_header_trim (const char *value);

/* Checks a value, see above; at most `max` octets. */
gboolean mimesend_header_check_value (const char *argument, const char *value, gsize max, GError **error);

/* Checks the decoded text of the encoded words (RFC 2047) in a value like a value. */
gboolean mimesend_header_check_encoded_words (const char *argument, const char *value, GError **error);

/* Checks a display name: a value without bidirectional controls. */
gboolean mimesend_header_check_display_name (const char *argument, const char *name, GError **error);

/* Checks the name of a parameter, charset or disposition: a token (RFC 2045 5.1). */
gboolean mimesend_header_check_token (const char *argument, const char *token, GError **error);

/* As mimesend_header_check_token (), for the two names of a content type, which may be longer. */
gboolean mimesend_header_check_type_name (const char *argument, const char *name, GError **error);

/* A message id or content id with or without its angle brackets (RFC 5322 3.6.4); returned without, or NULL.
 */
char *mimesend_header_check_id (const char *argument, const char *id, gboolean need_at, GError **error);

/* The file name as it is sent: base name; controls and bidi controls become U+FFFD; '/', '\' and ':' become '_'. */
char *mimesend_header_file_name (const char *argument, const char *name, GError **error);

/* As mimesend_header_file_name (), in ASCII, for readers that do not know RFC 2231. */
char *mimesend_header_file_name_ascii (const char *file_name);

/* Whether mimesend_header_append () would accept it. */
gboolean mimesend_header_check_field (const char *name, const char *value, GError **error);

/* The setters. All check, then set. */
gboolean mimesend_header_append (GMimeObject *object, const char *name, const char *value, GError **error);
void mimesend_header_append_addresses (GMimeObject *object, const char *name, InternetAddressList *list);
gboolean
mimesend_header_set_parameter (GMimeObject *object, const char *name, const char *value, GError **error);
gboolean mimesend_header_set_disposition (GMimeObject *object, const char *disposition, GError **error);
gboolean mimesend_header_set_file_name (GMimeObject *object, const char *name, GError **error);
gboolean mimesend_header_set_content_id (GMimeObject *object, const char *id, GError **error);

/* (transfer full): the value as text after the colon, folded, with LF at the end of each line. NULL with error. */
char *mimesend_header_write (const char *name, const char *value, GError **error);
char *mimesend_header_write_addresses (const char *name, InternetAddressList *list);

/* Copies a header of another object unchanged. */
void mimesend_header_copy (GMimeObject *object, GMimeHeader *header);

/* "type/subtype" with parameters, checked; NULL and an error otherwise. */
GMimeContentType *mimesend_header_parse_type (const char *content_type, GError **error);

/* Calls g_mime_init () once; first thing in every public function of this folder that uses GMime. */
void mimesend_mime_init (void);

G_END_DECLS
