/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verify.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <string.h>

/* ── forms ── */

char *
verify_relaxed_field (const char *field)
{
  const char *colon = strchr (field, ':');
  g_autofree char *name = g_strndup (field, (gsize)(colon - field));
  g_auto (GStrv) lines = g_strsplit (colon + 1, "\r\n", -1);
  g_autofree char *value = g_strjoinv ("", lines);
  g_autofree char *lower = g_ascii_strdown (g_strstrip (name), -1);
  g_autoptr (GRegex) blanks = g_regex_new ("[ \t]+", G_REGEX_RAW, 0, NULL);
  g_autofree char *single = g_regex_replace_literal (blanks, value, -1, 0, " ", 0, NULL);
  gboolean whole = g_str_has_suffix (field, "\r\n");
  gsize end = strlen (single);

  while (end > 0 && single[end - 1] == ' ')
    single[--end] = '\0';
  return g_strconcat (lower, ":", single + (*single == ' '), whole ? "\r\n" : "", NULL);
}

static GPtrArray *
lines_of (const char *body, gsize length)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  while (length > 0)
    {
      const char *end = memmem (body, length, "\r\n", 2);
      gsize n = end != NULL ? (gsize)(end - body) : length;

      g_ptr_array_add (lines, g_bytes_new (body, n));
      n += end != NULL ? 2 : 0;
      body += n;
      length -= n;
    }
  return lines;
}

GString *
verify_body (const char *body, gsize length, gboolean simple)
{
  g_autoptr (GPtrArray) lines = lines_of (body, length);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    {
      gsize n;
      const char *line = g_bytes_get_data (lines->pdata[i], &n);
      gboolean blank = FALSE;

      for (gsize j = 0; j < n; j++)
        if (simple || (line[j] != ' ' && line[j] != '\t'))
          {
            if (blank)
              g_string_append_c (out, ' ');
            blank = FALSE;
            g_string_append_c (out, line[j]);
          }
        else
          blank = TRUE;
      g_string_append (out, "\r\n");
    }
  while (out->len >= 4 && memcmp (out->str + out->len - 4, "\r\n\r\n", 4) == 0)
    g_string_truncate (out, out->len - 2);
  if (out->len == 2)
    g_string_truncate (out, 0);
  if (out->len == 0 && simple)
    g_string_append (out, "\r\n");
  return out;
}

/* ── the message ── */

static char *
header_of (const char *message, gsize length, gsize *body)
{
  const char *end = memmem (message, length, "\r\n\r\n", 4);

  *body = end != NULL ? (gsize)(end - message) + 4 : length;
  return g_strndup (message, end != NULL ? (gsize)(end - message) + 2 : length);
}

static GPtrArray *
fields_of (const char *header)
{
  GPtrArray *fields = g_ptr_array_new_with_free_func (g_free);

  while (*header != '\0')
    {
      const char *end = header;

      do
        {
          end = strstr (end, "\r\n");
          end = end != NULL ? end + 2 : header + strlen (header);
        }
      while (*end == ' ' || *end == '\t');
      g_ptr_array_add (fields, g_strndup (header, (gsize)(end - header)));
      header = end;
    }
  return fields;
}

static gboolean
has_name (const char *field, const char *name)
{
  const char *colon = strchr (field, ':');
  g_autofree char *own = colon != NULL ? g_strndup (field, (gsize)(colon - field)) : g_strdup ("");

  return g_ascii_strcasecmp (g_strstrip (own), name) == 0;
}

static const char *
signature_of (GPtrArray *fields, guint index)
{
  for (guint i = 0; i < fields->len; i++)
    if (has_name (fields->pdata[i], "DKIM-Signature") && index-- == 0)
      return fields->pdata[i];
  return NULL;
}

static char *
tag_of (const char *field, const char *tag)
{
  g_auto (GStrv) parts = g_strsplit (strchr (field, ':') + 1, ";", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      GString *squeezed = g_string_new (NULL);
      g_autofree char *text = NULL;

      for (const char *at = parts[i]; *at != '\0'; at++)
        if (!g_ascii_isspace (*at))
          g_string_append_c (squeezed, *at);
      text = g_string_free (squeezed, FALSE);
      if (g_str_has_prefix (text, tag) && text[strlen (tag)] == '=')
        return g_strdup (text + strlen (tag) + 1);
    }
  return NULL;
}

char *
verify_tag (const char *message, gsize length, guint index, const char *tag)
{
  gsize body;
  g_autofree char *header = header_of (message, length, &body);
  g_autoptr (GPtrArray) fields = fields_of (header);
  const char *field = signature_of (fields, index);

  return field != NULL ? tag_of (field, tag) : NULL;
}

guint
verify_count (const char *message, gsize length)
{
  gsize body;
  g_autofree char *header = header_of (message, length, &body);
  g_autoptr (GPtrArray) fields = fields_of (header);
  guint n = 0;

  while (signature_of (fields, n) != NULL)
    n++;
  return n;
}

