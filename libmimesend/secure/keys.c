/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secure/keys.h"

#include <string.h>

#include "mimesend-error.h"
#include "octets/printable.h"

/* Addresses that one listing asks for: they stand on gpg's command line, or in one line to gpgsm of at most 1,000 octets. */
#define PATTERNS_MAX_GPG   400
#define PATTERNS_MAX_GPGSM 1
#define SHOWN_MAX          320 /* octets of an address in a message */

static gboolean
keys_is_pgp (MimesendEngine *self)
{
  return mimesend_engine_get_security (self)->kind == MIMESEND_SECURITY_PGP;
}

/* ── listings ── */

/* Adds the keys that match any of the patterns (NULL-terminated) to keys, which owns them. */
static gboolean
keys_list (
    MimesendEngine *self, const char *const *patterns, gboolean secret, GPtrArray *keys, GError **error)
{
  gpgme_ctx_t context = mimesend_engine_get_context (self);
  MimesendPipeGuard guard;
  gpgme_error_t code;

  mimesend_pipe_guard_begin (&guard);
  code = gpgme_op_keylist_ext_start (context, (const char **)patterns, secret, 0);
  while (code == 0)
    {
      gpgme_key_t key = NULL;

      code = gpgme_op_keylist_next (context, &key);
      if (code == 0)
        g_ptr_array_add (keys, key);
    }
  gpgme_op_keylist_end (context);
  mimesend_pipe_guard_end (&guard);
  if (gpgme_err_code (code) == GPG_ERR_EOF || gpgme_err_code (code) == GPG_ERR_NO_PUBKEY)
    return TRUE;
  return mimesend_engine_fail (self, "the keys cannot be listed", code, error);
}

static GPtrArray *
new_key_array (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)gpgme_key_unref);
}

/* Exactly that address, in the words of GnuPG. */
static char *
address_pattern (const char *address)
{
  return g_strdup_printf ("<%s>", address);
}

/* ── judging ── */

/* Why the key is of no use; NULL: it is. */
static const char *
find_fault (gpgme_key_t key, gboolean for_signing)
{
  if (key->revoked)
    return "revoked";
  if (key->expired)
    return "expired";
  if (key->disabled)
    return "disabled";
  if (key->invalid)
    return "not valid";
  if (for_signing ? !key->can_sign : !key->can_encrypt)
    return for_signing ? "not for signing, or that part of it has expired"
                       : "not for encryption, or that part of it has expired";
  return NULL;
}

static const char *
key_fingerprint (gpgme_key_t key)
{
  return key->fpr != NULL ? key->fpr : key->subkeys != NULL ? key->subkeys->fpr : "?";
}

static gboolean
is_address_of (gpgme_key_t key, gpgme_user_id_t id, const char *address)
{
  const char *at = strrchr (address, '@'), *own;
  gsize local;

  /* All names of a key that is revoked are. */
  if ((id->revoked && !key->revoked) || id->address == NULL || at == NULL)
    return FALSE;
  /* GnuPG compares whole addresses without regard to case, and its users write them so. */
  own = strrchr (id->address, '@');
  local = (gsize)(at - address);
  return own != NULL && (gsize)(own - id->address) == local &&
         g_ascii_strncasecmp (id->address, address, local) == 0 && g_ascii_strcasecmp (own, at) == 0;
}

static gboolean
key_has_address (gpgme_key_t key, const char *address)
{
  for (gpgme_user_id_t id = key->uids; id != NULL; id = id->next)
    if (is_address_of (key, id, address))
      return TRUE;
  return FALSE;
}

static gpgme_validity_t
validity_for (gpgme_key_t key, const char *address)
{
  gpgme_validity_t best = GPGME_VALIDITY_UNKNOWN;

  for (gpgme_user_id_t id = key->uids; id != NULL; id = id->next)
    if (is_address_of (key, id, address))
      best = MAX (best, id->validity);
  return best;
}

/* Of several keys the most trusted, of those the newest: an old key is often kept beside its successor. */
static gboolean
is_better (gpgme_key_t key, gpgme_key_t than, const char *address)
{
  gpgme_validity_t one, other;

  if (than == NULL)
    return TRUE;
  one = validity_for (key, address);
  other = validity_for (than, address);
  if (one != other)
    return one > other;
  return key->subkeys != NULL && than->subkeys != NULL && key->subkeys->timestamp > than->subkeys->timestamp;
}

/* Borrowed; NULL: none, and *fault (NULL: there is no key at all) and *faulty say why. */
static gpgme_key_t
choose_key (
    GPtrArray *keys, const char *address, gboolean for_signing, const char **fault, gpgme_key_t *faulty)
{
  gpgme_key_t best = NULL;

  *fault = NULL;
  *faulty = NULL;
  for (guint i = 0; i < keys->len; i++)
    {
      gpgme_key_t key = keys->pdata[i];
      const char *why;

      if (!key_has_address (key, address))
        continue;
      why = find_fault (key, for_signing);
      if (why != NULL)
        {
          *fault = why;
          *faulty = key;
        }
      else if (is_better (key, best, address))
        best = key;
    }
  return best;
}

