/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/crlf-kernels.h"
#include "octets/crlf.h"

#include <string.h>

#include "crlf-model.h"
#include "guarded.h"

#define SLACK 64

static void
check_buffers (const guint8 *out, gsize length, const GString *want)
{
  if (length != want->len || memcmp (out, want->str, length) != 0)
    {
      g_autofree char *got = g_strescape ((const char *)out, NULL), *due = g_strescape (want->str, NULL);

      g_error ("got \"%s\", due \"%s\"", got, due);
    }
}

/* One block as the core takes it: what is clean from where it stands, the rest converted. FALSE: a NUL
 * stopped it. */
static gboolean
pass_block (const MimesendCrlfKernel *kernel,
            MimesendCrlf *self,
            gboolean clean_first,
            const guint8 *in,
            gsize n,
            guint8 *out,
            gsize *length)
{
  gsize clean = 0, taken = 0;

  if (clean_first)
    {
      clean = mimesend_crlf_clean_prefix_with (kernel, self, in, n);
      memcpy (out + *length, in, clean);
      *length += clean;
    }
  *length += mimesend_crlf_convert_with (kernel, self, in + clean, n - clean, out + *length, &taken);
  return clean + taken == n;
}

/* Bit i of cuts: is there a border after octet i? */
static void
check_short (
    const guint8 *in, gsize n, guint cuts, gboolean stuff, gboolean clean_first, const CrlfModel *model)
{
  guint8 out[2 * 16 + 2 + SLACK] = { 0 };
  gsize length = 0, begin = 0;
  MimesendCrlf self;

  mimesend_crlf_init (&self, stuff);
  for (gsize end = 1; end <= n; end++)
    {
      if (end < n && !(cuts >> (end - 1) & 1))
        continue;
      if (!pass_block (NULL, &self, clean_first, in + begin, end - begin, out, &length))
        break;
      begin = end;
    }
  check_buffers (out, length, model->wire);
  crlf_model_assert (&self, model);
}

/* Every string over {CR, LF, '.', a, NUL} × every way to cut it × dots or not × with and without a clean
 * prefix. */
static void
test_every_string (void)
{
  static const guint8 symbols[] = { '\r', '\n', '.', 'a', '\0' };
  gsize longest = g_test_slow () ? 9 : 6;

  for (gsize n = 0; n <= longest; n++)
    {
      guint64 strings = 1;

      for (gsize i = 0; i < n; i++)
        strings *= G_N_ELEMENTS (symbols);
      for (guint64 s = 0; s < strings; s++)
        {
          guint8 in[16];
          guint64 rest = s;

          for (gsize i = 0; i < n; i++, rest /= G_N_ELEMENTS (symbols))
            in[i] = symbols[rest % G_N_ELEMENTS (symbols)];
          for (guint stuff = 0; stuff < 2; stuff++)
            {
              CrlfModel model = crlf_model_of (in, n, stuff);

              for (guint cuts = 0; cuts < 1u << (n > 0 ? n - 1 : 0); cuts++)
                {
                  check_short (in, n, cuts, stuff, FALSE, &model);
                  check_short (in, n, cuts, stuff, TRUE, &model);
                }
              g_string_free (model.wire, TRUE);
            }
        }
    }
}

/* Longer strings and one cut: what a border in the middle of anything does. */
static void
test_every_string_cut_once (void)
{
  static const guint8 symbols[] = { '\r', '\n', '.', 'a', '\0' };
  gsize n = g_test_slow () ? 10 : 8;
  guint64 strings = 1;

  for (gsize i = 0; i < n; i++)
    strings *= G_N_ELEMENTS (symbols);
  for (guint64 s = 0; s < strings; s++)
    {
      guint8 in[16];
      guint64 rest = s;
      CrlfModel model;

      for (gsize i = 0; i < n; i++, rest /= G_N_ELEMENTS (symbols))
        in[i] = symbols[rest % G_N_ELEMENTS (symbols)];
      model = crlf_model_of (in, n, TRUE);
      for (gsize cut = 0; cut < n; cut++)
        check_short (in, n, cut == 0 ? 0 : 1u << (cut - 1), TRUE, cut % 2 == 0, &model);
      g_string_free (model.wire, TRUE);
    }
}

