/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Encrypted parts and letters, decrypted by gpg, gpgsm and openssl; and who cannot be encrypted to. */
#include "keyring.h"
#include "mimesend-gmime-autoptr.h"
#include "mimesend-letter.h"
#include "mimesend-part.h"
#include "mimesend-security.h"
#include "support.h"

static MimesendSecurity *
encrypter (gboolean smime, gboolean signs)
{
  g_autoptr (MimesendSecurity) plain =
      mimesend_security_new (smime ? MIMESEND_SECURITY_SMIME : MIMESEND_SECURITY_PGP);
  g_autoptr (MimesendSecurity) both =
      signs ? mimesend_security_with_signature (plain, NULL) : mimesend_security_ref (plain);

  return mimesend_security_with_encryption (both);
}

static const char *const *
recipients_of (gboolean smime)
{
  static const char *const pgp[] = { "Bob@Example.com", "alice@example.com", NULL };
  static const char *const certificates[] = { "tom@example.com", "sam@example.com", NULL };

  return smime ? certificates : pgp;
}

static GByteArray *
sent (GMimeObject *part)
{
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (part, NULL);
  g_autoptr (GError) error = NULL;
  GByteArray *octets;

  g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_NONE, &error));
  octets = read_content (content, 65536, &error);
  g_assert_no_error (error);
  return octets;
}

/* What is in the encrypted part, by another program. */
static GBytes *
decrypted (gboolean smime, const GByteArray *octets)
{
  g_autofree char *text = g_strndup ((const char *)octets->data, octets->len);
  GBytes *plain;

  g_assert_true (g_str_is_ascii (text));
  if (!smime)
    {
      const char *begin = strstr (text, "-----BEGIN PGP MESSAGE-----");

      g_assert_nonnull (strstr (text, "\r\n\r\nVersion: 1\n"));
      g_assert_nonnull (begin);
      keyring_write ("secret", begin, strlen (begin));
      /* For a hidden recipient gpg looks for cards as well, and ends with a failure where there can be none. */
      plain = keyring_run ("sh", "-c",
                           "rm -f plain; gpg --batch --status-fd 1 --output plain --decrypt secret"
                           " | grep -q DECRYPTION_OKAY && cat plain",
                           NULL);
    }
  else
    {
      gsize n;
      g_autofree guchar *der = g_base64_decode (strstr (text, "\r\n\r\n") + 4, &n);
      g_autoptr (GBytes) also = NULL;

      keyring_write ("secret", der, n);
      plain = keyring_run ("gpgsm", "--batch", "--decrypt", "secret", NULL);
      g_assert_nonnull (plain);
      also = keyring_run ("openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", "secret",
                          "-recip", "tom.pem", "-inkey", "tom.key", NULL);
      g_assert_nonnull (also);
      g_assert_true (g_bytes_equal (plain, also));
    }
  g_assert_nonnull (plain);
  return plain;
}

static GBytes *
encrypt_and_decrypt (gboolean smime, gboolean signs, GMimeObject *part)
{
  g_autoptr (MimesendSecurity) security = encrypter (smime, signs);
  g_autoptr (GError) error = NULL;
  g_autoptr (GMimeObject) whole = mimesend_security_protect (
      security, part, smime ? "sam@example.com" : "alice@example.com", recipients_of (smime), &error);
  g_autoptr (GByteArray) octets = NULL;

  g_object_unref (part);
  g_assert_no_error (error);
  octets = sent (whole);
  return decrypted (smime, octets);
}

static gboolean
holds (GBytes *bytes, const char *text)
{
  return memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text)) != NULL;
}

static void
test_parts (gconstpointer data)
{
  gboolean smime = GPOINTER_TO_INT (data);
  g_autofree char *longer = g_strnfill (900000, 'x');
  g_autoptr (GBytes) one =
      encrypt_and_decrypt (smime, FALSE, mimesend_part_new_text ("Bl\xc3\xa5 \nFrom me\n"));
  g_autoptr (GBytes) two = encrypt_and_decrypt (
      smime, FALSE,
      (GMimeObject *)leaf_with_octets ("image/png", longer, 900000, GMIME_CONTENT_ENCODING_BASE64));

  g_assert_true (holds (one, "Content-Type: text/plain; charset=utf-8\r\n"));
  g_assert_true (holds (one, "Bl=C3=A5=20\r\n=46rom me\r\n"));
  g_assert_cmpuint (g_bytes_get_size (two), >, 1200000);
}

