/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The DKIM value: the signer, the key, what is signed and for how long. */
#include "secure/dkim.h"

#include <string.h>

#include "mimesend-error.h"
#include "octets/mailbox.h"
#include "octets/seconds.h"

/* Longer than a message waits in queues (RFC 5321 4.5.4.1), and short for the use of a signed message that is sent on to others. */
#define EXPIRY_DEFAULT (7 * 24 * 60 * 60)

/* Written out: the macro's unions are no ISO C. */
GType
mimesend_dkim_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_boxed_type_register_static ("MimesendDkim", (GBoxedCopyFunc)mimesend_dkim_ref,
                                                            (GBoxedFreeFunc)mimesend_dkim_unref));
  return type;
}

/* ── names ── */

/* The domain as A-labels, as it stands in the DNS; NULL with error. least: how many labels it has at least. */
static char *
check_domain (const char *what, const char *text, guint least, GError **error)
{
  g_autofree char *shown = g_strescape (text, NULL);
  g_autofree char *ascii = NULL;
  gsize length = strlen (text);
  guint labels = 1;

  if (length > 0 && text[0] != '[' && mimesend_domain_is_valid (text, length, TRUE))
    ascii = g_str_is_ascii (text) ? g_ascii_strdown (text, -1) : g_hostname_to_ascii (text);
  if (ascii != NULL && !mimesend_domain_is_valid (ascii, strlen (ascii), FALSE))
    g_clear_pointer (&ascii, g_free);
  for (const char *at = ascii; at != NULL && *at != '\0'; at++)
    labels += *at == '.';
  if (ascii != NULL && labels >= least)
    return g_steal_pointer (&ascii);
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
               "DKIM: the %s '%.260s' is not of letters, digits and hyphens%s", what, shown,
               least > 1 ? " in two labels or more, as in example.com" : ", with dots between its labels");
  return NULL;
}

/* What may not stand in a tag's value as it is (RFC 6376 2.11). */
static void
dkim_append_quoted (GString *out, const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] > 32 && text[i] < 127 && text[i] != ';' && text[i] != '=')
      g_string_append_c (out, text[i]);
    else
      g_string_append_printf (out, "=%02X", (guint8)text[i]);
}

static gboolean
dkim_is_within (const char *name, const char *domain)
{
  gsize n = strlen (name), m = strlen (domain);

  return n >= m && g_ascii_strcasecmp (name + n - m, domain) == 0 && (n == m || name[n - m - 1] == '.');
}

/* ── making ── */

/* Takes key, which may be NULL. */
static MimesendDkim *
new_with_key (const char *domain, const char *selector, MimesendDkimKey *key, GError **error)
{
  g_autofree char *ascii = NULL;
  g_autofree char *chosen = NULL;
  MimesendDkim *self;

  if (key != NULL)
    ascii = check_domain ("domain", domain, 2, error);
  if (ascii != NULL)
    chosen = check_domain ("selector", selector, 1, error);
  if (chosen == NULL)
    {
      mimesend_dkim_key_unref (key);
      return NULL;
    }
  self = g_new0 (MimesendDkim, 1);
  g_atomic_ref_count_init (&self->refs);
  self->domain = g_steal_pointer (&ascii);
  self->selector = g_steal_pointer (&chosen);
  self->key = key;
  self->names = mimesend_dkim_names_new ();
  self->expiry_s = EXPIRY_DEFAULT;
  return self;
}

/**
 * mimesend_dkim_new:
 * @domain: who signs: "example.com"; an internationalised domain by U-labels or A-labels
 * @selector: which of the domain's keys: the public key is asked for at `SELECTOR._domainkey.DOMAIN`
 * @key: the private key in PEM (PKCS#8 or PKCS#1), RSA or Ed25519, not protected by a password; not kept
 * @error: return location for an error, or %NULL
 *
 * The key is tried at once. RSA is signed with as "rsa-sha256" (RFC 8301), Ed25519 as "ed25519-sha256" (RFC 8463), which not
 * every receiver knows: sign with both. Header and body are signed in the relaxed form, for seven days.
 *
 * Returns: (transfer full): a value, or %NULL with %MIMESEND_ERROR_ARGUMENT: a key of less than 1024 bits, of another kind or
 *   that cannot be read; a domain or a selector that is not of letters, digits and hyphens
 *
 * Since: 0.1
 */
