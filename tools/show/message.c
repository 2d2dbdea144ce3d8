/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file is opened, kept aside if it cannot be read twice, and looked at line by line and part by part. */
#include "show/message.h"

#include "input/stream.h"
#include "libmimesend/octets/printable.h"
#include "show/message-body.h"
#include "show/message-header.h"

#include <libmimesend/mimesend-gmime-autoptr.h>
#include <unistd.h>

/* A damaged file may be unusual in every line. */
#define NOTES_MAX 100

static void
field_free (gpointer data)
{
  ShowField *field = data;

  g_free (field->value);
  g_free (field);
}

static void
show_part_clear (gpointer data)
{
  ShowPart *part = data;
  char *const owned[] = { part->number,     part->type,        part->charset, part->encoding, part->name,
                          part->content_id, part->disposition, part->subject, part->sha256 };

  for (guint i = 0; i < G_N_ELEMENTS (owned); i++)
    g_free (owned[i]);
}

void
show_message_free (ShowMessage *self)
{
  g_ptr_array_unref (self->fields);
  g_array_unref (self->parts);
  g_ptr_array_unref (self->unusual);
  g_free (self);
}

void
show_message_note (ShowMessage *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  if (self->unusual->len > NOTES_MAX)
    return;
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (self->unusual, self->unusual->len == NOTES_MAX
                                      ? g_strdup ("there is more, which is not shown")
                                      : mimesend_printable_lines (text, 400));
}

/* What cannot be read twice is kept aside. */
static GMimeStream *
open_twice (const char *path, Failure *failure)
{
  Input input = INPUT_INIT;
  GMimeStream *stream = NULL;
  g_autoptr (Keep) keep = NULL;

  if (!input_open (&input, "FILE", path, failure))
    stream = NULL;
  else if (input.regular && lseek (input.fd, 0, SEEK_CUR) == 0)
    stream = g_mime_stream_fs_new (dup (input.fd));
  else if ((keep = input_keep (&input, NULL, failure)) != NULL)
    stream = stream_of_keep (keep);
  input_close (&input);
  return stream;
}

static gboolean
look_at_lines (ShowMessage *self, GMimeStream *stream)
{
  ShowLooker *looker = show_looker_new ();
  char block[65536];
  ssize_t n;

  while ((n = g_mime_stream_read (stream, block, sizeof block)) > 0)
    show_looker_push (looker, (const guint8 *)block, (gsize)n);
  show_looker_finish (looker, &self->lines);
  return n == 0 || g_mime_stream_eos (stream);
}

static void
note_place (ShowMessage *self, const ShowPlace *place, const char *what)
{
  if (place->count == 1)
    show_message_note (self, "line %" G_GUINT64_FORMAT ": %s", place->first, what);
  else if (place->count > 1)
    show_message_note (self, "line %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT " more: %s", place->first,
                       place->count - 1, what);
}

static void
judge_lines (ShowMessage *self)
{
  const ShowLines *lines = &self->lines;

  if (lines->octets == 0)
    show_message_note (self, "the file is empty");
  if (lines->byte_order_mark)
    show_message_note (self, "line 1: a UTF-8 byte order mark stands ahead of the header");
  if (lines->from_line)
    show_message_note (self, "line 1: it begins with 'From ', as in an mbox file; that is no header field");
  note_place (self, &lines->no_field, "in the header, and no field of one");
  note_place (self, &lines->blank_colon, "a blank stands ahead of the colon (RFC 5322 4.5)");
  note_place (self, &lines->header_eight_bit, "octets above 127 in the header (RFC 6532 wants SMTPUTF8)");
  note_place (self, &lines->too_long, "longer than 998 octets (RFC 5322 2.1.1)");
  note_place (self, &lines->cr, "CR without LF");
  note_place (self, &lines->nul, "octet of value 0");
  if (lines->crlf.count > 0 && lines->lf.count > 0)
    note_place (self, lines->crlf.count < lines->lf.count ? &lines->crlf : &lines->lf,
                lines->crlf.count < lines->lf.count ? "ends with CR LF, most others with LF"
                                                    : "ends with LF, most others with CR LF");
  if (lines->octets > 0 && !lines->header_ended)
    show_message_note (self, "no empty line ends the header");
  if (!lines->last_ended)
    show_message_note (self, "the last line has no line end");
}

