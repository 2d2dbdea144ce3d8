/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header goes on as long as lines are fields, `name:` with blanks ahead of the colon or without (RFC 5322 2.2, 4.5), or
 * their continuations. An empty line ends it, and for most receivers so does any other line; some pass by such a line and
 * take for a field what follows, so that a bare CR is looked for until the empty line.
 *
 *   START ──── printable ───▶ NAME ──blank──▶ BLANK        a name; at ':' it is a field's
 *     │ ▲                        └──────':'──────┴──▶ VALUE
 *     │ └──LF── VALUE, MBOX, JUNK ◀──LF── CR               a CR is followed by LF, or it is bare
 *     ├─blank─▶ VALUE (continued)
 *     └─LF, CR LF─▶ OVER
 *
 *   MBOX: the rest of a line of mbox, ahead of all fields. JUNK: a line that is no field, behind fields. */
#include "octets/header-watch.h"

#include <string.h>

#define NAME_LIMIT 998 /* octets; the limit of a line, RFC 5322 2.1.1 */

enum
{
  BEGIN, /* start of the content: as START, and a byte order mark is allowed */
  BOM,
  START,
  EMPTY_CR, /* a CR as the first octet of a line */
  NAME,
  BLANK,
  ODD, /* an odd name in the first line: no field, but some receivers take it for one */
  VALUE,
  MBOX,
  JUNK,
  VALUE_CR,
  MBOX_CR,
  JUNK_CR,
  OVER
};

typedef enum
{
  TAKEN,
  AGAIN, /* feed the octet again, in the new state */
  BARE   /* the CR before it is bare */
} Verdict;

static const guint8 byte_order_mark[] = { 0xef, 0xbb, 0xbf };

static gboolean
is_header_blank (guint8 octet)
{
  return octet == ' ' || octet == '\t';
}

static void
end_fields (MimesendHeaderWatch *self)
{
  self->settled = TRUE;
  if (!(self->flags & (MIMESEND_HEADER_HAS_FIELD | MIMESEND_HEADER_IS_EMPTY)))
    {
      self->fields_at = 0;
      self->flags = 0;
    }
}

static void
end_header (MimesendHeaderWatch *self)
{
  if (!self->settled && !(self->flags & MIMESEND_HEADER_HAS_FIELD))
    self->flags |= MIMESEND_HEADER_IS_EMPTY;
  if (!self->settled)
    end_fields (self);
  self->over = TRUE;
  self->state = OVER;
}

/* Behind a field the search for a bare CR goes on; a text that begins so has no header. */
static void
no_field (MimesendHeaderWatch *self)
{
  self->over = !(self->flags & MIMESEND_HEADER_HAS_FIELD);
  self->state = self->over ? OVER : JUNK;
  end_fields (self);
}

static gboolean
name_is (const MimesendHeaderWatch *self, const char *name)
{
  gsize length = strlen (name);

  return self->quotes == 0 && self->name_length == length &&
         g_ascii_strncasecmp (self->name, name, length) == 0;
}

static void
begin_value (MimesendHeaderWatch *self)
{
  self->flags |= MIMESEND_HEADER_HAS_FIELD;
  if (name_is (self, "Date"))
    self->flags |= MIMESEND_HEADER_HAS_DATE;
  else if (name_is (self, "Message-ID"))
    self->flags |= MIMESEND_HEADER_HAS_MESSAGE_ID;
  else if (name_is (self, "MIME-Version"))
    self->flags |= MIMESEND_HEADER_HAS_MIME_VERSION;
  self->is_bcc = name_is (self, "Bcc") || name_is (self, "Resent-Bcc");
  self->state = VALUE;
}

/* "From " and whatever follows, but for the colon of a field; mailers put '>' ahead of what only looks like it. */
static gboolean
is_mbox_line (const MimesendHeaderWatch *self)
{
  return !(self->flags & MIMESEND_HEADER_HAS_FIELD) && self->name_length == 4 &&
         memcmp (self->name, "From", 4) == 0;
}

static Verdict
no_name (MimesendHeaderWatch *self, guint8 octet)
{
  gboolean is_first = !(self->flags & MIMESEND_HEADER_HAS_FIELD);

  if (is_first && (octet < 32 || octet >= 127) && octet != '\r' && octet != '\n')
    self->state = ODD;
  else
    no_field (self);
  return AGAIN;
}

/* With a colon some receivers take the line for a field; to others it ends the header. */
static Verdict
take_odd (MimesendHeaderWatch *self, guint8 octet)
{
  if (octet == ':')
    {
      end_fields (self);
      self->state = JUNK;
    }
  else if (octet == '\r' || octet == '\n' || is_header_blank (octet) || ++self->name_length >= NAME_LIMIT)
    {
      no_field (self);
      return AGAIN;
    }
  return TAKEN;
}

static Verdict
watch_take_name (MimesendHeaderWatch *self, guint8 octet)
{
  if (octet == ':' && self->quotes + self->name_length > 0)
    begin_value (self);
  else if (is_header_blank (octet))
    self->state = BLANK;
  else if (octet <= 32 || octet >= 127 || octet == ':' || self->quotes + self->name_length >= NAME_LIMIT)
    return no_name (self, octet);
  else if (octet == '>' && self->name_length == 0)
    self->quotes++;
  else
    {
      if (self->name_length < sizeof self->name)
        self->name[self->name_length] = (char)octet;
      self->name_length++;
    }
  return TAKEN;
}

