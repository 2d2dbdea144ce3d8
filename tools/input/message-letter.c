/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The letter form: options become a MimesendLetter, its tree a stream, the stream the content. */
#include <string.h>

#include "base/host-name.h"
#include "input/address-file.h"
#include "input/attach.h"
#include "input/charset.h"
#include "input/message.h"
#include "input/security.h"
#include "input/stream.h"

/* As much as one line may hold (RFC 5322 2.1.1). */
#define SUBJECT_OCTETS_MAX 998

typedef gboolean (*Setter) (MimesendLetter *letter, const char *value, GError **error);

static gboolean
set_one (Message *self, Setter set, const char *label, const char *value, Failure *failure)
{
  GError *error = NULL;

  if (set (self->letter, value, &error))
    return TRUE;
  g_prefix_error (&error, "%s: ", label);
  return failure_set_error (failure, EXIT_CODE_BAD_DATA, label, error);
}

static gboolean
set_all (Message *self, Setter set, const char *label, const GPtrArray *values, Failure *failure)
{
  for (guint i = 0; i < values->len; i++)
    if (!set_one (self, set, label, g_ptr_array_index (values, i), failure))
      return FALSE;
  return TRUE;
}

/* The lines of the files that name recipients of one kind. */
static gboolean
set_from_files (Message *self, Setter set, const char *label, ItemKind kind, Failure *failure)
{
  g_autoptr (GArray) lines = address_files_read (self->options, kind, label, failure);

  for (guint i = 0; lines != NULL && i < lines->len; i++)
    if (!set_one (self, set, label, g_array_index (lines, AddressLine, i).text, failure))
      return FALSE;
  return lines != NULL;
}

/* One header, unfolded. */
static gboolean
add_header (Message *self, const char *line, Failure *failure)
{
  const char *colon = strchr (line, ':');
  g_autofree char *name = NULL;
  GError *error = NULL;

  if (colon == NULL)
    {
      g_autofree char *start = g_strndup (line, 60);
      g_autofree char *shown = g_strescape (start, NULL);

      return failure_set (failure, EXIT_CODE_BAD_DATA, "--header",
                          "--header: the header '%s' has no colon: write it as in X-Ticket: 42", shown);
    }
  name = g_strndup (line, (gsize)(colon - line));
  if (mimesend_letter_add_header (self->letter, name, colon + 1, &error))
    return TRUE;
  g_prefix_error (&error, "--header: ");
  return failure_set_error (failure, EXIT_CODE_BAD_DATA, "--header", error);
}

/* Several lines are several headers, and a line that begins with a blank continues the one ahead of it. */
static gboolean
add_headers (Message *self, const char *text, Failure *failure)
{
  g_autoptr (GString) line = g_string_new (NULL);
  gboolean found = FALSE;

  while (*text != '\0')
    {
      gsize length = strcspn (text, "\n");
      gsize end = length > 0 && text[length] == '\n' && text[length - 1] == '\r' ? length - 1 : length;

      g_string_append_len (line, text, (gssize)end);
      text += text[length] == '\n' ? length + 1 : length;
      if (end > 0 && (*text == ' ' || *text == '\t'))
        continue;
      if (!add_header (self, line->str, failure))
        return FALSE;
      g_string_truncate (line, 0);
      found = TRUE;
    }
  return found || failure_set (failure, EXIT_CODE_BAD_DATA, "--header",
                               "--header: an empty header was given: write it as in X-Ticket: 42");
}

static gboolean
add_all_headers (Message *self, Failure *failure)
{
  for (guint i = 0; i < self->options->headers->len; i++)
    if (!add_headers (self, g_ptr_array_index (self->options->headers, i), failure))
      return FALSE;
  return TRUE;
}

static gboolean
is_null_path (const char *path)
{
  return path != NULL && (path[0] == '\0' || strcmp (path, "<>") == 0);
}

