/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content lines are unfolded, looked at, and folded again only where a fold cuts a character. */
#include "mime/calendar.h"

#include "mimesend-error.h"
#include "mimesend-part.h"

#include <string.h>

/* More is no invitation, and would be held in memory several times. */
#define OCTETS_MAX (16 * 1024 * 1024)

/* RFC 5545 3.1: octets of a line, without its end. */
#define LINE_OCTETS 75

typedef struct
{
  GString *out;   /* the object, as it will be sent */
  GString *line;  /* the content line, unfolded */
  guint number;   /* of the physical line that is looked at, counted from 1 */
  guint first;    /* the physical line that the content line began in */
  gboolean cut;   /* a fold of the content line lies within a character */
  guint folds_at; /* where the folded form of the content line begins in `out` */

  guint depth;               /* of components: 1 within VCALENDAR */
  gboolean ended;            /* END:VCALENDAR was there */
  char *method;              /* NULL: not yet */
  guint n_components;        /* VEVENT, VTODO and their like */
  gboolean component_is_due; /* the component of depth 2 is one that has an ORGANIZER */
  guint component_line;
  gboolean has_organizer;  /* the component of depth 2 */
  guint without_organizer; /* the line of the first component that has none; 0: all have one */
} Reader;

static gboolean
calendar_refuse (guint line, GError **error, const char *what)
{
  if (line > 0)
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "the calendar, line %u: %s", line, what);
  else
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "the calendar %s", what);
  return FALSE;
}

/* The value of the content line if its name is that one: "NAME:value" or "NAME;parameters:value"; else NULL. */
static const char *
value_if (const char *line, const char *name)
{
  gsize n = strlen (name);
  gboolean quoted = FALSE;

  if (g_ascii_strncasecmp (line, name, n) != 0 || (line[n] != ':' && line[n] != ';'))
    return NULL;
  for (line += n; *line != '\0'; line++)
    if (*line == '"')
      quoted = !quoted;
    else if (*line == ':' && !quoted)
      return line + 1;
  return NULL;
}

static gboolean
is_iana_token (const char *text)
{
  if (text[0] == '\0')
    return FALSE;
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum (*text) && *text != '-')
      return FALSE;
  return TRUE;
}

static gboolean
take_method (Reader *self, const char *value, GError **error)
{
  g_autofree char *method = g_strstrip (g_ascii_strup (value, -1));

  if (self->method != NULL)
    return calendar_refuse (self->first, error, "a second METHOD; one object has one");
  if (!is_iana_token (method))
    return calendar_refuse (self->first, error, "METHOD is not a word such as REQUEST");
  self->method = g_steal_pointer (&method);
  return TRUE;
}

static gboolean
take_begin (Reader *self, const char *name, GError **error)
{
  static const char *const scheduled[] = { "VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY" };

  if (self->depth == 0 && (self->ended || g_ascii_strcasecmp (name, "VCALENDAR") != 0))
    return calendar_refuse (self->first, error, "one VCALENDAR is wanted, from the first line to the last");
  if (++self->depth != 2)
    return TRUE;
  self->component_is_due = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (scheduled); i++)
    self->component_is_due |= g_ascii_strcasecmp (name, scheduled[i]) == 0;
  self->n_components += self->component_is_due ? 1 : 0;
  self->component_line = self->first;
  self->has_organizer = FALSE;
  return TRUE;
}

static gboolean
take_end (Reader *self, GError **error)
{
  if (self->depth == 0)
    return calendar_refuse (self->first, error, "END without a BEGIN");
  if (self->depth == 2 && self->component_is_due && !self->has_organizer && self->without_organizer == 0)
    self->without_organizer = self->component_line;
  self->ended |= --self->depth == 0;
  return TRUE;
}

/* A whole content line. */
static gboolean
look_at_line (Reader *self, GError **error)
{
  const char *line = self->line->str, *value;

  if (!g_utf8_validate_len (line, self->line->len, NULL))
    return calendar_refuse (self->first, error, "this is not UTF-8, which an iCalendar object must be");
  for (const char *c = line; *c != '\0'; c++)
    if ((g_ascii_iscntrl (*c) && *c != '\t') || *c == 0x7f)
      return calendar_refuse (self->first, error, "a control character");
  if (line[0] == '\0')
    return TRUE;
  if ((value = value_if (line, "BEGIN")) != NULL)
    return take_begin (self, value, error);
  if (self->depth == 0)
    return calendar_refuse (self->first, error,
                            "BEGIN:VCALENDAR is wanted first, and nothing behind END:VCALENDAR");
  if (value_if (line, "END") != NULL)
    return take_end (self, error);
  if (self->depth == 1 && (value = value_if (line, "METHOD")) != NULL)
    return take_method (self, value, error);
  if (self->depth == 2 && value_if (line, "ORGANIZER") != NULL)
    self->has_organizer = TRUE;
  return TRUE;
}

/* The content line once more, folded between characters. */
static void
fold_again (Reader *self)
{
  const char *at = self->line->str;
  gsize room = LINE_OCTETS;

  g_string_truncate (self->out, self->folds_at);
  while (*at != '\0')
    {
      gsize n = (gsize)(g_utf8_next_char (at) - at);

      if (n > room)
        {
          g_string_append (self->out, "\r\n ");
          room = LINE_OCTETS - 1;
        }
      g_string_append_len (self->out, at, (gssize)n);
      room -= n;
      at += n;
    }
  g_string_append (self->out, "\r\n");
}

static gboolean
end_content_line (Reader *self, GError **error)
{
  if (self->number == 0)
    return TRUE;
  if (!look_at_line (self, error))
    return FALSE;
  if (self->cut)
    fold_again (self);
  return TRUE;
}

