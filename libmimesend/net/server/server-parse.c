/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses the text form of a server: host, host:port, [v6]:port, a bare v6, or a URL. Not by GUri, so that every error can
 * say how to write it, and none repeats a password. */
#include "net/server/server.h"
#include "net/host.h"

#include <string.h>
#include "mimesend-error.h"

#define PATH_MAX_UNIX 107 /* sockaddr_un's 108 with the closing NUL */
#define TEXT_MAX      4096

typedef struct
{
  const char *name; /* the scheme, without "://" */
  MimesendTransport transport;
  guint16 port;
  MimesendTlsPolicy tls;
} Scheme;

/* smtp+insecure is for a relay in a private network, which listens on 25; few servers accept cleartext on the submission
 * ports 587 and 465. lmtp: RFC 2033 assigns no port; servers use 24 ("any private mail system") over TCP. */
static const Scheme schemes[] = {
  { "smtp", MIMESEND_TRANSPORT_SMTP, 587, MIMESEND_TLS_REQUIRED },  /* RFC 6409 3.1 */
  { "smtps", MIMESEND_TRANSPORT_SMTP, 465, MIMESEND_TLS_IMPLICIT }, /* RFC 8314 3.3 */
  { "smtp+insecure", MIMESEND_TRANSPORT_SMTP, 25, MIMESEND_TLS_NONE },
  { "lmtp", MIMESEND_TRANSPORT_LMTP, 24, MIMESEND_TLS_OPPORTUNISTIC },
};

#define FORMS                                                                                                \
  "host, host:port, [IPv6]:port, smtp://host, smtps://host, smtp+insecure://host, lmtp://host, lmtp:/path, " \
  "srv:domain, mx:domain or program:command"

static gboolean server_parse_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
server_parse_refuse (GError **error, const char *format, ...)
{
  g_autofree char *words = NULL;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT, "server: %s", words);
  return FALSE;
}

static gboolean
read_port (MimesendServer *self, const char *text, const char *whole, GError **error)
{
  g_autofree char *shown = mimesend_text_shown (whole);
  guint port = 0;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (!g_ascii_isdigit (*p))
        return server_parse_refuse (
            error, "the port of '%s' is no number: write one of 1 to 65535, like mail.example.com:25", shown);
      port = MIN (port * 10 + (guint)(*p - '0'), 65536);
    }
  if (*text == '\0')
    return server_parse_refuse (
        error, "'%s' ends ahead of its port: write mail.example.com:25, or leave the colon out", shown);
  if (port == 0 || port > 65535)
    return server_parse_refuse (
        error, "the port of '%s' is not one of 1 to 65535: write it like mail.example.com:25", shown);
  self->port = (guint16)port;
  self->port_given = TRUE;
  return TRUE;
}

/* host, host:port, [v6]:port; and, outside URLs, a bare v6. "2001:db8::1:25" is an address as it stands: with
 * the port 25 it is "[2001:db8::1]:25". */
static gboolean
read_host_and_port (MimesendServer *self, const char *text, gboolean in_url, GError **error)
{
  g_autofree char *host = NULL;
  g_autofree char *shown = mimesend_text_shown (text);
  const char *colon = strchr (text, ':');

  if (text[0] == '[')
    {
      const char *end = strchr (text, ']');
      const char *percent;

      if (end == NULL || (end[1] != '\0' && end[1] != ':') || memchr (text, ':', (gsize)(end - text)) == NULL)
        return server_parse_refuse (
            error, "'%s' is no address in brackets: write [2001:db8::1] or [2001:db8::1]:25", shown);
      host = g_strndup (text + 1, (gsize)(end - text) - 1);
      percent = strchr (host, '%');
      if (in_url && percent != NULL)
        {
          g_auto (GStrv) parts = g_strsplit (host, "%25", 2);

          if (!g_str_has_prefix (percent, "%25"))
            return server_parse_refuse (
                error, "in a URL the '%%' ahead of an interface is written %%25: smtp://[fe80::1%%25eth0]");
          g_free (host);
          host = g_strjoin ("%", parts[0], parts[1], NULL);
        }
      if (end[1] == ':' && !read_port (self, end + 2, text, error))
        return FALSE;
    }
  else if (colon == NULL)
    host = g_strdup (text);
  else if (strchr (colon + 1, ':') != NULL)
    {
      if (in_url)
        return server_parse_refuse (
            error,
            "an IPv6 address in a URL stands in brackets: smtp://[2001:db8::1] or smtp://[2001:db8::1]:587");
      host = g_strdup (text);
    }
  else
    {
      if (colon == text)
        return server_parse_refuse (error, "'%s' has a port and no host: write it like mail.example.com%s",
                                    shown, shown);
      host = g_strndup (text, (gsize)(colon - text));
      if (!read_port (self, colon + 1, text, error))
        return FALSE;
    }
  return mimesend_host_check (host, &self->host, &self->tls_name, error);
}