/* --from is the header, -f the reverse-path; either is used for both if the other is missing. Never guessed. */
static gboolean
set_sender (Message *self, const Config *config, Failure *failure)
{
  const Options *options = self->options;
  const char *path = options->reverse_path;

  if (options->from != NULL && !set_one (self, mimesend_letter_set_from, "--from", options->from, failure))
    return FALSE;
  if (options->from == NULL && path != NULL && !is_null_path (path))
    {
      /* First as one bare address, so that errors are about the option that was given. */
      if (!set_one (self, mimesend_letter_set_reverse_path, "-f", path, failure) ||
          !set_one (self, mimesend_letter_set_from, "-f", path, failure))
        return FALSE;
    }
  else if (options->from == NULL && config->from != NULL)
    {
      if (!set_one (self, mimesend_letter_set_from, "from, as configured", config->from, failure))
        return FALSE;
    }
  else if (options->from == NULL && path != NULL)
    return failure_set (failure, EXIT_CODE_CONFIG, "--from",
                        "with an empty -f the letter has no From yet: add --from 'NAME <ADDRESS>'");
  else if (options->from == NULL)
    return failure_set (
        failure, EXIT_CODE_CONFIG, "--from",
        "no sender is known: give -f ADDRESS or --from 'NAME <ADDRESS>', or set MIMESEND_FROM, or write "
        "'from = ...' into mimesend.conf%s",
        config_get_unused (config));
  if (path == NULL && mimesend_letter_get_reverse_path (self->letter) == NULL)
    return failure_set (
        failure, EXIT_CODE_BAD_DATA, "-f",
        "%s has several addresses, and errors go back to one: add -f ADDRESS, the one that sends",
        options->from != NULL ? "--from" : "from, as configured,");
  return path == NULL || set_one (self, mimesend_letter_set_reverse_path, "-f", path, failure);
}

static gboolean
attach_all (Message *self, Failure *failure)
{
  for (guint i = 0; i < self->options->attachments->len; i++)
    {
      GMimeObject *part = attach_make (&g_array_index (self->options->attachments, Item, i), failure);

      if (part == NULL)
        return FALSE;
      mimesend_letter_attach_part (self->letter, part);
      g_object_unref (part);
    }
  return TRUE;
}

static gboolean
open_texts (Message *self, Failure *failure)
{
  const Options *options = self->options;
  const char *text = options->text;

  if (text == NULL && options->html == NULL)
    text = "-";
  return (text == NULL || input_open (&self->text, "--text", text, failure)) &&
         (options->html == NULL || input_open (&self->html, "--html", options->html, failure));
}

static gboolean
check_charset (const char *charset, Failure *failure)
{
  g_autofree char *why = NULL;
  g_autoptr (CharsetCheck) check = charset_check_new (charset, &why);

  return check != NULL || failure_set (failure, EXIT_CODE_BAD_DATA, "--charset", "--charset: %s", why);
}

gboolean
letter_prepare (Message *self, const Config *config, Failure *failure)
{
  const Options *options = self->options;
  g_autofree char *host = NULL;

  self->letter = mimesend_letter_new ();
  if (!check_charset (options->charset, failure) || !set_sender (self, config, failure) ||
      !set_all (self, mimesend_letter_add_to, "-t", options->to, failure) ||
      !set_all (self, mimesend_letter_add_to, "RECIPIENT", options->recipients, failure) ||
      !set_all (self, mimesend_letter_add_cc, "--cc", options->cc, failure) ||
      !set_all (self, mimesend_letter_add_bcc, "--bcc", options->bcc, failure) ||
      !set_from_files (self, mimesend_letter_add_to, "--to-file", ITEM_TO_FILE, failure) ||
      !set_from_files (self, mimesend_letter_add_cc, "--cc-file", ITEM_CC_FILE, failure) ||
      !set_from_files (self, mimesend_letter_add_bcc, "--bcc-file", ITEM_BCC_FILE, failure) ||
      !set_all (self, mimesend_letter_add_reply_to, "--reply-to", options->reply_to, failure) ||
      (options->subject != NULL &&
       !set_one (self, mimesend_letter_set_subject, "-s", options->subject, failure)) ||
      !add_all_headers (self, failure) || !letter_set_context (self, failure))
    return FALSE;
  host = options->ehlo_name != NULL ? g_strdup (options->ehlo_name) : host_name_dup ();
  if (host != NULL) /* an unsuitable name is ignored: it may be an IPv6 literal */
    mimesend_letter_set_id_domain (self->letter, host, NULL);
  self->reverse_path = g_strdup (mimesend_letter_get_reverse_path (self->letter));
  self->recipients = mimesend_letter_get_recipients (self->letter);
  return open_texts (self, failure) && attach_all (self, failure);
}

