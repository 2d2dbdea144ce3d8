/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signed and encrypted parts, verified and decrypted by gpg, gpgsm and openssl. */
#include <fcntl.h>
#include <unistd.h>

#include "content/as-stream.h"
#include "keyring.h"
#include "mimesend-gmime-autoptr.h"
#include "mimesend-part-stream.h"
#include "mimesend-part.h"
#include "mimesend-security.h"
#include "support.h"
#include "tree-gen.h"

static MimesendSecurity *
signer (gboolean smime)
{
  g_autoptr (MimesendSecurity) plain =
      mimesend_security_new (smime ? MIMESEND_SECURITY_SMIME : MIMESEND_SECURITY_PGP);

  return mimesend_security_with_signature (plain, NULL);
}

static const char *
sender (gboolean smime)
{
  return smime ? "sam@example.com" : "alice@example.com";
}

/* As a server gets it that takes these; NULL with error. */
static GByteArray *
sent (GMimeObject *part, MimesendWireFlags wire, GError **error)
{
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (part, NULL);

  if (!mimesend_content_prepare (content, wire, error))
    return NULL;
  return read_content (content, 65536, error);
}

static GMimeObject *
sign (gboolean smime, GMimeObject *part)
{
  g_autoptr (MimesendSecurity) security = signer (smime);
  g_autoptr (GError) error = NULL;
  GMimeObject *whole = mimesend_security_protect (security, part, sender (smime), NULL, &error);

  g_assert_no_error (error);
  return whole;
}

/* What was signed, after the signature was found good. Takes part. */
static GBytes *
sign_and_verify (gboolean smime, GMimeObject *part, MimesendWireFlags wire)
{
  g_autoptr (GMimeObject) whole = sign (smime, part);
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) octets = sent (whole, wire, &error);
  g_autoptr (GBytes) signature = NULL;
  GBytes *signed_octets = NULL;

  g_object_unref (part);
  g_assert_no_error (error);
  keyring_split ((const char *)octets->data, octets->len, &signed_octets, &signature);
  keyring_verify (smime, signed_octets, signature);
  return signed_octets;
}

static void
assert_lasting (GBytes *bytes)
{
  gsize n;
  const char *octets = g_bytes_get_data (bytes, &n);
  g_autofree char *text = g_strndup (octets, n);
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);

  g_assert_cmpuint (strlen (text), ==, n);
  g_assert_true (g_str_is_ascii (text));
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_assert_null (strpbrk (lines[i], "\r\n"));
      g_assert_cmpuint (strlen (lines[i]), <=, 998);
      g_assert_false (g_str_has_suffix (lines[i], " ") || g_str_has_suffix (lines[i], "\t"));
      g_assert_false (g_str_has_prefix (lines[i], "From "));
    }
}

/* ── signing ── */

static void
test_header (gconstpointer data)
{
  gboolean smime = GPOINTER_TO_INT (data);
  g_autoptr (GMimeObject) text = mimesend_part_new_text ("Hello\n");
  g_autoptr (GMimeObject) whole = sign (smime, text);
  GMimeContentType *type = g_mime_object_get_content_type (whole);

  g_assert_true (g_mime_content_type_is_type (type, "multipart", "signed"));
  g_assert_cmpstr (g_mime_content_type_get_parameter (type, "protocol"), ==,
                   smime ? "application/pkcs7-signature" : "application/pgp-signature");
  g_assert_true (
      g_str_has_prefix (g_mime_content_type_get_parameter (type, "micalg"), smime ? "sha-256" : "pgp-sha"));
}