static gboolean
unescape_percent (const char *text, char **out, const char *what, GError **error)
{
  *out = g_uri_unescape_string (text, NULL);
  if (*out == NULL || !g_utf8_validate (*out, -1, NULL))
    return server_parse_refuse (
        error, "the %s is not written as a URL has it: '%%' is %%25, '@' is %%40, all in UTF-8", what);
  for (const char *p = *out; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return server_parse_refuse (error, "the %s has a control character in it: write it without", what);
  return TRUE;
}

static gboolean
read_user (MimesendServer *self, const char *text, GError **error)
{
  if (strchr (text, ':') != NULL)
    return server_parse_refuse (
        error,
        "a password must not stand in a URL, where logs and lists of processes show it: write the user "
        "alone, like smtps://me@host, and give the password apart");
  if (!unescape_percent (text, &self->login, "user", error))
    return FALSE;
  if (*self->login == '\0' || strlen (self->login) > 1024)
    return server_parse_refuse (error,
                                "the user in the URL is empty or too long: write it like smtps://me@host");
  return TRUE;
}

/* The query: "tls=required". Anything else is refused: a typing error must not disable TLS. */
static gboolean
read_query (MimesendServer *self, const char *text, GError **error)
{
  g_autofree char *shown = mimesend_text_shown (text);
  MimesendTlsPolicy policy;

  if (!g_str_has_prefix (text, "tls=") || !mimesend_tls_policy_from_word (text + 4, &policy))
    return server_parse_refuse (
        error, "'?%s' is not known: write ?tls=none, ?tls=opportunistic, ?tls=required or ?tls=implicit",
        shown);
  if (self->insecure_scheme && policy != MIMESEND_TLS_NONE)
    return server_parse_refuse (
        error, "smtp+insecure:// says no TLS and '?%s' says otherwise: write smtp://host?%s", shown, shown);
  if (self->tls == MIMESEND_TLS_IMPLICIT && policy != MIMESEND_TLS_IMPLICIT)
    return server_parse_refuse (
        error, "smtps:// is TLS from the first octet and '?%s' says otherwise: write smtp://host?%s", shown,
        shown);
  if (self->transport == MIMESEND_TRANSPORT_PROGRAM)
    return server_parse_refuse (error, "a program knows no TLS");
  self->tls = policy;
  self->tls_word = MIMESEND_TLS_WORD_EXPLICIT;
  return TRUE;
}

static gboolean
read_authority (MimesendServer *self, const Scheme *scheme, const char *text, GError **error)
{
  gsize length = strcspn (text, "/?#");
  g_autofree char *authority = g_strndup (text, length);
  const char *rest = text + length;
  char *at = strrchr (authority, '@');

  self->port = scheme->port;
  self->tls = scheme->tls;
  self->tls_word = MIMESEND_TLS_WORD_SCHEME;
  self->insecure_scheme = scheme->tls == MIMESEND_TLS_NONE;
  /* The user first: errors below quote only the text after it. A "/" or "?" in a password ends the authority early, and the
   * '@' comes after it then. */
  if (at != NULL)
    {
      *at = '\0';
      if (!read_user (self, authority, error))
        return FALSE;
    }
  else if (strchr (rest, '@') != NULL)
    return server_parse_refuse (
        error,
        "an '@' behind the host: in a user's name '/' is %%2F, '?' is %%3F, '#' is %%23, '@' is %%40, and a "
        "password must not stand in a URL");
  if (!read_host_and_port (self, at != NULL ? at + 1 : authority, TRUE, error))
    return FALSE;
  if (*rest == '/')
    rest++;
  if (*rest == '?')
    return read_query (self, rest + 1, error);
  if (*rest != '\0')
    return server_parse_refuse (
        error, "there is something behind the host of the URL: write %s://host:port and nothing else",
        scheme->name);
  return TRUE;
}

/* lmtp:/path, and lmtp:///path, which says the same. */
static gboolean
read_path (MimesendServer *self, const char *text, GError **error)
{
  const char *query = strchr (text, '?');
  g_autofree char *path = query != NULL ? g_strndup (text, (gsize)(query - text)) : g_strdup (text);

  if (path[0] != '/')
    return server_parse_refuse (
        error,
        "the path of a Unix socket is absolute: write lmtp:/run/dovecot/lmtp, and for a host lmtp://host");
  /* Exactly one slash in front, or the text would be parsed as a host later. */
  if (!unescape_percent (path + strspn (path, "/") - 1, &self->path, "path", error))
    return FALSE;
  if (strlen (self->path) > PATH_MAX_UNIX)
    return server_parse_refuse (
        error, "the path of a Unix socket has at most 107 octets and this one has %" G_GSIZE_FORMAT,
        strlen (self->path));
  self->tls_word = MIMESEND_TLS_WORD_SCHEME;
  return query == NULL || read_query (self, query + 1, error);
}

/* srv:domain and mx:domain; the rest of the text is the domain alone. */
static gboolean
read_domain (MimesendServer *self, const char *scheme, const char *text, GError **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  if (address != NULL || strpbrk (text, ":/[]@?") != NULL || *text == '\0')
    return server_parse_refuse (error, "%s: is followed by a mail domain: write %s:example.com", scheme,
                                scheme);
  return mimesend_host_check (text, &self->host, &self->tls_name, error);
}

static gboolean
read_mx (MimesendServer *self, const char *text, GError **error)
{
  if (!read_domain (self, "mx", text, error))
    return FALSE;
  self->mx = g_strdup (self->tls_name);
  self->port = 25;
  self->port_given = TRUE;
  return TRUE;
}

static gboolean
read_srv (MimesendServer *self, const char *text, GError **error)
{
  if (!read_domain (self, "srv", text, error))
    return FALSE;
  self->srv = g_strdup (self->tls_name);
  self->tls = MIMESEND_TLS_REQUIRED; /* the minimum: RFC 8314 3 */
  self->tls_word = MIMESEND_TLS_WORD_SCHEME;
  return TRUE;
}

/**
 * mimesend_server_new_for_domain:
 * @domain: a mail domain: the part after the `@` of the user's address
 * @error: where to put an error, or %NULL
 *
 * The submission servers that the domain names in the DNS (SRV: RFC 6186, RFC 8314 5.1), looked up for each connection:
 * those of `_submissions._tcp` (TLS from the first octet) before those of `_submission._tcp` (STARTTLS, required), by
 * priority and weight (RFC 2782); the next is tried only while nothing was sent. The text form is `srv:example.com`.
 *
 * The certificate must name @domain, not the host from the DNS (RFC 6186 6, RFC 7817 3): without DNSSEC an answer proves
 * nothing. If the certificates of a domain's servers name only the host, name that host as the server, or set a pin.
 *
 * Returns: (transfer full): a server, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_new_for_domain (const char *domain, GError **error)
{
  MimesendServer *self;

  g_return_val_if_fail (domain != NULL, NULL);
  self = mimesend_server_alloc (MIMESEND_TRANSPORT_SMTP);
  if (read_srv (self, domain, error))
    return mimesend_server_complete (self);
  mimesend_server_unref (self);
  return NULL;
}

static MimesendServer *
read_program (const char *text, GError **error)
{
  g_autoptr (GError) quoting = NULL;
  g_auto (GStrv) argv = NULL;

  if (!g_shell_parse_argv (text, NULL, &argv, &quoting))
    {
      server_parse_refuse (
          error, "the command of program: cannot be read: %s; write it like program:/usr/sbin/sendmail",
          quoting->message);
      return NULL;
    }
  return mimesend_server_new_for_program ((const char *const *)argv, error);
}

/* "mx:25", "srv:25", "lmtp:24", "program:25" are hosts of those names: no domain, path or command has digits alone. */
static gboolean
has_prefix (const char *text, const char *prefix)
{
  gsize n = strlen (prefix);

  return g_ascii_strncasecmp (text, prefix, n) == 0 &&
         (text[n] == '\0' || text[n + strspn (text + n, "0123456789")] != '\0');
}

static gboolean
check_octets (const char *text, GError **error)
{
  gboolean program = has_prefix (text, "program:");

  if (*text == '\0')
    return server_parse_refuse (error, "it is empty: write %s", FORMS);
  if (strlen (text) > TEXT_MAX)
    return server_parse_refuse (error, "it is longer than %d octets: write %s", TEXT_MAX, FORMS);
  if (!g_utf8_validate (text, -1, NULL))
    return server_parse_refuse (error, "it is not UTF-8: write %s", FORMS);
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c) || (g_unichar_isspace (c) && !program))
        return server_parse_refuse (
            error, "it has white space or a control character in it: write %s, without blanks around it",
            FORMS);
    }
  return TRUE;
}