/* Fills with lines of the given kind: the kernels must come through their common ways and their rare ones. */
static void
fill (guint8 *in, gsize n, guint kind)
{
  static const char *const ends[] = { "\n", "\r\n", "\r", "\r\n", "\r\n" };
  gsize i = 0;

  while (i < n)
    {
      guint line = (guint)g_test_rand_int_range (0, kind % 3 == 0 ? 6 : kind % 3 == 1 ? 80 : 200);
      const char *end = kind < 4 ? ends[kind] : ends[g_test_rand_int_range (0, 5)];

      if (i < n && g_test_rand_int_range (0, 4) == 0)
        in[i++] = '.';
      for (; line > 0 && i < n; line--)
        in[i++] = g_test_rand_int_range (0, kind > 5 ? 40 : 4000) == 0
                      ? (guint8)g_test_rand_int_range (1, 256)
                      : 'x';
      for (; *end != '\0' && i < n; end++)
        in[i++] = (guint8)*end;
      if (kind > 6 && i < n && g_test_rand_int_range (0, 100) == 0)
        in[i++] = '\0';
    }
}

static void
check_long (const MimesendCrlfKernel *kernel,
            const guint8 *in,
            gsize n,
            gboolean stuff,
            gboolean clean_first,
            gsize block_max)
{
  CrlfModel model = crlf_model_of (in, n, stuff);
  g_autofree guint8 *out = g_malloc0 (2 * n + 2 + SLACK);
  gsize length = 0, begin = 0;
  MimesendCrlf self;

  mimesend_crlf_init (&self, stuff);
  while (begin < n)
    {
      gsize wish = (gsize)g_test_rand_int_range (1, (gint32)block_max + 1), block = MIN (n - begin, wish),
            got = 0;
      Guarded from = guarded_new (block), to = guarded_new (2 * block + 2 + SLACK);
      gboolean fine;

      memcpy (from.octets, in + begin, block);
      fine = pass_block (kernel, &self, clean_first, from.octets, block, to.octets, &got);
      memcpy (out + length, to.octets, got);
      length += got;
      begin += block;
      guarded_clear (&from);
      guarded_clear (&to);
      if (!fine)
        break;
    }
  check_buffers (out, length, model.wire);
  crlf_model_assert (&self, &model);
  g_string_free (model.wire, TRUE);
}

static void
check_kernel (const MimesendCrlfKernel *kernel)
{
  for (guint round = 0; round < 1500; round++)
    {
      gsize n = (gsize)g_test_rand_int_range (0, 1500);
      g_autofree guint8 *in = g_malloc (n + 1);

      fill (in, n, round % 9);
      check_long (kernel, in, n, round / 9 % 2, round / 18 % 2, round % 4 == 0 ? 40 : 1500);
    }
}

static void
test_random_plain (void)
{
  check_kernel (NULL);
}

static void
test_random_kernel (void)
{
  const MimesendCrlfKernel *kernel = mimesend_crlf_kernel (mimesend_cpu_best_kernel ());

  g_assert_nonnull (kernel);
  check_kernel (kernel);
}

static void
check_same_state (const MimesendCrlf *kernel, const MimesendCrlf *plain)
{
  MimesendCrlf copy = *kernel;

  crlf_longest_assert (kernel->longest_line, plain->longest_line);
  copy.longest_line = plain->longest_line;
  g_assert_cmpmem (&copy, sizeof copy, plain, sizeof *plain);
}

/* Clean text as long as the kernel's strides and longer, of short and of long lines, ASCII and not, in which one octet is
 * something else: the same prefix as by the plain code, and not an octet read beyond the end. */
static void
test_clean_but_for_one (void)
{
  static const guint8 others[] = { '\r', '\n', '.', '\0', 0xe9, '\t', 'a' };
  const MimesendCrlfKernel *kernel = mimesend_crlf_kernel (mimesend_cpu_best_kernel ());

  for (guint round = 0; round < 6000; round++)
    {
      gsize n = (gsize)g_test_rand_int_range (1, 3000), i = 0, clean, again;
      guint longest = round % 3 == 0 ? 1200 : round % 3 == 1 ? 300 : 80;
      gboolean eight_bit = round / 3 % 2;
      Guarded in = guarded_new (n);
      MimesendCrlf self, plain;

      while (i < n)
        {
          guint line = (guint)g_test_rand_int_range (0, (gint32)longest);

          for (; line > 0 && i < n; line--)
            in.octets[i++] = eight_bit && line % 50 == 0 ? 0xc3 : (guint8) "abc.d"[line % 5];
          if (i < n)
            in.octets[i++] = '\r';
          if (i < n)
            in.octets[i++] = '\n';
        }
      if (round % 5 != 0)
        in.octets[g_test_rand_int_range (0, (gint32)n)] = others[round % G_N_ELEMENTS (others)];
      mimesend_crlf_init (&self, round % 7 != 0);
      if (round % 11 == 0) /* as behind an unfinished long line */
        {
          self.at_line_start = FALSE;
          self.line_length = (gsize)g_test_rand_int_range (1, 2000);
          self.longest_line = self.line_length;
        }
      plain = self;
      clean = mimesend_crlf_clean_prefix_with (kernel, &self, in.octets, n);
      again = mimesend_crlf_clean_prefix_with (NULL, &plain, in.octets, n);
      g_assert_cmpuint (clean, ==, again);
      check_same_state (&self, &plain);
      guarded_clear (&in);
    }
}