static void
test_texts (gconstpointer data)
{
  static const char *const texts[] = { "",
                                       "x",
                                       "Hello\n",
                                       "\n\n\n",
                                       "-- \nJoe \t\n  \n",
                                       "From here\nFrom there\n\nFrom \nFor\nF",
                                       "Bl\xc3\xa5\xe2\x82\xac \n.\n..\nFrom \xc3\xa5\n",
                                       "CRLF \r\nand\rCR\r\n" };
  g_autofree char *longer = g_strnfill (3000, 'F');

  for (guint i = 0; i <= G_N_ELEMENTS (texts); i++)
    {
      const char *text = i < G_N_ELEMENTS (texts) ? texts[i] : longer;
      g_autoptr (GBytes) octets = sign_and_verify (GPOINTER_TO_INT (data), mimesend_part_new_text (text),
                                                   i % 2 ? MIMESEND_WIRE_8BITMIME : MIMESEND_WIRE_NONE);

      assert_lasting (octets);
    }
}

/* 70,000 octets of text are not looked at as a whole ahead. */
static void
test_long_text (gconstpointer data)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GBytes) octets = NULL;

  while (text->len < 300000)
    g_string_append_printf (text, "%s line %" G_GSIZE_FORMAT "%s\n", text->len % 3 ? "From" : "A", text->len,
                            text->len % 5 ? " " : "");
  octets = sign_and_verify (GPOINTER_TO_INT (data), mimesend_part_new_text (text->str), MIMESEND_WIRE_NONE);
  assert_lasting (octets);
  g_string_free (text, TRUE);
}

/* GMime's own signature over one is bad. */
static void
test_prologue (gconstpointer data)
{
  GMimeObject *mixed =
      multipart_of ("mixed", mimesend_part_new_text ("Hello\n"),
                    leaf_with_octets ("image/png", "\x89PNG\0\r\n\x1a", 8, GMIME_CONTENT_ENCODING_BASE64));
  g_autoptr (GBytes) octets = NULL;

  g_mime_multipart_set_prologue ((GMimeMultipart *)mixed, "This is a multi-part message.\nOf two lines.\n");
  g_mime_multipart_set_epilogue ((GMimeMultipart *)mixed, "And an end\n");
  octets = sign_and_verify (GPOINTER_TO_INT (data), mixed, MIMESEND_WIRE_NONE);
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (octets, NULL), (gssize)g_bytes_get_size (octets),
                                  "\r\nOf two lines.\r\n\r\n--=-b\r\n"));
}

static void
test_trees (gconstpointer data)
{
  guint verified = 0;

  for (guint32 seed = 0; seed < 24; seed++)
    {
      g_autoptr (MimesendSecurity) security = signer (GPOINTER_TO_INT (data));
      g_autoptr (GError) error = NULL;
      g_autoptr (GMimeObject) tree = NULL, whole = NULL;
      g_autoptr (GByteArray) octets = NULL;
      g_autoptr (GBytes) signed_octets = NULL, signature = NULL;
      TreeGen gen;

      tree_gen_init (&gen, seed);
      tree = tree_gen_tree (&gen, 3);
      if (!GMIME_IS_MESSAGE (tree))
        whole = mimesend_security_protect (security, tree, sender (GPOINTER_TO_INT (data)), NULL, &error);
      if (whole != NULL)
        octets = sent (whole, seed % 2 ? MIMESEND_WIRE_8BITMIME : MIMESEND_WIRE_NONE, &error);
      if (octets != NULL)
        {
          keyring_split ((const char *)octets->data, octets->len, &signed_octets, &signature);
          keyring_verify (GPOINTER_TO_INT (data), signed_octets, signature);
          verified++;
        }
      else if (error != NULL) /* what is sealed already and is not 7-bit; a NUL that nothing may encode */
        g_assert_true (g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED) ||
                       g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT));
      tree_gen_clear (&gen);
    }
  g_test_message ("%u of 24 verified", verified);
  g_assert_cmpuint (verified, >=, 12);
}