/* ── the signer ── */

static gboolean
fail_signer (const char *key, const char *why, gpgme_key_t found, GError **error)
{
  g_autofree char *shown = mimesend_printable (key, SHOWN_MAX);

  if (found == NULL)
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                 "there is no secret key to sign with for %s%s", shown, why);
  else
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT, "the key to sign with for %s is %s: %s",
                 shown, why, key_fingerprint (found));
  return FALSE;
}

static gboolean
signer_of_sender (MimesendEngine *self, const char *sender, gpgme_key_t *signer, GError **error)
{
  g_autofree char *pattern = address_pattern (sender);
  const char *patterns[] = { pattern, NULL }, *fault;
  g_autoptr (GPtrArray) keys = new_key_array ();
  gpgme_key_t key, faulty;

  if (!keys_list (self, patterns, TRUE, keys, error))
    return FALSE;
  key = choose_key (keys, sender, TRUE, &fault, &faulty);
  if (key == NULL)
    return fail_signer (sender, fault != NULL ? fault : ", who sends: name the key by its fingerprint",
                        faulty, error);
  gpgme_key_ref (key);
  *signer = key;
  return TRUE;
}

static gboolean
signer_by_name (MimesendEngine *self, const char *name, gpgme_key_t *signer, GError **error)
{
  g_autofree char *pattern =
      strchr (name, '@') != NULL && name[0] != '<' ? address_pattern (name) : g_strdup (name);
  const char *patterns[] = { pattern, NULL }, *fault = NULL;
  g_autoptr (GPtrArray) keys = new_key_array ();
  gpgme_key_t faulty = NULL;
  guint good = 0;

  if (!keys_list (self, patterns, TRUE, keys, error))
    return FALSE;
  for (guint i = 0; i < keys->len; i++)
    {
      gpgme_key_t key = keys->pdata[i];
      const char *why = find_fault (key, TRUE);

      if (why == NULL && good++ == 0)
        *signer = key;
      else if (why != NULL)
        {
          fault = why;
          faulty = key;
        }
    }
  if (good == 0)
    return fail_signer (name, fault != NULL ? fault : "", faulty, error);
  if (good > 1)
    {
      *signer = NULL;
      return fail_signer (name, ": several keys match, name one by its fingerprint", NULL, error);
    }
  gpgme_key_ref (*signer);
  return TRUE;
}

gboolean
mimesend_keys_find_signer (
    MimesendEngine *self, const char *key, const char *sender, gpgme_key_t *signer, GError **error)
{
  *signer = NULL;
  if (key != NULL)
    return signer_by_name (self, key, signer, error);
  return sender == NULL || signer_of_sender (self, sender, signer, error);
}

/* ── locked? ── */

typedef struct
{
  gboolean is_protected;
  gboolean is_cached;
} KeyInfo;

/* "KEYINFO GRIP TYPE SERIAL ID CACHED PROTECTION …" */
static gpgme_error_t
take_key_info (void *data, const char *status, const char *args)
{
  KeyInfo *self = data;
  g_auto (GStrv) words = NULL;

  if (strcmp (status, "KEYINFO") != 0)
    return 0;
  words = g_strsplit (args, " ", -1);
  if (g_strv_length (words) < 6)
    return 0;
  self->is_protected = strcmp (words[1], "D") == 0 && strcmp (words[5], "P") == 0;
  self->is_cached = strcmp (words[4], "1") == 0;
  return 0;
}

/* gpgsm has no way to be told not to ask: so gpg-agent is asked first whether it would. */
gboolean
mimesend_keys_check_unlocked (MimesendEngine *self, gpgme_key_t signer, GError **error)
{
  const char *grip = signer->subkeys != NULL ? signer->subkeys->keygrip : NULL;
  g_autofree char *command = g_strdup_printf ("KEYINFO %s", grip);
  KeyInfo info = { FALSE, FALSE };
  gpgme_error_t code, answer = 0;
  MimesendPipeGuard guard;
  gpgme_ctx_t context;

  if (keys_is_pgp (self) || mimesend_engine_get_security (self)->prompts || grip == NULL ||
      gpgme_new (&context) != 0)
    return TRUE;
  mimesend_pipe_guard_begin (&guard);
  code = gpgme_set_protocol (context, GPGME_PROTOCOL_ASSUAN);
  if (code == 0)
    code = gpgme_op_assuan_transact_ext (context, command, NULL, NULL, NULL, NULL, take_key_info, &info,
                                         &answer);
  gpgme_release (context);
  mimesend_pipe_guard_end (&guard);
  if (code != 0 || answer != 0 || !info.is_protected || info.is_cached)
    return TRUE;
  return mimesend_engine_fail (self, "the letter cannot be signed", gpgme_error (GPG_ERR_NO_PIN_ENTRY),
                               error);
}

/* ── the recipients ── */

void
mimesend_keys_free (gpgme_key_t *keys)
{
  for (gsize i = 0; keys != NULL && keys[i] != NULL; i++)
    gpgme_key_unref (keys[i]);
  g_free (keys);
}

