/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* octets-pipe base64|base64-crlf|qp|qp-crlf|crlf BLOCK: standard input encoded to standard output, in
 * blocks of that many octets, for others to compare with their own. */
#include "octets/base64.h"
#include "octets/crlf.h"
#include "octets/qp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static gsize
encode_block (const char *what, gpointer state, const guint8 *in, gsize n, guint8 *out)
{
  gsize taken;

  if (g_str_has_prefix (what, "base64"))
    return mimesend_base64_encode (in, n, g_str_has_suffix (what, "-crlf"), out);
  if (g_str_has_prefix (what, "qp"))
    return mimesend_qp_step (state, in, n, g_str_has_suffix (what, "-crlf"), out);
  return mimesend_crlf_convert (state, in, n, out, &taken);
}

int
main (int argc, char **argv)
{
  gsize block = argc == 3 ? (gsize)g_ascii_strtoull (argv[2], NULL, 10) : 0;
  g_autofree guint8 *in = g_malloc (block + MIMESEND_BASE64_SLACK);
  g_autofree guint8 *out = g_malloc (MIMESEND_QP_WORST (block) + MIMESEND_BASE64_SLACK);
  MimesendCrlf crlf;
  MimesendQp qp;
  gpointer state;
  gsize n;

  if (block == 0)
    return EXIT_FAILURE;
  mimesend_crlf_init (&crlf, TRUE);
  mimesend_qp_init (&qp);
  state = g_str_has_prefix (argv[1], "qp") ? (gpointer)&qp : (gpointer)&crlf;
  while ((n = fread (in, 1, block, stdin)) > 0)
    fwrite (out, 1, encode_block (argv[1], state, in, n, out), stdout);
  if (state == &qp)
    fwrite (out, 1, mimesend_qp_finish (&qp, g_str_has_suffix (argv[1], "-crlf"), out), stdout);
  return fflush (stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
