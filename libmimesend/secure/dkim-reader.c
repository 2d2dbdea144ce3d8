/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secure/dkim-reader.h"

#include <string.h>

#include "mimesend-error.h"
#include "octets/seven-bit.h"

#define HEADER_MAX (4 << 20) /* kept until the message is sent */
#define STEP       4096

void
mimesend_dkim_reader_init (MimesendDkimReader *self, guint forms)
{
  memset (self, 0, sizeof *self);
  mimesend_crlf_init (&self->crlf, FALSE);
  self->header = g_byte_array_new ();
  for (guint i = 0; i < MIMESEND_DKIM_FORMS; i++)
    if (forms & (1u << i))
      self->bodies[i] = mimesend_dkim_body_new ((MimesendDkimForm)i);
}

void
mimesend_dkim_reader_clear (MimesendDkimReader *self)
{
  g_clear_pointer (&self->header, g_byte_array_unref);
  for (guint i = 0; i < MIMESEND_DKIM_FORMS; i++)
    g_clear_pointer (&self->bodies[i], mimesend_dkim_body_free);
}

/* Where the header ends, behind its empty line; 0: it goes on. from: what was looked at already. */
static gsize
find_header_end (const GByteArray *header, gsize from)
{
  const guint8 *end;

  if (header->len >= 2 && header->data[0] == '\r')
    return 2;
  from = MAX (from, 3) - 3;
  if (from >= header->len)
    return 0;
  end = memmem (header->data + from, header->len - from, "\r\n\r\n", 4);
  return end != NULL ? (gsize)(end - header->data) + 4 : 0;
}

static void
reader_take_body (MimesendDkimReader *self, const guint8 *octets, gsize n)
{
  for (guint i = 0; i < MIMESEND_DKIM_FORMS; i++)
    if (self->bodies[i] != NULL)
      mimesend_dkim_body_add (self->bodies[i], octets, n);
}

static void
reader_end_header (MimesendDkimReader *self, gsize length)
{
  const guint8 *body = self->header->data + length;
  gsize n = self->header->len - length;

  self->header_over = TRUE;
  self->header_eight_bit = !mimesend_is_seven_bit (self->header->data, length);
  self->crlf.eight_bit = !mimesend_is_seven_bit (body, n); /* of the body from here on */
  reader_take_body (self, body, n);
  g_byte_array_set_size (self->header, (guint)length);
}

/* Octets as they are on the wire. */
static gboolean
reader_take (MimesendDkimReader *self, const guint8 *octets, gsize n, GError **error)
{
  gsize before = self->header->len, length;

  if (self->header_over)
    {
      reader_take_body (self, octets, n);
      return TRUE;
    }
  g_byte_array_append (self->header, octets, (guint)n);
  length = find_header_end (self->header, before);
  if (length > 0)
    reader_end_header (self, length);
  if (self->header->len <= HEADER_MAX)
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
               "the header has more than %d octets, too many to be signed", HEADER_MAX);
  return FALSE;
}

/* A message whose header is UTF-8 goes by SMTPUTF8, and a server that takes that takes 8BITMIME (RFC 6531 3.1): nothing is converted
 * on the way. Every other message may be, where its body is not ASCII. */
static gboolean
cannot_be_converted (MimesendDkimReader *self, GError **error)
{
  if (!self->header_over || !self->crlf.eight_bit || self->header_eight_bit)
    return TRUE;
  g_set_error_literal (
      error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED,
      "the body has octets above 127, and a server on its way may convert them, which breaks the "
      "signature (RFC 6376 5.3): give a tree, which is encoded, or text that is encoded already");
  return FALSE;
}

/* The same line ends as the sending side makes of it; what is in order is only looked at. */
static gboolean
reader_take_any (MimesendDkimReader *self, const guint8 *octets, gsize n, GError **error)
{
  guint8 scratch[2 * STEP + 2 + 64];

  while (n > 0)
    {
      gsize clean = mimesend_crlf_clean_prefix (&self->crlf, octets, n), step = MIN (n - clean, STEP),
            taken = 0;

      if (clean > 0 && !reader_take (self, octets, clean, error))
        return FALSE;
      if (step > 0)
        {
          gsize made = mimesend_crlf_convert (&self->crlf, octets + clean, step, scratch, &taken);

          if (!reader_take (self, scratch, made, error))
            return FALSE;
        }
      if (taken < step)
        {
          g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                       "the content has a NUL octet at offset %" G_GUINT64_FORMAT
                       ", which no mail server may be given as text: attach it (base64)",
                       self->crlf.taken);
          return FALSE;
        }
      octets += clean + step;
      n -= clean + step;
    }
  return TRUE;
}

gboolean
mimesend_dkim_reader_add (MimesendDkimReader *self, const guint8 *octets, gsize n, GError **error)
{
  return reader_take_any (self, octets, n, error) && cannot_be_converted (self, error);
}

gboolean
mimesend_dkim_reader_finish (MimesendDkimReader *self,
                             guint8 digests[MIMESEND_DKIM_FORMS][MIMESEND_DKIM_HASH],
                             GError **error)
{
  guint8 owed[2];
  gsize n = mimesend_crlf_finish (&self->crlf, owed);

  if (n > 0 && !reader_take (self, owed, n, error))
    return FALSE;
  if (!self->header_over)
    reader_end_header (self, self->header->len);
  if (!cannot_be_converted (self, error))
    return FALSE;
  for (guint i = 0; i < MIMESEND_DKIM_FORMS; i++)
    if (self->bodies[i] != NULL)
      mimesend_dkim_body_finish (self->bodies[i], digests[i]);
  return TRUE;
}
