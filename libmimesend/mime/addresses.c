/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/addresses.h"

#include <string.h>

#include "mime/header.h"
#include "mimesend-error.h"
#include "octets/printable.h"

typedef struct
{
  const char *argument;
  const char *at;   /* the parser's position; the text ends with a NUL */
  const char *item; /* the start of the current address, for messages */
  GPtrArray *bare;  /* the addresses so far, as written */
  gboolean allow_groups;
  gboolean named; /* an address with a display name was seen: for a hint about a comma in an unquoted name */
  const char *bare_word; /* the first address that is a single word: the same hint */
  GError **error;
} Parser;

static gboolean
parser_fail (Parser *self, const char *words)
{
  g_autofree char *item = g_strndup (self->item, strcspn (self->item, ",;"));
  g_autofree char *shown = mimesend_printable (item, 80);

  g_set_error (self->error, MIMESEND_ERROR, MIMESEND_ERROR_ADDRESS,
               "the %s has an address that %s, near '%s': write it as in Joe Doe <joe@example.com>",
               self->argument, words, shown);
  return FALSE;
}

gboolean
mimesend_addresses_check_bare (
    const char *argument, const char *text, gsize length, MimesendMailbox *mailbox, GError **error)
{
  MimesendMailboxFault fault = mimesend_mailbox_scan (text, length, mailbox);
  g_autofree char *cut = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *guess = NULL;

  if (fault == MIMESEND_MAILBOX_OK)
    return TRUE;
  cut = g_strndup (text, length);
  shown = mimesend_printable (cut, 100);
  guess = length <= MIMESEND_ADDRESS_MAX ? mimesend_mailbox_guess (text, length) : NULL;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ADDRESS,
               "the %s '%s' %s (at octet %" G_GSIZE_FORMAT "): write %s", argument, shown,
               mimesend_mailbox_fault_words (fault), mailbox->fault_offset,
               guess != NULL ? guess : "it as in joe@example.com");
  return FALSE;
}

/* Skips one quoted string, comment or domain literal. FALSE: it has no end. */
static gboolean
skip_enclosed (Parser *self)
{
  char open = *self->at;
  char close = open == '(' ? ')' : open == '[' ? ']' : '"';
  guint depth = 1;

  for (self->at++; *self->at != '\0'; self->at++)
    {
      if (*self->at == '\\' && self->at[1] != '\0')
        self->at++;
      else if (*self->at == close && --depth == 0)
        {
          self->at++;
          return TRUE;
        }
      else if (*self->at == '(' && open == '(')
        depth++;
    }
  return parser_fail (self, open == '"' ? "has a quote without its end"
                                        : "has a comment or a domain literal without its end");
}

/* Whether a quoted string, comment or domain literal begins here. A '[' does in a domain alone: "[Team] Joe" is a name. */
static gboolean
is_enclosed (Parser *self, const char *opening)
{
  return strchr (opening, *self->at) != NULL &&
         (*self->at != '[' || (self->at > self->item && self->at[-1] == '@'));
}

/* Skips blanks and comments. The last comment, without its parentheses, is the display name in old mail. */
static gboolean
skip_blanks (Parser *self, char **comment)
{
  for (;;)
    {
      const char *start;

      self->at += strspn (self->at, " \t");
      if (*self->at != '(')
        return TRUE;
      start = self->at + 1;
      if (!skip_enclosed (self))
        return FALSE;
      if (comment != NULL)
        {
          g_free (*comment);
          *comment = g_strndup (start, (gsize)(self->at - 1 - start));
        }
    }
}

/* Advances to the first octet in stop, or the end, skipping everything enclosed. */
static gboolean
skip_to (Parser *self, const char *stop)
{
  while (*self->at != '\0' && strchr (stop, *self->at) == NULL)
    if (is_enclosed (self, "\"[("))
      {
        if (!skip_enclosed (self))
          return FALSE;
      }
    else
      self->at++;
  return TRUE;
}

/* Appends one atom, decoded if it is an encoded word. No blank goes between two of those (RFC 2047 6.2). */
static void
append_atom (GString *name, const char *atom, gsize length, gboolean *after_encoded)
{
  g_autofree char *word = g_strndup (atom, length);
  gboolean encoded = g_str_has_prefix (word, "=?") && g_str_has_suffix (word, "?=");

  if (name->len > 0 && !(encoded && *after_encoded))
    g_string_append_c (name, ' ');
  *after_encoded = encoded;
  if (encoded)
    {
      g_autofree char *decoded = g_mime_utils_header_decode_phrase (NULL, word);

      g_string_append (name, decoded);
    }
  else
    g_string_append (name, word);
}

