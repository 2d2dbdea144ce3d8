/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands: what each does, and its reply. */
#include "core-private.h"

#include <string.h>

#define ENVELOPE_MAX (16 * 1024 * 1024) /* octets of recipients */

static void
bad_syntax (SinkCore *self, const char *what)
{
  self->violations |= SINK_VIOLATION_SYNTAX;
  sink_core_say (self, "501", "5.5.4", "%s", what);
}

static void
bad_sequence (SinkCore *self, const char *what)
{
  self->violations |= SINK_VIOLATION_SEQUENCE;
  sink_core_say (self, "503", "5.5.1", "%s", what);
}

/* Ends the transaction, and drops an incomplete message. */
static void
start_over (SinkCore *self)
{
  sink_core_lose (self, "the client took it back");
  self->mail_refused = self->needs_rset = FALSE;
  self->forget = TRUE;
}

static gboolean
take_hello (SinkCore *self, const char *name, gboolean extended)
{
  if (*name == '\0')
    {
      bad_syntax (self, "a name is missing");
      return FALSE;
    }
  start_over (self);
  g_free (self->hello);
  self->hello = g_strdup (name);
  self->extended = extended;
  return TRUE;
}

static void
do_helo (SinkCore *self, const char *name)
{
  if (take_hello (self, name, FALSE))
    sink_core_say (self, "250", NULL, "%s", self->name);
}

/* The lines of EHLO's reply after the first; the last has a blank. */
static void
say_extensions (SinkCore *self)
{
  static const char *const plain[] = { "PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", "DSN",
                                       "CHUNKING" };
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    if (sink_core_offers (self, plain[i]))
      g_ptr_array_add (lines, g_strdup (plain[i]));
  if (sink_core_offers (self, "CHUNKING") && sink_core_offers (self, "8BITMIME") &&
      sink_core_offers (self, "BINARYMIME"))
    g_ptr_array_add (lines, g_strdup ("BINARYMIME"));
  if (sink_core_offers (self, "SIZE"))
    g_ptr_array_add (lines, self->size_limit > 0
                                ? g_strdup_printf ("SIZE %" G_GUINT64_FORMAT, self->size_limit)
                                : g_strdup ("SIZE"));
  if (self->limits && sink_core_offers (self, "LIMITS"))
    g_ptr_array_add (lines, g_strdup_printf ("LIMITS RCPTMAX=%u", self->recipients_max));
  if (self->tls_possible && !self->tls_active && sink_core_offers (self, "STARTTLS"))
    g_ptr_array_add (lines, g_strdup ("STARTTLS"));
  g_autofree char *mechanisms = sink_login_mechanisms (self);
  if (mechanisms != NULL)
    g_ptr_array_add (lines, g_strconcat ("AUTH ", mechanisms, NULL));

  g_autoptr (GString) reply = g_string_new (NULL);
  for (guint i = 0; i < lines->len; i++)
    {
      g_string_append_printf (reply, "\r\n250%c%s", i + 1 < lines->len ? '-' : ' ', (char *)lines->pdata[i]);
    }
  sink_core_say (self, lines->len > 0 ? "250-" : "250", NULL, "%s%s", self->name, reply->str);
}

static void
do_ehlo (SinkCore *self, const char *name)
{
  if (take_hello (self, name, TRUE))
    say_extensions (self);
}

static void
do_starttls (SinkCore *self, const char *arguments)
{
  if (!self->tls_possible || self->tls_active)
    {
      bad_sequence (self, "TLS is not offered");
      return;
    }
  if (*arguments != '\0')
    {
      bad_syntax (self, "STARTTLS takes no arguments");
      return;
    }
  start_over (self);
  self->state = SINK_STATE_TLS;
  sink_core_say (self, "220", "2.0.0", "go ahead");
  sink_core_event (self, SINK_EVENT_STARTTLS);
}

static gboolean
command_is_ascii (const char *text)
{
  while (*text != '\0' && (guchar)*text < 0x80)
    text++;
  return *text == '\0';
}

/* Checks what MAIL and RCPT have in common; TRUE: a reply was given. */
static gboolean
refuse_parameters (SinkCore *self, const char *parameters, gboolean of_mail)
{
  SinkParameters found = sink_parameters_check (self, parameters, of_mail);
  if (found == SINK_PARAMETERS_OK)
    return FALSE;
  self->violations |= SINK_VIOLATION_SYNTAX;
  if (found == SINK_PARAMETERS_BAD)
    sink_core_say (self, "501", "5.5.4", "a parameter is malformed or given twice");
  else
    sink_core_say (self, "555", "5.5.4", "a parameter is not known or not offered");
  return TRUE;
}

