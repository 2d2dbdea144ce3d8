/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secure/dkim-header.h"

#include <string.h>

#include "mimesend-error.h"

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

/* ── fields ── */

static gsize
scan_name (const char *line, gsize length)
{
  gsize n = 0, colon;

  while (n < length && line[n] > 32 && line[n] < 127 && line[n] != ':')
    n++;
  colon = n;
  while (colon < length && is_blank (line[colon])) /* RFC 5322 4.5 */
    colon++;
  return colon < length && line[colon] == ':' ? n : 0;
}

static gboolean
header_refuse_line (guint number, GError **error)
{
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
               "line %u of the header is no field (a name and a colon, RFC 5322 2.2): servers may end the "
               "header there, so it cannot be signed",
               number);
  return FALSE;
}

static gboolean
header_add_line (MimesendDkimHeader *self, const char *line, gsize length, guint number, GError **error)
{
  MimesendDkimField field = { line, length, 0 };

  if (is_blank (line[0]))
    {
      if (self->fields->len == 0)
        return header_refuse_line (number, error);
      g_array_index (self->fields, MimesendDkimField, self->fields->len - 1).length += length;
      return TRUE;
    }
  field.name_length = scan_name (line, length);
  if (field.name_length == 0)
    return header_refuse_line (number, error);
  g_array_append_val (self->fields, field);
  return TRUE;
}

gboolean
mimesend_dkim_header_init (MimesendDkimHeader *self, const guint8 *block, gsize length, GError **error)
{
  const char *at = (const char *)block, *end = at + length;
  guint number = 1;

  self->block = block;
  self->length = length;
  self->fields = g_array_new (FALSE, FALSE, sizeof (MimesendDkimField));
  for (; at < end; number++)
    {
      const char *newline = memchr (at, '\n', (gsize)(end - at));
      gsize n = newline != NULL ? (gsize)(newline - at) + 1 : (gsize)(end - at);

      if (n == 2 && at[0] == '\r')
        break;
      if (!header_add_line (self, at, n, number, error))
        {
          mimesend_dkim_header_clear (self);
          return FALSE;
        }
      at += n;
    }
  return TRUE;
}

void
mimesend_dkim_header_clear (MimesendDkimHeader *self)
{
  g_clear_pointer (&self->fields, g_array_unref);
}

static gboolean
field_is_named (const MimesendDkimField *field, const char *name)
{
  return strlen (name) == field->name_length &&
         g_ascii_strncasecmp (field->text, name, field->name_length) == 0;
}

guint
mimesend_dkim_header_count (const MimesendDkimHeader *self, const char *name)
{
  guint n = 0;

  for (guint i = 0; i < self->fields->len; i++)
    n += field_is_named (&g_array_index (self->fields, MimesendDkimField, i), name);
  return n;
}

/* Names in small letters, no white space around the colon and at the end, one space for every other white space, unfolded. */
static void
append_relaxed (GString *out, const MimesendDkimField *field)
{
  gsize i = field->name_length, end = field->length;
  gboolean blank = FALSE, any = FALSE, whole = end > 0 && field->text[end - 1] == '\n';

  for (gsize j = 0; j < field->name_length; j++)
    g_string_append_c (out, g_ascii_tolower (field->text[j]));
  g_string_append_c (out, ':');
  while (field->text[i] != ':')
    i++;
  for (i++; i < end; i++)
    {
      char c = field->text[i];

      if (c == '\r' || c == '\n')
        continue;
      if (is_blank (c))
        {
          blank = any;
          continue;
        }
      if (blank)
        g_string_append_c (out, ' ');
      g_string_append_c (out, c);
      blank = FALSE;
      any = TRUE;
    }
  if (whole)
    g_string_append (out, "\r\n");
}

void
mimesend_dkim_append_field (GString *out, MimesendDkimForm form, const MimesendDkimField *field)
{
  if (form == MIMESEND_DKIM_SIMPLE)
    g_string_append_len (out, field->text, (gssize)field->length);
  else
    append_relaxed (out, field);
}

/* ── which are signed ── */

/* Fields that readers see, or that say how the body is read: a second one, added on the way, breaks the signature (RFC 6376
 * 8.15). */
static const char *const default_oversigned[] = { "From",
                                                  "To",
                                                  "Cc",
                                                  "Subject",
                                                  "Date",
                                                  "Reply-To",
                                                  "Message-ID",
                                                  "MIME-Version",
                                                  "Content-Type",
                                                  "Content-Transfer-Encoding",
                                                  "List-Unsubscribe",
                                                  "List-Unsubscribe-Post",
                                                  NULL };
