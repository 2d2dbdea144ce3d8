/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The letter's attachments: parts, of which the common kinds are made in one call. */
#include "mime/letter.h"

#include "mimesend-part.h"

/* Takes the part; NULL: it could not be made. */
static gboolean
letter_attach (MimesendLetter *self, GMimeObject *part)
{
  if (part == NULL)
    return FALSE;
  g_ptr_array_add (self->attachments, part);
  mimesend_letter_changed (self);
  return TRUE;
}

/**
 * mimesend_letter_attach_part:
 * @self: a letter
 * @part: a part; a #GMimeMessage is attached as message/rfc822
 *
 * Attaches a part. It is held, not changed.
 *
 * Since: 0.1
 */
void
mimesend_letter_attach_part (MimesendLetter *self, GMimeObject *part)
{
  g_return_if_fail (MIMESEND_IS_LETTER (self));
  g_return_if_fail (GMIME_IS_OBJECT (part));
  letter_attach (self, g_object_ref (part));
}

/**
 * mimesend_letter_attach_file:
 * @self: a letter
 * @path: (type filename): a file
 * @error: return location for an error, or %NULL
 *
 * Attaches a file, as mimesend_part_new_file () makes a part of it.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_attach_file (MimesendLetter *self, const char *path, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);
  return letter_attach (self, mimesend_part_new_file (path, error));
}

/**
 * mimesend_letter_attach_stream:
 * @self: a letter
 * @stream: a stream, which is read when the letter is sent
 * @name: (nullable): the file name under which it travels
 * @error: return location for an error, or %NULL
 *
 * Attaches what a stream holds. The type follows from the name; mimesend_letter_attach_part() takes a part of another type.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_attach_stream (MimesendLetter *self, GMimeStream *stream, const char *name, GError **error)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (GMIME_IS_STREAM (stream), FALSE);
  mimesend_part_builder_set_stream (builder, stream);
  if (!mimesend_part_builder_set_name (builder, name, error))
    return FALSE;
  return letter_attach (self, mimesend_part_builder_build (builder, error));
}

/**
 * mimesend_letter_attach_bytes:
 * @self: a letter
 * @bytes: octets
 * @name: (nullable): the file name under which they travel
 * @content_type: (nullable): "type/subtype", parameters may follow; %NULL: what follows from the name, or else
 *   application/octet-stream
 * @error: return location for an error, or %NULL
 *
 * Attaches octets in memory, which arrive as they are, line ends too. The charset of a text is what they show, as for a file
 * (mimesend_part_builder_set_charset()).
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_attach_bytes (
    MimesendLetter *self, GBytes *bytes, const char *name, const char *content_type, GError **error)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (bytes != NULL, FALSE);
  mimesend_part_builder_set_bytes (builder, bytes);
  if (!mimesend_part_builder_set_disposition (builder, GMIME_DISPOSITION_ATTACHMENT, error) ||
      !mimesend_part_builder_set_name (builder, name, error) ||
      !mimesend_part_builder_set_content_type (builder, content_type, error))
    return FALSE;
  return letter_attach (self, mimesend_part_builder_build (builder, error));
}

/**
 * mimesend_letter_set_calendar:
 * @self: a letter
 * @ics: (nullable): an iCalendar object (RFC 5545) in UTF-8 with a METHOD, at most 16 MiB; %NULL for none
 * @error: return location for an error, or %NULL
 *
 * Makes the letter an invitation, or what else METHOD says (RFC 5546: REQUEST, CANCEL, REPLY and others). The object becomes the
 * last alternative of the letter's text, as text/calendar with its method, which readers with a calendar show with buttons; and a
 * file for those without, invite.ics. Line ends become CRLF.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed: #MIMESEND_ERROR_CONTENT, with the line, for what is no
 *   iCalendar object, is not UTF-8, has no METHOD, or has no ORGANIZER where the method needs one
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_set_calendar (MimesendLetter *self, GBytes *ics, GError **error)
{
  MimesendCalendar *calendar = NULL;

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  if (ics != NULL)
    {
      calendar = mimesend_calendar_new (ics, error);
      if (calendar == NULL)
        return FALSE;
    }
  g_clear_pointer (&self->calendar, mimesend_calendar_unref);
  self->calendar = calendar;
  mimesend_letter_changed (self);
  return TRUE;
}
