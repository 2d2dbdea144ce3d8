/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks names and addresses of hosts, and gives the form that certificates have. */
#include "net/host.h"

#include <string.h>
#include "mimesend-error.h"
#include "octets/printable.h"

#define LABEL_MAX 63  /* octets: RFC 1035 2.3.4 */
#define NAME_MAX_ 253 /* octets: RFC 1035 2.3.4, without the root's dot */
#define SHOWN_MAX 80

char *
mimesend_text_shown (const char *text)
{
  const char *at = strrchr (text, '@');

  return mimesend_printable (at != NULL ? at + 1 : text, SHOWN_MAX);
}

gboolean
mimesend_host_is_name (const char *text)
{
  g_autofree char *host = NULL;
  g_autofree char *name = NULL;

  return mimesend_host_check (text, &host, &name, NULL) && !g_hostname_is_ip_address (name);
}

char *
mimesend_host_in_url (const char *host)
{
  g_auto (GStrv) scoped = NULL;

  if (strchr (host, ':') == NULL)
    return g_strdup (host);
  scoped = g_strsplit (host, "%", 2);
  return scoped[1] != NULL ? g_strdup_printf ("[%s%%25%s]", scoped[0], scoped[1])
                           : g_strdup_printf ("[%s]", host);
}

static gboolean
host_refuse (GError **error, const char *text, const char *why)
{
  g_autofree char *shown = mimesend_text_shown (text);

  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT, "server: '%s' %s", shown, why);
  return FALSE;
}

/* Letters, digits, hyphens; underscores too, because private networks have them. */
static gboolean
label_is_valid (const char *label, gsize length)
{
  if (length == 0 || length > LABEL_MAX || label[0] == '-' || label[length - 1] == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (label[i]) && label[i] != '-' && label[i] != '_')
      return FALSE;
  return TRUE;
}

/* "1.2.3", "127.1", "10.0.0.256", "2130706433": the C library accepts each as some address, which is never meant. */
static gboolean
ends_in_a_number (const char *name, gsize length)
{
  gsize i = length;

  while (i > 0 && g_ascii_isdigit (name[i - 1]))
    i--;
  return i < length && (i == 0 || name[i - 1] == '.');
}

static gboolean
check_host_name (const char *text, char **host, char **tls_name, GError **error)
{
  g_autofree char *ascii = g_hostname_to_ascii (text);
  gsize length;

  if (ascii == NULL)
    return host_refuse (error, text,
                        "cannot be written as a DNS name (RFC 5891): write the name that the DNS has, "
                        "like mail.example.com");
  length = strlen (ascii);
  if (length > 0 && ascii[length - 1] == '.')
    length--; /* the root's dot: for the resolver, never in a certificate */
  if (length == 0 || length > NAME_MAX_)
    return host_refuse (error, text,
                        length == 0 ? "is no host name: write it like mail.example.com"
                                    : "is longer than the 253 octets that a DNS name may have");
  for (const char *p = ascii, *end = ascii + length; p <= end;)
    {
      const char *dot = memchr (p, '.', (gsize)(end - p));

      if (dot == NULL)
        dot = end;
      if (!label_is_valid (p, (gsize)(dot - p)))
        return host_refuse (error, text,
                            "is no host name: labels of 1 to 63 letters, digits and hyphens, parted by dots, "
                            "like mail.example.com");
      p = dot + 1;
    }
  if (ends_in_a_number (ascii, length))
    return host_refuse (error, text,
                        "is neither a name nor an address: an IPv4 address is four numbers of 0 to 255, "
                        "like 192.0.2.1");
  *host = g_strdup (text);
  *tls_name = g_ascii_strdown (ascii, (gssize)length);
  return TRUE;
}

/* eth0, eth0.100, wlan-guest_1 (Linux: 15 octets), or a number. */
static gboolean
interface_is_valid (const char *text)
{
  gsize n = strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

  return n > 0 && n <= 15 && text[n] == '\0';
}

/* fe80::1%eth0: the scope is local to this machine and in no certificate. */
static gboolean
check_ipv6 (const char *text, char **host, char **tls_name, GError **error)
{
  const char *percent = strchr (text, '%');
  g_autofree char *bare = percent != NULL ? g_strndup (text, (gsize)(percent - text)) : g_strdup (text);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (bare);

  if (address == NULL || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return host_refuse (
        error, text, "is no IPv6 address: write it like 2001:db8::1, and with a port like [2001:db8::1]:25");
  if (percent != NULL && !interface_is_valid (percent + 1))
    return host_refuse (error, text, "has no interface behind the '%': write it like fe80::1%eth0");
  *host = g_strdup (text);
  *tls_name = g_inet_address_to_string (address);
  return TRUE;
}

gboolean
mimesend_host_check (const char *text, char **host, char **tls_name, GError **error)
{
  g_autoptr (GInetAddress) address = NULL;

  if (*text == '\0')
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "server: there is no host: write it like mail.example.com or mail.example.com:25");
      return FALSE;
    }
  if (strlen (text) > 4 * NAME_MAX_ || !g_utf8_validate (text, -1, NULL))
    return host_refuse (error, text, "is no host name: too long, or not UTF-8");
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_isspace (g_utf8_get_char (p)) || g_unichar_iscntrl (g_utf8_get_char (p)))
      return host_refuse (error, text, "has white space or a control character in it: write it without");
  if (strchr (text, ':') != NULL)
    return check_ipv6 (text, host, tls_name, error);
  address = g_inet_address_new_from_string (text);
  if (address == NULL)
    return check_host_name (text, host, tls_name, error);
  *host = g_strdup (text);
  *tls_name = g_inet_address_to_string (address);
  return TRUE;
}