/* Whether the text before the first colon is a scheme: "//" follows, or it is one that needs none. */
static gboolean
read_text (MimesendServer *self, const char *text, GError **error)
{
  const char *slashes = strstr (text, "://");
  const char *colon = strchr (text, ':');

  if (has_prefix (text, "mx:"))
    return read_mx (self, text + 3, error);
  if (has_prefix (text, "srv:"))
    return read_srv (self, text + 4, error);
  if (has_prefix (text, "lmtp:") && (text[5] != '/' || text[6] != '/' || text[7] == '/'))
    {
      self->transport = MIMESEND_TRANSPORT_LMTP;
      return read_path (self, text + (g_str_has_prefix (text + 5, "///") ? 7 : 5), error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (schemes) && colon != NULL; i++)
    if (strlen (schemes[i].name) == (gsize)(colon - text) &&
        g_ascii_strncasecmp (text, schemes[i].name, (gsize)(colon - text)) == 0)
      {
        if (colon == slashes)
          {
            self->transport = schemes[i].transport;
            return read_authority (self, &schemes[i], slashes + 3, error);
          }
        if (!g_ascii_isdigit (colon[1]) || strchr (colon, '@') != NULL)
          return server_parse_refuse (error, "'%s:' is followed by '//': write %s://host", schemes[i].name,
                                      schemes[i].name);
      }
  if (strchr (text, '@') != NULL)
    return server_parse_refuse (
        error, "there is an '@': a user stands in a URL, like smtp://me@host, and a password never");
  if (strchr (text, '/') != NULL || strchr (text, '?') != NULL)
    {
      g_autofree char *shown = mimesend_text_shown (text);
      return server_parse_refuse (error, "'%s' is of no known form: write %s", shown, FORMS);
    }
  self->bare = TRUE;
  self->port = 25;
  return read_host_and_port (self, text, FALSE, error);
}

/**
 * mimesend_server_new:
 * @text: the server as people write it
 * @error: where to put an error, or %NULL
 *
 * Reads a server:
 *
 * - `host`, `host:port`, `192.0.2.1:99`, `[2001:db8::1]:99`, `2001:db8::1`: SMTP, port 25, STARTTLS where it
 * is offered. `2001:db8::1:25` is an address, not a port: with port 25 it is `[2001:db8::1]:25`
 * - `smtp://[user@]host[:port]`: port 587, STARTTLS required and verified, except on loopback
 * - `smtps://…`: port 465, TLS from the first octet
 * - `smtp+insecure://…`: port 25, in the clear and without credentials
 * - `lmtp://host[:port]`: LMTP, port 24; `lmtp:/path`: LMTP over a Unix socket
 * - `srv:domain`: the servers for submission that a mail domain names, see mimesend_server_new_for_domain()
 * - `mx:domain`: the mail exchangers of the domain, by preference, port 25; never used for a plain host name (hosts found
 * by either never count as loopback)
 * - `program:command args`: a sendmail-compatible command, run without a shell
 *
 * `?tls=none|opportunistic|required|implicit` at the end of a URL sets the TLS policy, also for loopback. In a user's name
 * `@` is written `%40`; in a URL the interface of a link-local address follows
 * `%25`
 * (`smtp://[fe80::1%25eth0]`). A password in a URL is refused.
 *
 * Returns: (transfer full): a server, or %NULL with %MIMESEND_ERROR_ARGUMENT, whose message says what to write instead
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_new (const char *text, GError **error)
{
  MimesendServer *self;

  g_return_val_if_fail (text != NULL, NULL);
  if (!check_octets (text, error))
    return NULL;
  if (has_prefix (text, "program:"))
    return read_program (text + 8, error);
  self = mimesend_server_alloc (MIMESEND_TRANSPORT_SMTP);
  if (!read_text (self, text, error))
    {
      mimesend_server_unref (self);
      return NULL;
    }
  return mimesend_server_complete (self);
}