/* Does the text end within a character? Only its last octets are looked at: a line may have very many folds. */
static gboolean
ends_within_character (const GString *text)
{
  gsize back = 1;

  while (back <= MIN (text->len, 3) && ((guint8)text->str[text->len - back] & 0xc0) == 0x80)
    back++;
  return back <= MIN (text->len, 3) &&
         g_utf8_get_char_validated (text->str + text->len - back, (gssize)back) == (gunichar)-2;
}

/* A physical line, without its end. */
static gboolean
take_line (Reader *self, const char *octets, gsize n, GError **error)
{
  gboolean folded = self->number > 0 && n > 0 && (octets[0] == ' ' || octets[0] == '\t');

  if (folded)
    self->cut |= ends_within_character (self->line);
  else if (!end_content_line (self, error))
    return FALSE;
  self->number++;
  if (memchr (octets, '\0', n) != NULL || memchr (octets, '\r', n) != NULL)
    return calendar_refuse (self->number, error,
                            memchr (octets, '\0', n) != NULL ? "an octet of value 0"
                                                             : "CR without LF: lines end in CR LF");
  if (!folded)
    {
      g_string_truncate (self->line, 0);
      self->first = self->number;
      self->cut = FALSE;
      self->folds_at = (guint)self->out->len;
    }
  g_string_append_len (self->line, octets + (folded ? 1 : 0), (gssize)(n - (folded ? 1 : 0)));
  g_string_append_len (self->out, octets, (gssize)n);
  g_string_append (self->out, "\r\n");
  return TRUE;
}

static gboolean
take_all (Reader *self, const char *octets, gsize left, GError **error)
{
  if (left >= 3 && memcmp (octets, "\xef\xbb\xbf", 3) == 0)
    {
      octets += 3;
      left -= 3;
    }
  while (left > 0)
    {
      const char *end = memchr (octets, '\n', left);
      gsize n = end != NULL ? (gsize)(end - octets) : left;
      gsize whole = n + (end != NULL ? 1 : 0);

      if (n > 0 && octets[n - 1] == '\r')
        n--;
      if (!take_line (self, octets, n, error))
        return FALSE;
      octets += whole;
      left -= whole;
    }
  return end_content_line (self, error);
}

/* RFC 5546 3: ORGANIZER stands in each of them. PUBLISH without one is common, asks for no answer, and is shown. */
static gboolean
check_whole (const Reader *self, GError **error)
{
  g_autofree char *words = NULL;

  if (!self->ended)
    return calendar_refuse (0, error, "has no END:VCALENDAR: it is cut, or is no iCalendar object");
  if (self->method == NULL)
    return calendar_refuse (
        0, error,
        "has no METHOD; an invitation has METHOD:REQUEST behind BEGIN:VCALENDAR, and what has none is a "
        "file to attach");
  if (self->n_components == 0)
    return calendar_refuse (0, error, "has no event in it (VEVENT, VTODO, VJOURNAL or VFREEBUSY)");
  if (self->without_organizer == 0 || strcmp (self->method, "PUBLISH") == 0)
    return TRUE;
  words = g_strdup_printf (
      "what begins here has no ORGANIZER, and METHOD:%s needs one: answers would go nowhere", self->method);
  return calendar_refuse (self->without_organizer, error, words);
}

MimesendCalendar *
mimesend_calendar_new (GBytes *ics, GError **error)
{
  Reader reader = { .out = g_string_new (NULL), .line = g_string_new (NULL) };
  MimesendCalendar *self = NULL;
  gsize n;
  const char *octets = g_bytes_get_data (ics, &n);

  if (n > OCTETS_MAX)
    calendar_refuse (0, error, "is larger than 16 MiB: attach it as a file instead");
  else if (take_all (&reader, octets, n, error) && check_whole (&reader, error))
    {
      self = g_new (MimesendCalendar, 1);
      g_atomic_ref_count_init (&self->refs);
      self->octets = g_string_free_to_bytes (g_steal_pointer (&reader.out));
      self->method = g_steal_pointer (&reader.method);
    }
  if (reader.out != NULL)
    g_string_free (reader.out, TRUE);
  g_string_free (reader.line, TRUE);
  g_free (reader.method);
  return self;
}

MimesendCalendar *
mimesend_calendar_ref (MimesendCalendar *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mimesend_calendar_unref (MimesendCalendar *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_bytes_unref (self->octets);
  g_free (self->method);
  g_free (self);
}

GMimeObject *
mimesend_calendar_new_alternative (MimesendCalendar *self, GError **error)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  gsize n;
  const char *text = g_bytes_get_data (self->octets, &n);

  mimesend_part_builder_set_text (builder, text, (gssize)n);
  mimesend_part_builder_set_content_type (builder, "text/calendar", NULL);
  mimesend_part_builder_set_charset (builder, "utf-8", NULL);
  mimesend_part_builder_set_disposition (builder, "", NULL);
  if (!mimesend_part_builder_set_parameter (builder, "method", self->method, error))
    return NULL;
  return mimesend_part_builder_build (builder, error);
}

GMimeObject *
mimesend_calendar_new_attachment (MimesendCalendar *self, GError **error)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();

  mimesend_part_builder_set_bytes (builder, self->octets);
  mimesend_part_builder_set_content_type (builder, "application/ics", NULL);
  mimesend_part_builder_set_name (builder, "invite.ics", NULL);
  mimesend_part_builder_set_disposition (builder, "attachment", NULL);
  return mimesend_part_builder_build (builder, error);
}
