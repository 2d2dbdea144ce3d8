/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses and applies scripts. A step: [@CONNECTION] TRIGGER[#N[-[M]]] ACTION, see docs/sink.md. */
#include "script.h"
#include "core.h"

#include <string.h>

static const char *const trigger_names[SINK_N_TRIGGERS] = {
  "*",    "GREETING", "EHLO", "HELO", "LHLO",    "STARTTLS", "AUTH", "RESPONSE", "MAIL", "RCPT",
  "DATA", "BDAT",     "LAST", "DOT",  "CONTENT", "RSET",     "NOOP", "VRFY",     "QUIT", "OTHER",
};

static const struct
{
  const char *name;
  SinkAction action;
} actions[] = {
  { "reply", SINK_ACTION_REPLY }, { "raw", SINK_ACTION_RAW },   { "delay", SINK_ACTION_DELAY },
  { "drip", SINK_ACTION_DRIP },   { "drop", SINK_ACTION_DROP }, { "reset", SINK_ACTION_RESET },
  { "lose", SINK_ACTION_LOSE },   { "hang", SINK_ACTION_HANG },
};

static void
script_step_free (gpointer data)
{
  SinkStep *step = data;
  g_free (step->octets);
  g_free (step);
}

/* (transfer full): takes the next word; text moves to the next octet that is no blank. */
static char *
script_take_word (const char **text)
{
  const char *begin = *text + strspn (*text, " ");
  gsize n = strcspn (begin, " ");
  *text = begin + n + strspn (begin + n, " ");
  return g_strndup (begin, n);
}

static gboolean
take_number (const char **text, guint64 *number)
{
  const char *p = *text;
  if (!g_ascii_isdigit (*p))
    return FALSE;
  *number = 0;
  while (g_ascii_isdigit (*p))
    {
      if (*number > G_MAXUINT64 / 10 - 1)
        return FALSE;
      *number = *number * 10 + (guint64)(*p++ - '0');
    }
  *text = p;
  return TRUE;
}

/* Reads "text" with \r \n \t \\ \" \0 \xHH up to the closing quote; *rest is what follows. */
static GByteArray *
script_unquote (const char *text, const char **rest)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  const char *p = text + 1;
  for (; *p != '\0' && *p != '"'; p++)
    {
      guint8 octet = (guint8)*p;
      if (*p == '\\')
        {
          static const char names[] = "rnt\\\"0", values[] = "\r\n\t\\\"\0";
          p++;
          const char *found = *p != '\0' ? strchr (names, *p) : NULL;
          if (found != NULL)
            octet = (guint8)values[found - names];
          else if (*p == 'x' && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]))
            {
              octet = (guint8)(g_ascii_xdigit_value (p[1]) << 4 | g_ascii_xdigit_value (p[2]));
              p += 2;
            }
          else
            return NULL;
        }
      g_byte_array_append (out, &octet, 1);
    }
  if (*p != '"')
    return NULL;
  *rest = p + 1 + strspn (p + 1, " ");
  return g_steal_pointer (&out);
}

/* The octets of reply and raw: quoted, or (reply) the rest of the step as it is written. */
static const char *
script_read_octets (SinkStep *step, const char **text)
{
  g_autoptr (GByteArray) octets = NULL;
  if (**text == '"')
    octets = script_unquote (*text, text);
  else if (step->action == SINK_ACTION_REPLY)
    {
      octets = g_byte_array_new ();
      g_byte_array_append (octets, (const guint8 *)*text, (guint)strlen (*text));
      *text += strlen (*text);
    }
  if (octets == NULL)
    return "octets stand in double quotes, with \\r \\n \\t \\\\ \\\" \\0 \\xHH";
  if (step->action == SINK_ACTION_REPLY)
    {
      if (octets->len < 3 || !g_ascii_isdigit (octets->data[0]))
        return "reply needs a code and a text: reply 550 5.1.1 no such user";
      g_byte_array_append (octets, (const guint8 *)"\r\n", 2);
    }
  step->n = octets->len;
  step->octets = g_byte_array_free (g_steal_pointer (&octets), FALSE);
  return NULL;
}

