/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "input/signing.h"

#include <string.h>

#include "base/path.h"
#include "base/print.h"

#define HEADER_MAX   65536 /* octets in which From is looked for */
#define RSA_ADVISED  2048  /* RFC 8301 3.2 */
#define RSA_VERIFIED 4096

/* ── the signers ── */

static void
warn_of_key (MimesendDkim *dkim, const char *label)
{
  guint bits = mimesend_dkim_get_key_bits (dkim);

  if (strcmp (mimesend_dkim_get_algorithm (dkim), "rsa-sha256") != 0)
    return;
  if (bits < RSA_ADVISED)
    print_warning ("%s: the key has %u bits: receivers trust a key of 2048 more (RFC 8301)", label, bits);
  else if (bits > RSA_VERIFIED)
    print_warning ("%s: the key has %u bits: receivers need not verify more than 4096 (RFC 8301)", label,
                   bits);
}

/* A held message has to arrive within the time for which its signature holds. */
static MimesendDkim *
extend (MimesendDkim *dkim, const Options *options)
{
  g_autoptr (MimesendDkim) usual = dkim;
  double expiry = mimesend_dkim_get_expiry (dkim) + options->hold;

  return mimesend_dkim_with_expiry (usual, options->hold_until != NULL ? 0 : expiry);
}

static gboolean
add_signer (GPtrArray *dkims, const char *label, const char *text, const Options *options, Failure *failure)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 3);
  g_autofree char *path = NULL;
  MimesendDkim *dkim;
  GError *error = NULL;

  if (g_strv_length (parts) < 3 || *parts[2] == '\0')
    return failure_set (failure, label[0] == '-' ? EXIT_CODE_USAGE : EXIT_CODE_CONFIG, label,
                        "%s is DOMAIN:SELECTOR:KEYFILE, as in example.com:s1:/etc/dkim/s1.pem, not '%s'",
                        label, text);
  if (label[0] == '-' && g_str_has_prefix (parts[2], "pkcs11:") && strstr (parts[2], "pin-value=") != NULL)
    return failure_set (
        failure, EXIT_CODE_USAGE, label,
        "%s: a PIN on the command line can be seen by other users: put it into a file, '?pin-source=FILE'",
        label);
  if (g_str_has_prefix (parts[2], "pkcs11:"))
    dkim = mimesend_dkim_new_for_uri (parts[0], parts[1], parts[2], &error);
  else
    {
      path = path_expand (parts[2]);
      dkim = mimesend_dkim_new_for_file (parts[0], parts[1], path, &error);
    }
  if (dkim == NULL)
    {
      g_prefix_error (&error, "%s: ", label);
      return failure_set_error (failure, EXIT_CODE_CONFIG, label, error);
    }
  warn_of_key (dkim, label);
  g_ptr_array_add (dkims, extend (dkim, options));
  return TRUE;
}

gboolean
signing_load (GPtrArray **dkims, const Options *options, const Config *config, Failure *failure)
{
  gboolean given = options->dkims->len > 0;
  const GPtrArray *texts = given ? options->dkims : config->dkims;
  const char *label = given ? "--dkim" : "dkim, as configured";

  *dkims = NULL;
  if (texts == NULL || (texts->len == 1 && strcmp (texts->pdata[0], "none") == 0))
    return TRUE;
  *dkims = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_dkim_unref);
  for (guint i = 0; i < texts->len; i++)
    if (!add_signer (*dkims, label, texts->pdata[i], options, failure))
      return FALSE;
  return TRUE;
}

/* ── From ── */

/* The header of a message that is kept, which is begun again behind this. */
static GMimeMessage *
parse_header (MimesendContent *content)
{
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  gboolean more = TRUE;
  GMimeStream *stream;
  GMimeParser *parser;
  GMimeMessage *message;

  while (more && octets->len < HEADER_MAX)
    {
      g_autoptr (GBytes) bytes = mimesend_content_read_bytes (content, HEADER_MAX - octets->len, NULL, NULL);

      more = bytes != NULL && g_bytes_get_size (bytes) > 0;
      if (more)
        g_byte_array_append (octets, g_bytes_get_data (bytes, NULL), (guint)g_bytes_get_size (bytes));
    }
  if (!mimesend_content_rewind (content, NULL))
    return NULL;
  stream = g_mime_stream_mem_new_with_buffer ((const char *)octets->data, octets->len);
  parser = g_mime_parser_new_with_stream (stream);
  message = g_mime_parser_construct_message (parser, NULL);
  g_object_unref (parser);
  g_object_unref (stream);
  return message;
}

static void
warn_of_address (const GPtrArray *dkims, const char *address)
{
  const char *at = strrchr (address, '@');

  if (at == NULL)
    return;
  for (guint i = 0; i < dkims->len; i++)
    if (mimesend_dkim_is_aligned (dkims->pdata[i], address))
      return;
  print_warning (
      "From is at %s and the signature of %s: receivers that go by DMARC take no notice of it unless one "
      "domain is below the other",
      at + 1, mimesend_dkim_get_domain (dkims->pdata[0]));
}

static void
warn_of_from (const GPtrArray *dkims, GMimeMessage *message)
{
  InternetAddressList *from = message != NULL ? g_mime_message_get_from (message) : NULL;

  for (int i = 0; from != NULL && i < internet_address_list_length (from); i++)
    {
      InternetAddress *address = internet_address_list_get_address (from, i);

      if (INTERNET_ADDRESS_IS_MAILBOX (address))
        warn_of_address (dkims, internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (address)));
    }
}

MimesendContent *
signing_apply (MimesendContent *content, GMimeObject *tree, GPtrArray *dkims)
{
  g_autoptr (MimesendContent) whole = content;

  if (tree != NULL)
    warn_of_from (dkims, GMIME_IS_MESSAGE (tree) ? GMIME_MESSAGE (tree) : NULL);
  else
    {
      GMimeMessage *message = parse_header (whole);

      warn_of_from (dkims, message);
      g_clear_object (&message);
    }
  return mimesend_content_new_dkim (whole, dkims);
}
