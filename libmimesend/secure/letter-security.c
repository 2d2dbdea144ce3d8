/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A letter that is signed or encrypted: to all of its recipients, by its sender's key. */
#include "mime/letter.h"
#include "mimesend-error.h"
#include "secure/hidden-subject.h"
#include "secure/security.h"

/* Encryption shows each recipient to all others, by the keys' ids. */
static gboolean
check_bcc (MimesendSecurity *security, MimesendLetter *letter, GError **error)
{
  if (!security->encrypts || security->hides_recipients || letter->bcc.bare->len == 0)
    return TRUE;
  g_set_error (
      error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
      "an encrypted letter shows to whose keys it is encrypted, so those in Bcc would not be hidden: send "
      "each of them a letter of their own%s",
      security->kind == MIMESEND_SECURITY_PGP ? ", or hide all recipients" : "");
  return FALSE;
}

static gboolean
check_subject (MimesendSecurity *security, GError **error)
{
  if (security->encrypts || !security->hides_subject)
    return TRUE;
  g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                       "a subject is hidden by encryption, and the letter is not encrypted");
  return FALSE;
}

static GMimeObject *
protect_letter (
    gpointer protector, MimesendLetter *letter, GMimeMessage *message, GMimeObject *part, GError **error)
{
  MimesendSecurity *security = protector;
  const char *sender =
      letter->from.bare->len > 0 ? letter->from.bare->pdata[0] : mimesend_letter_get_reverse_path (letter);
  g_auto (GStrv) recipients = NULL;
  g_autoptr (GObject) inner = NULL;

  if (!check_bcc (security, letter, error) || !check_subject (security, error))
    return NULL;
  recipients = mimesend_letter_get_recipients (letter);
  inner = (GObject *)(security->hides_subject ? mimesend_hide_subject (message, part) : g_object_ref (part));
  return mimesend_security_protect (security, (GMimeObject *)inner,
                                    sender != NULL && *sender != '\0' ? sender : NULL,
                                    (const char *const *)recipients, error);
}

static const MimesendLetterProtection protection = { protect_letter,
                                                     (gpointer (*) (gpointer))mimesend_security_ref,
                                                     (void (*) (gpointer))mimesend_security_unref };

/**
 * mimesend_letter_set_security:
 * @self: a letter
 * @security: (nullable): how it is signed and encrypted; %NULL: not at all
 *
 * Signs or encrypts the letter when it is built or sent: text, HTML and attachments, not the header. Encryption is to the
 * keys of all recipients, To, Cc and Bcc; with Bcc it is refused unless the recipients are hidden. See
 * mimesend_security_protect() for what can go wrong.
 *
 * Since: 0.1
 */
void
mimesend_letter_set_security (MimesendLetter *self, MimesendSecurity *security)
{
  g_return_if_fail (MIMESEND_IS_LETTER (self));
  mimesend_letter_set_protection (self, &protection, security);
}
