/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signing messages for a domain: DKIM (RFC 6376). */
#pragma once

#include <glib-object.h>
#include "mimesend-content.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_DKIM (mimesend_dkim_get_type ())

/**
 * MimesendDkim:
 *
 * A signer of messages (DKIM, RFC 6376): a domain, one of its selectors and the private key that belongs to it, RSA
 * (SHA-256) or Ed25519 (RFC 8463), with what is signed and for how long. It does not change (the functions with "with" make
 * another one); any thread may use it. It never shows its key.
 *
 * A message is signed by mimesend_content_new_dkim(), by a session (#MimesendSession:dkims) or by a mailing
 * (mimesend_mailing_set_dkims()). What receivers ask the DNS for is told by mimesend_dkim_dup_record().
 *
 * Since: 0.1
 */
typedef struct _MimesendDkim MimesendDkim;

/**
 * MimesendDkimForm:
 * @MIMESEND_DKIM_RELAXED: changes of white space on the way do not matter
 * @MIMESEND_DKIM_SIMPLE: nearly no change is tolerated
 *
 * The form of header and body that is signed (canonicalization, RFC 6376 3.4).
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_DKIM_RELAXED,
  MIMESEND_DKIM_SIMPLE
} MimesendDkimForm;

GType mimesend_dkim_get_type (void);
MimesendDkim *mimesend_dkim_new (const char *domain, const char *selector, GBytes *key, GError **error);
MimesendDkim *
mimesend_dkim_new_for_file (const char *domain, const char *selector, const char *path, GError **error);
MimesendDkim *
mimesend_dkim_new_for_uri (const char *domain, const char *selector, const char *uri, GError **error);
MimesendDkim *mimesend_dkim_ref (MimesendDkim *self);
void mimesend_dkim_unref (MimesendDkim *self);

MimesendDkim *mimesend_dkim_with_identity (MimesendDkim *self, const char *identity, GError **error);
MimesendDkim *mimesend_dkim_with_headers (MimesendDkim *self,
                                          const char *const *signed_names,
                                          const char *const *oversigned_names,
                                          GError **error);
MimesendDkim *mimesend_dkim_with_expiry (MimesendDkim *self, double expiry);
MimesendDkim *mimesend_dkim_with_forms (MimesendDkim *self, MimesendDkimForm header, MimesendDkimForm body);

const char *mimesend_dkim_get_domain (MimesendDkim *self);
const char *mimesend_dkim_get_selector (MimesendDkim *self);
const char *mimesend_dkim_get_identity (MimesendDkim *self);
const char *mimesend_dkim_get_algorithm (MimesendDkim *self);
guint mimesend_dkim_get_key_bits (MimesendDkim *self);
double mimesend_dkim_get_expiry (MimesendDkim *self);
char *mimesend_dkim_dup_record (MimesendDkim *self);
gboolean mimesend_dkim_is_aligned (MimesendDkim *self, const char *address);

MimesendContent *mimesend_content_new_dkim (MimesendContent *content, GPtrArray *dkims);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendDkim, mimesend_dkim_unref)

G_END_DECLS