/* What is special at every place of a block and over every border of one, in one go and against the model. */
static void
test_borders (void)
{
  static const guint8 symbols[] = { '\r', '\n', '.', 'a', '\0' };
  const MimesendCrlfKernel *kernel = mimesend_crlf_kernel (mimesend_cpu_best_kernel ());

  for (guint s = 0; s < 5 * 5 * 5 * 5; s++)
    for (gsize at = 0; at<140; at += at> 70 ? 3 : 1)
      for (guint line = 0; line < 2; line++)
        {
          guint8 in[240], out[2 * sizeof in + 2 + SLACK];
          gboolean stuff = s % 7 != 0;
          gsize length = 0, clean = 0, again = 0;
          CrlfModel model;
          MimesendCrlf self, plain;
          guint rest = s;

          for (gsize i = 0; i < sizeof in; i++) /* no line end at all, or clean ones every 30 octets */
            in[i] = line == 0 || i % 30 < 28 ? 'b' : i % 30 == 28 ? '\r' : '\n';
          for (gsize i = 0; i < 4; i++, rest /= 5)
            in[at + i] = symbols[rest % 5];
          model = crlf_model_of (in, sizeof in, stuff);
          mimesend_crlf_init (&self, stuff);
          pass_block (kernel, &self, FALSE, in, sizeof in, out, &length);
          check_buffers (out, length, model.wire);
          crlf_model_assert (&self, &model);

          mimesend_crlf_init (&self, stuff);
          mimesend_crlf_init (&plain, stuff);
          clean = mimesend_crlf_clean_prefix_with (kernel, &self, in, sizeof in);
          again = mimesend_crlf_clean_prefix_with (NULL, &plain, in, sizeof in);
          g_assert_cmpuint (clean, ==, again);
          check_same_state (&self, &plain);
          g_assert_cmpmem (in, clean, model.wire->str, clean);
          g_string_free (model.wire, TRUE);
        }
}

