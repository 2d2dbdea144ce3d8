/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pass over line ends and dots against the model of its own tests, plain and by the processor's best kernel, in blocks of
 * chosen lengths, some of them looked at for what is clean first. */
#include "fuzz.h"

#include "../octets/crlf-model.h"
#include "octets/crlf-kernels.h"

#define SLACK 64 /* that the kernels may store past the end */

static void
run (const MimesendCrlfKernel *kernel,
     FuzzInput input,
     gboolean stuff,
     guint block_max,
     const CrlfModel *model)
{
  gsize length = 0;
  MimesendCrlf self;
  g_autofree guint8 *out = g_malloc (2 * input.size + 2 + SLACK);

  mimesend_crlf_init (&self, stuff);
  for (guint round = 0; input.size > 0; round++)
    {
      gsize n, clean = 0, taken;
      g_autofree guint8 *block = fuzz_take (&input, 1 + (round * 7 + block_max) % (block_max + 1), &n);

      if (round % 3 != 1)
        {
          clean = mimesend_crlf_clean_prefix_with (kernel, &self, block, n);
          memcpy (out + length, block, clean);
          length += clean;
        }
      length += mimesend_crlf_convert_with (kernel, &self, block + clean, n - clean, out + length, &taken);
      if (clean + taken < n)
        {
          g_assert_cmpuint (block[clean + taken], ==, 0);
          break;
        }
    }
  g_assert_cmpmem (out, length, model->wire->str, model->wire->len);
  crlf_model_assert (&self, model);
  length += mimesend_crlf_finish (&self, out + length);
  g_assert_true (length == 0 || (length > 1 && out[length - 2] == '\r' && out[length - 1] == '\n'));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  gboolean stuff = fuzz_choose (&input, 2) == 0;
  guint block_max = fuzz_choose (&input, 200);
  CrlfModel model = crlf_model_of (input.data, input.size, stuff);

  fuzz_init ();
  run (NULL, input, stuff, block_max, &model);
  run (mimesend_crlf_kernel (mimesend_cpu_best_kernel ()), input, stuff, block_max, &model);
  g_string_free (model.wire, TRUE);
  return 0;
}