MimesendDkim *
mimesend_dkim_new (const char *domain, const char *selector, GBytes *key, GError **error)
{
  gsize length;
  const guint8 *octets;

  g_return_val_if_fail (domain != NULL && selector != NULL && key != NULL, NULL);
  octets = g_bytes_get_data (key, &length);
  return new_with_key (domain, selector, mimesend_dkim_key_new (octets, length, "the key", error), error);
}

/**
 * mimesend_dkim_new_for_file:
 * @domain: who signs
 * @selector: which of the domain's keys
 * @path: (type filename): a file with the private key as mimesend_dkim_new() takes it, open to its owner alone; or a pipe
 * @error: return location for an error, or %NULL
 *
 * mimesend_dkim_new() with the key from a file, which is read at once. A file that the group or others may read, write or run is
 * refused.
 *
 * Returns: (transfer full): a value, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendDkim *
mimesend_dkim_new_for_file (const char *domain, const char *selector, const char *path, GError **error)
{
  g_return_val_if_fail (domain != NULL && selector != NULL && path != NULL, NULL);
  return new_with_key (domain, selector, mimesend_dkim_key_new_for_file (path, error), error);
}

/**
 * mimesend_dkim_new_for_uri:
 * @domain: who signs
 * @selector: which of the domain's keys
 * @uri: a `pkcs11:` URI of the private key in a token (RFC 7512), with its PIN as `pin-value` or `pin-source`
 * @error: return location for an error, or %NULL
 *
 * mimesend_dkim_new() with a key that never leaves its token. It signs once at once, so that a token that is not there or a
 * PIN that is wrong is known ahead of the first message. Messages are signed one at a time by it.
 *
 * Returns: (transfer full): a value, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendDkim *
mimesend_dkim_new_for_uri (const char *domain, const char *selector, const char *uri, GError **error)
{
  g_return_val_if_fail (domain != NULL && selector != NULL && uri != NULL, NULL);
  return new_with_key (domain, selector, mimesend_dkim_key_new_for_uri (uri, error), error);
}

/**
 * mimesend_dkim_ref:
 * @self: a DKIM value
 *
 * Takes a reference; mimesend_dkim_unref() gives it back. Any thread may call it.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
MimesendDkim *
mimesend_dkim_ref (MimesendDkim *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mimesend_dkim_unref:
 * @self: (transfer full) (nullable): a DKIM value
 *
 * Gives a reference back; with the last one the key is forgotten. Any thread may call it.
 *
 * Since: 0.1
 */
void
mimesend_dkim_unref (MimesendDkim *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->domain);
  g_free (self->selector);
  g_free (self->identity);
  mimesend_dkim_key_unref (self->key);
  mimesend_dkim_names_unref (self->names);
  g_free (self);
}

static MimesendDkim *
dkim_copy (const MimesendDkim *from)
{
  MimesendDkim *self = g_memdup2 (from, sizeof *from);

  g_atomic_ref_count_init (&self->refs);
  self->domain = g_strdup (from->domain);
  self->selector = g_strdup (from->selector);
  self->identity = g_strdup (from->identity);
  mimesend_dkim_key_ref (self->key);
  mimesend_dkim_names_ref (self->names);
  return self;
}

/* ── changed copies ── */

/* (transfer full): as it is written into the field; NULL: it is none of the domain's. */
static char *
write_identity (const char *domain, const char *identity)
{
  const char *at = strrchr (identity, '@');
  g_autofree char *ascii = at != NULL ? check_domain ("identity", at + 1, 2, NULL) : NULL;
  g_autofree char *mailbox = NULL;
  GString *written;
  MimesendMailbox parts;

  if (ascii == NULL || !dkim_is_within (ascii, domain))
    return NULL;
  mailbox = g_strdup_printf ("%.*s@%s", (int)(at - identity), identity, ascii);
  if (at > identity && mimesend_mailbox_scan (mailbox, strlen (mailbox), &parts) != MIMESEND_MAILBOX_OK)
    return NULL;
  written = g_string_new (NULL);
  dkim_append_quoted (written, identity, (gsize)(at - identity));
  g_string_append_printf (written, "@%s", ascii);
  return g_string_free (written, FALSE);
}