static void
test_clean_prefix (void)
{
  static const struct
  {
    const char *in;
    gsize clean;
  } rows[] = {
    { "abc", 3 }, { "a\r\nb\r\n", 6 }, { "a\r\n.b", 3 }, { ".a", 0 },        { "a\nb", 1 },     { "a\rb", 1 },
    { "a\r", 1 }, { "\r\n\r\n", 4 },   { "\r\n\r", 2 },  { "a.b\r\nc.", 7 }, { "a\r\r\nb", 1 }, { "\n", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      MimesendCrlf self;

      mimesend_crlf_init (&self, TRUE);
      g_assert_cmpuint (mimesend_crlf_clean_prefix (&self, (const guint8 *)rows[i].in, strlen (rows[i].in)),
                        ==, rows[i].clean);
      g_assert_false (self.bare);
      g_assert_cmpuint (self.taken, ==, rows[i].clean);
    }
}

/* RUSTSEC-2026-0561: a dot after a line end that was only made here is doubled like any other. */
static void
test_dot_after_bare (void)
{
  static const char *const rows[][2] = { { "a\n.\nQUIT\n", "a\r\n..\r\nQUIT\r\n" },
                                         { "a\r.\rQUIT\r", "a\r\n..\r\nQUIT\r\n" },
                                         { "a\r\n.\r\n", "a\r\n..\r\n" },
                                         { "a\r\r\n.\r\n", "a\r\n\r\n..\r\n" },
                                         { "a\n.\r\n", "a\r\n..\r\n" },
                                         { "a\r\n\r\n.\r\n", "a\r\n\r\n..\r\n" },
                                         { ".", ".." },
                                         { "a\r.\n", "a\r\n..\r\n" } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint8 out[128] = { 0 };
      gsize taken, length;
      MimesendCrlf self;

      mimesend_crlf_init (&self, TRUE);
      length = mimesend_crlf_convert (&self, (const guint8 *)rows[i][0], strlen (rows[i][0]), out, &taken);
      g_assert_cmpmem (out, length, rows[i][1], strlen (rows[i][1]));
      g_assert_cmpuint (taken, ==, strlen (rows[i][0]));
    }
}

static void
test_nul (void)
{
  static const guint8 in[] = "abc\r\n\0.\r\n";
  guint8 out[64 + SLACK];
  gsize taken;
  MimesendCrlf self;

  mimesend_crlf_init (&self, TRUE);
  g_assert_cmpuint (mimesend_crlf_convert (&self, in, sizeof in - 1, out, &taken), ==, 5);
  g_assert_cmpuint (taken, ==, 5);
  g_assert_cmpuint (mimesend_crlf_clean_prefix (&self, in + 5, 4), ==, 0);
  g_assert_cmpuint (self.taken, ==, 5);
}

/* Vouched octets leave the state that converting them would have left. */
static void
test_passed (void)
{
  static const char *const rows[] = { "",        "a",           "a\r\n",           "\r\n",
                                      "a\r\nbc", "\r\n\r\nabc", "abcdef\r\nx\r\n", "x\r\n\r\n" };
  static const char *const before[] = { "", "xyz", "xyz\r\n", "xyz\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (before); j++)
      {
        const guint8 *in = (const guint8 *)rows[i];
        guint8 out[128];
        gsize taken;
        MimesendCrlf passed, converted;

        mimesend_crlf_init (&passed, TRUE);
        mimesend_crlf_convert (&passed, (const guint8 *)before[j], strlen (before[j]), out, &taken);
        converted = passed;
        mimesend_crlf_passed (&passed, in, strlen (rows[i]));
        mimesend_crlf_convert (&converted, in, strlen (rows[i]), out, &taken);
        g_assert_cmpmem (&passed, sizeof passed, &converted, sizeof converted);
      }
}

/* A CR owed by the octets before a vouched piece was alone. */
static void
test_passed_after_cr (void)
{
  guint8 out[128];
  gsize taken;
  MimesendCrlf self;

  mimesend_crlf_init (&self, TRUE);
  mimesend_crlf_convert (&self, (const guint8 *)"a\r", 2, out, &taken);
  g_assert_false (self.bare);
  mimesend_crlf_passed (&self, (const guint8 *)"b\r\n", 3);
  g_assert_true (self.bare);
  g_assert_false (self.cr_pending);
}

static void
test_finish (void)
{
  static const struct
  {
    const char *in;
    gsize owed;
  } rows[] = {
    { "", 0 }, { "a", 2 }, { "a\n", 0 }, { "a\r\n", 0 }, { "a\r", 0 }, { "a\r\nb", 2 }, { ".", 2 }
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint8 out[128];
      gsize taken;
      MimesendCrlf self;

      mimesend_crlf_init (&self, TRUE);
      mimesend_crlf_convert (&self, (const guint8 *)rows[i].in, strlen (rows[i].in), out, &taken);
      g_assert_cmpuint (mimesend_crlf_finish (&self, out), ==, rows[i].owed);
      g_assert_true (rows[i].owed == 0 || memcmp (out, "\r\n", 2) == 0);
      g_assert_cmpuint (mimesend_crlf_finish (&self, out), ==, 0);
      g_assert_cmpint (self.bare, ==,
                       strchr (rows[i].in, '\r') != NULL ? strstr (rows[i].in, "\r\n") == NULL
                                                         : strchr (rows[i].in, '\n') != NULL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/octets/crlf/converts-every-string", test_every_string);
  g_test_add_func ("/octets/crlf/converts-every-string-in-two-blocks", test_every_string_cut_once);
  g_test_add_func ("/octets/crlf/plain-code-matches-model", test_random_plain);
  if (mimesend_crlf_kernel (mimesend_cpu_best_kernel ()) != NULL)
    g_test_add_func ("/octets/crlf/kernels-match-model", test_random_kernel);
  g_test_add_func ("/octets/crlf/kernels-match-model-at-block-borders", test_borders);
  g_test_add_func ("/octets/crlf/clean-prefix-ends-at-first-fault", test_clean_but_for_one);
  g_test_add_func ("/octets/crlf/clean-prefix-needs-no-change", test_clean_prefix);
  g_test_add_func ("/octets/crlf/doubles-dot-after-bare-line-end", test_dot_after_bare);
  g_test_add_func ("/octets/crlf/stops-at-nul", test_nul);
  g_test_add_func ("/octets/crlf/passed-octets-leave-converted-state", test_passed);
  g_test_add_func ("/octets/crlf/passed-octets-after-cr-make-it-bare", test_passed_after_cr);
  g_test_add_func ("/octets/crlf/finish-ends-last-line", test_finish);
  return g_test_run ();
}
