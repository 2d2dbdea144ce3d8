/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts that stand in a tree for what is signed or encrypted. */
#include "content/as-stream.h"
#include "mimesend-error.h"
#include "secure/sealed-content.h"
#include "walk/gmime-init.h"

/* In no line of quoted-printable or base64 (RFC 2045 6.7). */
static char *
new_boundary (void)
{
  g_autofree char *id = g_uuid_string_random ();

  return g_strconcat ("=_", id, NULL);
}

static void
protect_set_content (GMimePart *part,
                     MimesendContent *content,
                     GMimeContentEncoding stored,
                     GMimeContentEncoding encoding)
{
  GMimeStream *stream = mimesend_content_stream_new (content);
  GMimeDataWrapper *wrapper = g_mime_data_wrapper_new_with_stream (stream, stored);

  g_mime_part_set_content (part, wrapper);
  g_mime_part_set_content_encoding (part, encoding);
  g_object_unref (wrapper);
  g_object_unref (stream);
}

/* multipart/signed (RFC 1847 2.1) as one leaf: its body is written as it was signed, and nothing looks into it on the way. */
static GMimeObject *
new_signed (MimesendSeal *seal, GMimeObject *part, GError **error)
{
  gboolean smime = mimesend_security_get_kind (mimesend_seal_get_security (seal)) == MIMESEND_SECURITY_SMIME;
  g_autofree char *boundary = new_boundary ();
  g_autoptr (MimesendContent) content = mimesend_sealed_content_new_signed (seal, part, boundary, error);
  GMimeObject *whole;

  if (content == NULL)
    return NULL;
  whole = (GMimeObject *)g_mime_part_new_with_type ("multipart", "signed");
  g_mime_object_set_content_type_parameter (whole, "boundary", boundary);
  g_mime_object_set_content_type_parameter (
      whole, "protocol", smime ? "application/pkcs7-signature" : "application/pgp-signature");
  g_mime_object_set_content_type_parameter (whole, "micalg", mimesend_seal_get_micalg (seal));
  protect_set_content ((GMimePart *)whole, content, GMIME_CONTENT_ENCODING_7BIT, GMIME_CONTENT_ENCODING_7BIT);
  return whole;
}

static GMimeObject *
new_version_part (void)
{
  static const char text[] = "Version: 1\n";
  GMimePart *part = g_mime_part_new_with_type ("application", "pgp-encrypted");
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (text, sizeof text - 1);
  GMimeDataWrapper *wrapper = g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_7BIT);

  g_mime_part_set_content (part, wrapper);
  g_mime_part_set_content_encoding (part, GMIME_CONTENT_ENCODING_7BIT);
  g_mime_object_set_header ((GMimeObject *)part, "Content-Description", "PGP/MIME version identification",
                            NULL);
  g_object_unref (wrapper);
  g_object_unref (stream);
  return (GMimeObject *)part;
}

/* RFC 3156 4. */
static GMimeObject *
new_pgp_encrypted (MimesendSeal *seal, GMimeObject *part, GError **error)
{
  g_autoptr (MimesendContent) content = mimesend_sealed_content_new_encrypted (seal, part, error);
  GMimeObject *version, *octets;
  GMimeMultipart *whole;

  if (content == NULL)
    return NULL;
  version = new_version_part ();
  octets = (GMimeObject *)g_mime_part_new_with_type ("application", "octet-stream");
  protect_set_content ((GMimePart *)octets, content, GMIME_CONTENT_ENCODING_7BIT,
                       GMIME_CONTENT_ENCODING_7BIT);
  g_mime_object_set_content_type_parameter (octets, "name", "encrypted.asc");
  g_mime_object_set_disposition (octets, GMIME_DISPOSITION_INLINE);
  g_mime_object_set_content_disposition_parameter (octets, "filename", "encrypted.asc");
  whole = g_mime_multipart_new_with_subtype ("encrypted");
  g_mime_object_set_content_type_parameter ((GMimeObject *)whole, "protocol", "application/pgp-encrypted");
  g_mime_multipart_get_boundary (whole);
  g_mime_multipart_add (whole, version);
  g_mime_multipart_add (whole, octets);
  g_object_unref (version);
  g_object_unref (octets);
  return (GMimeObject *)whole;
}