static void
test_signed_too (void)
{
  g_autoptr (GBytes) plain = encrypt_and_decrypt (FALSE, TRUE, mimesend_part_new_text ("Hello\n"));
  g_autoptr (GBytes) said = keyring_run ("gpg", "--batch", "--status-fd", "1", "--decrypt", "secret", NULL);
  g_autoptr (GBytes) inner = encrypt_and_decrypt (TRUE, TRUE, mimesend_part_new_text ("Hello\n"));
  g_autoptr (GBytes) signed_octets = NULL, signature = NULL;

  g_assert_true (holds (plain, "Hello\r\n"));
  g_assert_true (holds (said, "GOODSIG"));
  keyring_split (g_bytes_get_data (inner, NULL), g_bytes_get_size (inner), &signed_octets, &signature);
  keyring_verify (TRUE, signed_octets, signature);
}

static void
test_again (gconstpointer data)
{
  g_autoptr (MimesendSecurity) security = encrypter (GPOINTER_TO_INT (data), FALSE);
  g_autoptr (GMimeObject) text = mimesend_part_new_text ("Hello\n");
  g_autoptr (GMimeObject) whole =
      mimesend_security_protect (security, text, NULL, recipients_of (GPOINTER_TO_INT (data)), NULL);
  g_autoptr (GByteArray) first = sent (whole);
  g_autoptr (GByteArray) second = sent (whole);

  g_assert_cmpmem (first->data, first->len, second->data, second->len);
}

/* ── keys ── */

static void
refuse (MimesendSecurity *security, const char *const *recipients, const char *const *words)
{
  g_autoptr (GMimeObject) text = mimesend_part_new_text ("Hello\n");
  g_autoptr (GError) error = NULL;
  gint64 begun = g_get_monotonic_time ();
  g_autoptr (GMimeObject) whole = mimesend_security_protect (security, text, NULL, recipients, &error);

  g_assert_null (whole);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_test_message ("%.600s", error->message);
  for (guint i = 0; words[i] != NULL; i++)
    g_assert_nonnull (strstr (error->message, words[i]));
  g_assert_false (keyring_was_asked ());
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 20 * G_TIME_SPAN_SECOND);
}

/* One error for all of them. */
static void
test_missing (void)
{
  g_autoptr (MimesendSecurity) pgp = encrypter (FALSE, FALSE), smime = encrypter (TRUE, FALSE);

  refuse (pgp,
          (const char *const[]){ "alice@example.com", "nobody@example.com", "expired@example.com",
                                 "revoked@example.com", "signonly@example.com", "other@example.com", NULL },
          (const char *const[]){ "5 of 6", "nobody@example.com (no key)", "expired@example.com (the key ",
                                 " is expired)", " is revoked)", "signonly@example.com (the key ",
                                 "other@example.com (no key)", NULL });
  refuse (smime, (const char *const[]){ "sam@example.com", "late@example.com", "nobody@example.com", NULL },
          (const char *const[]){ "2 of 3", "late@example.com (the key ", " is expired)",
                                 "nobody@example.com (no key)", NULL });
  refuse (pgp, (const char *const[]){ NULL }, (const char *const[]){ "no recipients", NULL });
  /* Two thousand, and all of them named. */
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GPtrArray) many = g_ptr_array_new_with_free_func (g_free);

      for (guint k = 0; k < 2000; k++)
        g_ptr_array_add (many, g_strdup_printf ("reader%u@example.com", k));
      g_ptr_array_add (many, NULL);
      refuse (i == 0 ? pgp : smime, (const char *const *)many->pdata,
              (const char *const[]){ "2000 of 2000", "reader0@example.com (no key)",
                                     "reader1999@example.com (no key)", NULL });
    }
}

static void
test_not_trusted (void)
{
  g_autoptr (MimesendSecurity) security = encrypter (FALSE, FALSE);

  refuse (security, (const char *const[]){ "alice@example.com", "stranger@example.com", NULL },
          (const char *const[]){ "stranger <stranger@example.com>", "trusted", NULL });
}

