/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks which options can be combined, before anything is opened or read. */
#include "options/options.h"

#include <string.h>

static gboolean
rules_check_utf8 (const Options *self, Failure *failure)
{
  for (guint i = 0; i < self->texts->len; i++)
    {
      const OptionText *text = &g_array_index (self->texts, OptionText, i);

      if (!g_utf8_validate (text->value, -1, NULL))
        return failure_set (failure, EXIT_CODE_BAD_DATA, text->label,
                            "%s '%s' is not UTF-8, as all arguments must be", text->label, text->value);
    }
  return TRUE;
}

/* In the raw form the message has its own header: options that write header fields are refused. */
static gboolean
rules_check_raw (const Options *self, Failure *failure)
{
  const char *attach =
      self->attachments->len > 0 && g_array_index (self->attachments, Item, 0).kind == ITEM_ATTACH_FILE
          ? "--attach-file"
          : "--attach";
  const struct
  {
    const char *label;
    gboolean given;
  } letter_only[] = {
    { "-s", self->subject != NULL },
    { "--from", self->from != NULL },
    { "--reply-to", self->reply_to->len > 0 },
    { "--header", self->headers->len > 0 },
    { "--text", self->text != NULL },
    { "--html", self->html != NULL },
    { attach, self->attachments->len > 0 },
    { "--charset", self->charset != NULL },
    { "--reply", self->reply != NULL },
    { "--calendar", self->calendar != NULL },
    { "--list-unsubscribe", self->list_unsubscribe->len > 0 },
    { "--replace-invalid", self->replace_invalid },
    { "--first-line-subject", self->first_line_subject },
    { "--sign", self->sign != NULL },
    { "--encrypt", self->encrypt != NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (letter_only); i++)
    if (letter_only[i].given)
      return failure_set (
          failure, EXIT_CODE_USAGE, letter_only[i].label,
          "%s does not go with --message: a message given as it is brings its own header and body",
          letter_only[i].label);
  return TRUE;
}

static gboolean
check_standard_input (const Options *self, Failure *failure)
{
  gboolean by_default = !options_is_raw (self) && self->text == NULL && self->html == NULL;
  guint users = by_default || g_strcmp0 (self->text, "-") == 0 ? 1 : 0;

  users += g_strcmp0 (self->html, "-") == 0;
  users += g_strcmp0 (self->reply, "-") == 0;
  users += g_strcmp0 (self->calendar, "-") == 0;
  for (guint i = 0; i < self->address_files->len; i++)
    users += strcmp (g_array_index (self->address_files, Item, i).value, "-") == 0;
  for (guint i = 0; i < self->messages->len; i++)
    {
      const Item *item = &g_array_index (self->messages, Item, i);

      if (item->kind == ITEM_MESSAGE_FILE && strcmp (item->value, "-") == 0)
        users++;
    }
  if (users > 1)
    return failure_set (failure, EXIT_CODE_USAGE, "-", "standard input ('-') can be read only once%s",
                        by_default ? "; the text is read from it unless --text FILE is given" : "");
  return TRUE;
}

static gboolean
header_name_is (const char *header, gsize length, const char *name)
{
  return strlen (name) == length && g_ascii_strncasecmp (header, name, length) == 0;
}

static gboolean
rules_check_header (const char *header, Failure *failure)
{
  static const char *const secret[] = { "Bcc", "Resent-Bcc", "Return-Path" };
  static const struct
  {
    const char *name;
    const char *instead;
  } ours[] = { { "From", "--from" },         { "To", "-t" },      { "Cc", "--cc" },
               { "Reply-To", "--reply-to" }, { "Subject", "-s" }, { "MIME-Version", NULL } };
  gsize length = strcspn (header, ":");

  while (length > 0 && (header[length - 1] == ' ' || header[length - 1] == '\t'))
    length--;
  for (gsize i = 0; i < G_N_ELEMENTS (secret); i++)
    if (header_name_is (header, length, secret[i]))
      return failure_set (failure, EXIT_CODE_USAGE, "--header", "--header may not be %s: %s", secret[i],
                          i < 2 ? "use --bcc" : "the receiving server writes it, from -f");
  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    if (header_name_is (header, length, ours[i].name))
      return failure_set (failure, EXIT_CODE_USAGE, "--header",
                          "--header may not be %s, which the letter writes itself%s%s", ours[i].name,
                          ours[i].instead != NULL ? ": use " : "",
                          ours[i].instead != NULL ? ours[i].instead : "");
  if (g_ascii_strncasecmp (header, "Content-", 8) == 0)
    return failure_set (failure, EXIT_CODE_USAGE, "--header",
                        "--header may not be a Content- field: the letter writes those for each part");
  /* the library accepts several lines; a value in a script must not become two headers */
  if (strpbrk (header, "\r\n") != NULL)
    return failure_set (failure, EXIT_CODE_BAD_DATA, "--header",
                        "--header takes one header of one line; give it once for each");
  return TRUE;
}

static gboolean
is_security_kind (const char *value, gsize length)
{
  return (length == 3 && strncmp (value, "pgp", 3) == 0) || (length == 5 && strncmp (value, "smime", 5) == 0);
}

static gboolean
check_hiding (const Options *self, Failure *failure)
{
  const char *label = self->hide_recipients ? "--hide-recipients" : "--hide-subject";

  if ((self->hide_recipients || self->hide_subject) && self->encrypt == NULL)
    return failure_set (failure, EXIT_CODE_USAGE, label, "%s goes with --encrypt, by which it hides", label);
  if (self->hide_recipients && strcmp (self->encrypt, "pgp") != 0)
    return failure_set (failure, EXIT_CODE_USAGE, label,
                        "%s goes with pgp alone: S/MIME names every recipient's certificate in the letter",
                        label);
  return TRUE;
}

/* --sign, --encrypt and what goes with them. */
static gboolean
check_security (const Options *self, Failure *failure)
{
  gsize kind = self->sign != NULL ? strcspn (self->sign, ":") : 0;

  if (self->sign != NULL && (!is_security_kind (self->sign, kind) || strcmp (self->sign + kind, ":") == 0))
    return failure_set (failure, EXIT_CODE_USAGE, "--sign",
                        "--sign takes pgp or smime, perhaps with a key behind it (pgp:FINGERPRINT), not '%s'",
                        self->sign);
  if (self->encrypt != NULL && !is_security_kind (self->encrypt, strlen (self->encrypt)))
    return failure_set (failure, EXIT_CODE_USAGE, "--encrypt", "--encrypt takes pgp or smime, not '%s'",
                        self->encrypt);
  if (self->sign != NULL && self->encrypt != NULL &&
      (strlen (self->encrypt) != kind || strncmp (self->sign, self->encrypt, kind) != 0))
    return failure_set (failure, EXIT_CODE_USAGE, "--encrypt",
                        "--sign %.*s and --encrypt %s are two kinds: a letter is protected by one", (int)kind,
                        self->sign, self->encrypt);
  return check_hiding (self, failure);
}

static gboolean
check_values (const Options *self, Failure *failure)
{
  static const char *const policies[] = { "none", "opportunistic", "required", "implicit", NULL };

  if (self->tls != NULL && !g_strv_contains (policies, self->tls))
    return failure_set (failure, EXIT_CODE_USAGE, "--tls",
                        "--tls takes none, opportunistic, required or implicit, not '%s'", self->tls);
  if (self->eight_bit != NULL && strcmp (self->eight_bit, "as-is") != 0)
    return failure_set (failure, EXIT_CODE_USAGE, "--eight-bit", "--eight-bit takes as-is, not '%s'",
                        self->eight_bit);
  if (self->password_file != NULL && self->password_command != NULL)
    return failure_set (failure, EXIT_CODE_USAGE, "--password-command",
                        "--password-file and --password-command both say where the password is: give one");
  if (!check_security (self, failure))
    return FALSE;
  for (guint i = 0; i < self->headers->len; i++)
    if (!rules_check_header (g_ptr_array_index (self->headers, i), failure))
      return FALSE;
  return TRUE;
}

static gboolean
check_command (const Options *self, Failure *failure)
{
  guint recipients = self->to->len + self->cc->len + self->bcc->len + self->recipients->len;

  if (self->command == COMMAND_BUILD && (self->json || self->dry_run))
    return failure_set (failure, EXIT_CODE_USAGE, self->json ? "--json" : "-n",
                        "%s does not go with build, which prints the message itself",
                        self->json ? "--json" : "-n");
  if (self->command == COMMAND_SEND && recipients == 0 && self->address_files->len == 0 &&
      self->reply == NULL)
    return failure_set (failure, EXIT_CODE_USAGE, "RECIPIENT",
                        "no recipient is given: name one, or use -t, --cc or --bcc");
  if (self->first_line_subject && (self->subject != NULL || (self->html != NULL && self->text == NULL)))
    return failure_set (failure, EXIT_CODE_USAGE, "--first-line-subject",
                        self->subject != NULL
                            ? "-s and --first-line-subject both give the subject"
                            : "--first-line-subject takes it from the text: add --text FILE");
  if (self->replace_invalid && self->charset != NULL && g_ascii_strcasecmp (self->charset, "utf-8") != 0)
    return failure_set (failure, EXIT_CODE_USAGE, "--replace-invalid",
                        "--replace-invalid makes the text UTF-8, and --charset says %s: give one of them",
                        self->charset);
  return TRUE;
}

/* (transfer full) (nullable): the first recipient without '@' in the value. An invalid value is reported later. */
static char *
find_bare (const Options *self, const char *value)
{
  g_autoptr (MimesendLetter) letter = NULL;
  g_auto (GStrv) recipients = NULL;

  if (options_is_raw (self))
    return strchr (value, '@') == NULL ? g_strdup (value) : NULL;
  letter = mimesend_letter_new ();
  if (!mimesend_letter_add_to (letter, value, NULL))
    return NULL;
  recipients = mimesend_letter_get_recipients (letter);
  for (guint i = 0; recipients[i] != NULL; i++)
    if (strchr (recipients[i], '@') == NULL)
      return g_strdup (recipients[i]);
  return NULL;
}

/* Warns of a recipient without '@': it is more often a mistake ("-t -i", "-t root -s hello") than a local mailbox. */
static gboolean
check_recipients (const Options *self, Failure *failure)
{
  const struct
  {
    const char *label;
    const GPtrArray *values;
    guint n;
  } all[] = { { "-t", self->to, self->to->len },
              { "--cc", self->cc, self->cc->len },
              { "--bcc", self->bcc, self->bcc->len },
              { "RECIPIENT", self->recipients, self->n_ahead } };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    for (guint k = 0; k < all[i].n; k++)
      {
        g_autofree char *bare = find_bare (self, g_ptr_array_index (all[i].values, k));

        if (bare != NULL)
          return failure_set (failure, EXIT_CODE_USAGE, all[i].label,
                              "%s: '%s' has no '@'; a recipient without one stands behind '--'", all[i].label,
                              bare);
      }
  return TRUE;
}

static gboolean
check_probe (const Options *self, Failure *failure)
{
  if (self->recipients->len > 1 || (self->recipients->len == 1 && self->server != NULL))
    return failure_set (failure, EXIT_CODE_USAGE, "SERVER",
                        "probe takes one server: mimesend probe mail.example.com");
  if (self->messages->len > 0 || self->attachments->len > 0 || self->text != NULL || self->html != NULL ||
      self->subject != NULL || self->to->len > 0 || self->address_files->len > 0 || self->cc->len > 0 ||
      self->bcc->len > 0 || self->dry_run)
    return failure_set (failure, EXIT_CODE_USAGE, "probe",
                        "probe sends no message: leave out what makes one");
  return TRUE;
}

gboolean
options_check (const Options *self, Failure *failure)
{
  if (self->command == COMMAND_PROBE)
    return check_probe (self, failure) && check_values (self, failure) && rules_check_utf8 (self, failure);
  if (self->probed->len > 0)
    return failure_set (failure, EXIT_CODE_USAGE, "--rcpt",
                        "--rcpt goes with probe alone: mimesend probe SERVER --rcpt %s",
                        (const char *)g_ptr_array_index (self->probed, 0));
  if (self->bare_word != NULL)
    return failure_set (
        failure, EXIT_CODE_USAGE, self->bare_word,
        "'%s' is neither a command (send, build, probe, show, sink) nor an address; an address without '@' "
        "stands behind '--'",
        self->bare_word);
  return check_command (self, failure) && (!options_is_raw (self) || rules_check_raw (self, failure)) &&
         check_standard_input (self, failure) && check_values (self, failure) &&
         rules_check_utf8 (self, failure) && check_recipients (self, failure);
}