/* A text that was read: in memory, or in a file. */
typedef struct
{
  GBytes *bytes;       /* NULL: see the stream */
  GMimeStream *stream; /* NULL: see the bytes */
} Text;

static void
text_init (Text *text, Keep *keep)
{
  text->bytes = keep_get_bytes (keep);
  text->stream = text->bytes == NULL ? stream_of_keep (keep) : NULL;
}

static void
text_clear (Text *text)
{
  g_clear_pointer (&text->bytes, g_bytes_unref);
  g_clear_object (&text->stream);
}

/* The first octets of it, with a NUL behind them. */
static gsize
text_peek (const Text *text, char *head, gsize size)
{
  gssize n;

  if (text->bytes != NULL)
    {
      n = (gssize)MIN (g_bytes_get_size (text->bytes), size - 1);
      if (n > 0)
        memcpy (head, g_bytes_get_data (text->bytes, NULL), (gsize)n);
    }
  else
    {
      n = g_mime_stream_read (text->stream, head, size - 1);
      g_mime_stream_reset (text->stream);
    }
  head[MAX (n, 0)] = '\0';
  return (gsize)MAX (n, 0);
}

static void
text_skip (Text *text, gsize n)
{
  if (text->bytes != NULL)
    {
      GBytes *rest = g_bytes_new_from_bytes (text->bytes, n, g_bytes_get_size (text->bytes) - n);

      g_bytes_unref (text->bytes);
      text->bytes = rest;
    }
  else
    {
      GMimeStream *rest = g_mime_stream_substream (text->stream, (gint64)n, -1);

      g_object_unref (text->stream);
      text->stream = rest;
    }
}

/* --first-line-subject: the line, and one empty line behind it, are no part of the text. */
static gboolean
take_subject (Message *self, Text *text, const char *charset, Failure *failure)
{
  static const char option[] = "--first-line-subject";
  char head[SUBJECT_OCTETS_MAX + 4];
  gsize n = text_peek (text, head, sizeof head);
  char *end = memchr (head, '\n', n);
  g_autofree char *subject = NULL;
  gsize taken = end != NULL ? (gsize)(end - head) + 1 : n;

  if (taken > SUBJECT_OCTETS_MAX)
    return failure_set (failure, EXIT_CODE_BAD_DATA, option,
                        "%s: the first line of the text has more than %d octets", option, SUBJECT_OCTETS_MAX);
  if (strncmp (head + taken, "\r\n", 2) == 0)
    end = head + taken + 1;
  else if (head[taken] == '\n')
    end = head + taken;
  text_skip (text, end != NULL ? (gsize)(end - head) + 1 : n);
  head[taken] = '\0';
  subject = g_convert (g_strstrip (head), -1, "UTF-8", charset, NULL, NULL, NULL);
  if (subject == NULL || subject[0] == '\0')
    return failure_set (failure, EXIT_CODE_BAD_DATA, option,
                        "%s: the first line of the text is empty, and the letter would have no subject",
                        option);
  return set_one (self, mimesend_letter_set_subject, option, subject, failure);
}

