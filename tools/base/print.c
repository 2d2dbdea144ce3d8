/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/print.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libmimesend/octets/printable.h"

/* Messages of GLib and others have typographic quotes: they become ASCII ones if the locale cannot show them. */
static char *
with_plain_quotes (const char *text)
{
  static const struct
  {
    gunichar from;
    const char *to;
  } signs[] = { { 0x2018, "'" }, { 0x2019, "'" }, { 0x201c, "'" }, { 0x201d, "'" }, { 0x2026, "..." } };
  GString *out = g_string_new (NULL);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);
      gsize i = 0;

      while (i < G_N_ELEMENTS (signs) && signs[i].from != c)
        i++;
      if (i < G_N_ELEMENTS (signs))
        g_string_append (out, signs[i].to);
      else
        g_string_append_unichar (out, c);
    }
  return g_string_free (out, FALSE);
}

void
print_line (const char *text)
{
  g_autofree char *escaped = mimesend_printable_lines (text, 0);
  g_autofree char *plain = g_get_charset (NULL) ? g_strdup (escaped) : with_plain_quotes (escaped);
  g_autofree char *line = g_strdup_printf ("mimesend: %s\n", plain);

  fputs (line, stderr); /* one call, so that lines of two threads do not mix */
}

void
print_note (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  print_line (text);
}

static GPtrArray *warnings_said; /* filled before threads are started */

void
print_warning (const char *format, ...)
{
  char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  print_note ("warning: %s", text);
  if (warnings_said == NULL)
    warnings_said = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (warnings_said, text);
}

GPtrArray *
print_get_warnings (void)
{
  return warnings_said;
}

gboolean
print_out (const char *text)
{
  gsize left = strlen (text);

  while (left > 0)
    {
      gssize written = write (STDOUT_FILENO, text, left);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      text += written;
      left -= written;
    }
  return TRUE;
}
