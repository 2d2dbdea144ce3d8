/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message that was read, as text for people. */
#include "show/print.h"

#include "libmimesend/octets/printable.h"

#include <stdio.h>
#include <string.h>

static void
print_field (const char *name, const char *value)
{
  g_autofree char *shown = mimesend_printable_lines (value, 0);

  printf ("  %s: %s\n", name, shown);
}

static void
print_text (const char *ahead, const char *text)
{
  g_autofree char *shown = text != NULL ? mimesend_printable_lines (text, 0) : NULL;

  if (shown != NULL)
    printf ("%s%s", ahead, shown);
}

static void
print_part (const ShowPart *part)
{
  int margin = 2 * (int)part->depth + 2;

  printf ("%*s", margin, "");
  print_text ("", part->type);
  print_text ("; charset=", part->charset);
  if (part->octets >= 0)
    {
      print_text ("  ", part->encoding != NULL ? part->encoding : "7bit");
      printf ("  %" G_GINT64_FORMAT " octets", part->octets);
    }
  print_text ("  ", part->name);
  print_text ("  cid:", part->content_id);
  print_text ("  ", part->subject);
  printf ("\n");
  if (part->sha256 != NULL)
    printf ("%*ssha256 %s\n", margin + 2, "", part->sha256);
}

static const char *
line_ends (const ShowLines *lines)
{
  if (lines->crlf.count > 0 && lines->lf.count > 0)
    return "CR LF and LF";
  return lines->crlf.count > 0 ? "CR LF" : lines->lf.count > 0 ? "LF" : "no line end";
}

gboolean
show_print (const char *path, const ShowMessage *message)
{
  const ShowLines *lines = &message->lines;
  g_autofree char *shown = mimesend_printable_lines (strcmp (path, "-") == 0 ? "standard input" : path, 0);

  printf ("%s: %" G_GUINT64_FORMAT " octets, %" G_GUINT64_FORMAT " lines, %s\n", shown, lines->octets,
          lines->lines, line_ends (lines));
  for (guint i = 0; i < message->fields->len; i++)
    {
      const ShowField *field = g_ptr_array_index (message->fields, i);

      print_field (field->name, field->value);
    }
  for (guint i = 0; i < message->parts->len; i++)
    print_part (&g_array_index (message->parts, ShowPart, i));
  if (message->unusual->len > 0)
    printf ("Unusual:\n");
  for (guint i = 0; i < message->unusual->len; i++)
    printf ("  %s\n", (const char *)g_ptr_array_index (message->unusual, i));
  return fflush (stdout) == 0 && !ferror (stdout);
}
