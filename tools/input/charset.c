/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "input/charset.h"

#include <errno.h>
#include <string.h>

#define CARRY_MAX 32

struct _CharsetCheck
{
  char *name;
  GIConv iconv;   /* (GIConv) -1: UTF-8, for which GLib is stricter and quicker */
  guint64 offset; /* offset of the first octet of `carry` */
  gsize n_carry;
  guint8 carry[CARRY_MAX]; /* the beginning of a character that the block ended in */
};

/* Text in a mail is made of lines that end in CR LF, whatever its charset (RFC 2046 4.1.1): UTF-16 is not
 * possible. */
static gboolean
keeps_ascii (GIConv iconv)
{
  char in[] = "Az09 \n";
  char out[64];
  char *from = in, *to = out;
  gsize n_in = strlen (in), n_out = sizeof out;

  if (g_iconv (iconv, &from, &n_in, &to, &n_out) == (gsize)-1)
    return FALSE;
  g_iconv (iconv, NULL, NULL, NULL, NULL);
  return n_in == 0 && sizeof out - n_out == strlen (in) && memcmp (in, out, strlen (in)) == 0;
}

static gboolean
is_token (const char *name)
{
  if (name[0] == '\0' || strlen (name) > 60)
    return FALSE;
  for (; *name != '\0'; name++)
    if (!g_ascii_isalnum (*name) && strchr ("-_.:+", *name) == NULL)
      return FALSE;
  return TRUE;
}

CharsetCheck *
charset_check_new (const char *name, char **why)
{
  CharsetCheck *self;
  GIConv iconv = (GIConv)-1;

  if (name == NULL || g_ascii_strcasecmp (name, "UTF-8") == 0)
    name = "UTF-8";
  if (!is_token (name))
    {
      *why = g_strdup_printf ("'%s' is not the name of a charset", name);
      return NULL;
    }
  if (strcmp (name, "UTF-8") != 0)
    {
      iconv = g_iconv_open ("UTF-8", name);
      if (iconv == (GIConv)-1)
        {
          *why = g_strdup_printf (
              "the charset '%s' is not known on this system; 'iconv -l' lists those that are", name);
          return NULL;
        }
      if (!keeps_ascii (iconv))
        {
          g_iconv_close (iconv);
          *why = g_strdup_printf (
              "the charset '%s' cannot be used for text in a mail; convert the text to UTF-8", name);
          return NULL;
        }
    }
  self = g_new0 (CharsetCheck, 1);
  self->name = g_strdup (name);
  self->iconv = iconv;
  return self;
}

/* The length of the valid beginning. *cut: the rest may be the beginning of a character. */
static gsize
charset_good_utf8 (const char *octets, gsize n, gboolean *cut)
{
  const char *end;

  *cut = FALSE;
  if (g_utf8_validate_len (octets, n, &end))
    return n;
  *cut = g_utf8_get_char_validated (end, octets + n - end) == (gunichar)-2;
  return end - octets;
}

static gsize
check_iconv (GIConv iconv, char *octets, gsize n, gboolean *cut)
{
  char out[4096];
  char *from = octets;
  gsize left = n;

  *cut = FALSE;
  while (left > 0)
    {
      char *to = out;
      gsize n_out = sizeof out;

      if (g_iconv (iconv, &from, &left, &to, &n_out) != (gsize)-1 || errno == E2BIG)
        continue;
      *cut = errno == EINVAL;
      break;
    }
  return n - left;
}

gboolean
charset_check_feed (CharsetCheck *self, const guint8 *octets, gsize n, char **why)
{
  g_autofree char *joined = g_malloc (self->n_carry + n);
  gsize total = self->n_carry + n;
  gsize good;
  gboolean cut;
  const guint8 *nul = memchr (octets, 0, n);

  if (nul != NULL)
    {
      *why = g_strdup_printf ("holds a NUL octet at offset %" G_GUINT64_FORMAT
                              ", so it is no text: attach it instead",
                              self->offset + self->n_carry + (nul - octets));
      return FALSE;
    }
  memcpy (joined, self->carry, self->n_carry);
  memcpy (joined + self->n_carry, octets, n);
  good = self->iconv == (GIConv)-1 ? charset_good_utf8 (joined, total, &cut)
                                   : check_iconv (self->iconv, joined, total, &cut);
  self->offset += good;
  self->n_carry = total - good;
  if (self->n_carry > 0 && (!cut || self->n_carry > CARRY_MAX))
    {
      *why = g_strdup_printf ("is not valid %s at offset %" G_GUINT64_FORMAT
                              "; --charset says which charset it is in",
                              self->name, self->offset);
      return FALSE;
    }
  memcpy (self->carry, joined + good, self->n_carry);
  return TRUE;
}

gboolean
charset_check_end (CharsetCheck *self, char **why)
{
  if (self->n_carry == 0)
    return TRUE;
  *why = g_strdup_printf ("ends in the middle of a character of %s; --charset says which charset it is in",
                          self->name);
  return FALSE;
}

void
charset_check_free (CharsetCheck *self)
{
  if (self->iconv != (GIConv)-1)
    g_iconv_close (self->iconv);
  g_free (self->name);
  g_free (self);
}