static void
test_hidden (void)
{
  g_autoptr (MimesendSecurity) shown = encrypter (FALSE, FALSE), smime = encrypter (TRUE, FALSE);
  g_autoptr (MimesendSecurity) hidden = mimesend_security_with_hidden_recipients (shown);
  g_autoptr (MimesendSecurity) impossible = mimesend_security_with_hidden_recipients (smime);
  g_autoptr (GMimeObject) text = mimesend_part_new_text ("Hello\n");
  g_autoptr (GMimeObject) whole = mimesend_security_protect (hidden, text, NULL, recipients_of (FALSE), NULL);
  g_autoptr (GByteArray) octets = sent (whole);
  g_autoptr (GBytes) plain = decrypted (FALSE, octets);
  g_autoptr (GBytes) packets =
      keyring_run ("sh", "-c", "gpg --batch --list-only --list-packets secret; true", NULL);

  g_assert_true (holds (plain, "Hello\r\n"));
  g_assert_true (holds (packets, "keyid 0000000000000000"));
  refuse (impossible, recipients_of (TRUE), (const char *const[]){ "S/MIME names", NULL });
}

/* ── letters ── */

static MimesendLetter *
new_letter (gboolean smime)
{
  MimesendLetter *letter = mimesend_letter_new ();

  g_assert_true (
      mimesend_letter_set_from (letter, smime ? "Sam <sam@example.com>" : "Alice <alice@example.com>", NULL));
  g_assert_true (mimesend_letter_add_to (letter, smime ? "tom@example.com" : "bob@example.com", NULL));
  g_assert_true (mimesend_letter_set_subject (letter, "Plans", NULL));
  mimesend_letter_set_text (letter, "Hello\n");
  return letter;
}

static void
test_letter (gconstpointer data)
{
  gboolean smime = GPOINTER_TO_INT (data);
  g_autoptr (MimesendLetter) letter = new_letter (smime);
  g_autoptr (MimesendSecurity) security = encrypter (smime, TRUE);
  g_autoptr (GMimeObject) message = NULL;
  g_autoptr (GByteArray) octets = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GError) error = NULL;
  const char *body;

  mimesend_letter_set_security (letter, security);
  message = mimesend_letter_build (letter, &error);
  g_assert_no_error (error);
  octets = sent (message);
  plain = decrypted (smime, octets);
  g_assert_true (holds (plain, "Hello\r\n"));
  g_assert_false (holds (plain, "Plans"));
  g_byte_array_append (octets, (const guint8 *)"", 1);
  body = strstr ((const char *)octets->data, "\r\n\r\n");
  g_assert_nonnull (
      g_strstr_len ((const char *)octets->data, body - (const char *)octets->data, "Subject: Plans"));
  g_assert_nonnull (g_strstr_len ((const char *)octets->data, body - (const char *)octets->data,
                                  smime ? "application/pkcs7-mime" : "multipart/encrypted"));
  g_assert_null (strstr ((const char *)octets->data, "Hello"));
}

static void
test_bcc (gconstpointer data)
{
  gboolean smime = GPOINTER_TO_INT (data);
  g_autoptr (MimesendLetter) letter = new_letter (smime);
  g_autoptr (MimesendSecurity) security = encrypter (smime, FALSE);
  g_autoptr (MimesendSecurity) hidden = mimesend_security_with_hidden_recipients (security);
  g_autoptr (GMimeObject) message = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mimesend_letter_add_bcc (letter, smime ? "sam@example.com" : "alice@example.com", NULL));
  mimesend_letter_set_security (letter, security);
  message = mimesend_letter_build (letter, &error);
  g_assert_null (message);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "a letter of their own"));
  g_clear_error (&error);
  mimesend_letter_set_security (letter, hidden);
  message = mimesend_letter_build (letter, &error);
  if (smime)
    g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  else
    {
      g_autoptr (GByteArray) octets = sent (message);
      g_autoptr (GBytes) plain = decrypted (FALSE, octets);

      g_assert_true (holds (plain, "Hello\r\n"));
    }
}

