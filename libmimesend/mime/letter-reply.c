/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A letter that answers a message: what ties the two together (RFC 5322 3.6.4), and its subject. */
#include "mime/letter.h"

#include <string.h>

#include "mimesend-error.h"

/* Threads are shown by the first and by the last ones; those between are left out of a long one. */
#define REFERENCES_MAX 50

/* With its angle brackets it must fit into a line (RFC 5322 2.1.1). */
#define ID_OCTETS_MAX 900

/* What is no id is not carried on: it would make the field unreadable for others. */
static gboolean
reply_id_is_good (const char *id)
{
  const char *at = strrchr (id, '@');

  if (at == NULL || at == id || at[1] == '\0' || strlen (id) > ID_OCTETS_MAX)
    return FALSE;
  for (; *id != '\0'; id++)
    if (!g_ascii_isgraph (*id) || *id == '<' || *id == '>' || *id == ',')
      return FALSE;
  return TRUE;
}

static void
reply_add_ids (GPtrArray *ids, GMimeObject *message, const char *field)
{
  const char *text = g_mime_object_get_header (message, field);
  GMimeReferences *parsed = text != NULL ? g_mime_references_parse (NULL, text) : NULL;

  for (int i = 0; parsed != NULL && i < g_mime_references_length (parsed); i++)
    {
      const char *id = g_mime_references_get_message_id (parsed, i);

      if (id != NULL && reply_id_is_good (id))
        g_ptr_array_add (ids, g_strdup (id));
    }
  if (parsed != NULL)
    g_mime_references_free (parsed);
}

/* RFC 5322 3.6.4: those of the message, or its In-Reply-To if that names one, and then its own id. */
static GPtrArray *
reply_references (GMimeMessage *message, const char *id)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  reply_add_ids (ids, GMIME_OBJECT (message), "References");
  if (ids->len == 0)
    reply_add_ids (ids, GMIME_OBJECT (message), "In-Reply-To");
  if (ids->len > 1 && g_mime_object_get_header (GMIME_OBJECT (message), "References") == NULL)
    g_ptr_array_set_size (ids, 0);
  for (guint i = 0; i < ids->len;)
    if (strcmp (ids->pdata[i], id) == 0)
      g_ptr_array_remove_index (ids, i);
    else
      i++;
  g_ptr_array_add (ids, g_strdup (id));
  if (ids->len > REFERENCES_MAX)
    g_ptr_array_remove_range (ids, 1, ids->len - REFERENCES_MAX);
  return ids;
}

static char *
reply_join (const GPtrArray *ids)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (text, "%s<%s>", i > 0 ? " " : "", (const char *)ids->pdata[i]);
  return g_string_free (text, FALSE);
}

/* Behind "Re:", "RE :" or "Re[2]:", however often; else NULL. */
static const char *
reply_behind_mark (const char *subject)
{
  subject += strspn (subject, " \t");
  if (g_ascii_strncasecmp (subject, "re", 2) != 0)
    return NULL;
  subject += 2;
  if (*subject == '[' && g_ascii_isdigit (subject[1]))
    {
      subject += 1 + strspn (subject + 1, "0123456789");
      if (*subject++ != ']')
        return NULL;
    }
  subject += strspn (subject, " \t");
  return *subject == ':' ? subject + 1 : NULL;
}

/* RFC 5322 3.6.5: "Re: " stands once. */
static char *
reply_subject (const char *subject)
{
  g_autofree char *valid = g_utf8_make_valid (subject != NULL ? subject : "", -1);
  const char *rest = valid, *behind;

  for (char *c = valid; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  while ((behind = reply_behind_mark (rest)) != NULL)
    rest = behind;
  return g_strdup_printf ("Re: %s", rest + strspn (rest, " \t"));
}

/**
 * mimesend_letter_set_reply_to_message:
 * @self: a letter
 * @message: (transfer none): the message that is answered; it is read now and not kept
 * @error: return location for an error, or %NULL
 *
 * Makes the letter an answer: In-Reply-To and References are those of RFC 5322 3.6.4 (of a thread of more than 50 messages the
 * first and the last ones), and a letter without a subject gets that of the message with one "Re: " ahead of it. A message
 * without a Message-ID can be answered, and programs will not show the two together. Its recipients are the caller's
 * to say: see #InternetAddressList of the message's Reply-To or From.
 *
 * Returns: %TRUE; %FALSE with @error set: #MIMESEND_ERROR_ARGUMENT if the letter answers a message already
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_set_reply_to_message (MimesendLetter *self, GMimeMessage *message, GError **error)
{
  const char *id;
  g_autofree char *subject = NULL, *own = NULL, *all = NULL;
  g_autoptr (GPtrArray) ids = NULL;

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (GMIME_IS_MESSAGE (message), FALSE);
  for (guint i = 0; i < self->headers->len; i++)
    {
      const MimesendLetterHeader *header = self->headers->pdata[i];

      if (g_ascii_strcasecmp (header->name, "In-Reply-To") != 0 &&
          g_ascii_strcasecmp (header->name, "References") != 0)
        continue;
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "the letter has a %s already: it answers one message", header->name);
      return FALSE;
    }
  if (self->subject == NULL)
    {
      subject = reply_subject (g_mime_message_get_subject (message));
      if (!mimesend_letter_set_subject (self, subject, error))
        return FALSE;
    }
  id = g_mime_message_get_message_id (message);
  if (id == NULL || !reply_id_is_good (id))
    return TRUE;
  ids = reply_references (message, id);
  own = g_strdup_printf ("<%s>", id);
  all = reply_join (ids);
  return mimesend_letter_add_header (self, "In-Reply-To", own, error) &&
         mimesend_letter_add_header (self, "References", all, error);
}