/**
 * mimesend_dkim_with_identity:
 * @self: a DKIM value
 * @identity: (nullable): the user or agent on whose behalf is signed: an address at the domain or at one below it, or "@" and such
 *   a domain; %NULL: none is named
 * @error: return location for an error, or %NULL
 *
 * Names the identity (the tag i=, RFC 6376 3.5). Receivers judge by the domain whether it is there or not.
 *
 * Returns: (transfer full): the same value with that identity, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendDkim *
mimesend_dkim_with_identity (MimesendDkim *self, const char *identity, GError **error)
{
  g_autofree char *written = NULL;
  MimesendDkim *copy;

  g_return_val_if_fail (self != NULL, NULL);
  if (identity != NULL)
    {
      written = write_identity (self->domain, identity);
      if (written == NULL)
        {
          g_autofree char *shown = g_strescape (identity, NULL);

          g_set_error (
              error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
              "DKIM: the identity '%.320s' is no address at %s or at a domain below it (RFC 6376 3.5)", shown,
              self->domain);
          return NULL;
        }
    }
  copy = dkim_copy (self);
  g_free (copy->identity);
  copy->identity = g_steal_pointer (&written);
  return copy;
}

/**
 * mimesend_dkim_with_headers:
 * @self: a DKIM value
 * @signed_names: (nullable) (array zero-terminated=1): header fields that are signed where they are there
 * @oversigned_names: (nullable) (array zero-terminated=1): header fields that are signed, and said to be no more than there are: one
 *   that is added on the way breaks the signature
 * @error: return location for an error, or %NULL
 *
 * Chooses what of the header is signed. From is among them in any case. By default the fields that people see and those that say
 * how the message is read are oversigned: From, To, Cc, Subject, Date, Reply-To, Message-ID, MIME-Version, Content-Type,
 * Content-Transfer-Encoding, List-Unsubscribe and List-Unsubscribe-Post (Date and Message-ID only where they are there, as servers
 * add them); Sender, In-Reply-To, References and the rest of Resent- and List- are signed.
 *
 * Returns: (transfer full): the same value for those fields, or %NULL with %MIMESEND_ERROR_ARGUMENT: From is not among them; what
 *   is no name of a field, or of one that is added, changed or taken off on the way (DKIM-Signature, Received, Return-Path, Bcc)
 *
 * Since: 0.1
 */
MimesendDkim *
mimesend_dkim_with_headers (MimesendDkim *self,
                            const char *const *signed_names,
                            const char *const *oversigned_names,
                            GError **error)
{
  MimesendDkimNames *names;
  MimesendDkim *copy;

  g_return_val_if_fail (self != NULL, NULL);
  names = mimesend_dkim_names_new_for (signed_names, oversigned_names, error);
  if (names == NULL)
    return NULL;
  copy = dkim_copy (self);
  mimesend_dkim_names_unref (copy->names);
  copy->names = names;
  return copy;
}

/**
 * mimesend_dkim_with_expiry:
 * @self: a DKIM value
 * @expiry: seconds from the signing on, made whole; 0: for ever
 *
 * Says how long signatures hold (the tag x=). A message that is held back on purpose, or waits long in queues, must arrive within
 * that time.
 *
 * Returns: (transfer full): the same value for that time
 *
 * Since: 0.1
 */
MimesendDkim *
mimesend_dkim_with_expiry (MimesendDkim *self, double expiry)
{
  MimesendDkim *copy;

  g_return_val_if_fail (self != NULL && expiry >= 0, NULL);
  copy = dkim_copy (self);
  copy->expiry_s = (mimesend_seconds_to_us (expiry) + G_TIME_SPAN_SECOND - 1) / G_TIME_SPAN_SECOND;
  return copy;
}

/**
 * mimesend_dkim_with_forms:
 * @self: a DKIM value
 * @header: the form in which header fields are signed
 * @body: the form in which the body is signed
 *
 * Chooses the forms (the tag c=).
 *
 * Returns: (transfer full): the same value with those forms
 *
 * Since: 0.1
 */