static gboolean
mail_accepted (SinkCore *self, const char *arguments)
{
  g_autofree char *path = NULL, *parameters = NULL;
  if (!sink_path_parse (arguments, "FROM:", &path, &parameters))
    {
      bad_syntax (self, "write MAIL FROM:<address>");
      return FALSE;
    }
  if (refuse_parameters (self, parameters, TRUE))
    return FALSE;
  g_autofree char *size = sink_parameter (parameters, "SIZE");
  g_autofree char *body = sink_parameter (parameters, "BODY");
  g_autofree char *utf8 = sink_parameter (parameters, "SMTPUTF8");
  if (!command_is_ascii (path) && utf8 == NULL)
    {
      self->violations |= SINK_VIOLATION_COMMAND_OCTETS;
      sink_core_say (self, "553", "5.6.7", "the address needs SMTPUTF8");
      return FALSE;
    }
  if (size != NULL && self->size_limit > 0 && g_ascii_strtoull (size, NULL, 10) > self->size_limit)
    {
      sink_core_say (self, "552", "5.3.4", "larger than the limit");
      return FALSE;
    }
  self->mail = TRUE;
  self->utf8 = utf8 != NULL;
  self->binary = body != NULL && g_ascii_strcasecmp (body, "BINARYMIME") == 0;
  self->eight_bit = self->binary || (body != NULL && g_ascii_strcasecmp (body, "8BITMIME") == 0);
  self->reverse_path = g_steal_pointer (&path);
  self->mail_parameters = g_steal_pointer (&parameters);
  sink_core_say (self, "250", "2.1.0", "sender noted");
  return TRUE;
}

static void
do_mail (SinkCore *self, const char *arguments)
{
  if (self->hello == NULL)
    bad_sequence (self, "say hello first");
  else if (self->needs_rset)
    bad_sequence (self, "RSET is due after a chunk that was refused");
  else if (self->mail)
    bad_sequence (self, "a transaction is open");
  else if (self->user != NULL && self->mechanism == NULL)
    sink_core_say (self, "530", "5.7.0", "log in first");
  else
    self->mail_refused = !mail_accepted (self, arguments);
}

static void
do_rcpt (SinkCore *self, const char *arguments)
{
  g_autofree char *path = NULL, *parameters = NULL, *refusal = NULL;
  if (!self->mail || self->begun || self->needs_rset)
    {
      if (!self->mail_refused)
        self->violations |= SINK_VIOLATION_SEQUENCE;
      sink_core_say (self, "503", "5.5.1", "MAIL comes first");
    }
  else if (!sink_path_parse (arguments, "TO:", &path, &parameters) || *path == '\0')
    bad_syntax (self, "write RCPT TO:<address>");
  else if (refuse_parameters (self, parameters, FALSE))
    return;
  else if (!command_is_ascii (path) && !self->utf8)
    {
      self->violations |= SINK_VIOLATION_COMMAND_OCTETS;
      sink_core_say (self, "553", "5.6.7", "the address needs SMTPUTF8");
    }
  else if (self->recipients->len >= self->recipients_max || self->envelope > ENVELOPE_MAX)
    sink_core_say (self, "452", "4.5.3", "too many recipients");
  else if ((refusal = sink_refusal (self, path)) != NULL)
    {
      g_auto (GStrv) words = g_strsplit (refusal, " ", 2);
      sink_core_say (self, words[0], NULL, "%s", words[1] != NULL ? words[1] : "refused");
    }
  else
    {
      self->envelope += strlen (path) + strlen (parameters);
      g_ptr_array_add (self->recipients, g_steal_pointer (&path));
      g_ptr_array_add (self->recipient_parameters, g_steal_pointer (&parameters));
      sink_core_say (self, "250", "2.1.5", "recipient noted");
    }
}

static void
do_data (SinkCore *self, const char *arguments)
{
  if (*arguments != '\0')
    bad_syntax (self, "DATA takes no arguments");
  else if (!self->mail && self->mail_refused)
    sink_core_say (self, "503", "5.5.1", "MAIL was refused");
  else if (!self->mail || self->begun || self->needs_rset)
    bad_sequence (self, self->mail ? "a chunk came before" : "MAIL comes first");
  else if (self->binary)
    bad_sequence (self, "BINARYMIME needs BDAT");
  else if (self->recipients->len == 0)
    sink_core_say (self, "554", "5.5.1", "no recipient is valid");
  else
    {
      sink_core_say (self, "354", NULL, "end with a dot");
      self->state = SINK_STATE_DATA;
      sink_content_begin (self, FALSE);
    }
}

static void
do_rset (SinkCore *self, const char *arguments)
{
  if (*arguments != '\0')
    {
      bad_syntax (self, "RSET takes no arguments");
      return;
    }
  start_over (self);
  sink_core_say (self, "250", "2.0.0", "forgotten");
}

static void
do_noop (SinkCore *self, const char *arguments)
{
  sink_core_say (self, "250", "2.0.0", "ok");
}

static void
do_vrfy (SinkCore *self, const char *arguments)
{
  sink_core_say (self, "252", "2.5.2", "send it and see");
}

