/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What EHLO offered (RFC 5321 4.1.1.1). Unknown lines, and lines with invalid parameters, are ignored: an extension is used
 * only if it is offered correctly. */
#include "smtp/capabilities.h"

#include <string.h>

#define MECHANISMS_MAX 64 /* a limit; no real server offers as many */

static const struct
{
  const char *keyword;
  MimesendSmtpExtension extension;
} keywords[] = {
  { "PIPELINING", MIMESEND_SMTP_PIPELINING },                   /* RFC 2920 */
  { "SIZE", MIMESEND_SMTP_SIZE },                               /* RFC 1870 */
  { "8BITMIME", MIMESEND_SMTP_8BITMIME },                       /* RFC 6152 */
  { "SMTPUTF8", MIMESEND_SMTP_SMTPUTF8 },                       /* RFC 6531 */
  { "CHUNKING", MIMESEND_SMTP_CHUNKING },                       /* RFC 3030 */
  { "BINARYMIME", MIMESEND_SMTP_BINARYMIME },                   /* RFC 3030 */
  { "ENHANCEDSTATUSCODES", MIMESEND_SMTP_ENHANCEDSTATUSCODES }, /* RFC 2034 */
  { "DSN", MIMESEND_SMTP_DSN },                                 /* RFC 3461 */
  { "STARTTLS", MIMESEND_SMTP_STARTTLS },                       /* RFC 3207 */
  { "AUTH", MIMESEND_SMTP_AUTH },                               /* RFC 4954 */
  { "REQUIRETLS", MIMESEND_SMTP_REQUIRETLS },                   /* RFC 8689 */
  { "LIMITS", MIMESEND_SMTP_LIMITS },                           /* RFC 9422 */
  { "DELIVERBY", MIMESEND_SMTP_DELIVERBY },                     /* RFC 2852 */
  { "MT-PRIORITY", MIMESEND_SMTP_MT_PRIORITY },                 /* RFC 6710 */
  { "FUTURERELEASE", MIMESEND_SMTP_FUTURERELEASE },             /* RFC 4865 */
};

static void
mechanisms_reset (MimesendSmtpCapabilities *self)
{
  self->mechanisms = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->mechanisms, NULL);
}

void
mimesend_smtp_capabilities_init (MimesendSmtpCapabilities *self)
{
  *self = (MimesendSmtpCapabilities){ 0 };
  mechanisms_reset (self);
}

void
mimesend_smtp_capabilities_clear (MimesendSmtpCapabilities *self)
{
  g_clear_pointer (&self->mechanisms, g_ptr_array_unref);
  mimesend_smtp_capabilities_init (self);
}

gboolean
mimesend_smtp_capabilities_has (const MimesendSmtpCapabilities *self, MimesendSmtpExtension extension)
{
  return (self->offered & extension) != 0;
}

static gsize
word_length (const char *s, gsize n)
{
  gsize i = 0;

  while (i < n && s[i] != ' ')
    i++;
  return i;
}

/* Digits alone; FALSE for anything else and for more than 64 bits. */
static gboolean
read_number (const char *s, gsize n, guint64 *value)
{
  guint64 v = 0;

  if (n == 0)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isdigit (s[i]) || !g_uint64_checked_mul (&v, v, 10) ||
        !g_uint64_checked_add (&v, v, (guint64)(s[i] - '0')))
      return FALSE;
  *value = v;
  return TRUE;
}

/* RFC 4422 3.1: 1 to 20 of upper-case letters, digits, '-' and '_'. */
static void
add_mechanism (MimesendSmtpCapabilities *self, const char *s, gsize n)
{
  g_autofree char *name = NULL;

  if (n == 0 || n > 20 || self->mechanisms->len > MECHANISMS_MAX)
    return;
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isalnum (s[i]) && s[i] != '-' && s[i] != '_')
      return;
  name = g_ascii_strup (s, (gssize)n);
  for (guint i = 0; i + 1 < self->mechanisms->len; i++)
    if (strcmp (g_ptr_array_index (self->mechanisms, i), name) == 0)
      return;
  g_ptr_array_insert (self->mechanisms, (gint)self->mechanisms->len - 1, g_steal_pointer (&name));
}

static void
read_limit (MimesendSmtpCapabilities *self, const char *s, gsize n)
{
  guint64 value;

  if (n > 8 && g_ascii_strncasecmp (s, "RCPTMAX=", 8) == 0 && read_number (s + 8, n - 8, &value))
    self->rcpt_max = (guint)MIN (value, G_MAXUINT);
  else if (n > 8 && g_ascii_strncasecmp (s, "MAILMAX=", 8) == 0 && read_number (s + 8, n - 8, &value))
    self->mail_max = (guint)MIN (value, G_MAXUINT);
  else if (n > 14 && g_ascii_strncasecmp (s, "RCPTDOMAINMAX=", 14) == 0 &&
           read_number (s + 14, n - 14, &value))
    self->domain_max = (guint)MIN (value, G_MAXUINT);
}

/* RFC 4865 3: how long, and until when. A date in another zone or form is left to the server to apply. */
static void
read_hold (MimesendSmtpCapabilities *self, const char *s, gsize n)
{
  guint64 value;

  if (read_number (s, n, &value))
    self->hold_max = value;
  else if (n == sizeof self->hold_until - 1 && s[10] == 'T' && s[n - 1] == 'Z')
    memcpy (self->hold_until, s, n);
}

static void
read_parameter (MimesendSmtpCapabilities *self, MimesendSmtpExtension extension, const char *s, gsize n)
{
  guint64 value;

  if (extension == MIMESEND_SMTP_AUTH)
    add_mechanism (self, s, n);
  else if (extension == MIMESEND_SMTP_LIMITS)
    read_limit (self, s, n);
  else if (extension == MIMESEND_SMTP_SIZE && read_number (s, n, &value))
    self->size_limit = value;
  else if (extension == MIMESEND_SMTP_DELIVERBY && read_number (s, n, &value))
    self->by_min = value;
  else if (extension == MIMESEND_SMTP_FUTURERELEASE)
    read_hold (self, s, n);
}

static void
capabilities_read_line (MimesendSmtpCapabilities *self, const char *s, gsize n)
{
  gsize keyword = word_length (s, n);
  guint i;

  /* "AUTH=PLAIN LOGIN": how servers said it before RFC 2554 */
  if (keyword > 5 && g_ascii_strncasecmp (s, "AUTH=", 5) == 0)
    keyword = 4;
  for (i = 0; i < G_N_ELEMENTS (keywords); i++)
    if (strlen (keywords[i].keyword) == keyword && g_ascii_strncasecmp (s, keywords[i].keyword, keyword) == 0)
      break;
  if (i == G_N_ELEMENTS (keywords))
    return;

  self->offered |= keywords[i].extension;
  while (keyword < n)
    {
      gsize length;

      s += keyword + 1;
      n -= keyword + 1;
      length = word_length (s, n);
      if (length > 0)
        read_parameter (self, keywords[i].extension, s, length);
      keyword = length;
    }
}

/* The first line is the server's name; each of the others is one extension. */
void
mimesend_smtp_capabilities_read (MimesendSmtpCapabilities *self, const MimesendSmtpReply *ehlo)
{
  const char *line = strchr (ehlo->text, '\n');

  mimesend_smtp_capabilities_clear (self);
  self->esmtp = TRUE;
  while (line != NULL)
    {
      const char *next = strchr (++line, '\n');

      capabilities_read_line (self, line, next != NULL ? (gsize)(next - line) : strlen (line));
      line = next;
    }
}