static const char *
read_duration (SinkStep *step, const char **text)
{
  guint64 number;
  g_autofree char *word = script_take_word (text);
  const char *p = word;
  if (!take_number (&p, &number) || number > 1000000)
    return "a duration is written 350ms or 2s";
  if (strcmp (p, "ms") == 0)
    step->wait_us = (gint64)number * 1000;
  else if (strcmp (p, "s") == 0)
    step->wait_us = (gint64)number * G_TIME_SPAN_SECOND;
  else
    return "a duration is written 350ms or 2s";
  return NULL;
}

/* TRIGGER, TRIGGER#2, TRIGGER#2-4, TRIGGER#2- */
static const char *
read_trigger (SinkStep *step, const char *word)
{
  gsize n = strcspn (word, "#");
  guint64 from, to;
  guint i = 0;
  while (i < SINK_N_TRIGGERS &&
         (strlen (trigger_names[i]) != n || g_ascii_strncasecmp (word, trigger_names[i], n) != 0))
    i++;
  if (i == SINK_N_TRIGGERS)
    return "no such trigger: GREETING EHLO HELO LHLO STARTTLS AUTH RESPONSE MAIL RCPT DATA BDAT LAST DOT "
           "CONTENT "
           "RSET NOOP VRFY QUIT OTHER or *";
  step->trigger = (SinkTrigger)i;
  step->from = 1;
  step->to = G_MAXUINT;
  if (word[n] == '\0')
    return NULL;

  const char *p = word + n + 1;
  if (!take_number (&p, &from) || from < 1 || from > G_MAXUINT)
    return "which occurrence is written #2, #2-4 or #2-";
  step->from = step->to = (guint)from;
  if (*p == '-')
    {
      p++;
      step->to = G_MAXUINT;
      if (*p != '\0')
        {
          if (!take_number (&p, &to) || to < from || to > G_MAXUINT)
            return "which occurrence is written #2, #2-4 or #2-";
          step->to = (guint)to;
        }
    }
  return *p == '\0' ? NULL : "which occurrence is written #2, #2-4 or #2-";
}

static const char *
read_action (SinkStep *step, const char **text)
{
  guint i = 0;
  g_autofree char *word = script_take_word (text);
  const char *fault = NULL;
  if (strcmp (word, "store") == 0)
    {
      if (step->trigger != SINK_TRIGGER_DOT && step->trigger != SINK_TRIGGER_LAST)
        return "only at the end of a message can it be stored: DOT or LAST";
      step->store = TRUE;
      g_free (g_steal_pointer (&word));
      word = script_take_word (text);
    }
  while (i < G_N_ELEMENTS (actions) && strcmp (word, actions[i].name) != 0)
    i++;
  if (i == G_N_ELEMENTS (actions))
    return step->store
               ? "store goes ahead of reply, raw, drop, reset or hang"
               : "no such action: reply, raw, delay, drip, drop, reset, lose, hang, or store ahead of one";
  step->action = actions[i].action;
  if (step->store && (step->action == SINK_ACTION_DELAY || step->action == SINK_ACTION_DRIP ||
                      step->action == SINK_ACTION_LOSE))
    return "store goes ahead of reply, raw, drop, reset or hang";
  if (step->action == SINK_ACTION_REPLY || step->action == SINK_ACTION_RAW)
    fault = script_read_octets (step, text);
  else if (step->action == SINK_ACTION_DELAY || step->action == SINK_ACTION_DRIP)
    fault = read_duration (step, text);
  if (fault != NULL || step->trigger != SINK_TRIGGER_CONTENT)
    return fault;

  if (step->action == SINK_ACTION_REPLY || step->action == SINK_ACTION_DELAY ||
      step->action == SINK_ACTION_DRIP || step->action == SINK_ACTION_LOSE)
    return "CONTENT takes drop, reset, hang or raw";
  g_autofree char *after = script_take_word (text);
  if (strcmp (after, "after") != 0 || !take_number (text, &step->after))
    return "CONTENT needs a number of octets: CONTENT drop after 4096";
  return NULL;
}