/* Appends a quoted string, unquoted. Returns the octet after it. */
static const char *
append_quoted (GString *name, const char *p, const char *end)
{
  if (name->len > 0)
    g_string_append_c (name, ' ');
  for (p++; p < end && *p != '"'; p++)
    {
      if (*p == '\\' && p + 1 < end)
        p++;
      g_string_append_c (name, *p);
    }
  return p < end ? p + 1 : end;
}

/* A phrase (RFC 5322 3.2.5) as readers show it: unquoted, comments left out, one blank between words. */
static char *
read_phrase (Parser *self, const char *p, const char *end)
{
  g_autoptr (GString) name = g_string_new (NULL);
  gboolean after_encoded = FALSE;

  while (p < end)
    {
      gsize length = 0;

      if (*p == '(')
        {
          Parser comment = *self;

          comment.at = p;
          if (!skip_enclosed (&comment))
            return NULL;
          p = comment.at;
        }
      else if (*p == '"')
        {
          p = append_quoted (name, p, end);
          after_encoded = FALSE;
        }
      else
        {
          while (p + length < end && strchr (" \t\"(", p[length]) == NULL)
            length++;
          if (length > 0)
            append_atom (name, p, length, &after_encoded);
          p += MAX (length, 1);
        }
    }
  if (!mimesend_header_check_display_name (self->argument, name->str, self->error))
    return NULL;
  return g_string_free (g_steal_pointer (&name), FALSE);
}

static gboolean
parser_add_mailbox (Parser *self, InternetAddressList *list, const char *name, const char *addr, gsize length)
{
  g_autofree char *bare = g_strndup (addr, length);
  g_autofree char *ascii = NULL;
  MimesendMailbox mailbox;
  InternetAddress *address;

  if (!mimesend_addresses_check_bare (self->argument, addr, length, &mailbox, self->error))
    return FALSE;
  if (mailbox.domain_offset == 0 && name == NULL && self->bare_word == NULL)
    self->bare_word = addr;
  ascii = mimesend_mailbox_to_ascii (bare); /* otherwise only the header would need SMTPUTF8 */
  address = internet_address_mailbox_new (name != NULL && *name != '\0' ? name : NULL,
                                          ascii != NULL ? ascii : bare);
  internet_address_set_charset (address, "utf-8");
  internet_address_list_add (list, address);
  g_object_unref (address);
  g_ptr_array_add (self->bare, g_steal_pointer (&bare));
  return TRUE;
}

/* phrase <addr-spec>; the parser stands at the '<'. */
static gboolean
read_angled (Parser *self, InternetAddressList *list)
{
  g_autofree char *name = read_phrase (self, self->item, self->at);
  const char *addr = ++self->at;
  const char *end;

  if (name == NULL)
    return FALSE;
  if (!skip_to (self, ">"))
    return FALSE;
  if (*self->at != '>')
    return parser_fail (self, "has a '<' without its '>'");
  end = self->at++;
  self->named = TRUE;
  return parser_add_mailbox (self, list, name, addr, (gsize)(end - addr)) && skip_blanks (self, NULL);
}

/* addr-spec, with comments around it. */
static gboolean
read_plain (Parser *self, InternetAddressList *list)
{
  const char *stop = self->at;
  const char *addr, *end;
  g_autofree char *comment = NULL;
  g_autofree char *name = NULL;

  self->at = self->item;
  if (!skip_blanks (self, &comment))
    return FALSE;
  addr = self->at;
  while (self->at < stop && strchr (" \t(", *self->at) == NULL)
    if (is_enclosed (self, "\"["))
      {
        if (!skip_enclosed (self))
          return FALSE;
      }
    else
      self->at++;
  end = self->at;
  if (!skip_blanks (self, &comment))
    return FALSE;
  if (self->at < stop) /* words without quotes or brackets: show all of it */
    end = stop;
  self->at = stop;
  if (comment != NULL)
    {
      name = g_strstrip (g_strdup (comment));
      if (!mimesend_header_check_display_name (self->argument, name, self->error))
        return FALSE;
      self->named = TRUE;
    }
  return parser_add_mailbox (self, list, name, addr, (gsize)(end - addr));
}

static gboolean read_list (Parser *self, InternetAddressList *list, gboolean in_group);