/* What is signed: the fields that h= names, from the bottom, and the signature without its value. */
static GString *
signed_text (GPtrArray *fields, const char *signature, gboolean simple)
{
  g_autofree char *h = tag_of (signature, "h");
  g_auto (GStrv) names = g_strsplit (h, ":", -1);
  g_autoptr (GRegex) value = g_regex_new ("(;[ \t\r\n]*b[ \t\r\n]*=)[^;]*", G_REGEX_RAW, 0, NULL);
  g_autofree char *without = g_regex_replace (value, signature, -1, 0, "\\1", 0, NULL);
  g_autofree char *own = simple ? g_strdup (without) : verify_relaxed_field (without);
  g_autofree gboolean *used = g_new0 (gboolean, fields->len);
  GString *out = g_string_new (NULL);

  for (guint i = 0; names[i] != NULL; i++)
    for (guint j = fields->len; j-- > 0;)
      {
        g_autofree char *relaxed = NULL;

        if (used[j] || !has_name (fields->pdata[j], names[i]))
          continue;
        used[j] = TRUE;
        relaxed = simple ? g_strdup (fields->pdata[j]) : verify_relaxed_field (fields->pdata[j]);
        g_string_append (out, relaxed);
        break;
      }
  g_string_append (out, own);
  return out;
}

/* ── signatures ── */

static gnutls_pubkey_t
key_of (const char *record, gboolean *is_rsa)
{
  g_autofree char *field = g_strconcat ("x:", record, NULL);
  g_autofree char *kind = tag_of (field, "k");
  g_autofree char *text = tag_of (field, "p");
  gsize n;
  g_autofree guint8 *octets = g_base64_decode (text, &n);
  gnutls_datum_t datum = { octets, (guint)n };
  gnutls_pubkey_t key;

  *is_rsa = strcmp (kind, "rsa") == 0;
  g_assert_cmpint (gnutls_pubkey_init (&key), ==, 0);
  if (*is_rsa)
    g_assert_cmpint (gnutls_pubkey_import (key, &datum, GNUTLS_X509_FMT_DER), ==, 0);
  else
    g_assert_cmpint (gnutls_pubkey_import_ecc_raw (key, GNUTLS_ECC_CURVE_ED25519, &datum, NULL), ==, 0);
  return key;
}

static gboolean
is_signed_by (const char *record, const GString *text, const char *b)
{
  guint8 hash[32];
  gsize n;
  g_autofree guint8 *octets = g_base64_decode (b, &n);
  gnutls_datum_t signature = { octets, (guint)n }, data = { hash, sizeof hash };
  gboolean is_rsa;
  gnutls_pubkey_t key = key_of (record, &is_rsa);
  int result;

  gnutls_hash_fast (GNUTLS_DIG_SHA256, text->str, text->len, hash);
  result = is_rsa ? gnutls_pubkey_verify_hash2 (key, GNUTLS_SIGN_RSA_SHA256, GNUTLS_VERIFY_ALLOW_BROKEN,
                                                &data, &signature)
                  : gnutls_pubkey_verify_data2 (key, GNUTLS_SIGN_EDDSA_ED25519, 0, &data, &signature);
  gnutls_pubkey_deinit (key);
  return result >= 0;
}

gboolean
verify_signature (const char *message, gsize length, guint index, const char *record, char **why)
{
  gsize at;
  g_autofree char *header = header_of (message, length, &at);
  g_autoptr (GPtrArray) fields = fields_of (header);
  const char *signature = signature_of (fields, index);
  g_autofree char *c = signature != NULL ? tag_of (signature, "c") : NULL;
  g_autofree char *b = signature != NULL ? tag_of (signature, "b") : NULL;
  g_autofree char *bh = signature != NULL ? tag_of (signature, "bh") : NULL;
  g_autoptr (GString) body = NULL;
  g_autoptr (GString) text = NULL;
  g_autofree char *hash = NULL;
  guint8 digest[32];

  *why = NULL;
  if (signature == NULL || c == NULL || b == NULL || bh == NULL)
    *why = g_strdup ("there is no such signature");
  if (*why != NULL)
    return FALSE;
  body = verify_body (message + at, length - at, g_str_has_suffix (c, "/simple"));
  gnutls_hash_fast (GNUTLS_DIG_SHA256, body->str, body->len, digest);
  hash = g_base64_encode (digest, sizeof digest);
  text = signed_text (fields, signature, g_str_has_prefix (c, "simple"));
  /* the field itself is signed without its last line end */
  if (g_str_has_suffix (text->str, "\r\n"))
    g_string_truncate (text, text->len - 2);
  if (strcmp (hash, bh) != 0)
    *why = g_strdup_printf ("the body's hash is %s and not %s", hash, bh);
  else if (!is_signed_by (record, text, b))
    *why = g_strdup_printf ("the signature is not of: %s", text->str);
  return *why == NULL;
}