/* With LF, as GMime and `mimesend build` have it, and by another's signature around. */
static void
test_stream (gconstpointer data)
{
  gboolean smime = GPOINTER_TO_INT (data);
  g_autoptr (GMimeObject) text = mimesend_part_new_text ("Hello \n");
  g_autoptr (GMimeObject) once = sign (smime, text);
  g_autoptr (GMimeObject) twice = sign (smime, once);
  g_autoptr (GMimeStream) stream = mimesend_part_stream_new (twice);
  g_autoptr (GBytes) octets = NULL, signed_octets = NULL, signature = NULL, inside = NULL, inner = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) crlf = g_string_new (NULL);
  g_autoptr (GString) all = g_string_new (NULL);

  while (TRUE)
    {
      octets = mimesend_part_stream_read_bytes (stream, 100, &error);
      g_assert_no_error (error);
      if (g_bytes_get_size (octets) == 0)
        break;
      g_string_append_len (all, g_bytes_get_data (octets, NULL), (gssize)g_bytes_get_size (octets));
      g_clear_pointer (&octets, g_bytes_unref);
    }
  g_assert_null (strchr (all->str, '\r'));
  for (gsize i = 0; i < all->len; i++)
    g_string_append (crlf, all->str[i] == '\n' ? "\r\n" : ((char[]){ all->str[i], '\0' }));
  keyring_split (crlf->str, crlf->len, &signed_octets, &signature);
  keyring_verify (smime, signed_octets, signature);
  keyring_split (g_bytes_get_data (signed_octets, NULL), g_bytes_get_size (signed_octets), &inside, &inner);
  keyring_verify (smime, inside, inner);
}

static void
test_again (gconstpointer data)
{
  gboolean smime = GPOINTER_TO_INT (data);
  g_autoptr (GMimeObject) text = mimesend_part_new_text ("Hello\n");
  g_autoptr (GMimeObject) whole = sign (smime, text);
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (whole, NULL);
  g_autofree char *first = read_text (content, NULL);
  g_autofree char *second = NULL;

  g_assert_true (mimesend_content_rewind (content, NULL));
  second = read_text (content, NULL);
  g_assert_nonnull (first);
  g_assert_cmpstr (first, ==, second);
}

/* What can be read only once is kept meanwhile. */
static void
test_pipe (gconstpointer data)
{
  int ends[2];
  g_autofree char *octets = g_strnfill (40000, 'p');
  GMimeStream *stream;
  GMimePart *leaf;
  g_autoptr (GBytes) signed_octets = NULL;

  g_assert_cmpint (pipe (ends), ==, 0);
  g_assert_cmpint (write (ends[1], octets, 40000), ==, 40000);
  close (ends[1]);
  stream = g_mime_stream_pipe_new (ends[0]);
  leaf = leaf_with_stream ("application/octet-stream", stream, GMIME_CONTENT_ENCODING_DEFAULT,
                           GMIME_CONTENT_ENCODING_BASE64);
  g_object_unref (stream);
  signed_octets = sign_and_verify (GPOINTER_TO_INT (data), (GMimeObject *)leaf, MIMESEND_WIRE_NONE);
  g_assert_cmpuint (g_bytes_get_size (signed_octets), >, 53000);
}

/* A content that is another one each time. */
typedef struct
{
  MimesendContent parent_instance;
  guint times;
  gboolean ended;
} Fickle;
typedef MimesendContentClass FickleClass;

static GType fickle_get_type (void);
G_DEFINE_TYPE (Fickle, fickle, MIMESEND_TYPE_CONTENT)

static GBytes *
fickle_read (MimesendContent *content, gsize count, GCancellable *cancellable, GError **error)
{
  Fickle *self = (Fickle *)content;
  g_autofree char *text = g_strdup_printf ("%u", self->times);

  if (self->ended)
    return g_bytes_new (NULL, 0);
  self->ended = TRUE;
  return g_bytes_new (text, 1);
}

static gboolean
fickle_rewind (MimesendContent *content, GError **error)
{
  Fickle *self = (Fickle *)content;

  self->times++;
  self->ended = FALSE;
  return TRUE;
}

