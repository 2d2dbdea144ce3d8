/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A signed message with a gibibyte attached costs what a signed small one does, in memory. */
#include "../walk/memory.h"
#include "keys.h"

#define LARGE (G_GINT64_CONSTANT (1) << 30)

/* Returns how much the peak rose. */
static long
pull_signed (gint64 length)
{
  g_autofree char *path = NULL;
  GMimeObject *part = large_leaf (length, GMIME_CONTENT_ENCODING_BASE64, &path);
  g_autoptr (MimesendContent) inner = mimesend_content_new_for_part (part, NULL);
  g_autoptr (GPtrArray) dkims = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_dkim_unref);
  g_autoptr (MimesendContent) content = NULL;
  long rise;

  g_mime_object_set_header (part, "From", "joe@example.com", NULL);
  g_ptr_array_add (dkims, keys_dkim (KEYS_ED25519, "s"));
  content = mimesend_content_new_dkim (inner, dkims);
  g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_8BITMIME, NULL));
  rise = pull_large_content (content, length);
  g_object_unref (part);
  g_unlink (path);
  return rise;
}

static void
test_large (void)
{
  long small = pull_signed (4 << 20);

  assert_no_growth (small, pull_signed (LARGE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/secure/dkim-memory/large", test_large);
  return g_test_run ();
}
