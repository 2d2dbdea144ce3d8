/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "smtp/parameters.h"

#include "octets/decimal.h"

#include <string.h>

#define ID_MAX       100       /* octets: RFC 3461 4.4, 5.4; checked by the caller */
#define ORIGINAL_MAX 500       /* octets of the value with its type: RFC 3461 4.2 */
#define HOLD_MAX     999999999 /* RFC 4865 4.1 */

static void
append_number (GString *out, const char *name, guint64 value)
{
  char digits[MIMESEND_DECIMAL_SIZE];

  g_string_append (out, name);
  g_string_append (out, mimesend_decimal (digits, value));
}

/* Appends xtext (RFC 3461 4): any value becomes one word of the command. */
static void
append_xtext (GString *out, const char *value, gsize max)
{
  static const char hex[] = "0123456789ABCDEF";

  for (gsize i = 0; value[i] != '\0' && i < max; i++)
    {
      guint8 c = (guint8)value[i];

      if (c > 32 && c < 127 && c != '+' && c != '=')
        g_string_append_c (out, (char)c);
      else
        {
          g_string_append_c (out, '+');
          g_string_append_c (out, hex[c >> 4]);
          g_string_append_c (out, hex[c & 15]);
        }
    }
}

/* Appends an address of type utf-8 (RFC 6533 3): unchanged if the command may contain UTF-8, else in ASCII
 * (utf-8-addr-xtext). */
static void
append_utf8 (GString *out, const char *value, gboolean utf8)
{
  for (; *value != '\0'; value = g_utf8_next_char (value))
    {
      gunichar c = g_utf8_get_char (value);

      if (c < 128 ? c > 32 && c < 127 && strchr ("+=\\", (int)c) == NULL : utf8)
        g_string_append_unichar (out, c);
      else
        g_string_append_printf (out, "\\x{%02X}", c);
    }
}

/* Reports name it (RFC 3461 4.2). One that is too long in the form that it needs is left out: cut, it would be another. */
static void
append_original (GString *out, const char *original, gboolean utf8)
{
  g_autoptr (GString) value = g_string_new (NULL);

  if (g_str_is_ascii (original))
    {
      g_string_append (value, "rfc822;");
      append_xtext (value, original, G_MAXSIZE);
    }
  else
    {
      g_string_append (value, "utf-8;");
      append_utf8 (value, original, utf8);
    }
  if (value->len <= ORIGINAL_MAX)
    g_string_append_printf (out, " ORCPT=%s", value->str);
}

const char *
mimesend_smtp_parameters_fault (const MimesendSmtpParameters *self,
                                const MimesendSmtpCapabilities *offered,
                                gboolean tls_active)
{
  if (self->require_tls && !mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_REQUIRETLS))
    return "the message may travel over TLS alone, and the server does not offer REQUIRETLS";
  if (self->require_tls && !tls_active)
    return "the message may travel over TLS alone (REQUIRETLS), and this connection is in the clear";
  if ((self->hold_seconds > 0 || self->hold_until != NULL) &&
      !mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_FUTURERELEASE))
    return "the message is to be held back, and the server does not offer FUTURERELEASE";
  if (self->hold_seconds > HOLD_MAX)
    return "the message is to be held back for more seconds than the nine digits of FUTURERELEASE can say";
  if ((offered->hold_max > 0 && self->hold_seconds > offered->hold_max) ||
      (self->hold_until != NULL && offered->hold_until[0] != '\0' &&
       strcmp (self->hold_until, offered->hold_until) > 0))
    return "the message is to be held back for longer than the server does (its limit stands behind "
           "FUTURERELEASE)";
  if (self->by_seconds > 0 && self->by_or_return &&
      !mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_DELIVERBY))
    return "the message is to be delivered in time or returned, and the server does not offer DELIVERBY";
  if (self->by_seconds > 0 && self->by_or_return && self->by_seconds < offered->by_min)
    return "the message is to be delivered sooner than the server promises (its limit stands behind "
           "DELIVERBY)";
  return NULL;
}

/* Whether nothing was requested: true for most messages. */
static gboolean
is_plain (const MimesendSmtpParameters *self)
{
  return self->returns == 0 && self->id == NULL && !self->require_tls && self->by_seconds == 0 &&
         !self->has_priority && self->hold_seconds == 0 && self->hold_until == NULL;
}

char *
mimesend_smtp_parameters_of_mail (const MimesendSmtpParameters *self, const MimesendSmtpCapabilities *offered)
{
  GString *out;

  if (is_plain (self))
    return NULL;
  out = g_string_new (NULL);
  if (mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_DSN))
    {
      if (self->returns != 0)
        g_string_append (out, self->returns == 1 ? " RET=FULL" : " RET=HDRS");
      if (self->id != NULL)
        {
          g_string_append (out, " ENVID=");
          append_xtext (out, self->id, ID_MAX);
        }
    }
  if (self->require_tls)
    g_string_append (out, " REQUIRETLS");
  if (self->by_seconds > 0 && mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_DELIVERBY))
    {
      append_number (out, " BY=", self->by_seconds);
      g_string_append (out, self->by_or_return ? ";R" : ";N");
      if (self->by_trace)
        g_string_append_c (out, 'T');
    }
  if (self->has_priority && mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_MT_PRIORITY))
    append_number (out,
                   self->priority < 0 ? " MT-PRIORITY=-" : " MT-PRIORITY=", (guint64)ABS (self->priority));
  if (self->hold_seconds > 0)
    append_number (out, " HOLDFOR=", self->hold_seconds);
  else if (self->hold_until != NULL)
    {
      g_string_append (out, " HOLDUNTIL=");
      g_string_append (out, self->hold_until);
    }
  return g_string_free (out, FALSE);
}

char *
mimesend_smtp_parameters_of_rcpt (const MimesendSmtpParameters *self,
                                  const MimesendSmtpCapabilities *offered,
                                  const char *original,
                                  gboolean utf8)
{
  static const char *const names[] = { "NEVER", "SUCCESS", "FAILURE", "DELAY" };
  const char *between = " NOTIFY=";
  GString *out;

  if (!mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_DSN) ||
      (self->notify == 0 && (original == NULL || *original == '\0')))
    return NULL;
  out = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (self->notify & (1u << i))
      {
        g_string_append (out, between);
        g_string_append (out, names[i]);
        between = ",";
      }
  if (original != NULL && *original != '\0')
    append_original (out, original, utf8);
  return g_string_free (out, FALSE);
}