static GMimeObject *
build_text_part (Text *text, const char *type, const char *charset, const char *option, Failure *failure)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  GMimeObject *part = NULL;
  GError *error = NULL;

  if (text->bytes != NULL)
    mimesend_part_builder_set_text (
        builder, g_bytes_get_size (text->bytes) > 0 ? g_bytes_get_data (text->bytes, NULL) : "",
        g_bytes_get_size (text->bytes));
  else
    mimesend_part_builder_set_stream (builder, text->stream);
  if (mimesend_part_builder_set_content_type (builder, type, &error) &&
      mimesend_part_builder_set_charset (builder, charset, &error) &&
      mimesend_part_builder_set_disposition (builder, "", &error))
    part = mimesend_part_builder_build (builder, &error);
  if (part == NULL)
    {
      g_prefix_error (&error, "%s: ", option);
      failure_set_error (failure, EXIT_CODE_BAD_DATA, option, error);
    }
  return part;
}

/* Makes a part of a text, labelled with the charset that was checked. */
static GMimeObject *
new_text_part (Message *self, Input *input, const char *type, gboolean *empty, Failure *failure)
{
  const Options *options = self->options;
  const char *charset = options->charset != NULL ? options->charset : "utf-8";
  g_autoptr (Keep) keep = NULL;
  GMimeObject *part = NULL;
  Text text;

  input_hint (input);
  keep = options->replace_invalid ? input_keep_mended (input, failure) : input_keep (input, charset, failure);
  if (keep == NULL)
    return NULL;
  *empty = keep_get_length (keep) == 0;
  text_init (&text, keep);
  if (!options->first_line_subject || input != &self->text || (*empty && options->skip_empty) ||
      take_subject (self, &text, charset, failure))
    part = build_text_part (&text, type, charset, input->option, failure);
  text_clear (&text);
  return part;
}

/* The body: text, HTML, or both as alternatives. */
static GMimeObject *
make_body (Message *self, Failure *failure)
{
  GMimeObject *parts[2] = { NULL, NULL };
  GMimeObject *body = NULL;
  GError *error = NULL;
  gboolean empty = TRUE, html_empty = TRUE;
  guint n = 0;

  if (self->text.fd >= 0 &&
      (parts[n] = new_text_part (self, &self->text, "text/plain", &empty, failure)) != NULL)
    n++;
  if (failure->code == EXIT_CODE_OK && self->html.fd >= 0 &&
      (parts[n] = new_text_part (self, &self->html, "text/html", &html_empty, failure)) != NULL)
    n++;
  self->empty = empty && html_empty;
  if (failure->code == EXIT_CODE_OK && n == 2)
    {
      body = mimesend_part_new_multipart ("alternative", parts, n, &error);
      if (body == NULL)
        failure_set_error (failure, EXIT_CODE_BAD_DATA, "--html", error);
    }
  else if (failure->code == EXIT_CODE_OK)
    body = g_object_ref (parts[0]);
  for (guint i = 0; i < n; i++)
    g_object_unref (parts[i]);
  return body;
}

gboolean
letter_read (Message *self, Failure *failure)
{
  GMimeObject *body = make_body (self, failure);
  g_autoptr (MimesendSecurity) security = NULL;
  GMimeStream *stream;
  GError *error = NULL;
  gboolean good;

  if (body == NULL)
    return FALSE;
  security = security_new (self->options);
  mimesend_letter_set_body (self->letter, body);
  g_object_unref (body);
  mimesend_letter_set_security (self->letter, security);
  self->tree = mimesend_letter_build (self->letter, &error);
  if (self->tree == NULL)
    return failure_set_error (failure, EXIT_CODE_BAD_DATA, NULL, error);
  stream = mimesend_part_stream_new (self->tree);
  self->content = mimesend_content_new ();
  good = mimesend_content_add_stream (self->content, stream, &error);
  g_object_unref (stream);
  return good || failure_set_error (failure, EXIT_CODE_BAD_DATA, NULL, error);
}