/* RFC 6376 5.4.1, and the rest of RFC 2369 and 2919. */
static const char *const default_signed[] = { "Sender",      "In-Reply-To",       "References",
                                              "Resent-Date", "Resent-From",       "Resent-To",
                                              "Resent-Cc",   "Resent-Message-ID", "List-Id",
                                              "List-Help",   "List-Subscribe",    "List-Post",
                                              "List-Owner",  "List-Archive",      NULL };

static gboolean
names_contain (const GPtrArray *names, const char *name)
{
  for (guint i = 0; i < names->len; i++)
    if (g_ascii_strcasecmp (names->pdata[i], name) == 0)
      return TRUE;
  return FALSE;
}

/* What is not on the wire, what the way changes, and the field that signs itself (RFC 6376 5.4). */
static const char *
name_fault (const char *name)
{
  static const char *const never[] = { "DKIM-Signature", "Received", "Return-Path", "Bcc", "Resent-Bcc" };

  if (*name == '\0')
    return "is empty";
  for (const char *at = name; *at != '\0'; at++)
    if (*at <= 32 || *at >= 127 || *at == ':' || *at == ';')
      return "is no name of a header field (RFC 5322 3.6.8)";
  for (gsize i = 0; i < G_N_ELEMENTS (never); i++)
    if (g_ascii_strcasecmp (name, never[i]) == 0)
      return "names a field that is added, changed or taken off on the way: it cannot be signed";
  return NULL;
}

static gboolean
names_add (GPtrArray *into, const char *const *names, GError **error)
{
  for (; names != NULL && *names != NULL; names++)
    {
      const char *fault = name_fault (*names);

      if (fault != NULL)
        {
          g_autofree char *shown = g_strescape (*names, NULL);

          g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT, "DKIM: '%.100s' %s", shown, fault);
          return FALSE;
        }
      if (!names_contain (into, *names))
        g_ptr_array_add (into, g_strdup (*names));
    }
  return TRUE;
}

MimesendDkimNames *
mimesend_dkim_names_new_for (const char *const *signed_names,
                             const char *const *oversigned_names,
                             GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  MimesendDkimNames *self;
  guint n_oversigned;

  if (!names_add (names, oversigned_names, error))
    return NULL;
  n_oversigned = names->len;
  if (!names_add (names, signed_names, error))
    return NULL;
  if (!names_contain (names, "From"))
    {
      g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                           "DKIM: From is always signed (RFC 6376 5.4): name it too");
      return NULL;
    }
  self = g_new0 (MimesendDkimNames, 1);
  g_atomic_ref_count_init (&self->refs);
  self->n_oversigned = n_oversigned;
  self->chosen_by_caller = TRUE;
  g_ptr_array_add (names, NULL);
  self->names = g_strdupv ((char **)names->pdata);
  return self;
}

MimesendDkimNames *
mimesend_dkim_names_new (void)
{
  MimesendDkimNames *self = mimesend_dkim_names_new_for (default_signed, default_oversigned, NULL);

  self->chosen_by_caller = FALSE;
  return self;
}

MimesendDkimNames *
mimesend_dkim_names_ref (MimesendDkimNames *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mimesend_dkim_names_unref (MimesendDkimNames *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_strfreev (self->names);
  g_free (self);
}

/* A submission server adds these fields if they are missing (RFC 6409 8.2, 8.3), so their absence is not signed. */
static gboolean
may_be_added (const char *name)
{
  return g_ascii_strcasecmp (name, "Date") == 0 || g_ascii_strcasecmp (name, "Message-ID") == 0;
}

GPtrArray *
mimesend_dkim_names_of (const MimesendDkimNames *self, const MimesendDkimHeader *header)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; self->names[i] != NULL; i++)
    {
      guint n = mimesend_dkim_header_count (header, self->names[i]);

      if (i < self->n_oversigned && (n > 0 || self->chosen_by_caller || !may_be_added (self->names[i])))
        n++;
      while (n-- > 0)
        g_ptr_array_add (list, self->names[i]);
    }
  return list;
}

void
mimesend_dkim_append_signed (GString *out,
                             MimesendDkimForm form,
                             const MimesendDkimHeader *header,
                             const GPtrArray *names)
{
  g_autofree gboolean *used = g_new0 (gboolean, header->fields->len + 1);

  for (guint i = 0; i < names->len; i++)
    for (guint j = header->fields->len; j-- > 0;)
      {
        const MimesendDkimField *field = &g_array_index (header->fields, MimesendDkimField, j);

        if (used[j] || !field_is_named (field, names->pdata[i]))
          continue;
        used[j] = TRUE;
        mimesend_dkim_append_field (out, form, field);
        break;
      }
}