static void
fickle_class_init (FickleClass *klass)
{
  klass->read_bytes = fickle_read;
  klass->rewind = fickle_rewind;
}

static void
fickle_init (Fickle *self)
{
}

static void
test_fickle (gconstpointer data)
{
  MimesendContent *fickle = g_object_new (fickle_get_type (), NULL);
  GMimeStream *stream = mimesend_content_stream_new (fickle);
  g_autoptr (GMimeObject) leaf = (GMimeObject *)leaf_with_stream (
      "text/plain", stream, GMIME_CONTENT_ENCODING_DEFAULT, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  g_autoptr (GMimeObject) whole = sign (GPOINTER_TO_INT (data), leaf);
  g_autoptr (GError) error = NULL;
  GByteArray *octets = sent (whole, MIMESEND_WIRE_NONE, &error);

  g_assert_null (octets);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
  g_assert_nonnull (strstr (error->message, "changed while it was sent"));
  g_object_unref (stream);
  g_object_unref (fickle);
}

static void
test_changed (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMimeObject) whole = NULL;
  g_autoptr (GByteArray) octets = NULL;
  g_autofree char *path = keyring_path ("changing");
  g_autofree char *before = g_strnfill (3 << 20, 'a');
  g_autoptr (MimesendContent) content = NULL;
  g_autoptr (GBytes) first = NULL;

  /* By a file, between the two readings. */
  keyring_write ("changing", before, 3 << 20);
  {
    g_autoptr (GMimeObject) file = mimesend_part_new_file (path, &error);

    g_assert_no_error (error);
    whole = sign (GPOINTER_TO_INT (data), file);
  }
  content = mimesend_content_new_for_part (whole, NULL);
  g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_NONE, &error));
  first = mimesend_content_read_bytes (content, 10, NULL, &error);
  g_assert_no_error (error);
  {
    int fd = open (path, O_WRONLY);

    g_assert_cmpint (pwrite (fd, "b", 1, 2 << 20), ==, 1);
    close (fd);
  }
  octets = read_content (content, 65536, &error);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
  g_test_message ("%s", error->message);
  g_assert_null (octets);
  g_clear_error (&error);
  /* What is there now is signed anew. */
  g_assert_true (mimesend_content_rewind (content, &error));
  octets = read_content (content, 65536, &error);
  g_assert_no_error (error);
  {
    g_autoptr (GBytes) signed_octets = NULL, signature = NULL;

    keyring_split ((const char *)octets->data, octets->len, &signed_octets, &signature);
    keyring_verify (GPOINTER_TO_INT (data), signed_octets, signature);
  }
}

/* ── keys ── */

static void
assert_refused (MimesendSecurity *security,
                const char *from,
                const char *const *recipients,
                MimesendError code,
                const char *const *words)
{
  g_autoptr (GMimeObject) text = mimesend_part_new_text ("Hello\n");
  g_autoptr (GError) error = NULL;
  gint64 begun = g_get_monotonic_time ();
  g_autoptr (GMimeObject) whole = mimesend_security_protect (security, text, from, recipients, &error);

  g_assert_null (whole);
  g_assert_error (error, MIMESEND_ERROR, (int)code);
  g_test_message ("%.1000s", error->message);
  for (guint i = 0; words[i] != NULL; i++)
    g_assert_nonnull (strstr (error->message, words[i]));
  g_assert_false (keyring_was_asked ());
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 20 * G_TIME_SPAN_SECOND);
}

static void
refuse_signer (gboolean smime, const char *from, const char *key, MimesendError code, const char *word)
{
  g_autoptr (MimesendSecurity) plain =
      mimesend_security_new (smime ? MIMESEND_SECURITY_SMIME : MIMESEND_SECURITY_PGP);
  g_autoptr (MimesendSecurity) security = mimesend_security_with_signature (plain, key);

  assert_refused (security, from, NULL, code, (const char *const[]){ word, NULL });
}

