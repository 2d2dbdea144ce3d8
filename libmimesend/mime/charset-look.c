/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/charset-look.h"

#include <string.h>

/* RFC 3629 4: how many octets follow a first octet, and the range of the second. */
static gboolean
begin_character (MimesendCharsetLook *self, guint8 c)
{
  self->low = 0x80;
  self->high = 0xbf;
  if (c >= 0xc2 && c <= 0xdf)
    self->due = 1;
  else if (c >= 0xe0 && c <= 0xef)
    {
      self->due = 2;
      if (c == 0xe0)
        self->low = 0xa0; /* no overlong form */
      else if (c == 0xed)
        self->high = 0x9f; /* no surrogates */
    }
  else if (c >= 0xf0 && c <= 0xf4)
    {
      self->due = 3;
      if (c == 0xf0)
        self->low = 0x90;
      else if (c == 0xf4)
        self->high = 0x8f; /* no more than U+10FFFF */
    }
  else
    return FALSE;
  return TRUE;
}

static void
look_at_utf8 (MimesendCharsetLook *self, guint8 c)
{
  if (self->bad_utf8)
    return;
  if (self->due > 0)
    {
      self->bad_utf8 = c < self->low || c > self->high;
      self->low = 0x80;
      self->high = 0xbf;
      self->due--;
    }
  else if (c >= 0x80)
    self->bad_utf8 = !begin_character (self, c);
}

/* FALSE: a character that no text holds. */
static gboolean
take_unit (MimesendWideLook *self, guint32 unit)
{
  gboolean is_high = unit >= 0xd800 && unit <= 0xdbff, is_low = unit >= 0xdc00 && unit <= 0xdfff;

  if (unit == 0)
    return FALSE;
  if (self->width == 4)
    return !is_high && !is_low && unit <= 0x10ffff;
  if (self->high != is_low) /* a surrogate without its other half */
    return FALSE;
  self->high = is_high;
  return TRUE;
}

static void
look_at_wide (MimesendWideLook *self, guint8 c)
{
  if (self->little)
    self->unit |= (guint32)c << (8 * self->n);
  else
    self->unit = self->unit << 8 | c;
  if (++self->n < self->width)
    return;
  if (!take_unit (self, self->unit))
    self->width = 0;
  self->unit = 0;
  self->n = 0;
}

static gboolean
begins_with (const MimesendCharsetLook *self, const char *mark, gsize n)
{
  return self->length >= n && memcmp (self->start, mark, n) == 0;
}

/* Called when four octets, or all, are there: which byte order marks may they be? */
static void
choose_wide (MimesendCharsetLook *self)
{
  if (begins_with (self, "\xff\xfe", 2))
    {
      self->wide[0] = (MimesendWideLook){ .width = 2, .little = TRUE };
      if (begins_with (self, "\xff\xfe\0\0", 4))
        self->wide[1] = (MimesendWideLook){ .width = 4, .little = TRUE };
    }
  else if (begins_with (self, "\xfe\xff", 2))
    self->wide[0] = (MimesendWideLook){ .width = 2 };
  else if (begins_with (self, "\0\0\xfe\xff", 4))
    self->wide[0] = (MimesendWideLook){ .width = 4 };
  for (gsize i = 0; i < G_N_ELEMENTS (self->wide); i++)
    for (gsize j = 0; j < MIN (self->length, sizeof self->start) && self->wide[i].width > 0; j++)
      look_at_wide (&self->wide[i], self->start[j]);
}

void
mimesend_charset_look (MimesendCharsetLook *self, const guint8 *octets, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      guint8 c = octets[i];

      if (self->length < sizeof self->start)
        self->start[self->length] = c;
      self->length++;
      if (self->length == sizeof self->start)
        choose_wide (self);
      else if (self->length > sizeof self->start)
        for (gsize j = 0; j < G_N_ELEMENTS (self->wide); j++)
          if (self->wide[j].width > 0)
            look_at_wide (&self->wide[j], c);
      self->nul |= c == 0;
      self->shift |= c == 0x1b || c == 0x0e || c == 0x0f;
      self->eight_bit |= c >= 0x80;
      if (self->due > 0 || c >= 0x80)
        look_at_utf8 (self, c);
    }
}

/* The unit's width in octets, 2 or 4; 0: neither charset. */
static guint
wide_width (const MimesendCharsetLook *self, gboolean complete)
{
  MimesendCharsetLook looked = *self;

  if (looked.length < sizeof looked.start)
    choose_wide (&looked);
  for (gsize i = 0; i < G_N_ELEMENTS (looked.wide); i++)
    if (looked.wide[i].width > 0 && !(complete && (looked.wide[i].n > 0 || looked.wide[i].high)))
      return looked.wide[i].width;
  return 0;
}

const char *
mimesend_charset_look_get (const MimesendCharsetLook *self, gboolean complete)
{
  guint width = wide_width (self, complete);

  if (width > 0)
    return width == 2 ? "utf-16" : "utf-32";
  if (self->nul || self->bad_utf8 || (complete && self->due > 0))
    return NULL;
  if (self->eight_bit)
    return complete || begins_with (self, "\xef\xbb\xbf", 3) ? "utf-8" : NULL;
  return complete && !self->shift ? "us-ascii" : NULL;
}

gboolean
mimesend_charset_look_has_lines (const MimesendCharsetLook *self, gboolean complete)
{
  return complete && !self->nul && wide_width (self, TRUE) == 0;
}