static Verdict
take_blank (MimesendHeaderWatch *self, guint8 octet)
{
  if (is_header_blank (octet))
    return TAKEN;
  if (octet == ':')
    {
      begin_value (self);
      return TAKEN;
    }
  if (is_mbox_line (self))
    {
      self->flags |= MIMESEND_HEADER_HAS_MBOX_LINE;
      self->state = MBOX;
    }
  else
    no_field (self);
  return AGAIN;
}

/* The first octet of a line, none of its end. A blank continues the line ahead; where there is none it is no field, yet a
 * receiver may see it as part of a header. */
static Verdict
take_first (MimesendHeaderWatch *self, guint8 octet)
{
  if (self->state == BEGIN && octet == byte_order_mark[0])
    {
      self->state = BOM;
      self->matched = 1;
      return TAKEN;
    }
  if (is_header_blank (octet) && !(self->flags & MIMESEND_HEADER_HAS_FIELD) && !self->settled)
    end_fields (self);
  if (self->settled)
    self->state = JUNK;
  else if (is_header_blank (octet))
    self->state = VALUE;
  else
    {
      self->state = NAME;
      self->quotes = self->name_length = 0;
      self->is_bcc = FALSE;
    }
  return AGAIN;
}

static Verdict
take_start (MimesendHeaderWatch *self, guint8 octet)
{
  if (octet == '\n')
    end_header (self);
  else if (octet == '\r')
    self->state = EMPTY_CR;
  else
    return take_first (self, octet);
  return TAKEN;
}

static Verdict
take_mark (MimesendHeaderWatch *self, guint8 octet)
{
  if (octet != byte_order_mark[self->matched])
    {
      self->name_length = self->matched;
      self->state = ODD;
      return AGAIN;
    }
  if (++self->matched == sizeof byte_order_mark)
    {
      self->flags |= MIMESEND_HEADER_HAS_BOM;
      self->state = START;
    }
  return TAKEN;
}

static Verdict
take_text (MimesendHeaderWatch *self, guint8 octet)
{
  if (octet == '\n')
    {
      if (self->state == MBOX)
        self->fields_at = self->offset + 1;
      self->state = START;
    }
  else if (octet == '\r')
    self->state += VALUE_CR - VALUE;
  else if (self->state == VALUE)
    {
      if (octet >= 128)
        self->flags |= MIMESEND_HEADER_HAS_EIGHT_BIT;
      if (self->is_bcc && !is_header_blank (octet))
        {
          self->flags |= MIMESEND_HEADER_HAS_BCC;
          self->is_bcc = FALSE;
        }
    }
  return TAKEN;
}

static Verdict
take_after_cr (MimesendHeaderWatch *self, guint8 octet)
{
  const guint header = MIMESEND_HEADER_HAS_FIELD | MIMESEND_HEADER_HAS_MBOX_LINE;

  /* at the front of the content it becomes a line end, and with that the empty line */
  if (octet != '\n' && (self->state != EMPTY_CR || self->settled || (self->flags & header)))
    return BARE;
  if (self->state == EMPTY_CR)
    {
      end_header (self);
      return TAKEN;
    }
  self->state -= VALUE_CR - VALUE;
  return AGAIN;
}

static Verdict
watch_take (MimesendHeaderWatch *self, guint8 octet)
{
  switch (self->state)
    {
    case BEGIN:
    case START:
      return take_start (self, octet);
    case BOM:
      return take_mark (self, octet);
    case NAME:
      return watch_take_name (self, octet);
    case BLANK:
      return take_blank (self, octet);
    case ODD:
      return take_odd (self, octet);
    case VALUE:
    case MBOX:
    case JUNK:
      return take_text (self, octet);
    case OVER:
      return TAKEN;
    default:
      return take_after_cr (self, octet);
    }
}

/* Most of a header is values, and little in them matters but how they end. */
static gsize
skip_text (MimesendHeaderWatch *self, const guint8 *octets, gsize n)
{
  guint8 all = 0;
  gsize i = 0;

  if (self->state < VALUE || self->state > JUNK || self->is_bcc)
    return 0;
  for (; i < n && octets[i] != '\r' && octets[i] != '\n'; i++)
    all |= octets[i];
  if (self->state == VALUE && all >= 128)
    self->flags |= MIMESEND_HEADER_HAS_EIGHT_BIT;
  return i;
}

gboolean
mimesend_header_watch (MimesendHeaderWatch *self, const guint8 *octets, gsize n)
{
  for (gsize i = 0; i < n && self->state != OVER;)
    {
      Verdict verdict;
      gsize skipped = skip_text (self, octets + i, n - i);

      i += skipped;
      self->offset += skipped;
      if (i == n)
        break;
      while ((verdict = watch_take (self, octets[i])) == AGAIN)
        ;
      if (verdict == BARE)
        {
          self->offset--;
          return FALSE;
        }
      self->offset++;
      i++;
    }
  return TRUE;
}

void
mimesend_header_watch_end (MimesendHeaderWatch *self)
{
  if (self->state == EMPTY_CR)
    end_header (self);
  if (!self->settled)
    end_fields (self);
  self->over = TRUE;
  self->state = OVER;
}
