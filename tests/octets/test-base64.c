/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/base64-kernels.h"
#include "octets/base64.h"

#include <gmime/gmime.h>
#include <string.h>

#include "guarded.h"

static void
fill (guint8 *octets, gsize n)
{
  for (gsize i = 0; i < n; i++)
    octets[i] = (guint8)g_test_rand_int ();
}

/* GLib's letters, cut into lines here. */
static GString *
expected (const guint8 *in, gsize n, gboolean crlf)
{
  g_autofree char *letters = g_base64_encode (in, n);
  GString *lines = g_string_new (NULL);

  for (const char *rest = letters; *rest != '\0';)
    {
      gsize length = MIN (strlen (rest), 76);

      g_string_append_len (lines, rest, (gssize)length);
      g_string_append (lines, crlf ? "\r\n" : "\n");
      rest += length;
    }
  return lines;
}

static void
check_encode (const guint8 *in, gsize n, gboolean crlf)
{
  g_autoptr (GString) want = expected (in, n, crlf);
  Guarded out = guarded_new (want->len + MIMESEND_BASE64_SLACK);

  g_assert_cmpuint (mimesend_base64_length (n, crlf), ==, want->len);
  g_assert_cmpuint (mimesend_base64_encode (in, n, crlf, out.octets), ==, want->len);
  g_assert_cmpmem (out.octets, want->len, want->str, want->len);
  guarded_clear (&out);
}

/* RFC 4648 10 */
static void
test_known (void)
{
  static const char *const pairs[][2] = { { "", "" },
                                          { "f", "Zg==\n" },
                                          { "fo", "Zm8=\n" },
                                          { "foo", "Zm9v\n" },
                                          { "foob", "Zm9vYg==\n" },
                                          { "fooba", "Zm9vYmE=\n" },
                                          { "foobar", "Zm9vYmFy\n" } };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      guint8 in[128] = { 0 }, out[128] = { 0 };
      gsize n = strlen (pairs[i][0]);

      memcpy (in, pairs[i][0], n);
      g_assert_cmpuint (mimesend_base64_encode (in, n, FALSE, out), ==, strlen (pairs[i][1]));
      g_assert_cmpstr ((char *)out, ==, pairs[i][1]);
    }
}

static void
test_lengths (void)
{
  for (gsize n = 0; n <= 300; n++)
    {
      Guarded in = guarded_new (n + MIMESEND_BASE64_SLACK);

      fill (in.octets, n);
      check_encode (in.octets, n, TRUE);
      check_encode (in.octets, n, FALSE);
      guarded_clear (&in);
    }
}

static void
test_random (void)
{
  for (guint round = 0; round < 300; round++)
    {
      gsize n = (gsize)g_test_rand_int_range (0, 20000);
      gsize shift = (gsize)g_test_rand_int_range (0, 64);
      Guarded in = guarded_new (n + MIMESEND_BASE64_SLACK + shift);

      fill (in.octets, n);
      check_encode (in.octets, n, round % 2 == 0);
      guarded_clear (&in);
    }
}

/* Every kernel that the processor has against the plain one: all lengths of a few lines, every alignment,
 * with the guard exactly at the end of the slack, and once with the buffers right behind a guard. */
static void
test_kernels (void)
{
  for (MimesendKernel kernel = MIMESEND_KERNEL_C; mimesend_cpu_kernel_name (kernel) != NULL; kernel++)
    {
      MimesendBase64Lines encode = mimesend_base64_kernel (kernel);

      if (encode == NULL)
        {
          g_test_message ("this processor has no kernel %s", mimesend_cpu_kernel_name (kernel));
          continue;
        }
      for (gsize lines = 0; lines < 40; lines++)
        for (gsize shift = 0; shift < 64; shift += lines < 4 ? 1 : 7)
          {
            gboolean crlf = (lines + shift) % 2 == 0;
            gsize n = lines * MIMESEND_BASE64_LINE_IN, length = mimesend_base64_length (n, crlf);
            Guarded in = guarded_new (n + MIMESEND_BASE64_SLACK + shift);
            Guarded out = guarded_new (length + MIMESEND_BASE64_SLACK + shift);
            g_autofree guint8 *want = g_malloc (length + 1);

            fill (in.octets, n);
            g_assert_cmpuint (mimesend_base64_lines_c (in.octets, lines, crlf, want), ==, length);
            g_assert_cmpuint (encode (in.octets, lines, crlf, out.octets), ==, length);
            g_assert_cmpmem (out.octets, length, want, length);
            if (shift == 0)
              {
                memmove (guarded_front (&in), in.octets, n);
                g_assert_cmpuint (encode (guarded_front (&in), lines, crlf, guarded_front (&out)), ==,
                                  length);
                g_assert_cmpmem (guarded_front (&out), length, want, length);
              }
            guarded_clear (&in);
            guarded_clear (&out);
          }
    }
}