static void
do_quit (SinkCore *self, const char *arguments)
{
  if (*arguments != '\0')
    {
      bad_syntax (self, "QUIT takes no arguments");
      return;
    }
  sink_core_say (self, "221", "2.0.0", "bye");
  sink_core_close (self, FALSE);
}

static void
do_other (SinkCore *self, const char *arguments)
{
  self->violations |= SINK_VIOLATION_SYNTAX;
  sink_core_say (self, "500", "5.5.1", "not a command known here");
}

static const struct
{
  const char *verb;
  SinkTrigger trigger;
  gboolean awaits_reply; /* must be the last of a group (RFC 2920 section 3.1) */
  void (*run) (SinkCore *self, const char *arguments);
} commands[] = {
  { "EHLO", SINK_TRIGGER_EHLO, TRUE, do_ehlo },
  { "HELO", SINK_TRIGGER_HELO, TRUE, do_helo },
  { "LHLO", SINK_TRIGGER_LHLO, TRUE, do_ehlo },
  { "STARTTLS", SINK_TRIGGER_STARTTLS, TRUE, do_starttls },
  { "AUTH", SINK_TRIGGER_AUTH, TRUE, sink_login_begin },
  { "MAIL", SINK_TRIGGER_MAIL, FALSE, do_mail },
  { "RCPT", SINK_TRIGGER_RCPT, FALSE, do_rcpt },
  { "DATA", SINK_TRIGGER_DATA, TRUE, do_data },
  { "RSET", SINK_TRIGGER_RSET, FALSE, do_rset },
  { "NOOP", SINK_TRIGGER_NOOP, TRUE, do_noop },
  { "VRFY", SINK_TRIGGER_VRFY, TRUE, do_vrfy },
  { "QUIT", SINK_TRIGGER_QUIT, TRUE, do_quit },
  { "", SINK_TRIGGER_OTHER, TRUE, do_other },
};

static guint
find_command (const SinkCore *self, const char *verb)
{
  guint i = 0;
  while (i < G_N_ELEMENTS (commands) - 1 && g_ascii_strcasecmp (verb, commands[i].verb) != 0)
    i++;
  gboolean hello = commands[i].run == do_ehlo || commands[i].run == do_helo;
  if (hello && self->lmtp != (commands[i].trigger == SINK_TRIGGER_LHLO))
    return G_N_ELEMENTS (commands) - 1; /* RFC 2033 section 4.1 */
  return i;
}

static gboolean
is_verb (const char *text, gsize n)
{
  gsize i = 0;
  while (i < n && g_ascii_isalpha (text[i]))
    i++;
  return n > 0 && n <= 10 && i == n;
}

/* The command as it may be reported. The octets of a login never are, even if they come as a command, because the client
 * did not wait, or as the name of a mechanism. */
static void
command_answer (SinkCore *self, const char *line)
{
  gsize n = strcspn (line, " ");
  g_autofree char *verb = g_strndup (line, n);
  const char *arguments = line[n] != '\0' ? line + n + 1 : "";
  g_autofree char *mechanism = g_strndup (arguments, strcspn (arguments, " "));
  g_autofree char *login = NULL;
  guint i = find_command (self, verb);
  if (commands[i].trigger == SINK_TRIGGER_AUTH)
    login = sink_login_knows (mechanism) ? g_strconcat (verb, " ", mechanism, NULL) : g_strdup (verb);
  if (commands[i].trigger == SINK_TRIGGER_OTHER && g_ascii_strcasecmp (verb, "BDAT") != 0)
    sink_core_answer (self, is_verb (line, n) ? verb : NULL);
  else
    sink_core_answer (self, login != NULL ? login : line);
}

void
sink_command_run (SinkCore *self, char *line)
{
  command_answer (self, line);
  char *arguments = line + strcspn (line, " ");
  if (*arguments != '\0')
    *arguments++ = '\0';
  self->acts_used = TRUE;
  if (g_ascii_strcasecmp (line, "BDAT") == 0 && sink_core_offers (self, "CHUNKING") && self->extended)
    {
      sink_content_bdat (self, arguments);
      return;
    }
  guint i = find_command (self, line);
  self->awaits_reply = commands[i].awaits_reply;
  self->acts = sink_script_look (&self->script, commands[i].trigger);
  self->acts_used = FALSE;
  const SinkStep *verdict = self->acts.verdict;
  if (sink_core_cut (self, verdict))
    return;
  char reply_class = sink_step_class (verdict);
  if (reply_class == '4' || reply_class == '5')
    {
      if (commands[i].run == do_mail)
        self->mail_refused = TRUE;
      sink_core_say (self, "554", NULL, "%s", "the script refuses it"); /* the script's reply is sent */
    }
  else
    commands[i].run (self, arguments);
  sink_core_hang_up (self);
}
