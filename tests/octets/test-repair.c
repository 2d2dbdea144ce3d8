/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/repair.h"

#include <gmime/gmime.h>
#include <string.h>

/* In blocks of at most block_max, as a leaf does it: sound blocks are passed. */
static GByteArray *
repaired (const GByteArray *in, guint block_max)
{
  GByteArray *all = g_byte_array_new ();
  MimesendRepair repair = { 0 };

  for (guint at = 0; at < in->len;)
    {
      guint n = (guint)g_test_rand_int_range (1, (gint)block_max + 1);
      g_autofree guint8 *out = NULL;

      n = MIN (n, in->len - at);
      if (!repair.longer && !mimesend_repair_is_needed (in->data + at, n))
        {
          mimesend_repair_pass (&repair, in->data + at, n);
          g_byte_array_append (all, in->data + at, n);
        }
      else
        {
          gsize length;

          out = g_malloc (MIMESEND_REPAIR_WORST (n));
          length = mimesend_repair_qp (&repair, in->data + at, n, out);
          g_assert_cmpuint (length, <=, MIMESEND_REPAIR_WORST (n));
          g_byte_array_append (all, out, (guint)length);
        }
      at += n;
    }
  return all;
}

static GByteArray *
decoded (const GByteArray *in)
{
  GByteArray *all = g_byte_array_new ();
  int state = 0;
  guint32 save = 0;

  g_byte_array_set_size (all, in->len + 8);
  all->len = (guint)g_mime_encoding_quoted_decode_step (in->data, in->len, all->data, &state, &save);
  return all;
}

static void
test_known (void)
{
  static const struct
  {
    const char *in, *out;
  } rows[] = {
    { "sound =C3=A4\nlines=\n here\n", "sound =C3=A4\nlines=\n here\n" },
    { "\303\244", "=C3=A4" },
    { "=C3=A4 and \303\244=\r\n.", "=C3=A4 and =C3=A4=\r\n." },
    { "\303=A4\n", "=C3=A4\n" },
    { "=\303\n", "==C3\n" },
    { "1234567890123456789012345678901234567890123456789012345678901234567890123\303 x",
      "1234567890123456789012345678901234567890123456789012345678901234567890123=\n=C3 x" },
    { "\30312345678901234567890123456789012345678901234567890123456789012345678901=3D4567",
      "=C312345678901234567890123456789012345678901234567890123456789012345678901=\n=3D4567" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint block = 1; block < 90; block += 7)
      {
        g_autoptr (GByteArray) in = g_byte_array_new ();
        g_autoptr (GByteArray) out = NULL;

        g_byte_array_append (in, (const guint8 *)rows[i].in, (guint)strlen (rows[i].in));
        out = repaired (in, block);
        g_byte_array_append (out, (const guint8 *)"", 1);
        g_assert_cmpstr ((const char *)out->data, ==, rows[i].out);
      }
}

/* Any text that is quoted-printable but for raw octets: it reads as before, has none of them left, and no line that was short
 * is longer than 76. */
static void
test_property (void)
{
  static const char *const units[] = { "a",    "word ", "=3D",  "=C3",      "=\n",  "\n",
                                       "\r\n", "\303",  "\244", "\303\244", "\377", "." };

  for (guint round = 0; round < 5000; round++)
    {
      g_autoptr (GByteArray) in = g_byte_array_new ();
      g_autoptr (GByteArray) out = NULL;
      g_autoptr (GByteArray) again = NULL;
      g_autoptr (GByteArray) before = NULL;
      g_autoptr (GByteArray) after = NULL;
      gsize column = 0;

      for (guint n = (guint)g_test_rand_int_range (1, 400); n > 0; n--)
        {
          const char *unit = units[g_test_rand_int_range (0, G_N_ELEMENTS (units))];

          if (column + strlen (unit) > 74)
            {
              g_byte_array_append (in, (const guint8 *)"\n", 1);
              column = 0;
            }
          g_byte_array_append (in, (const guint8 *)unit, (guint)strlen (unit));
          column = strchr (unit, '\n') != NULL ? 0 : column + strlen (unit);
        }
      if (round % 3 == 0)
        g_byte_array_append (in, (const guint8 *)"\0", 1);
      out = repaired (in, 1 + round % 300);
      again = repaired (in, 100000);
      g_assert_cmpmem (out->data, out->len, again->data, again->len);
      g_assert_false (mimesend_repair_is_needed (out->data, out->len));
      before = decoded (in);
      after = decoded (out);
      g_assert_cmpmem (before->data, before->len, after->data, after->len);
      column = 0;
      for (guint i = 0; i < out->len; i++)
        {
          column = out->data[i] == '\n' ? 0 : column + (out->data[i] != '\r');
          g_assert_cmpuint (column, <=, 76);
        }
    }
}

static void
test_base64 (void)
{
  guint8 octets[] = "YW\303\244Jj\0\nZGVm\377";
  gsize n = mimesend_repair_base64 (octets, sizeof octets - 1, octets);

  g_assert_cmpmem (octets, n, "YWJj\nZGVm", 9);
  n = mimesend_repair_base64 ((const guint8 *)"\377\376", 2, octets);
  g_assert_cmpuint (n, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/octets/repair/repairs-known-input", test_known);
  g_test_add_func ("/octets/repair/decodes-to-the-same-octets", test_property);
  g_test_add_func ("/octets/repair/drops-octets-outside-base64", test_base64);
  return g_test_run ();
}
