/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints --help from the table of options that the parser uses. */
#include "options/usage.h"

#include "options/option-table.h"

#define HELP_COLUMN 34

static void
print_option (FILE *out, const OptionSpec *spec)
{
  g_autoptr (GString) line = g_string_new ("  ");

  if (spec->letter != 0)
    g_string_append_printf (line, "-%c", spec->letter);
  if (spec->letter != 0 && spec->name != NULL)
    g_string_append (line, ", ");
  if (spec->name != NULL)
    g_string_append_printf (line, "--%s", spec->name);
  if (spec->argument != NULL)
    g_string_append_printf (line, " %s", spec->argument);
  if (spec->help != NULL)
    {
      if (line->len >= HELP_COLUMN)
        g_string_append_c (line, '\n');
      fprintf (out, "%s%*s%s\n", line->str,
               line->len >= HELP_COLUMN ? HELP_COLUMN : (int)(HELP_COLUMN - line->len), "", spec->help);
    }
  else
    fprintf (out, "%s\n", line->str);
}

void
usage_print (FILE *out)
{
  fputs ("Usage: mimesend [send] [OPTION]... [--] RECIPIENT...\n"
         "       mimesend build [OPTION]... [--] [RECIPIENT]...    write the message to standard output\n"
         "       mimesend probe [OPTION]... SERVER                 show what a server offers; sends nothing\n"
         "       mimesend show [--json] FILE...                    show the parts of a stored message\n"
         "       mimesend sink --help                              run a receiver for tests\n"
         "\n"
         "Sends a letter or a finished message to an SMTP or LMTP server.\n",
         out);
  for (const OptionSpec *spec = option_table; spec->label != NULL; spec++)
    if (spec->name == NULL && spec->letter == 0)
      fprintf (out, "\n%s:\n", spec->label);
    else
      print_option (out, spec);
  fputs ("\n"
         "Defaults for -S and --from: MIMESEND_SERVER and MIMESEND_FROM, then the keys server and from in\n"
         "~/.config/mimesend.conf and /etc/mimesend.conf.\n"
         "\n"
         "Exit codes: 0 accepted for all; 64 usage; 65 bad data; 66 input; 67 recipients refused; 68 no such "
         "host;\n"
         "69 refused; 73 output; 74 in doubt, sending again may send twice; 75 temporary, safe to repeat; 76 "
         "protocol\n"
         "or TLS; 77 login; 78 configuration; 79 some recipients deferred. See\n"
         "mimesend(1), mimesend-sink(1) and, for --json, mimesend-json(5).\n",
         out);
}
