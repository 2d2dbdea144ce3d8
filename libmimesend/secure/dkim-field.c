/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The field that signs: composed, hashed with what it signs, signed. */
#include "secure/dkim.h"

#include <string.h>

#include <gnutls/crypto.h>

#include "mimesend-error.h"
#include "octets/decimal.h"

#define LINE 76 /* octets of a line, where its words let it */

typedef struct
{
  GString *text;
  gsize line_start;
} Folded;

/* Where the line has no room for it the next one begins, by white space that no tag minds. */
static void
put_word (Folded *self, const char *word)
{
  gsize column = self->text->len - self->line_start;

  if (column + 1 + strlen (word) > LINE)
    {
      g_string_append (self->text, "\r\n");
      self->line_start = self->text->len;
    }
  g_string_append_c (self->text, ' ');
  g_string_append (self->text, word);
}

static void
put_tag (Folded *self, const char *tag, const char *value)
{
  g_autofree char *word = g_strconcat (tag, value, ";", NULL);

  put_word (self, word);
}

static void
put_number (Folded *self, const char *tag, gint64 value)
{
  char digits[MIMESEND_DECIMAL_SIZE];

  put_tag (self, tag, mimesend_decimal (digits, (guint64)MAX (value, 0)));
}

static void
put_names (Folded *self, const GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++)
    {
      gsize column = self->text->len - self->line_start;
      const char *name = names->pdata[i];

      if (i == 0)
        {
          g_autofree char *word = g_strconcat ("h=", name, NULL);

          put_word (self, word);
          continue;
        }
      g_string_append_c (self->text, ':');
      if (column + 2 + strlen (name) > LINE)
        {
          g_string_append (self->text, "\r\n ");
          self->line_start = self->text->len - 1;
        }
      g_string_append (self->text, name);
    }
  g_string_append_c (self->text, ';');
}

/* The value of b= begins right behind the '=': what stands around it is left out when it is hashed, in a way that every
 * implementation agrees on. */
static void
put_signature (Folded *self, const guint8 *signature, gsize length)
{
  g_autofree char *text = g_base64_encode (signature, length);
  gsize n = strlen (text), i = 0;

  while (i < n)
    {
      gsize column = self->text->len - self->line_start;
      gsize fits = MIN (n - i, LINE - MIN (column, LINE - 1));

      g_string_append_len (self->text, text + i, (gssize)fits);
      i += fits;
      if (i == n)
        break;
      g_string_append (self->text, "\r\n ");
      self->line_start = self->text->len - 1;
    }
  g_string_append (self->text, "\r\n");
}

static const char *
forms_of (const MimesendDkim *self)
{
  static const char *const forms[2][2] = { { "relaxed/relaxed", "relaxed/simple" },
                                           { "simple/relaxed", "simple/simple" } };

  return forms[self->header == MIMESEND_DKIM_SIMPLE][self->body == MIMESEND_DKIM_SIMPLE];
}

/* Up to "b=". */
static void
field_compose (
    Folded *out, const MimesendDkim *self, const GPtrArray *names, const guint8 *body_hash, gint64 now_s)
{
  g_autofree char *hash = g_base64_encode (body_hash, MIMESEND_DKIM_HASH);

  g_string_append (out->text, "DKIM-Signature:");
  put_tag (out, "v=", "1");
  put_tag (out, "a=", self->key->is_rsa ? "rsa-sha256" : "ed25519-sha256");
  put_tag (out, "c=", forms_of (self));
  put_tag (out, "d=", self->domain);
  put_tag (out, "s=", self->selector);
  if (self->identity != NULL)
    put_tag (out, "i=", self->identity);
  put_number (out, "t=", now_s);
  if (self->expiry_s > 0)
    put_number (out, "x=", now_s + self->expiry_s);
  put_names (out, names);
  put_tag (out, "bh=", hash);
  put_word (out, "b=");
}

static gboolean
field_sign (const MimesendDkim *self,
            const MimesendDkimHeader *header,
            const GPtrArray *names,
            const GString *unsigned_field,
            guint8 *signature,
            GError **error)
{
  g_autoptr (GString) signed_form = g_string_sized_new (4096);
  const MimesendDkimField own = { unsigned_field->str, unsigned_field->len, strlen ("DKIM-Signature") };
  guint8 hash[MIMESEND_DKIM_HASH];

  mimesend_dkim_append_signed (signed_form, self->header, header, names);
  mimesend_dkim_append_field (signed_form, self->header, &own); /* has no CRLF, and is hashed without (3.7) */
  gnutls_hash_fast (GNUTLS_DIG_SHA256, signed_form->str, signed_form->len, hash);
  return mimesend_dkim_key_sign (self->key, hash, signature, error);
}

GString *
mimesend_dkim_make_field (MimesendDkim *self,
                          const MimesendDkimHeader *header,
                          const guint8 *body_hash,
                          gint64 now_s,
                          GError **error)
{
  static const guint8 no_hash[MIMESEND_DKIM_HASH] = { 0 };
  g_autoptr (GPtrArray) names = mimesend_dkim_names_of (self->names, header);
  g_autofree guint8 *signature = g_malloc0 (self->key->signature_length);
  Folded field = { g_string_sized_new (1024), 0 };

  field_compose (&field, self, names, body_hash != NULL ? body_hash : no_hash, now_s);
  if (body_hash != NULL && !field_sign (self, header, names, field.text, signature, error))
    {
      g_string_free (field.text, TRUE);
      return NULL;
    }
  put_signature (&field, signature, self->key->signature_length);
  return field.text;
}

gboolean
mimesend_dkim_append_fields (const GPtrArray *dkims,
                             const GByteArray *block,
                             guint8 (*digests)[MIMESEND_DKIM_HASH],
                             gint64 now_s,
                             GString *out,
                             GError **error)
{
  MimesendDkimHeader header;
  gboolean good;
  guint n_from;

  if (!mimesend_dkim_header_init (&header, block->data, block->len, error))
    return FALSE;
  n_from = mimesend_dkim_header_count (&header, "From");
  good = n_from == 1;
  if (!good)
    g_set_error (
        error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
        "the header has %s field From: DKIM signs the one that says who wrote the message (RFC 6376 5.4)",
        n_from == 0 ? "no" : "more than one");
  for (guint i = 0; good && i < dkims->len; i++)
    {
      MimesendDkim *dkim = dkims->pdata[i];
      const guint8 *digest = digests != NULL ? digests[dkim->body] : NULL;
      GString *field = mimesend_dkim_make_field (dkim, &header, digest, now_s, error);

      good = field != NULL;
      if (!good)
        break;
      g_string_append_len (out, field->str, (gssize)field->len);
      g_string_free (field, TRUE);
    }
  mimesend_dkim_header_clear (&header);
  return good;
}
