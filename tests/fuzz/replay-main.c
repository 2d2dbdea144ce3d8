/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Without a fuzzer: a target is given each file of the folders and each file named, whole and cut short at every one of its
 * first octets. What fails, aborts. */
#include <stdio.h>

#include "fuzz.h"

#define CUTS 256

static guint n_done;

static void
replay (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &error))
    g_error ("%s", error->message);
  for (gsize n = 0; n < MIN (length, CUTS); n++)
    {
      guint8 *cut = g_malloc (MAX (n, 1));

      memcpy (cut, text, n);
      LLVMFuzzerTestOneInput (cut, n);
      g_free (cut);
    }
  LLVMFuzzerTestOneInput ((const guint8 *)text, length);
  printf ("ok %u - %s\n", ++n_done, name);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    {
      GDir *dir = g_dir_open (argv[i], 0, NULL);
      const char *name;

      if (dir == NULL)
        replay (argv[i]);
      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *path = g_build_filename (argv[i], name, NULL);

          replay (path);
        }
      g_clear_pointer (&dir, g_dir_close);
    }
  printf ("1..%u\n", n_done);
  return n_done > 0 ? 0 : 1;
}