MimesendDkim *
mimesend_dkim_with_forms (MimesendDkim *self, MimesendDkimForm header, MimesendDkimForm body)
{
  MimesendDkim *copy;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (header == MIMESEND_DKIM_RELAXED || header == MIMESEND_DKIM_SIMPLE, NULL);
  g_return_val_if_fail (body == MIMESEND_DKIM_RELAXED || body == MIMESEND_DKIM_SIMPLE, NULL);
  copy = dkim_copy (self);
  copy->header = header;
  copy->body = body;
  return copy;
}

/* ── asking ── */

/**
 * mimesend_dkim_get_domain:
 * @self: a DKIM value
 *
 * Gets who signs.
 *
 * Returns: the domain, as A-labels in small letters
 *
 * Since: 0.1
 */
const char *
mimesend_dkim_get_domain (MimesendDkim *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->domain;
}

/**
 * mimesend_dkim_get_selector:
 * @self: a DKIM value
 *
 * Gets which of the domain's keys it is.
 *
 * Returns: the selector
 *
 * Since: 0.1
 */
const char *
mimesend_dkim_get_selector (MimesendDkim *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->selector;
}

/**
 * mimesend_dkim_get_identity:
 * @self: a DKIM value
 *
 * Gets on whose behalf is signed.
 *
 * Returns: (nullable): the identity as it is written into the field (RFC 6376 2.11), or %NULL
 *
 * Since: 0.1
 */
const char *
mimesend_dkim_get_identity (MimesendDkim *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->identity;
}

/**
 * mimesend_dkim_get_algorithm:
 * @self: a DKIM value
 *
 * Gets what kind of signature the key makes.
 *
 * Returns: "rsa-sha256" or "ed25519-sha256"
 *
 * Since: 0.1
 */
const char *
mimesend_dkim_get_algorithm (MimesendDkim *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->key->is_rsa ? "rsa-sha256" : "ed25519-sha256";
}

/**
 * mimesend_dkim_get_key_bits:
 * @self: a DKIM value
 *
 * Gets how long the key is. RSA keys have 2048 bits or more in our days; receivers need not take more than 4096 (RFC 8301 3.2).
 *
 * Returns: the key's length in bits
 *
 * Since: 0.1
 */
guint
mimesend_dkim_get_key_bits (MimesendDkim *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->key->bits;
}

/**
 * mimesend_dkim_get_expiry:
 * @self: a DKIM value
 *
 * Gets how long signatures hold.
 *
 * Returns: seconds; 0: for ever
 *
 * Since: 0.1
 */
double
mimesend_dkim_get_expiry (MimesendDkim *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return (double)self->expiry_s;
}

/**
 * mimesend_dkim_dup_record:
 * @self: a DKIM value
 *
 * Makes the text that the DNS has to have as a TXT record at `SELECTOR._domainkey.DOMAIN`.
 *
 * Returns: (transfer full) (nullable): "v=DKIM1; k=rsa; p=…", or %NULL if the key's token does not show the public key
 *
 * Since: 0.1
 */
char *
mimesend_dkim_dup_record (MimesendDkim *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return g_strdup (self->key->record);
}

/**
 * mimesend_dkim_is_aligned:
 * @self: a DKIM value
 * @address: the address in the header field From, or its domain
 *
 * Tells whether the signature can speak for that address by the relaxed rule of DMARC (RFC 7489 3.1.1): one domain is the other, or
 * below it. Two domains that only have a parent in common, such as news.example.com and shop.example.com, are aligned for
 * receivers as well, but which parents are those of one owner no list here knows: this is %FALSE then.
 *
 * Returns: whether the domain of @address and that of @self belong together
 *
 * Since: 0.1
 */
gboolean
mimesend_dkim_is_aligned (MimesendDkim *self, const char *address)
{
  const char *at;
  g_autofree char *ascii = NULL;

  g_return_val_if_fail (self != NULL && address != NULL, FALSE);
  at = strrchr (address, '@');
  ascii = check_domain ("address", at != NULL ? at + 1 : address, 2, NULL);
  return ascii != NULL && (dkim_is_within (ascii, self->domain) || dkim_is_within (self->domain, ascii));
}
