/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of `mimesend show`, and its exit codes. */
#include "show/show.h"

#include "libmimesend/octets/printable.h"
#include "base/exit-code.h"
#include "show/print.h"

#include <stdio.h>
#include <string.h>

static int show_fail (int code, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Says why; returns the code. */
static int
show_fail (int code, const char *format, ...)
{
  g_autofree char *text = NULL, *shown = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  shown = mimesend_printable_lines (text, 0);
  fprintf (stderr, "mimesend show: %s\n", shown);
  return code;
}

static gboolean
show_parse (gboolean *json, char ***files, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, json, "one JSON object a file, on one line", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, files, NULL, "FILE..." },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv) copy = g_new0 (char *, argc + 1);

  for (int i = 0; i < argc; i++)
    copy[i] = g_strdup (argv[i]);
  g_free (copy[0]);
  copy[0] = g_strdup ("mimesend show");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (
      context, "Shows what a stored message is made of: its parts with their types, encodings, "
               "sizes and\nchecksums, and what is unusual in it. '-' is standard input.");
  g_option_context_set_description (context,
                                    "Ends with 0; 64: wrong arguments; 66: a file cannot be read; 73: cannot "
                                    "write. The fields of\n--json: mimesend-json(5).");
  return g_option_context_parse_strv (context, &copy, error);
}

int
show_main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) files = NULL;
  gboolean json = FALSE;
  int code = EXIT_CODE_OK;

  if (!show_parse (&json, &files, argc, argv, &error))
    return show_fail (EXIT_CODE_USAGE, "%s", error->message);
  if (files == NULL)
    return show_fail (EXIT_CODE_USAGE, "which file? '-' is standard input");
  mimesend_init ();
  for (guint i = 0; files[i] != NULL; i++)
    {
      Failure failure = FAILURE_INIT;
      g_autoptr (ShowMessage) message = show_message_read (files[i], &failure);

      if (message == NULL)
        code = show_fail (failure.code, "%s", failure.message);
      failure_clear (&failure);
      if (message != NULL && !(json ? show_print_json : show_print) (files[i], message))
        return show_fail (EXIT_CODE_NO_OUTPUT, "standard output cannot be written");
    }
  return code;
}