/* phrase: members; the parser stands at the ':'. */
static gboolean
read_group (Parser *self, InternetAddressList *list)
{
  g_autofree char *name = read_phrase (self, self->item, self->at);
  const char *start = self->item;
  InternetAddress *group;
  gboolean done;

  if (name == NULL)
    return FALSE;
  if (*name == '\0')
    return parser_fail (self, "has a ':' ahead of which a group has its name");
  if (strlen (name) > MIMESEND_GROUP_NAME_MAX)
    return parser_fail (self, "opens a group whose name has more than 200 octets");
  group = internet_address_group_new (name);
  internet_address_set_charset (group, "utf-8");
  self->at++;
  done = read_list (self, internet_address_group_get_members (INTERNET_ADDRESS_GROUP (group)), TRUE);
  if (done && *self->at != ';')
    {
      self->item = start;
      done = parser_fail (self, "opens a group that has no ';' at its end");
    }
  else if (done)
    self->at++;
  done = done && skip_blanks (self, NULL);
  self->named = TRUE;
  if (done)
    internet_address_list_add (list, group);
  g_object_unref (group);
  return done;
}

static gboolean
read_item (Parser *self, InternetAddressList *list, gboolean in_group)
{
  if (!skip_to (self, in_group ? ",;<:" : ",<:;"))
    return FALSE;
  if (*self->at == ':')
    {
      if (in_group || !self->allow_groups)
        return parser_fail (self, "has a ':' where no group may begin");
      return read_group (self, list);
    }
  if (*self->at == '<' ? !read_angled (self, list) : !read_plain (self, list))
    return FALSE;
  if (self->at - self->item > MIMESEND_ADDRESS_MAX)
    return parser_fail (self, "has more than 1000 octets");
  return TRUE;
}

/* Items and commas, up to the end or (in a group) the ';'. Recursion ends here: groups hold no groups. */
static gboolean
read_list (Parser *self, InternetAddressList *list, gboolean in_group)
{
  for (;;)
    {
      self->at += strspn (self->at, " \t,");
      self->item = self->at;
      if (*self->at == '\0' || (in_group && *self->at == ';'))
        return TRUE;
      if (!read_item (self, list, in_group))
        return FALSE;
      if (*self->at != '\0' && *self->at != ',' && !(in_group && *self->at == ';'))
        return parser_fail (self, "is followed by something that is no comma");
    }
}

gboolean
mimesend_addresses_parse (InternetAddressList *list,
                          GPtrArray *bare,
                          const char *argument,
                          const char *text,
                          gboolean allow_groups,
                          GError **error)
{
  g_autoptr (GPtrArray) written = g_ptr_array_new_with_free_func (g_free);
  Parser self = { .argument = argument,
                  .at = text,
                  .item = text,
                  .bare = written,
                  .allow_groups = allow_groups,
                  .error = error };
  InternetAddressList *found;
  gboolean good;

  if (!mimesend_header_check_value (argument, text, MIMESEND_HEADER_ADDRESS_MAX, error))
    return FALSE;
  found = internet_address_list_new ();
  good = read_list (&self, found, FALSE);
  if (good && internet_address_list_length (found) == 0)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ADDRESS,
                   "the %s is empty: write one address or several, as in joe@example.com, jim@example.org",
                   argument);
      good = FALSE;
    }
  /* "Doe, Joe <joe@example.com>" is two addresses, which is hardly ever meant. */
  if (good && self.named && self.bare_word != NULL)
    {
      self.item = self.bare_word;
      good = parser_fail (
          &self, "is a word without '@' beside a display name; a name with a comma in it needs quotes");
    }
  if (good)
    {
      internet_address_list_append (list, found);
      g_ptr_array_extend_and_steal (bare, g_steal_pointer (&written));
    }
  g_object_unref (found);
  return good;
}

void
mimesend_addresses_collect (GPtrArray *bare, GHashTable *seen, GPtrArray *recipients)
{
  for (guint i = 0; i < bare->len; i++)
    {
      const char *address = bare->pdata[i];
      const char *at = strrchr (address, '@');
      g_autofree char *domain = at != NULL ? g_utf8_strdown (at, -1) : g_strdup ("");
      gsize local = at != NULL ? (gsize)(at - address) : strlen (address);
      char *key = g_strdup_printf ("%.*s%s", (int)local, address, domain);

      if (g_hash_table_add (seen, key))
        g_ptr_array_add (recipients, g_strdup (address));
    }
}

char *
mimesend_addresses_id_domain (const char *address)
{
  InternetAddress *mailbox;
  const char *at;
  char *domain = NULL;

  if (strchr (address, '@') == NULL)
    return NULL;
  mailbox = internet_address_mailbox_new (NULL, address);
  at = strrchr (internet_address_mailbox_get_idn_addr (INTERNET_ADDRESS_MAILBOX (mailbox)), '@');
  if (at != NULL && at[1] != '[' && mimesend_domain_is_valid (at + 1, strlen (at + 1), FALSE))
    domain = g_ascii_strdown (at + 1, -1);
  g_object_unref (mailbox);
  return domain;
}
