/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signed and encrypted letters: PGP/MIME (RFC 3156) and S/MIME (RFC 8551). */
#pragma once

#include "mimesend-letter.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_SECURITY (mimesend_security_get_type ())

/**
 * MimesendSecurityKind:
 * @MIMESEND_SECURITY_PGP: PGP/MIME (RFC 3156), by GnuPG's gpg and its key ring
 * @MIMESEND_SECURITY_SMIME: S/MIME (RFC 8551), by GnuPG's gpgsm and its certificates
 *
 * How a letter is signed and encrypted.
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_SECURITY_PGP,
  MIMESEND_SECURITY_SMIME
} MimesendSecurityKind;

/**
 * MimesendSecurity:
 *
 * How letters are signed and encrypted: PGP/MIME or S/MIME, with which key, to whose. It does not change (the functions with
 * "with" make another one), and any thread may use it. It holds no key: they are GnuPG's, which also asks for passphrases.
 *
 * A letter is protected by mimesend_letter_set_security(), any tree by mimesend_security_protect().
 *
 * Since: 0.1
 */
typedef struct _MimesendSecurity MimesendSecurity;

GType mimesend_security_get_type (void);
MimesendSecurity *mimesend_security_new (MimesendSecurityKind kind);
MimesendSecurity *mimesend_security_ref (MimesendSecurity *self);
void mimesend_security_unref (MimesendSecurity *self);

MimesendSecurity *mimesend_security_with_signature (MimesendSecurity *self, const char *key);
MimesendSecurity *mimesend_security_with_encryption (MimesendSecurity *self);
MimesendSecurity *mimesend_security_with_hidden_recipients (MimesendSecurity *self);
MimesendSecurity *mimesend_security_with_hidden_subject (MimesendSecurity *self);
MimesendSecurity *mimesend_security_with_prompt (MimesendSecurity *self);

MimesendSecurityKind mimesend_security_get_kind (MimesendSecurity *self);
gboolean mimesend_security_get_signs (MimesendSecurity *self);
const char *mimesend_security_get_key (MimesendSecurity *self);
gboolean mimesend_security_get_encrypts (MimesendSecurity *self);
gboolean mimesend_security_get_hides_recipients (MimesendSecurity *self);
gboolean mimesend_security_get_hides_subject (MimesendSecurity *self);
gboolean mimesend_security_get_prompts (MimesendSecurity *self);

GMimeObject *mimesend_security_protect (MimesendSecurity *self,
                                        GMimeObject *part,
                                        const char *sender,
                                        const char *const *recipients,
                                        GError **error);

void mimesend_letter_set_security (MimesendLetter *self, MimesendSecurity *security);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendSecurity, mimesend_security_unref)

G_END_DECLS
