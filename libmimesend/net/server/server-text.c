/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The last step of making a server value: what is connected to, and the text that mimesend_server_new ()
 * reads back. */
#include "net/server/server.h"
#include "net/host.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

#define PORT_SUBMISSIONS 465

gboolean
mimesend_server_is_discovered (const MimesendServer *self)
{
  return self->mx != NULL || self->srv != NULL;
}

static const char *const policy_words[] = { [MIMESEND_TLS_NONE] = "none",
                                            [MIMESEND_TLS_OPPORTUNISTIC] = "opportunistic",
                                            [MIMESEND_TLS_REQUIRED] = "required",
                                            [MIMESEND_TLS_IMPLICIT] = "implicit" };

gboolean
mimesend_tls_policy_from_word (const char *word, MimesendTlsPolicy *policy)
{
  for (guint i = 0; i < G_N_ELEMENTS (policy_words); i++)
    if (strcmp (word, policy_words[i]) == 0)
      {
        *policy = (MimesendTlsPolicy)i;
        return TRUE;
      }
  return FALSE;
}

/* The text form that mimesend_server_new () parses as the same server, without password, CA file and arguments of a
 * program. */
static char *
server_make_text (const MimesendServer *self)
{
  GString *out = g_string_new (NULL);
  gboolean url = self->login != NULL || self->tls_word != MIMESEND_TLS_WORD_NONE ||
                 self->transport != MIMESEND_TRANSPORT_SMTP;

  if (self->transport == MIMESEND_TRANSPORT_PROGRAM)
    g_string_append_printf (out, "program:%s", self->argv[0]);
  else if (self->path != NULL)
    {
      g_string_append (out, self->transport == MIMESEND_TRANSPORT_LMTP ? "lmtp:" : "unix:");
      g_string_append_uri_escaped (out, self->path, G_URI_RESERVED_CHARS_ALLOWED_IN_PATH, TRUE);
    }
  else if (mimesend_server_is_discovered (self))
    g_string_append_printf (out, "%s:%s", self->mx != NULL ? "mx" : "srv", self->host);
  else if (self->host == NULL)
    {
      g_autofree char *other = g_socket_connectable_to_string (self->connectable);
      g_string_append (out, other);
    }
  else
    {
      g_autofree char *in_url = mimesend_host_in_url (self->host);

      if (url)
        g_string_append_printf (out, "%s://",
                                self->transport == MIMESEND_TRANSPORT_LMTP ? "lmtp"
                                : self->insecure_scheme                    ? "smtp+insecure"
                                : self->tls == MIMESEND_TLS_IMPLICIT       ? "smtps"
                                                                           : "smtp");
      if (self->login != NULL)
        {
          g_string_append_uri_escaped (out, self->login, NULL, TRUE);
          g_string_append_c (out, '@');
        }
      /* Outside URLs the '%' of an interface is not escaped. */
      if (!url && strchr (self->host, ':') != NULL)
        g_string_append_printf (out, "[%s]:%u", self->host, self->port);
      else
        g_string_append_printf (out, "%s:%u", in_url, self->port);
    }
  if (self->tls_word == MIMESEND_TLS_WORD_EXPLICIT && self->transport != MIMESEND_TRANSPORT_PROGRAM &&
      !(self->found_by_srv && self->tls == MIMESEND_TLS_REQUIRED) &&
      !(self->host != NULL && self->transport == MIMESEND_TRANSPORT_SMTP &&
        self->tls == MIMESEND_TLS_IMPLICIT))
    g_string_append_printf (out, "?tls=%s", policy_words[self->tls]);
  return g_string_free (out, FALSE);
}

MimesendServer *
mimesend_server_complete (MimesendServer *self)
{
  if (self->tls == MIMESEND_TLS_IMPLICIT && !self->port_given && self->transport == MIMESEND_TRANSPORT_SMTP &&
      self->host != NULL && !mimesend_server_is_discovered (self) && self->port != PORT_SUBMISSIONS)
    {
      self->port = PORT_SUBMISSIONS;
      g_clear_object (&self->connectable);
    }
  if (self->connectable == NULL && self->path != NULL)
    self->connectable = G_SOCKET_CONNECTABLE (g_unix_socket_address_new (self->path));
  else if (self->connectable == NULL && self->host != NULL && !mimesend_server_is_discovered (self))
    {
      /* An IDN is resolved as A-labels; a scope and the root's dot are kept. */
      gboolean idn = g_hostname_is_non_ascii (self->host);

      self->connectable = g_network_address_new (idn ? self->tls_name : self->host, self->port);
    }
  g_free (self->text);
  self->text = server_make_text (self);
  return self;
}
