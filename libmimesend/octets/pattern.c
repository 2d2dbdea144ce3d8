/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pattern is cut once into literal text and places; filling it in only copies. There is no logic but "shown if not empty". */
#include "octets/pattern.h"

#include <string.h>

typedef enum
{
  STEP_TEXT,
  STEP_FIELD,
  STEP_FIELD_RAW,
  STEP_SECTION, /* shown if the field is not empty, up to the step `end` */
  STEP_SECTION_END
} StepKind;

typedef struct
{
  StepKind kind;
  guint field;          /* of all but STEP_TEXT */
  guint end;            /* of STEP_SECTION: the index of its STEP_SECTION_END */
  gsize offset, length; /* of STEP_TEXT, in `text` */
} Step;

struct _MimesendPattern
{
  char *text;
  GArray *steps; /* of Step */
  gboolean html;
};

typedef struct
{
  MimesendPattern *pattern;
  const char *const *names;
  const char *text;
  gsize n;
  gsize at;     /* what is before it was made steps of */
  GArray *open; /* of guint: steps of the sections that are not ended */
} Reading;

/* One "{{…}}" as it stands in the text. */
typedef struct
{
  gsize begin, end; /* with its braces */
  StepKind kind;
  char *name;
} Tag;

G_DEFINE_QUARK (mimesend - pattern - error - quark, mimesend_pattern_error)

gboolean
mimesend_pattern_is_one (const char *text, gsize n)
{
  return memmem (text, n, "{{", 2) != NULL;
}

static gboolean
pattern_refuse (const Reading *reading,
                gsize at,
                MimesendPatternError code,
                GError **error,
                const char *what,
                const char *name)
{
  guint line = 1;

  for (gsize i = 0; i < at; i++)
    line += reading->text[i] == '\n';
  g_set_error (error, MIMESEND_PATTERN_ERROR, code, "line %u: %s%s%s", line, what, name != NULL ? " " : "",
               name != NULL ? name : "");
  return FALSE;
}

static void
add_text (Reading *reading, gsize end)
{
  Step step = { .kind = STEP_TEXT, .offset = reading->at, .length = end - reading->at };

  if (end > reading->at)
    g_array_append_val (reading->pattern->steps, step);
  reading->at = end;
}

/* "{{" stands at `begin`. */
static gboolean
read_tag (const Reading *reading, gsize begin, Tag *tag, GError **error)
{
  gboolean raw = begin + 2 < reading->n && reading->text[begin + 2] == '{';
  const char *closing = raw ? "}}}" : "}}";
  gsize inside = begin + strlen (closing);
  const char *end = memmem (reading->text + inside, reading->n - inside, closing, strlen (closing));
  g_autofree char *name = NULL;

  if (end == NULL)
    return pattern_refuse (reading, begin, MIMESEND_PATTERN_UNCLOSED, error,
                           raw ? "'{{{' is not followed by '}}}'" : "'{{' is not followed by '}}'", NULL);
  tag->begin = begin;
  tag->end = (gsize)(end - reading->text) + strlen (closing);
  name = g_strstrip (g_strndup (reading->text + inside, (gsize)(end - reading->text) - inside));
  tag->kind = raw              ? STEP_FIELD_RAW
              : name[0] == '#' ? STEP_SECTION
              : name[0] == '/' ? STEP_SECTION_END
                               : STEP_FIELD;
  if (tag->kind == STEP_SECTION || tag->kind == STEP_SECTION_END)
    tag->name = g_strdup (g_strchug (name + 1));
  else
    tag->name = g_steal_pointer (&name);
  if (tag->name[0] != '\0' && strpbrk (tag->name, "{}\r\n") == NULL)
    return TRUE;
  g_clear_pointer (&tag->name, g_free);
  return pattern_refuse (reading, begin, MIMESEND_PATTERN_WRONG, error,
                         "the name of a field is wanted between '{{' and '}}'", NULL);
}

static gboolean
find_field (const Reading *reading, const Tag *tag, guint *field, GError **error)
{
  g_autofree char *quoted = g_strdup_printf ("'%s'", tag->name);

  for (*field = 0; reading->names[*field] != NULL; (*field)++)
    if (strcmp (reading->names[*field], tag->name) == 0)
      return TRUE;
  return pattern_refuse (reading, tag->begin, MIMESEND_PATTERN_UNKNOWN, error, "there is no field", quoted);
}

/* The beginning or end of a section that is alone on its line takes the line with it. */
static void
widen_to_line (const Reading *reading, Tag *tag)
{
  gsize begin = tag->begin, end = tag->end;

  while (begin > 0 && (reading->text[begin - 1] == ' ' || reading->text[begin - 1] == '\t'))
    begin--;
  while (end < reading->n && (reading->text[end] == ' ' || reading->text[end] == '\t'))
    end++;
  if ((begin > 0 && reading->text[begin - 1] != '\n') || begin < reading->at)
    return;
  if (end < reading->n && reading->text[end] == '\r')
    end++;
  if (end < reading->n && reading->text[end] != '\n')
    return;
  tag->begin = begin;
  tag->end = MIN (end + 1, reading->n);
}