static void
parser_warning_cb (gint64 offset, GMimeParserWarning code, const char *item, gpointer data)
{
  static const struct
  {
    GMimeParserWarning code;
    const char *words;
  } known[] = {
    { GMIME_WARN_DUPLICATED_PARAMETER, "a parameter is given twice" },
    { GMIME_WARN_INVALID_CONTENT_TYPE, "the Content-Type cannot be read" },
    { GMIME_WARN_INVALID_RFC2047_HEADER_VALUE, "an encoded word that cannot be decoded (RFC 2047)" },
    { GMIME_WARN_INVALID_PARAMETER, "a parameter that cannot be read" },
    { GMIME_WARN_INVALID_ADDRESS_LIST, "addresses that cannot be read" },
    { GMIME_WARN_TRUNCATED_MESSAGE, "a boundary is missing at the end: the message is cut" },
    { GMIME_CRIT_NESTING_OVERFLOW, "nested too deep: what is inside is not shown" },
    { GMIME_WARN_PART_WITHOUT_CONTENT, "a part without content" },
    { GMIME_CRIT_PART_WITHOUT_HEADERS_OR_CONTENT, "a part without header and content" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].code == code && offset >= 0)
      show_message_note (data, "octet %" G_GINT64_FORMAT ": %s%s%s", offset, known[i].words,
                         item != NULL ? ": " : "", item != NULL ? item : "");
    else if (known[i].code == code)
      show_message_note (data, "%s%s%s", known[i].words, item != NULL ? ": " : "", item != NULL ? item : "");
}

/* The parts stay in the file, and are read from there. */
static gboolean
look_at_tree (ShowMessage *self, GMimeStream *stream, Failure *failure)
{
  g_autoptr (GMimeStream) message_stream = g_mime_stream_substream (stream, (gint64)self->lines.begin, -1);
  g_autoptr (GMimeParser) parser = g_mime_parser_new_with_stream (message_stream);
  g_autoptr (GMimeParserOptions) options = g_mime_parser_options_new ();
  g_autoptr (GMimeMessage) message = NULL;

#ifdef HAVE_GMIME_WARNING_NOTIFY /* GMime 3.2.15 has it, 3.2.13 has not */
  g_mime_parser_options_set_warning_callback (options, parser_warning_cb, self, NULL);
#else
  g_mime_parser_options_set_warning_callback (options, parser_warning_cb, self);
#endif
  g_mime_parser_set_persist_stream (parser, TRUE);
  message = g_mime_parser_construct_message (parser, options);
  if (message == NULL)
    {
      show_message_note (self, "this is no message: the header cannot be read");
      return TRUE;
    }
  show_header_look (self, message);
  return show_body_look (self, message, failure);
}

ShowMessage *
show_message_read (const char *path, Failure *failure)
{
  g_autoptr (ShowMessage) self = g_new0 (ShowMessage, 1);
  g_autoptr (GMimeStream) stream = open_twice (path, failure);

  self->fields = g_ptr_array_new_with_free_func (field_free);
  self->parts = g_array_new (FALSE, FALSE, sizeof (ShowPart));
  g_array_set_clear_func (self->parts, show_part_clear);
  self->unusual = g_ptr_array_new_with_free_func (g_free);
  if (stream == NULL)
    return NULL;
  if (!look_at_lines (self, stream))
    {
      failure_set (failure, EXIT_CODE_NO_INPUT, "FILE", "FILE: '%s' cannot be read to its end", path);
      return NULL;
    }
  judge_lines (self);
  return look_at_tree (self, stream, failure) ? g_steal_pointer (&self) : NULL;
}