/* Parses a step. NULL: *fault says what is wrong. */
static SinkStep *
step_new (const char *text, const char **fault)
{
  SinkStep *step = g_new0 (SinkStep, 1);
  const char *p = text + strspn (text, " ");
  *fault = NULL;
  if (*p == '@')
    {
      guint64 number;
      p++;
      if (take_number (&p, &number) && number >= 1 && number <= G_MAXUINT && *p == ' ')
        step->connection = (guint)number;
      else
        *fault = "which connection is written @1, ahead of the trigger";
    }
  g_autofree char *word = script_take_word (&p);
  if (*fault == NULL)
    *fault = read_trigger (step, word);
  if (*fault == NULL)
    *fault = read_action (step, &p);
  if (*fault == NULL && *p != '\0')
    *fault = "something stands behind the end of the step";
  if (*fault == NULL)
    return step;
  script_step_free (step);
  return NULL;
}

gboolean
sink_script_check (const char *text, char **message)
{
  const char *fault;
  SinkStep *step = step_new (text, &fault);
  if (step == NULL)
    {
      *message = g_strdup_printf ("script step '%s': %s", text, fault);
      return FALSE;
    }
  script_step_free (step);
  return TRUE;
}

void
sink_script_init (SinkScript *self, const char *const *steps, guint connection)
{
  memset (self, 0, sizeof *self);
  self->steps = g_ptr_array_new_with_free_func (script_step_free);
  self->connection = MAX (connection, 1);
  for (; steps != NULL && *steps != NULL; steps++)
    {
      const char *fault;
      SinkStep *step = step_new (*steps, &fault);
      if (step == NULL)
        g_error ("script step '%s': %s", *steps, fault);
      g_ptr_array_add (self->steps, step);
    }
}

void
sink_script_clear (SinkScript *self)
{
  g_clear_pointer (&self->steps, g_ptr_array_unref);
}

static gboolean
step_holds (const SinkScript *self, const SinkStep *step, SinkTrigger trigger)
{
  guint occurrence = self->count[step->trigger];
  return (step->trigger == trigger ||
          (step->trigger == SINK_TRIGGER_ANY && trigger != SINK_TRIGGER_CONTENT)) &&
         (step->connection == 0 || step->connection == self->connection) && occurrence >= step->from &&
         occurrence <= step->to;
}

SinkActs
sink_script_look (SinkScript *self, SinkTrigger trigger)
{
  SinkActs acts = { 0 };
  self->count[trigger]++;
  self->count[SINK_TRIGGER_ANY]++;
  for (guint i = 0; i < self->steps->len; i++)
    {
      const SinkStep *step = self->steps->pdata[i];
      if (!step_holds (self, step, trigger))
        continue;
      if (step->action == SINK_ACTION_DELAY)
        acts.delay_us += step->wait_us;
      else if (step->action == SINK_ACTION_DRIP)
        acts.drip_us = step->wait_us;
      else if (acts.verdict == NULL)
        acts.verdict = step;
    }
  return acts;
}

const SinkStep *
sink_script_content (SinkScript *self)
{
  self->count[SINK_TRIGGER_CONTENT]++;
  for (guint i = 0; i < self->steps->len; i++)
    if (step_holds (self, self->steps->pdata[i], SINK_TRIGGER_CONTENT))
      return self->steps->pdata[i];
  return NULL;
}

char
sink_step_class (const SinkStep *step)
{
  if (step == NULL || (step->action != SINK_ACTION_REPLY && step->action != SINK_ACTION_RAW) || step->n == 0)
    return 0;
  return step->octets[0] >= '2' && step->octets[0] <= '5' ? (char)step->octets[0] : 0;
}
