/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The value that says how a letter is signed and encrypted. */
#include "secure/security.h"

GType
mimesend_security_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_boxed_type_register_static ("MimesendSecurity",
                                                            (GBoxedCopyFunc)mimesend_security_ref,
                                                            (GBoxedFreeFunc)mimesend_security_unref));
  return type;
}

/**
 * mimesend_security_new:
 * @kind: PGP/MIME or S/MIME
 *
 * Makes a value that neither signs nor encrypts yet: see mimesend_security_with_signature() and
 * mimesend_security_with_encryption().
 *
 * Returns: (transfer full): a new value
 *
 * Since: 0.1
 */
MimesendSecurity *
mimesend_security_new (MimesendSecurityKind kind)
{
  MimesendSecurity *self;

  g_return_val_if_fail (kind == MIMESEND_SECURITY_PGP || kind == MIMESEND_SECURITY_SMIME, NULL);
  self = g_new0 (MimesendSecurity, 1);
  g_atomic_ref_count_init (&self->refs);
  self->kind = kind;
  return self;
}

/**
 * mimesend_security_ref:
 * @self: a value
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
MimesendSecurity *
mimesend_security_ref (MimesendSecurity *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mimesend_security_unref:
 * @self: (transfer full): a value
 *
 * Gives up a reference.
 *
 * Since: 0.1
 */
void
mimesend_security_unref (MimesendSecurity *self)
{
  g_return_if_fail (self != NULL);
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->key);
  g_free (self);
}

static MimesendSecurity *
security_copy (MimesendSecurity *self)
{
  MimesendSecurity *copy = mimesend_security_new (self->kind);

  copy->signs = self->signs;
  copy->key = g_strdup (self->key);
  copy->encrypts = self->encrypts;
  copy->hides_recipients = self->hides_recipients;
  copy->hides_subject = self->hides_subject;
  copy->prompts = self->prompts;
  return copy;
}

/**
 * mimesend_security_with_signature:
 * @self: a value
 * @key: (nullable): what GnuPG knows the signing key by: a fingerprint, a key id, an address; %NULL: the sender's key
 *
 * The same, and it signs.
 *
 * Returns: (transfer full): a new value
 *
 * Since: 0.1
 */
MimesendSecurity *
mimesend_security_with_signature (MimesendSecurity *self, const char *key)
{
  MimesendSecurity *copy;

  g_return_val_if_fail (self != NULL, NULL);
  copy = security_copy (self);
  copy->signs = TRUE;
  g_free (copy->key);
  copy->key = g_strdup (key);
  return copy;
}

/**
 * mimesend_security_with_encryption:
 * @self: a value
 *
 * The same, and it encrypts to the keys of all recipients. Each of them can read in the message whose keys those are; so a
 * letter with Bcc is refused: send those recipients a letter of their own, or hide all recipients
 * (mimesend_security_with_hidden_recipients()).
 *
 * Returns: (transfer full): a new value
 *
 * Since: 0.1
 */
MimesendSecurity *
mimesend_security_with_encryption (MimesendSecurity *self)
{
  MimesendSecurity *copy;

  g_return_val_if_fail (self != NULL, NULL);
  copy = security_copy (self);
  copy->encrypts = TRUE;
  return copy;
}

/**
 * mimesend_security_with_hidden_recipients:
 * @self: a value
 *
 * The same, but the encrypted message does not tell to whose keys it is encrypted (RFC 9580 5.1): each recipient's
 * program tries all keys that it has. S/MIME cannot do that, and is refused when a part is protected.
 *
 * Returns: (transfer full): a new value
 *
 * Since: 0.1
 */
MimesendSecurity *
mimesend_security_with_hidden_recipients (MimesendSecurity *self)
{
  MimesendSecurity *copy;

  g_return_val_if_fail (self != NULL, NULL);
  copy = security_copy (self);
  copy->hides_recipients = TRUE;
  return copy;
}

/**
 * mimesend_security_with_hidden_subject:
 * @self: a value
 *
 * The same, but a letter's subject is encrypted with it: outside stands "[...]", and the header fields of the letter
 * are repeated inside, where signature and encryption cover them (RFC 9788). Programs that do not know this show the
 * "[...]".
 *
 * Returns: (transfer full): a new value
 *
 * Since: 0.1
 */
MimesendSecurity *
mimesend_security_with_hidden_subject (MimesendSecurity *self)
{
  MimesendSecurity *copy;

  g_return_val_if_fail (self != NULL, NULL);
  copy = security_copy (self);
  copy->hides_subject = TRUE;
  return copy;
}

/**
 * mimesend_security_with_prompt:
 * @self: a value
 *
 * The same, but GnuPG may ask for the passphrase of a locked key, by its pinentry program: for programs with a user in front
 * of them. The calling thread waits meanwhile. Without it a locked key is an error.
 *
 * Returns: (transfer full): a new value
 *
 * Since: 0.1
 */
MimesendSecurity *
mimesend_security_with_prompt (MimesendSecurity *self)
{
  MimesendSecurity *copy;

  g_return_val_if_fail (self != NULL, NULL);
  copy = security_copy (self);
  copy->prompts = TRUE;
  return copy;
}

/**
 * mimesend_security_get_kind:
 * @self: a value
 *
 * Gets the standard that it is of.
 *
 * Returns: PGP/MIME or S/MIME
 *
 * Since: 0.1
 */
MimesendSecurityKind
mimesend_security_get_kind (MimesendSecurity *self)
{
  g_return_val_if_fail (self != NULL, MIMESEND_SECURITY_PGP);
  return self->kind;
}

/**
 * mimesend_security_get_signs:
 * @self: a value
 *
 * Tells whether it signs.
 *
 * Returns: %TRUE if so
 *
 * Since: 0.1
 */
gboolean
mimesend_security_get_signs (MimesendSecurity *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->signs;
}

/**
 * mimesend_security_get_key:
 * @self: a value
 *
 * Gets the name of the signing key.
 *
 * Returns: (nullable): the signing key as it was given; %NULL: the sender's
 *
 * Since: 0.1
 */
const char *
mimesend_security_get_key (MimesendSecurity *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->key;
}

/**
 * mimesend_security_get_encrypts:
 * @self: a value
 *
 * Tells whether it encrypts.
 *
 * Returns: %TRUE if so
 *
 * Since: 0.1
 */
gboolean
mimesend_security_get_encrypts (MimesendSecurity *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->encrypts;
}

/**
 * mimesend_security_get_hides_recipients:
 * @self: a value
 *
 * Tells whether the recipients' keys are hidden.
 *
 * Returns: %TRUE if so
 *
 * Since: 0.1
 */
gboolean
mimesend_security_get_hides_recipients (MimesendSecurity *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->hides_recipients;
}

/**
 * mimesend_security_get_hides_subject:
 * @self: a value
 *
 * Tells whether a letter's subject is encrypted.
 *
 * Returns: %TRUE if so
 *
 * Since: 0.1
 */
gboolean
mimesend_security_get_hides_subject (MimesendSecurity *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->hides_subject;
}

/**
 * mimesend_security_get_prompts:
 * @self: a value
 *
 * Tells whether GnuPG may ask for passphrases.
 *
 * Returns: %TRUE if so
 *
 * Since: 0.1
 */
gboolean
mimesend_security_get_prompts (MimesendSecurity *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->prompts;
}