/* RFC 9788. */
static void
test_hidden_subject (void)
{
  g_autoptr (MimesendLetter) letter = new_letter (FALSE);
  g_autoptr (MimesendSecurity) security = encrypter (FALSE, TRUE);
  g_autoptr (MimesendSecurity) hidden = mimesend_security_with_hidden_subject (security);
  g_autoptr (MimesendSecurity) plain_security = mimesend_security_new (MIMESEND_SECURITY_PGP);
  g_autoptr (MimesendSecurity) signed_alone = mimesend_security_with_signature (plain_security, NULL);
  g_autoptr (MimesendSecurity) contradiction = mimesend_security_with_hidden_subject (signed_alone);
  g_autoptr (GMimeObject) message = NULL;
  g_autoptr (GByteArray) octets = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mimesend_letter_set_subject (letter, "Pl\xc3\xa4ne", NULL));
  mimesend_letter_set_security (letter, hidden);
  message = mimesend_letter_build (letter, &error);
  g_assert_no_error (error);
  octets = sent (message);
  plain = decrypted (FALSE, octets);
  g_assert_true (holds (plain, "Subject: =?UTF-8?B?UGzDpG5l?=\r\n"));
  g_assert_true (holds (plain, "HP-Outer: Subject: [...]\r\n"));
  g_assert_true (holds (plain, "HP-Outer: To: bob@example.com\r\n"));
  g_assert_true (holds (plain, "hp=cipher"));
  g_assert_true (holds (plain, "\r\n\r\nHello\r\n"));
  g_byte_array_append (octets, (const guint8 *)"", 1);
  g_assert_nonnull (strstr ((const char *)octets->data, "Subject: [...]\r\n"));
  g_assert_null (strstr ((const char *)octets->data, "UGzDpG5l"));
  /* What is signed alone hides nothing. */
  mimesend_letter_set_security (letter, contradiction);
  g_clear_object (&message);
  message = mimesend_letter_build (letter, &error);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
}

/* The header of a body that is protected goes outside; its Bcc goes nowhere. */
static void
test_body_with_header (void)
{
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_autoptr (MimesendSecurity) security = encrypter (FALSE, FALSE);
  g_autoptr (GMimeObject) body = mimesend_part_new_text ("Hello\n"), message = NULL;
  g_autoptr (GByteArray) octets = NULL;
  g_autoptr (GBytes) plain = NULL;

  g_mime_object_set_header (body, "From", "alice@example.com", NULL);
  g_mime_object_set_header (body, "Bcc", "secret@example.com", NULL);
  g_mime_object_set_header (body, "X-Kept", "yes", NULL);
  g_assert_true (mimesend_letter_set_from (letter, "alice@example.com", NULL));
  g_assert_true (mimesend_letter_add_to (letter, "bob@example.com", NULL));
  mimesend_letter_set_body (letter, body);
  mimesend_letter_set_security (letter, security);
  message = mimesend_letter_build (letter, NULL);
  octets = sent (message);
  plain = decrypted (FALSE, octets);
  g_assert_false (holds (plain, "secret@") || holds (plain, "From:") || holds (plain, "X-Kept"));
  g_byte_array_append (octets, (const guint8 *)"", 1);
  g_assert_nonnull (strstr ((const char *)octets->data, "X-Kept: yes\r\n"));
  g_assert_null (strstr ((const char *)octets->data, "secret@"));
}

int
main (int argc, char **argv)
{
  static const KeyringTest tests[] = {
    { "parts", test_parts }, { "again", test_again }, { "letter", test_letter }, { "bcc", test_bcc }
  };
  int status;

  g_test_init (&argc, &argv, NULL);
  if (!keyring_open ())
    {
      g_print ("1..0 # SKIP gpg, gpgsm or openssl is not installed\n");
      return 0;
    }
  keyring_add_tests ("/encrypt/", tests, G_N_ELEMENTS (tests));
  g_test_add_func ("/encrypt/signed-too", test_signed_too);
  g_test_add_func ("/encrypt/missing", test_missing);
  g_test_add_func ("/encrypt/not-trusted", test_not_trusted);
  g_test_add_func ("/encrypt/hidden", test_hidden);
  g_test_add_func ("/encrypt/hidden-subject", test_hidden_subject);
  g_test_add_func ("/encrypt/body-with-header", test_body_with_header);
  status = g_test_run ();
  keyring_close ();
  return status;
}
