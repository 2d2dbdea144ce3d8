/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file is opened, kept aside if it cannot be read twice, and looked at line by line and part by part. */
#include "show/message.h"

#include "libmimesend/octets/printable.h"
#include "show/message-body.h"
#include "show/message-header.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <libmimesend/mimesend-gmime-autoptr.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
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
part_clear (gpointer data)
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

static gboolean
set_errno (GError **error, const char *what)
{
  int number = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "%s: %s", what, g_strerror (number));
  return FALSE;
}

/* What cannot be read twice is kept in a file without a name. */
static int
keep_aside (int from, GError **error)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("mimesend-show-XXXXXX", &path, error);
  char block[65536];
  ssize_t n;

  if (fd < 0)
    return -1;
  g_unlink (path);
  while ((n = read (from, block, sizeof block)) != 0)
    {
      ssize_t written = 0;

      if (n < 0 && errno == EINTR)
        continue;
      while (n > 0 && written < n)
        {
          ssize_t more = write (fd, block + written, (size_t)(n - written));

          if (more < 0 && errno != EINTR)
            break;
          written += MAX (more, 0);
        }
      if (n < 0 || written < n)
        {
          set_errno (error, n < 0 ? "it cannot be read" : "the temporary folder cannot be written to");
          close (fd);
          return -1;
        }
    }
  return fd;
}

static int
open_twice (const char *path, GError **error)
{
  gboolean is_input = strcmp (path, "-") == 0;
  int fd = is_input ? dup (STDIN_FILENO) : open (path, O_RDONLY | O_CLOEXEC);
  struct stat status;
  int kept;

  if (fd < 0 || fstat (fd, &status) < 0)
    {
      set_errno (error, "it cannot be opened");
      if (fd >= 0)
        close (fd);
      return -1;
    }
  if (S_ISREG (status.st_mode) && lseek (fd, 0, SEEK_CUR) == 0)
    return fd;
  if (S_ISDIR (status.st_mode))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY,
                           "it is a folder, and one file is wanted");
      kept = -1;
    }
  else
    kept = keep_aside (fd, error);
  close (fd);
  return kept;
}

static gboolean
look_at_lines (ShowMessage *self, int fd, GError **error)
{
  ShowLooker *looker = show_looker_new ();
  guint8 block[65536];
  ssize_t n = 0;

  if (lseek (fd, 0, SEEK_SET) == 0)
    while ((n = read (fd, block, sizeof block)) > 0 || (n < 0 && errno == EINTR))
      if (n > 0)
        show_looker_push (looker, block, (gsize)n);
  show_looker_finish (looker, &self->lines);
  return n == 0 || set_errno (error, "it cannot be read");
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
look_at_tree (ShowMessage *self, int fd, GError **error)
{
  g_autoptr (GMimeStream) stream = g_mime_stream_fs_new_with_bounds (fd, (gint64)self->lines.begin, -1);
  g_autoptr (GMimeParser) parser = g_mime_parser_new_with_stream (stream);
  GMimeParserOptions *options = g_mime_parser_options_new ();
  g_autoptr (GMimeMessage) message = NULL;
  gboolean good;

  g_mime_parser_options_set_warning_callback (options, parser_warning_cb, self);
  g_mime_parser_set_persist_stream (parser, TRUE);
  message = g_mime_parser_construct_message (parser, options);
  if (message == NULL)
    {
      show_message_note (self, "this is no message: the header cannot be read");
      good = TRUE;
    }
  else
    {
      show_header_look (self, message);
      good = show_body_look (self, message, error);
    }
  g_mime_parser_options_free (options);
  return good;
}

ShowMessage *
show_message_read (const char *path, GError **error)
{
  g_autoptr (ShowMessage) self = g_new0 (ShowMessage, 1);
  int fd = open_twice (path, error);

  self->fields = g_ptr_array_new_with_free_func (field_free);
  self->parts = g_array_new (FALSE, FALSE, sizeof (ShowPart));
  g_array_set_clear_func (self->parts, part_clear);
  self->unusual = g_ptr_array_new_with_free_func (g_free);
  if (fd < 0)
    return NULL;
  if (!look_at_lines (self, fd, error))
    {
      close (fd);
      return NULL;
    }
  judge_lines (self);
  /* the stream closes the descriptor */
  return look_at_tree (self, fd, error) ? g_steal_pointer (&self) : NULL;
}
