/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The getters of a server value. There is none for its secret. */
#include "net/pin.h"
#include "net/server/server.h"

/**
 * mimesend_server_get_ca_file:
 * @self: a server
 *
 * Gets the file of certificates that are trusted.
 *
 * Returns: (nullable) (type filename): the certificates that are trusted, see mimesend_server_with_ca_file()
 *
 * Since: 0.1
 */
const char *
mimesend_server_get_ca_file (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->ca_file;
}

/**
 * mimesend_server_get_crl_file:
 * @self: a server
 *
 * Gets what mimesend_server_with_crl_file() set.
 *
 * Returns: (nullable) (type filename): the lists of revoked certificates
 *
 * Since: 0.1
 */
const char *
mimesend_server_get_crl_file (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->crl_file;
}

/**
 * mimesend_server_get_client_certificate:
 * @self: a server
 *
 * Gets what mimesend_server_with_client_certificate() set.
 *
 * Returns: (nullable) (type filename): the client certificate, a file or a `pkcs11:` URI
 *
 * Since: 0.1
 */
const char *
mimesend_server_get_client_certificate (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->client_certificate;
}

/**
 * mimesend_server_get_client_key:
 * @self: a server
 *
 * Gets the key that mimesend_server_with_client_certificate() set.
 *
 * Returns: (nullable) (type filename): its key
 *
 * Since: 0.1
 */
const char *
mimesend_server_get_client_key (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->client_key;
}

/**
 * mimesend_server_get_tls_min:
 * @self: a server
 *
 * Gets what mimesend_server_with_tls_min() set.
 *
 * Returns: the oldest version of TLS that is accepted
 *
 * Since: 0.1
 */
MimesendTlsVersion
mimesend_server_get_tls_min (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, MIMESEND_TLS_VERSION_V1_2);
  return self->tls_min;
}

/**
 * mimesend_server_get_pin_beside_ca:
 * @self: a server
 *
 * Tells whether a pin is checked in addition to the CAs, or instead of them.
 *
 * Returns: whether the certificate must be verified as without a pin, too
 *
 * Since: 0.1
 */
gboolean
mimesend_server_get_pin_beside_ca (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->pin_beside_ca;
}

/**
 * mimesend_server_get_cleartext_login:
 * @self: a server
 *
 * Tells what mimesend_server_with_cleartext_login() allowed.
 *
 * Returns: whether credentials may go over a connection that is not encrypted
 *
 * Since: 0.1
 */
gboolean
mimesend_server_get_cleartext_login (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->cleartext_login;
}

/**
 * mimesend_server_get_mechanisms:
 * @self: a server
 *
 * Gets what mimesend_server_with_mechanisms() set.
 *
 * Returns: (nullable) (transfer none) (array zero-terminated=1): the mechanisms that were named, or forbidden with a “!”; %NULL: none
 *
 * Since: 0.1
 */
const char *const *
mimesend_server_get_mechanisms (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return (const char *const *)self->mechanisms;
}

/**
 * mimesend_server_get_proxy:
 * @self: a server
 *
 * Gets what mimesend_server_with_proxy() set.
 *
 * Returns: (nullable): the proxy, without a password; %NULL: none, or those of mimesend_server_with_proxy_resolver()
 *
 * Since: 0.1
 */
const char *
mimesend_server_get_proxy (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->proxy_text;
}

/**
 * mimesend_server_get_source_address:
 * @self: a server
 *
 * Gets what mimesend_server_with_source_address() set.
 *
 * Returns: (nullable) (transfer none): the local address of the connection; %NULL: the system's choice
 *
 * Since: 0.1
 */
GInetAddress *
mimesend_server_get_source_address (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->source;
}

/**
 * mimesend_server_get_retry:
 * @self: a server
 *
 * Gets what mimesend_server_with_retry() set.
 *
 * Returns: (nullable) (transfer none): the retry policy; %NULL: one attempt
 *
 * Since: 0.1
 */
MimesendRetry *
mimesend_server_get_retry (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->retry;
}

/**
 * mimesend_server_get_pin:
 * @self: a server
 *
 * Gets what mimesend_server_with_pin() set.
 *
 * Returns: (nullable) (transfer full): the pins, `sha256:` and base64 each, with commas between them, as
 *   mimesend_server_with_pin() takes them; %NULL: none
 *
 * Since: 0.1
 */
char *
mimesend_server_get_pin (MimesendServer *self)
{
  const guint8 *octets;
  GString *text;
  gsize n;

  g_return_val_if_fail (self != NULL, NULL);
  if (self->pins == NULL)
    return NULL;
  octets = g_bytes_get_data (self->pins, &n);
  text = g_string_new (NULL);
  for (gsize i = 0; i + MIMESEND_PIN_SIZE <= n; i += MIMESEND_PIN_SIZE)
    {
      g_autofree char *pin = mimesend_pin_to_string (octets + i);

      g_string_append_printf (text, "%s%s", i > 0 ? "," : "", pin);
    }
  return g_string_free (text, FALSE);
}
