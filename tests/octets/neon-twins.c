/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The NEON kernels against their plain twins, for a machine that is no AArch64: cross-compiled with libc alone, run by an
 * emulator. Of GLib there are the headers; the few functions that the kernels' files call are here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "octets/base64-kernels.h"
#include "octets/base64.h"
#include "octets/crlf-kernels.h"

#ifndef MIMESEND_KERNELS_NEON
#error "this test is for AArch64"
#endif

#define SLACK 64

/* ── what is missing of GLib ── */

gboolean (g_once_init_enter) (volatile void *location) { return *(volatile gsize *)location == 0; }

void (g_once_init_leave) (volatile void *location, gsize result) { *(volatile gsize *)location = result; }

const gchar *
g_getenv (const gchar *variable)
{
  return getenv (variable);
}

gboolean (g_str_equal) (gconstpointer a, gconstpointer b) { return strcmp (a, b) == 0; }

/* ── what the twins are given ── */

static guint64 state = 1;

static guint
under (guint n)
{
  state = state * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407);
  return (guint)(state >> 33) % n;
}

static void
check (gboolean good, const char *what, guint round)
{
  if (good)
    return;
  printf ("Bail out! round %u: %s\n", round, what);
  exit (1);
}

/* n octets with a page behind them that must not be touched. */
static guint8 *
guarded (gsize n)
{
  gsize page = (gsize)sysconf (_SC_PAGESIZE), inner = (n + page - 1) / page * page;
  guint8 *map = mmap (NULL, inner + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (map == MAP_FAILED || mprotect (map + inner, page, PROT_NONE) != 0)
    exit (99);
  return map + inner - n;
}

static void
unguard (guint8 *octets, gsize n)
{
  gsize page = (gsize)sysconf (_SC_PAGESIZE), inner = (n + page - 1) / page * page;

  munmap (octets + n - inner, inner + page);
}

/* Text with long and short lines, or nothing but what matters to the pass. */
static void
fill (guint8 *octets, gsize n)
{
  static const char *const rare = "\r\n.\n\r\n\n..";
  guint kind = under (5), rarity = 1 + under (kind == 0 ? 3 : 90);

  for (gsize i = 0; i < n; i++)
    {
      octets[i] = (guint8)('a' + under (26));
      if (under (rarity) == 0)
        octets[i] = (guint8)rare[under (9)];
      if (kind >= 3 && octets[i] == '\n' && i > 0)
        octets[i - 1] = '\r';
      if (kind >= 3 && octets[i] == '\r' && i + 1 < n)
        octets[++i] = '\n';
      if (kind == 2 && under (200) == 0)
        octets[i] = (guint8)under (256);
    }
  if (n > 0 && under (3) == 0)
    octets[under ((guint)n)] = under (2) == 0 ? 0 : 200;
}

/* ── the twins ── */

static void
base64_round (guint round)
{
  gsize lines = under (20), n = lines * MIMESEND_BASE64_LINE_IN;
  gboolean crlf = under (2) == 0;
  gsize size = lines * (MIMESEND_BASE64_LINE_OUT + 2);
  guint8 *in = guarded (n + SLACK), *out = guarded (size + SLACK), *plain = guarded (size + SLACK);
  gsize length, plain_length;

  for (gsize i = 0; i < n; i++)
    in[i] = (guint8)under (256);
  length = mimesend_base64_kernel (MIMESEND_KERNEL_NEON) (in, lines, crlf, out);
  plain_length = mimesend_base64_lines_c (in, lines, crlf, plain);
  check (length == plain_length && memcmp (out, plain, length) == 0, "base64", round);
  unguard (in, n + SLACK);
  unguard (out, size + SLACK);
  unguard (plain, size + SLACK);
}

/* Of lines up to MIMESEND_CRLF_SHORT_LINE the kernels need not know how long they are. */
static gboolean
same_state (const MimesendCrlf *one, const MimesendCrlf *other)
{
  return one->at_line_start == other->at_line_start && one->cr_pending == other->cr_pending &&
         one->line_length == other->line_length && one->eight_bit == other->eight_bit &&
         one->bare == other->bare && one->taken == other->taken && one->doubled == other->doubled &&
         (one->longest_line == other->longest_line ||
          (one->longest_line <= MIMESEND_CRLF_SHORT_LINE && other->longest_line <= MIMESEND_CRLF_SHORT_LINE));
}

/* The whole in pieces of any length: first what is clean, then the rest converted. */
static void
crlf_round (guint round)
{
  const MimesendCrlfKernel *kernel = mimesend_crlf_kernel (MIMESEND_KERNEL_NEON);
  gsize n = under (3000), size = 2 * n + 2 + SLACK, at = 0;
  gboolean stuff = under (2) == 0;
  guint8 *all = guarded (n), *out = guarded (size), *plain = guarded (size);
  MimesendCrlf one, other;

  fill (all, n);
  mimesend_crlf_init (&one, stuff);
  mimesend_crlf_init (&other, stuff);
  while (at < n)
    {
      gsize step = 1 + under (under (4) == 0 ? 70 : 1500), taken, plain_taken, length, clean;

      step = MIN (step, n - at);
      clean = mimesend_crlf_clean_prefix_with (kernel, &one, all + at, step);
      check (clean == mimesend_crlf_clean_prefix_with (NULL, &other, all + at, step), "clean prefix", round);
      check (same_state (&one, &other), "state behind the clean prefix", round);
      at += clean;
      step -= clean;
      length = mimesend_crlf_convert_with (kernel, &one, all + at, step, out, &taken);
      check (length == mimesend_crlf_convert_with (NULL, &other, all + at, step, plain, &plain_taken) &&
                 taken == plain_taken && memcmp (out, plain, length) == 0,
             "conversion", round);
      check (same_state (&one, &other), "state behind the conversion", round);
      at += taken;
      if (taken < step) /* a NUL */
        break;
    }
  unguard (all, n);
  unguard (out, size);
  unguard (plain, size);
}

int
main (int argc, char **argv)
{
  check (mimesend_cpu_best_kernel () == MIMESEND_KERNEL_NEON &&
             mimesend_base64_kernel (MIMESEND_KERNEL_NEON) != mimesend_base64_lines_c &&
             mimesend_crlf_kernel (MIMESEND_KERNEL_NEON) != NULL,
         "NEON is not chosen", 0);
  printf ("1..2\n");
  for (guint round = 0; round < 3000; round++)
    base64_round (round);
  printf ("ok 1 /octets/neon/base64\n");
  for (guint round = 0; round < 6000; round++)
    crlf_round (round);
  printf ("ok 2 /octets/neon/crlf\n");
  return 0;
}
