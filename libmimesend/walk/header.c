/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Renders and checks one header. GMime writes raw CR and LF into headers from several of its setters. What this library
 * builds is checked before GMime sees it; trees that the caller built are checked here, each header as it was rendered. */
#include "walk/header.h"

#include <string.h>

#include "mimesend-error.h"
#include "octets/printable.h"

/* Names in parsed mail may be unusual, but must not end their line, their name or the block. */
static gboolean
name_holds (const char *name)
{
  if (*name == '\0' || *name == ' ' || *name == '\t')
    return FALSE;
  for (const char *at = name; *at != '\0'; at++)
    if (((guchar)*at < ' ' && *at != '\t') || *at == 127 || *at == ':')
      return FALSE;
  return TRUE;
}

static gsize
leading_blanks (const guint8 *line, gsize n)
{
  gsize blank = 0;

  while (blank < n && (line[blank] == ' ' || line[blank] == '\t'))
    blank++;
  return blank;
}

/* Old mail folds with lines of blanks alone (obs-FWS, RFC 5322 4.2): readers have to take them, writers must not write
 * them, and to some they are the end of the header. They carry nothing, so they are dropped after the first line, which
 * starts before `name_length`. */
static void
drop_blank_lines (GByteArray *text, gsize name_length)
{
  gsize at = name_length, kept = 0;
  gboolean first = TRUE;

  for (kept = at; at < text->len; first = FALSE)
    {
      const guint8 *line = text->data + at;
      const guint8 *newline = memchr (line, '\n', text->len - at);
      gsize whole = newline != NULL ? (gsize)(newline - line) + 1 : text->len - at;
      gsize n = newline != NULL ? whole - 1 : whole;

      if (newline != NULL && n > 0 && line[n - 1] == '\r')
        n--;
      if (first || n == 0 || leading_blanks (line, n) < n)
        {
          memmove (text->data + kept, line, whole);
          kept += whole;
        }
      at += whole;
    }
  g_byte_array_set_size (text, (guint)kept);
}

/* Every line but the first is a continuation, with something on it unless `blank_lines` are allowed; every line but the last
 * has its end; no CR stands elsewhere. */
static gboolean
lines_hold (const guint8 *text, gsize length, gboolean blank_lines, gboolean *open)
{
  const guint8 *at = text, *end = text + length;

  while (at < end)
    {
      const guint8 *newline = memchr (at, '\n', (gsize)(end - at));
      gsize n = newline != NULL ? (gsize)(newline - at) : (gsize)(end - at);

      *open = newline == NULL;
      if (newline != NULL && n > 0 && at[n - 1] == '\r')
        n--;
      if (memchr (at, '\r', n) != NULL || memchr (at, 0, n) != NULL)
        return FALSE;
      if (at != text)
        {
          gsize blank = leading_blanks (at, n);

          if (blank == 0 || (blank == n && !blank_lines))
            return FALSE;
        }
      at = newline != NULL ? newline + 1 : end;
    }
  return TRUE;
}

static gboolean
header_refuse (const char *name, const char *why, GError **error)
{
  g_autofree char *shown = mimesend_printable (name, 100);

  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "the header %s %s", shown, why);
  return FALSE;
}

gboolean
mimesend_header_block_render (GMimeHeader *header,
                              GMimeFormatOptions *options,
                              const char *value,
                              gboolean sealed,
                              GMimeStream *into,
                              gboolean *open,
                              GError **error)
{
  static const char *const broken =
      "has a line end, a CR or an empty line in its value: it would begin another header or the body";
  const char *name = g_mime_header_get_raw_name (header);
  GByteArray *array = ((GMimeStreamMem *)into)->buffer;
  gsize name_length = strlen (name);

  *open = FALSE;
  g_byte_array_set_size (array, 0);
  g_mime_stream_reset (into);
  if (value == NULL && g_mime_header_get_raw_value (header) == NULL)
    return TRUE; /* GMime writes no such header */
  if (value != NULL)
    g_mime_stream_printf (into, "%s: %s\n", name, value);
  else if (g_mime_header_write_to_stream (header, options, into) < 0)
    return header_refuse (name, "could not be written", error);
  if (!name_holds (name))
    return header_refuse (name, "has a name that breaks out of its line (RFC 5322 2.2)", error);
  if (array->len <= name_length || memcmp (array->data, name, name_length) != 0)
    return header_refuse (name, broken, error);
  if (!sealed)
    drop_blank_lines (array, name_length);
  if (!lines_hold (array->data + name_length, array->len - name_length, sealed, open))
    return header_refuse (name, broken, error);
  return TRUE;
}
