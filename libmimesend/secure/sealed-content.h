/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a signature or an encryption makes of a part, made when it is read. */
#pragma once

#include "content/content-pull.h"
#include "secure/seal.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_SEALED_CONTENT (mimesend_sealed_content_get_type ())
G_DECLARE_FINAL_TYPE (
    MimesendSealedContent, mimesend_sealed_content, MIMESEND, SEALED_CONTENT, MimesendContent)

/* The body of a multipart/signed with that boundary: the part, and its signature behind it. NULL with error: the part cannot be
 * signed as it is. */
MimesendContent *mimesend_sealed_content_new_signed (MimesendSeal *seal,
                                                     GMimeObject *part,
                                                     const char *boundary,
                                                     GError **error);

/* The encrypted part: armoured (PGP), or DER (S/MIME). */
MimesendContent *
mimesend_sealed_content_new_encrypted (MimesendSeal *seal, GMimeObject *part, GError **error);

G_END_DECLS