/* RFC 8551 3.3. */
static GMimeObject *
new_enveloped (MimesendSeal *seal, GMimeObject *part, GError **error)
{
  g_autoptr (MimesendContent) content = mimesend_sealed_content_new_encrypted (seal, part, error);
  GMimeObject *whole;

  if (content == NULL)
    return NULL;
  whole = (GMimeObject *)g_mime_part_new_with_type ("application", "pkcs7-mime");
  protect_set_content ((GMimePart *)whole, content, GMIME_CONTENT_ENCODING_BINARY,
                       GMIME_CONTENT_ENCODING_BASE64);
  g_mime_object_set_content_type_parameter (whole, "smime-type", "enveloped-data");
  g_mime_object_set_content_type_parameter (whole, "name", "smime.p7m");
  g_mime_object_set_disposition (whole, GMIME_DISPOSITION_ATTACHMENT);
  g_mime_object_set_content_disposition_parameter (whole, "filename", "smime.p7m");
  return whole;
}

/* PGP signs within the encryption (RFC 3156 6.2), S/MIME is nested (RFC 8551 3.7). */
static GMimeObject *
protect_by (MimesendSeal *seal, GMimeObject *part, GError **error)
{
  MimesendSecurity *security = mimesend_seal_get_security (seal);
  g_autoptr (GObject) inner = NULL;

  if (!mimesend_security_get_encrypts (security))
    return new_signed (seal, part, error);
  if (mimesend_security_get_kind (security) == MIMESEND_SECURITY_PGP)
    return new_pgp_encrypted (seal, part, error);
  if (!mimesend_security_get_signs (security))
    return new_enveloped (seal, part, error);
  inner = (GObject *)new_signed (seal, part, error);
  return inner != NULL ? new_enveloped (seal, (GMimeObject *)inner, error) : NULL;
}

static gboolean
protect_refuse (GError **error, const char *why)
{
  g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT, why);
  return FALSE;
}

static gboolean
check_wishes (MimesendSecurity *self, GMimeObject *part, GError **error)
{
  if (!self->signs && !self->encrypts)
    return protect_refuse (error, "the security neither signs nor encrypts: say which");
  if (self->hides_recipients && !self->encrypts)
    return protect_refuse (error, "recipients are hidden by encryption, and the security does not encrypt");
  if (self->hides_recipients && self->kind == MIMESEND_SECURITY_SMIME)
    return protect_refuse (
        error, "S/MIME names every recipient's certificate in the message: send a letter of its own to "
               "each recipient who is to be hidden, or use PGP");
  if (GMIME_IS_MESSAGE (part))
    return protect_refuse (
        error, "a message's header stands outside of what is signed and encrypted: give its part");
  return TRUE;
}

/**
 * mimesend_security_protect:
 * @self: how
 * @part: any tree but a #GMimeMessage; it is not changed, and must not be while what stands for it is read
 * @sender: (nullable): the address that sends, whose key signs where none is named; %NULL: GnuPG's default key
 * @recipients: (nullable) (array zero-terminated=1): the addresses to encrypt to, all of them
 * @error: return location for an error, or %NULL
 *
 * Makes the part that stands for @part in a message: a multipart/signed, a multipart/encrypted or an application/pkcs7-mime.
 * The keys are found and tried at once; the octets are made when the message is read, in bounded memory: what is signed is
 * read twice, once for the signature and once for the wire, and if the two differ, the message fails and is not completed.
 * What can be read only once, and what is encrypted, is kept in a temporary file without a name.
 *
 * What is signed goes as 7-bit text, with nothing in it that is changed under way (RFC 3156 3): @part is encoded as needed.
 * A subtree that is itself signed or encrypted cannot be encoded, and has to be 7-bit already.
 *
 * Errors: %MIMESEND_ERROR_ARGUMENT where a key is missing, expired, revoked or not trusted (one error names all of them), or
 * where the wishes contradict each other; %MIMESEND_ERROR_UNSUPPORTED where GnuPG cannot be used, a key is locked, or @part
 * cannot be made 7-bit.
 *
 * Returns: (transfer full): a new part, or %NULL with @error set
 *
 * Since: 0.1
 */
GMimeObject *
mimesend_security_protect (MimesendSecurity *self,
                           GMimeObject *part,
                           const char *sender,
                           const char *const *recipients,
                           GError **error)
{
  g_autoptr (MimesendSeal) seal = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (GMIME_IS_OBJECT (part), NULL);
  mimesend_gmime_init ();
  if (!check_wishes (self, part, error))
    return NULL;
  seal = mimesend_seal_new (self, sender, recipients, error);
  return seal != NULL ? protect_by (seal, part, error) : NULL;
}