static void
test_signers (void)
{
  refuse_signer (FALSE, "nobody@example.com", NULL, MIMESEND_ERROR_ARGUMENT, "nobody@example.com");
  refuse_signer (FALSE, "expired@example.com", NULL, MIMESEND_ERROR_ARGUMENT, "expired");
  refuse_signer (FALSE, "revoked@example.com", NULL, MIMESEND_ERROR_ARGUMENT, "revoked");
  refuse_signer (FALSE, "locked@example.com", NULL, MIMESEND_ERROR_UNSUPPORTED, "locked by a passphrase");
  refuse_signer (FALSE, "stranger@example.com", NULL, MIMESEND_ERROR_ARGUMENT, "no secret key");
  refuse_signer (FALSE, "alice@example.com", "nobody@example.com", MIMESEND_ERROR_ARGUMENT, "no secret key");
  refuse_signer (FALSE, "alice@example.com", "example.com", MIMESEND_ERROR_ARGUMENT, "several");
  refuse_signer (FALSE, "alice@example.com", "0123456789ABCDEF0123456789ABCDEF01234567",
                 MIMESEND_ERROR_ARGUMENT, "no secret key");
  refuse_signer (TRUE, "nobody@example.com", NULL, MIMESEND_ERROR_ARGUMENT, "nobody@example.com");
  refuse_signer (TRUE, "late@example.com", NULL, MIMESEND_ERROR_ARGUMENT, "expired");
  refuse_signer (TRUE, "vault@example.com", NULL, MIMESEND_ERROR_UNSUPPORTED, "locked by a passphrase");
}

static void
test_named_key (void)
{
  g_autoptr (GBytes) listed = keyring_run ("gpg", "--with-colons", "--list-keys", "<bob@example.com>", NULL);
  g_auto (GStrv) words = g_strsplit (strstr (g_bytes_get_data (listed, NULL), "\nfpr"), ":", 11);
  g_autoptr (MimesendSecurity) plain = mimesend_security_new (MIMESEND_SECURITY_PGP);
  g_autoptr (MimesendSecurity) security = mimesend_security_with_signature (plain, words[9]);
  g_autoptr (GMimeObject) text = mimesend_part_new_text ("Hello\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (GMimeObject) whole =
      mimesend_security_protect (security, text, "nobody@example.com", NULL, &error);
  g_autoptr (GByteArray) octets = NULL;
  g_autoptr (GBytes) signed_octets = NULL, signature = NULL, said = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (mimesend_security_get_key (security), ==, words[9]);
  octets = sent (whole, MIMESEND_WIRE_NONE, &error);
  keyring_split ((const char *)octets->data, octets->len, &signed_octets, &signature);
  keyring_verify (FALSE, signed_octets, signature);
  said = keyring_run ("gpg", "--status-fd", "1", "--verify", "signature", "octets", NULL);
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (said, NULL), (gssize)g_bytes_get_size (said), words[9]));
}

int
main (int argc, char **argv)
{
  static const KeyringTest tests[] = { { "header", test_header },       { "texts", test_texts },
                                       { "long-text", test_long_text }, { "prologue", test_prologue },
                                       { "trees", test_trees },         { "stream", test_stream },
                                       { "again", test_again },         { "pipe", test_pipe },
                                       { "fickle", test_fickle },       { "changed", test_changed } };
  int status;

  g_test_init (&argc, &argv, NULL);
  if (!keyring_open ())
    {
      g_print ("1..0 # SKIP gpg, gpgsm or openssl is not installed\n");
      return 0;
    }
  keyring_add_tests ("/secure/", tests, G_N_ELEMENTS (tests));
  g_test_add_func ("/secure/signers", test_signers);
  g_test_add_func ("/secure/named-key", test_named_key);
  status = g_test_run ();
  keyring_close ();
  return status;
}