/* A run of addresses at a time; where that would be many runs, all keys. */
static gboolean
list_for_addresses (MimesendEngine *self, const char *const *addresses, GPtrArray *keys, GError **error)
{
  guint most = keys_is_pgp (self) ? PATTERNS_MAX_GPG : PATTERNS_MAX_GPGSM;

  if (!keys_is_pgp (self) && g_strv_length ((char **)addresses) > 8)
    return keys_list (self, NULL, FALSE, keys, error);
  while (*addresses != NULL)
    {
      g_autoptr (GPtrArray) patterns = g_ptr_array_new_with_free_func (g_free);

      for (; *addresses != NULL && patterns->len < most; addresses++)
        g_ptr_array_add (patterns, address_pattern (*addresses));
      g_ptr_array_add (patterns, NULL);
      if (!keys_list (self, (const char *const *)patterns->pdata, FALSE, keys, error))
        return FALSE;
    }
  return TRUE;
}

static void
tell_missing (GString *missing, const char *address, const char *fault, gpgme_key_t faulty)
{
  g_autofree char *shown = mimesend_printable (address, SHOWN_MAX);

  g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", shown);
  if (fault == NULL)
    g_string_append (missing, " (no key)");
  else
    g_string_append_printf (missing, " (the key %s is %s)", key_fingerprint (faulty), fault);
}

gpgme_key_t *
mimesend_keys_find_recipients (MimesendEngine *self, const char *const *addresses, GError **error)
{
  guint n = g_strv_length ((char **)addresses), n_missing = 0;
  gpgme_key_t *chosen = g_new0 (gpgme_key_t, n + 1);
  g_autoptr (GPtrArray) keys = new_key_array ();
  g_autoptr (GString) missing = g_string_new (NULL);

  if (!list_for_addresses (self, addresses, keys, error))
    {
      g_free (chosen);
      return NULL;
    }
  for (guint i = 0; i < n; i++)
    {
      const char *fault;
      gpgme_key_t faulty, key = choose_key (keys, addresses[i], FALSE, &fault, &faulty);

      if (key == NULL)
        {
          n_missing++;
          tell_missing (missing, addresses[i], fault, faulty);
          continue;
        }
      gpgme_key_ref (key);
      chosen[i - n_missing] = key;
    }
  if (n > 0 && n_missing == 0)
    return chosen;
  if (n == 0)
    g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                         "there are no recipients to encrypt to");
  else
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                 "nothing is sent, since %u of %u recipients have no key that can be encrypted to: %s",
                 n_missing, n, missing->str);
  mimesend_keys_free (chosen);
  return NULL;
}

/* ── refused by GnuPG ── */

static gboolean
is_refused (gpgme_key_t key, gpgme_invalid_key_t refused)
{
  for (gpgme_subkey_t subkey = key->subkeys; subkey != NULL && refused->fpr != NULL; subkey = subkey->next)
    if (subkey->fpr != NULL && g_ascii_strcasecmp (subkey->fpr, refused->fpr) == 0)
      return TRUE;
  return FALSE;
}

/* gpg stops at the first key that it does not trust; the key listing shows all of them. */
static gboolean
is_untrusted (MimesendEngine *self, gpgme_key_t key)
{
  gpgme_validity_t best = GPGME_VALIDITY_UNKNOWN;

  for (gpgme_user_id_t id = key->uids; id != NULL; id = id->next)
    best = MAX (best, id->validity);
  return keys_is_pgp (self) && best < GPGME_VALIDITY_MARGINAL;
}

gboolean
mimesend_keys_refused (MimesendEngine *self, gpgme_key_t *keys, GError **error)
{
  gpgme_encrypt_result_t result = gpgme_op_encrypt_result (mimesend_engine_get_context (self));
  g_autoptr (GString) refused = g_string_new (NULL);
  const char *why = NULL;

  if (result == NULL || result->invalid_recipients == NULL)
    return FALSE;
  for (gsize i = 0; keys[i] != NULL; i++)
    {
      gboolean named = FALSE;

      for (gpgme_invalid_key_t at = result->invalid_recipients; at != NULL; at = at->next)
        if (is_refused (keys[i], at))
          {
            named = TRUE;
            why = gpgme_strerror (at->reason);
          }
      if (named || is_untrusted (self, keys[i]))
        {
          const char *id = keys[i]->uids != NULL ? keys[i]->uids->uid : NULL;
          g_autofree char *shown = mimesend_printable (id != NULL ? id : "", SHOWN_MAX);

          g_string_append_printf (refused, "%s%s (%s)", refused->len > 0 ? ", " : "", shown,
                                  key_fingerprint (keys[i]));
        }
    }
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
               "nothing is sent, since %s does not take these keys%s%s%s: %s. If it is because they are not "
               "trusted, %s",
               keys_is_pgp (self) ? "gpg" : "gpgsm", why != NULL ? " (" : "", why != NULL ? why : "",
               why != NULL ? ")" : "", refused->str,
               keys_is_pgp (self) ? "check and sign them with gpg, or set trust-model in gpg.conf"
                                  : "trust the authority that issued them (trustlist.txt)");
  return TRUE;
}
