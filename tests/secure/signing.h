/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Helpers of the tests of signed contents. */
#pragma once

#include <string.h>

#include "../walk/support.h"
#include "../walk/tree-compare.h"
#include "keys.h"
#include "secure/dkim-content.h"
#include "verify.h"

#define MESSAGE "From: joe@example.com\r\nSubject: x\r\n\r\nbody  of two \r\n\r\nlines\r\n\r\n"

/* RSA and Ed25519, in different forms. */
static inline GPtrArray *
both (void)
{
  GPtrArray *dkims = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_dkim_unref);
  g_autoptr (MimesendDkim) rsa = keys_dkim (KEYS_RSA_1024, "rsa");

  g_ptr_array_add (dkims, mimesend_dkim_with_forms (rsa, MIMESEND_DKIM_SIMPLE, MIMESEND_DKIM_SIMPLE));
  g_ptr_array_add (dkims, keys_dkim (KEYS_ED25519, "ed25519"));
  return dkims;
}

static inline MimesendContent *
sign (MimesendContent *content)
{
  g_autoptr (GPtrArray) dkims = both ();
  MimesendContent *made = mimesend_content_new_dkim (content, dkims);

  mimesend_dkim_content_set_now (MIMESEND_DKIM_CONTENT (made), 1700000000);
  return made;
}

static inline MimesendContent *
of_octets (const char *octets, gsize n)
{
  MimesendContent *content = mimesend_content_new ();
  g_autoptr (GBytes) bytes = g_bytes_new (octets, n);

  g_assert_true (mimesend_content_add_bytes (content, bytes, NULL));
  return content;
}

/* As the wire has it. */
static inline GByteArray *
canonical (const char *octets, gsize n)
{
  GByteArray *array = g_byte_array_new ();

  g_byte_array_append (array, (const guint8 *)octets, (guint)n);
  array = tree_canonical (array);
  if (array->len > 0 && (array->len < 2 || memcmp (array->data + array->len - 2, "\r\n", 2) != 0))
    g_byte_array_append (array, (const guint8 *)"\r\n", 2);
  return array;
}

static inline void
assert_verifies (GByteArray *message)
{
  static const char *const records[] = { KEYS_RSA_1024_RECORD, KEYS_ED25519_RECORD };
  g_autoptr (GByteArray) wire = canonical ((const char *)message->data, message->len);

  g_assert_cmpuint (verify_count ((const char *)wire->data, wire->len), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *why = NULL;

      if (!verify_signature ((const char *)wire->data, wire->len, i, records[i], &why))
        g_error ("signature %u: %s", i, why);
    }
}

/* Where the message begins behind the two fields. */
static inline gsize
behind_fields (GByteArray *signed_message)
{
  const char *at = (const char *)signed_message->data, *end = at + signed_message->len;

  for (guint n = 0; n < 3; n++)
    {
      if (n == 2)
        return (gsize)(at - (const char *)signed_message->data);
      g_assert_true (g_str_has_prefix (at, "DKIM-Signature: "));
      do
        at = (const char *)memmem (at, (gsize)(end - at), "\r\n", 2) + 2;
      while (*at == ' ');
    }
  return 0;
}

/* Signs, reads, compares; twice, as it may be sent twice. */
static inline void
assert_signs (MimesendContent *content, const char *octets, gsize n)
{
  g_autoptr (MimesendContent) made = sign (content);

  g_assert_true (mimesend_content_prepare (made, MIMESEND_WIRE_8BITMIME, NULL));
  for (gsize count = 1; count < 3; count++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) message = NULL;
      gint64 length = mimesend_content_get_length (made);
      gsize at;

      message = read_content (made, count == 1 ? 65536 : 7, &error);
      g_assert_no_error (error);
      at = behind_fields (message);
      g_assert_cmpmem (message->data + at, message->len - at, octets, n);
      assert_verifies (message);
      if (length >= 0)
        {
          g_autoptr (GByteArray) wire = canonical ((const char *)message->data, message->len);

          g_assert_cmpint (length, ==, (gint64)wire->len);
        }
      g_assert_true (mimesend_content_rewind (made, NULL));
    }
}

static inline void
assert_signs_text (const char *text)
{
  g_autoptr (MimesendContent) content = of_octets (text, strlen (text));

  assert_signs (content, text, strlen (text));
}
