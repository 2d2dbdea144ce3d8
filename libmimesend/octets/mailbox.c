/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may stand between < and > in MAIL and RCPT: RFC 5321 4.1.2, and RFC 6531 3.3 for what is beyond ASCII.
 *
 * The grammar is applied strictly, since lenient parsers have been exploited: a quoted local part holds %d32-126 alone, is
 * never unquoted, and the domain begins after the '@' that follows it. Octets are looked at as they will be written;
 * encoded words mean nothing here. Everything is one pass forward after another, so the time is linear. */
#include "octets/mailbox.h"

#include "octets/mailbox-domain.h"

#include <string.h>

#define LOCAL_PART_MAX 64 /* octets: RFC 5321 4.5.3.1.1 */
#define LABEL_MAX      63 /* octets; a domain of no more has no label that is too long */

static gboolean
mailbox_is_atext (guchar c)
{
  return g_ascii_isalnum ((gchar)c) || c > 127 || (c != '\0' && strchr ("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Controls, invalid UTF-8 and invisible characters are faults anywhere. */
static MimesendMailboxFault
scan_characters (const char *text, gsize length, gsize *at)
{
  for (gsize i = 0; i < length;)
    {
      gunichar c = (guchar)text[i];
      gsize size = 1;

      *at = i;
      if (c > 127)
        {
          c = mimesend_utf8_next (text + i, length - i, &size);
          if (c == 0)
            return MIMESEND_MAILBOX_NOT_UTF8;
        }
      if (mimesend_unichar_is_control (c))
        return MIMESEND_MAILBOX_CONTROL;
      if (c > 127 && g_unichar_isspace (c))
        return MIMESEND_MAILBOX_BLANK;
      i += size;
    }
  return MIMESEND_MAILBOX_OK;
}

/* The first of < > ( ) outside of quotes and of an address literal; length if there is none. */
static gsize
find_wrapping (const char *text, gsize length)
{
  gboolean quoted = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (quoted && text[i] == '\\')
        i++;
      else if (text[i] == '"')
        quoted = !quoted;
      else if (!quoted && strchr ("<>()", text[i]) != NULL)
        return i;
      else if (!quoted && text[i] == '@' && i + 1 < length && text[i + 1] == '[')
        break;
    }
  return length;
}

/* scan_dot_string () and scan_quoted_string (): is there a local part at the front of text? *end is where it ends, or where
 * it breaks the grammar. */
static gboolean
scan_quoted_string (const char *text, gsize length, gsize *end)
{
  gsize i = 1;

  while (i < length && text[i] != '"')
    {
      if (text[i] == '\\' && i + 1 < length && (guchar)text[i + 1] < 128)
        i++;
      else if (text[i] == '\\')
        break;
      i++;
    }
  *end = MIN (i, length);
  if (i >= length || text[i] != '"')
    return FALSE;
  *end = i + 1;
  return TRUE;
}

static gboolean
scan_dot_string (const char *text, gsize length, gsize *end)
{
  gboolean in_atom = FALSE;
  gsize i;

  for (i = 0; i < length && text[i] != '@'; i++)
    {
      *end = i;
      if (text[i] == '.' && !in_atom)
        return FALSE;
      if (text[i] != '.' && !mailbox_is_atext ((guchar)text[i]))
        return FALSE;
      in_atom = text[i] != '.';
    }
  *end = in_atom ? i : i - 1;
  return in_atom;
}

static gboolean
mailbox_is_ascii (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if ((guchar)text[i] > 127)
      return FALSE;
  return TRUE;
}

/* Blanks are the most common mistake and get an error of their own. */
static MimesendMailboxFault
fault_at (const char *text, gsize length, gsize offset, MimesendMailboxFault otherwise)
{
  return offset < length && text[offset] == ' ' ? MIMESEND_MAILBOX_BLANK : otherwise;
}

static MimesendMailboxFault
scan_local_part (const char *text, gsize length, MimesendMailbox *mailbox)
{
  gsize end = 0;
  gboolean fine;

  if (text[0] == '@')
    return MIMESEND_MAILBOX_NO_LOCAL_PART;
  fine = text[0] == '"' ? scan_quoted_string (text, length, &end) : scan_dot_string (text, length, &end);
  if (!fine || (end < length && text[end] != '@'))
    {
      mailbox->fault_offset = end;
      return fault_at (text, length, end, MIMESEND_MAILBOX_LOCAL_PART);
    }
  if (end > LOCAL_PART_MAX)
    {
      mailbox->fault_offset = LOCAL_PART_MAX;
      return MIMESEND_MAILBOX_LOCAL_TOO_LONG;
    }
  mailbox->local_length = end;
  mailbox->local_is_ascii = mailbox_is_ascii (text, end);
  return MIMESEND_MAILBOX_OK;
}

static MimesendMailboxFault
scan_domain (const char *text, gsize length, MimesendMailbox *mailbox)
{
  gsize offset = mailbox->local_length + 1, at = 0;
  MimesendMailboxFault fault;

  fault = mimesend_domain_scan (text + offset, length - offset, TRUE, &at);
  if (fault == MIMESEND_MAILBOX_OK)
    {
      mailbox->domain_offset = offset;
      mailbox->domain_is_ascii = mailbox_is_ascii (text + offset, length - offset);
      return fault;
    }
  mailbox->fault_offset = offset + at;
  if (fault != MIMESEND_MAILBOX_DOMAIN)
    return fault;
  /* Of two '@' the last begins the domain: then it is the local part that is wrong. */
  if (offset + at < length && text[offset + at] == '@')
    {
      mailbox->fault_offset = offset - 1;
      return MIMESEND_MAILBOX_LOCAL_PART;
    }
  return fault_at (text, length, offset + at, fault);
}

/* How far it is words joined by dots (as labels: no hyphen at either end, and no other marks); 0: it is not. */
static gsize
plain_words (const char *text, gsize length, gboolean labels)
{
  char before = '.';
  gsize i;

  for (i = 0; i < length && text[i] != '@'; i++)
    {
      char c = text[i];

      if (g_ascii_isalnum (c))
        ;
      else if (c == '.'   ? before == '.' || (labels && before == '-')
               : c == '-' ? labels && before == '.'
                          : labels || c != '_')
        return 0;
      before = c;
    }
  return before == '.' || (labels && before == '-') ? 0 : i;
}

/* Fast path for nearly all addresses. Everything else, and every fault, takes the full checks. */
static gboolean
mailbox_is_plain (const char *text, gsize length, MimesendMailbox *mailbox)
{
  gsize n = plain_words (text, length, FALSE);

  if (n == 0 || n > LOCAL_PART_MAX || length - n > LABEL_MAX)
    return FALSE;
  if (n < length && (n + 1 == length || plain_words (text + n + 1, length - n - 1, TRUE) != length - n - 1))
    return FALSE;
  mailbox->local_length = n;
  mailbox->domain_offset = n < length ? n + 1 : 0;
  return TRUE;
}

MimesendMailboxFault
mimesend_mailbox_scan (const char *text, gsize length, MimesendMailbox *mailbox)
{
  MimesendMailboxFault fault;

  *mailbox = (MimesendMailbox){ .local_is_ascii = TRUE, .domain_is_ascii = TRUE };
  if (length == 0)
    return MIMESEND_MAILBOX_EMPTY;
  if (mailbox_is_plain (text, length, mailbox))
    return MIMESEND_MAILBOX_OK;
  fault = scan_characters (text, length, &mailbox->fault_offset);
  if (fault != MIMESEND_MAILBOX_OK)
    return fault;
  mailbox->fault_offset = find_wrapping (text, length);
  if (mailbox->fault_offset < length)
    return MIMESEND_MAILBOX_DISPLAY_NAME;
  mailbox->fault_offset = 0;
  fault = scan_local_part (text, length, mailbox);
  if (fault != MIMESEND_MAILBOX_OK || mailbox->local_length == length)
    return fault;
  return scan_domain (text, length, mailbox);
}

const char *
mimesend_mailbox_fault_words (MimesendMailboxFault fault)
{
  switch (fault)
    {
    case MIMESEND_MAILBOX_OK:
      return "is well formed";
    case MIMESEND_MAILBOX_EMPTY:
      return "is empty";
    case MIMESEND_MAILBOX_CONTROL:
      return "has a control character in it";
    case MIMESEND_MAILBOX_NOT_UTF8:
      return "is not valid UTF-8";
    case MIMESEND_MAILBOX_DISPLAY_NAME:
      return "has a name, a comment or angle brackets around the bare address";
    case MIMESEND_MAILBOX_BLANK:
      return "has white space in it";
    case MIMESEND_MAILBOX_NO_LOCAL_PART:
      return "has nothing ahead of the '@'";
    case MIMESEND_MAILBOX_LOCAL_PART:
      return "has a part ahead of the '@' that is neither words joined by dots nor a quoted string";
    case MIMESEND_MAILBOX_LOCAL_TOO_LONG:
      return "has more than 64 octets ahead of the '@'";
    case MIMESEND_MAILBOX_NO_DOMAIN:
      return "has nothing after the '@'";
    case MIMESEND_MAILBOX_DOMAIN:
      return "has a part after the '@' that is neither a domain name nor an address in brackets";
    case MIMESEND_MAILBOX_DOMAIN_TOO_LONG:
      return "has a domain of more than 255 octets or a label in it of more than 63";
    }
  return "is not an address";
}