static gboolean
end_section (Reading *reading, const Tag *tag, guint field, GError **error)
{
  GArray *steps = reading->pattern->steps;
  guint open = reading->open->len > 0 ? g_array_index (reading->open, guint, reading->open->len - 1) : 0;

  if (reading->open->len == 0 || g_array_index (steps, Step, open).field != field)
    return pattern_refuse (reading, tag->begin, MIMESEND_PATTERN_WRONG, error,
                           "here ends what did not begin, or what does not enclose it: {{/...}} of",
                           tag->name);
  g_array_index (steps, Step, open).end = steps->len;
  g_array_set_size (reading->open, reading->open->len - 1);
  return TRUE;
}

static gboolean
add_tag (Reading *reading, Tag *tag, GError **error)
{
  GArray *steps = reading->pattern->steps;
  Step step = { .kind = tag->kind };

  if (!find_field (reading, tag, &step.field, error))
    return FALSE;
  if (tag->kind == STEP_SECTION || tag->kind == STEP_SECTION_END)
    widen_to_line (reading, tag);
  add_text (reading, tag->begin);
  if (tag->kind == STEP_SECTION_END && !end_section (reading, tag, step.field, error))
    return FALSE;
  if (tag->kind == STEP_SECTION)
    g_array_append_val (reading->open, steps->len);
  g_array_append_val (steps, step);
  reading->at = tag->end;
  return TRUE;
}

static gboolean
pattern_read_all (Reading *reading, GError **error)
{
  const char *next;

  while ((next = memmem (reading->text + reading->at, reading->n - reading->at, "{{", 2)) != NULL)
    {
      Tag tag = { 0 };
      gboolean good =
          read_tag (reading, (gsize)(next - reading->text), &tag, error) && add_tag (reading, &tag, error);

      g_free (tag.name);
      if (!good)
        return FALSE;
    }
  add_text (reading, reading->n);
  if (reading->open->len > 0)
    {
      const Step *open =
          &g_array_index (reading->pattern->steps, Step, g_array_index (reading->open, guint, 0));

      return pattern_refuse (
          reading, reading->n, MIMESEND_PATTERN_UNCLOSED, error,
          "the text ends within a section, which {{/...}} ends:", reading->names[open->field]);
    }
  return TRUE;
}

MimesendPattern *
mimesend_pattern_new (const char *text, gsize n, const char *const *names, gboolean html, GError **error)
{
  MimesendPattern *self = g_new0 (MimesendPattern, 1);
  Reading reading = { .pattern = self, .names = names, .n = n };
  gboolean good;

  self->text = g_malloc (n + 1);
  if (n > 0)
    memcpy (self->text, text, n);
  self->text[n] = '\0';
  self->steps = g_array_new (FALSE, FALSE, sizeof (Step));
  self->html = html;
  reading.text = self->text;
  reading.open = g_array_new (FALSE, FALSE, sizeof (guint));
  good = pattern_read_all (&reading, error);
  g_array_unref (reading.open);
  if (!good)
    g_clear_pointer (&self, mimesend_pattern_free);
  return self;
}

void
mimesend_pattern_free (MimesendPattern *self)
{
  g_array_unref (self->steps);
  g_free (self->text);
  g_free (self);
}

static void
pattern_append_escaped (GString *into, const char *value)
{
  for (; *value != '\0'; value++)
    switch (*value)
      {
      case '&':
        g_string_append (into, "&amp;");
        break;
      case '<':
        g_string_append (into, "&lt;");
        break;
      case '>':
        g_string_append (into, "&gt;");
        break;
      case '"':
        g_string_append (into, "&quot;");
        break;
      case '\'':
        g_string_append (into, "&#39;");
        break;
      default:
        g_string_append_c (into, *value);
      }
}

void
mimesend_pattern_fill (const MimesendPattern *self, const char *const *values, GString *into)
{
  for (guint i = 0; i < self->steps->len; i++)
    {
      const Step *step = &g_array_index (self->steps, Step, i);
      const char *value = step->kind != STEP_TEXT && values[step->field] != NULL ? values[step->field] : "";

      if (step->kind == STEP_TEXT)
        g_string_append_len (into, self->text + step->offset, (gssize)step->length);
      else if (step->kind == STEP_FIELD && self->html)
        pattern_append_escaped (into, value);
      else if (step->kind == STEP_FIELD || step->kind == STEP_FIELD_RAW)
        g_string_append (into, value);
      else if (step->kind == STEP_SECTION && value[0] == '\0')
        i = step->end;
    }
}