/* All values of every octet of a line. */
static void
test_values (void)
{
  for (MimesendKernel kernel = MIMESEND_KERNEL_C; mimesend_cpu_kernel_name (kernel) != NULL; kernel++)
    {
      MimesendBase64Lines encode = mimesend_base64_kernel (kernel);
      guint8 in[2 * 57 + MIMESEND_BASE64_SLACK] = { 0 }, out[2 * 78 + MIMESEND_BASE64_SLACK], want[2 * 78];

      for (gsize at = 0; encode != NULL && at < 2 * 57; at++)
        for (guint value = 0; value < 256; value++)
          {
            in[at] = (guint8)value;
            mimesend_base64_lines_c (in, 2, TRUE, want);
            encode (in, 2, TRUE, out);
            g_assert_cmpmem (out, sizeof want, want, sizeof want);
          }
    }
}

/* In blocks as a leaf hands them over: a multiple of 57 each but for the last. */
static void
test_blocks (void)
{
  gsize n = 57 * 100 + 20, done = 0, length = 0;
  g_autofree guint8 *in = g_malloc (n + MIMESEND_BASE64_SLACK);
  g_autofree guint8 *out = g_malloc (mimesend_base64_length (n, TRUE) + MIMESEND_BASE64_SLACK);
  g_autoptr (GString) want = NULL;

  fill (in, n);
  want = expected (in, n, TRUE);
  while (done < n)
    {
      gsize wish = 57 * (gsize)g_test_rand_int_range (1, 9), block = MIN (n - done, wish);

      length += mimesend_base64_encode (in + done, block, TRUE, out + length);
      done += block;
    }
  g_assert_cmpmem (out, length, want->str, want->len);
}

static void
test_gmime (void)
{
  for (guint round = 0; round < 50; round++)
    {
      gsize n = (gsize)g_test_rand_int_range (0, 5000), length;
      g_autofree guint8 *in = g_malloc (n + MIMESEND_BASE64_SLACK);
      g_autofree guint8 *out = g_malloc (mimesend_base64_length (n, FALSE) + MIMESEND_BASE64_SLACK);
      g_autofree guint8 *want = g_malloc (GMIME_BASE64_ENCODE_LEN (n));
      int state = 0;
      guint32 save = 0;

      fill (in, n);
      length = g_mime_encoding_base64_encode_close (in, n, want, &state, &save);
      g_assert_cmpuint (mimesend_base64_encode (in, n, FALSE, out), ==, length);
      g_assert_cmpmem (out, length, want, length);
    }
}

/* The variable that these tests are run under chooses, but never what the processor has not got. */
static void
test_forced_kernel (void)
{
  const char *wanted = g_getenv ("MIMESEND_KERNEL");
  MimesendKernel best = mimesend_cpu_best_kernel (), due = best;

  for (MimesendKernel kernel = MIMESEND_KERNEL_C; mimesend_cpu_kernel_name (kernel) != NULL; kernel++)
    if (g_strcmp0 (wanted, mimesend_cpu_kernel_name (kernel)) == 0)
      due = MIN (kernel, best);
  g_assert_cmpint (mimesend_cpu_kernel (), ==, due);
}

static void
test_length_of_much (void)
{
  g_assert_cmpuint (mimesend_base64_length (0, TRUE), ==, 0);
  g_assert_cmpuint (mimesend_base64_length (G_GUINT64_CONSTANT (57) << 40, TRUE), ==,
                    G_GUINT64_CONSTANT (78) << 40);
  g_assert_cmpuint (mimesend_base64_length ((G_GUINT64_CONSTANT (57) << 40) + 1, FALSE), ==,
                    (G_GUINT64_CONSTANT (77) << 40) + 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/octets/base64/encodes-known-vectors", test_known);
  g_test_add_func ("/octets/base64/encodes-any-length", test_lengths);
  g_test_add_func ("/octets/base64/encodes-random-octets", test_random);
  g_test_add_func ("/octets/base64/kernels-agree", test_kernels);
  g_test_add_func ("/octets/base64/kernels-encode-every-value", test_values);
  g_test_add_func ("/octets/base64/blocks-join-into-whole-lines", test_blocks);
  g_test_add_func ("/octets/base64/encodes-as-gmime", test_gmime);
  g_test_add_func ("/octets/base64/environment-selects-kernel", test_forced_kernel);
  g_test_add_func ("/octets/base64/length-of-large-content-does-not-overflow", test_length_of_much);
  return g_test_run ();
}
