/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A large attachment costs what a small one does. */
#include "memory.h"

#define LARGE (G_GINT64_CONSTANT (512) << 20)

/* Returns how much the peak rose. */
static long
pull_file (gint64 length, GMimeContentEncoding encoding, gboolean seven_bit)
{
  g_autofree char *path = NULL;
  GMimeObject *part = large_leaf (length, encoding, &path);
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (part, NULL);
  long rise;

  g_assert_true (
      mimesend_content_prepare (content, seven_bit ? MIMESEND_WIRE_NONE : MIMESEND_WIRE_8BITMIME, NULL));
  rise = pull_large_content (content, length);
  g_object_unref (part);
  g_unlink (path);
  return rise;
}

static void
pull_large (GMimeContentEncoding encoding, gboolean seven_bit)
{
  long small = pull_file (4 << 20, encoding, seven_bit);

  assert_no_growth (small, pull_file (LARGE, encoding, seven_bit));
}

static void
test_base64 (void)
{
  pull_large (GMIME_CONTENT_ENCODING_BASE64, FALSE);
}

/* Labelled binary, for a server that takes no such thing. */
static void
test_converted (void)
{
  pull_large (GMIME_CONTENT_ENCODING_BINARY, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/walk/memory/base64-needs-bounded-memory", test_base64);
  g_test_add_func ("/walk/memory/conversion-needs-bounded-memory", test_converted);
  return g_test_run ();
}
