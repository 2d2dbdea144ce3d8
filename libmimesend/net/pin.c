/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/pin.h"

#include <string.h>
#include "mimesend-error.h"

#define PREFIX   "sha256:"
#define PINS_MAX 16

static gboolean
read_hex (const char *text, guint8 *digest)
{
  gsize n = 0;

  for (; *text != '\0'; text++)
    {
      if (*text == ':' && n > 0 && n % 2 == 0)
        continue;
      if (!g_ascii_isxdigit (*text) || n == 2 * MIMESEND_PIN_SIZE)
        return FALSE;
      digest[n / 2] = (guint8)(digest[n / 2] << 4 | g_ascii_xdigit_value (*text));
      n++;
    }
  return n == 2 * MIMESEND_PIN_SIZE;
}

/* 43 letters and at most one '='. The decoded value is encoded again and compared, since GLib skips invalid letters. */
static gboolean
read_base64 (const char *text, guint8 *digest)
{
  g_autofree guint8 *octets = NULL;
  g_autofree char *again = NULL;
  g_autofree char *padded = NULL;
  gsize n = 0, length = strlen (text);

  if (length != 43 && length != 44)
    return FALSE;
  padded = length == 43 ? g_strconcat (text, "=", NULL) : g_strdup (text);
  octets = g_base64_decode (padded, &n);
  if (n != MIMESEND_PIN_SIZE)
    return FALSE;
  again = g_base64_encode (octets, n);
  if (strcmp (again, padded) != 0)
    return FALSE;
  memcpy (digest, octets, n);
  return TRUE;
}

GBytes *
mimesend_pin_parse (const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", PINS_MAX + 1);
  g_autoptr (GByteArray) pins = g_byte_array_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *part = g_strstrip (parts[i]);
      guint8 digest[MIMESEND_PIN_SIZE] = { 0 };

      if (g_ascii_strncasecmp (part, PREFIX, strlen (PREFIX)) == 0)
        part += strlen (PREFIX);
      if (i == PINS_MAX || (!read_hex (part, digest) && !read_base64 (part, digest)))
        break;
      g_byte_array_append (pins, digest, sizeof digest);
    }
  if (pins->len > 0 && pins->len == g_strv_length (parts) * MIMESEND_PIN_SIZE)
    return g_byte_array_free_to_bytes (g_steal_pointer (&pins));
  g_set_error (
      error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
      "pin: it is not the SHA-256 of a certificate or of its public key: write sha256: and 64 hexadecimal "
      "digits, or 44 letters of base64; several with commas");
  return NULL;
}

gboolean
mimesend_pin_matches (GBytes *pins, const guint8 *digest)
{
  gsize n;
  const guint8 *octets = g_bytes_get_data (pins, &n);

  for (gsize i = 0; i + MIMESEND_PIN_SIZE <= n; i += MIMESEND_PIN_SIZE)
    if (memcmp (octets + i, digest, MIMESEND_PIN_SIZE) == 0)
      return TRUE;
  return FALSE;
}

char *
mimesend_pin_to_string (const guint8 *digest)
{
  g_autofree char *text = g_base64_encode (digest, MIMESEND_PIN_SIZE);

  return g_strconcat (PREFIX, text, NULL);
}
