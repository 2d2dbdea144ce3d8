/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TLS options of a server value: pins, versions, revocation lists, client certificate. */
#include "net/server/server.h"

#include "mimesend-error.h"
#include "net/pin.h"

/**
 * mimesend_server_with_pin:
 * @self: a server
 * @pin: (nullable): `sha256:` and the SHA-256 of the server's certificate (DER) or of its public key
 *   (SubjectPublicKeyInfo), in hexadecimal digits or in base64; several with commas between them: one must match. %NULL:
 *   none
 * @beside_ca: %TRUE: the certificate must be verified as without a pin, too; %FALSE: the pin replaces the check of CA, name
 * and dates
 * @error: where to put an error, or %NULL
 *
 * A copy that identifies the server by its key or certificate. STARTTLS is required at least, also on loopback; if nothing
 * matches, the connection ends before anything is sent, whatever the policy. The error names the fingerprint and the pin
 * that were seen.
 *
 * Returns: (transfer full): a server, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_pin (MimesendServer *self, const char *pin, gboolean beside_ca, GError **error)
{
  MimesendServer *changed;
  GBytes *pins = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  if (pin != NULL && self->tls == MIMESEND_TLS_NONE)
    {
      g_set_error (
          error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
          "pin: %s says no TLS, and without it there is no certificate to compare: leave the pin out, or use "
          "smtps:// or smtp://",
          self->text);
      return NULL;
    }
  if (pin != NULL && (pins = mimesend_pin_parse (pin, error)) == NULL)
    return NULL;
  changed = mimesend_server_copy (self);
  g_clear_pointer (&changed->pins, g_bytes_unref);
  changed->pins = pins;
  changed->pin_beside_ca = beside_ca;
  return changed;
}

/**
 * mimesend_server_with_tls_min:
 * @self: a server
 * @version: the oldest version that is accepted; 1.2 unless set (RFC 8996)
 *
 * Changes which versions of TLS are accepted.
 *
 * Returns: (transfer full): a server
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_tls_min (MimesendServer *self, MimesendTlsVersion version)
{
  MimesendServer *changed;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (version <= MIMESEND_TLS_VERSION_V1_3, NULL);
  changed = mimesend_server_copy (self);
  changed->tls_min = version;
  return changed;
}

/**
 * mimesend_server_with_crl_file:
 * @self: a server
 * @path: (nullable) (type filename): lists of revoked certificates, PEM (RFC 5280 5); %NULL: none
 *
 * A copy that refuses revoked certificates. A list that no trusted CA has signed, or that is out of date, is a TLS error:
 * nothing is sent. A stapled OCSP response (RFC 6961, RFC 8446 4.4.2.1) is checked in any case.
 *
 * Returns: (transfer full): a server. The file is read when TLS begins.
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_crl_file (MimesendServer *self, const char *path)
{
  MimesendServer *changed;

  g_return_val_if_fail (self != NULL, NULL);
  changed = mimesend_server_copy (self);
  g_free (changed->crl_file);
  changed->crl_file = g_strdup (path);
  return changed;
}

/**
 * mimesend_server_with_client_certificate:
 * @self: a server
 * @certificate: (nullable) (type filename): the client certificate and its chain, a file in PEM or a `pkcs11:` URI (RFC
 * 7512);
 *   %NULL: none
 * @key: (nullable) (type filename): its private key, a file in PEM, not encrypted, or a `pkcs11:` URI; %NULL: it is in the
 *   same file, or an object of the token that the same URI (without a `type`) names
 *
 * A copy with a client certificate, sent when the server asks for one, and not before the server's own certificate is
 * accepted.
 *
 * The PIN of a token is read from the file that the URI names (`?pin-source=/PATH`). Signing with a token blocks the thread
 * that drives the connection, the main loop of an asynchronous caller included.
 *
 * Returns: (transfer full): a server. The files are read when TLS begins.
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_client_certificate (MimesendServer *self, const char *certificate, const char *key)
{
  MimesendServer *changed;

  g_return_val_if_fail (self != NULL && (certificate != NULL || key == NULL), NULL);
  changed = mimesend_server_copy (self);
  g_free (changed->client_certificate);
  g_free (changed->client_key);
  changed->client_certificate = g_strdup (certificate);
  changed->client_key = g_strdup (key != NULL ? key : certificate);
  return changed;
}

gboolean
mimesend_server_must_verify (const MimesendServer *self)
{
  return mimesend_server_logs_in (self) || self->pins != NULL;
}
