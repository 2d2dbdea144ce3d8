/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GnuTLS between two buffers: it pulls from `in` what the driver received and pushes to `out` what the driver will send. An
 * empty or full buffer returns EAGAIN, and GnuTLS continues at the next call.
 *
 * A record is begun only when it fits: GnuTLS would keep one that it could not push, and would count later
 * octets against it. So write () never sees EAGAIN, and the octets that it took are in `out`. */
#include "net/tls/tls.h"

#include <errno.h>
#include <string.h>
#include "mimesend-error.h"
#include "net/tls-clear.h"
#include "net/tls/tls-private.h"
#include "net/tls/tls-verify.h"

#define RECORD    16384 /* RFC 8446 5.1 */
#define EXPANSION 256   /* more than any cipher of TLS 1.2 and 1.3 adds, header counted */
#define OUT_SIZE  (4 * (RECORD + EXPANSION))
#define IN_SIZE   (2 * (RECORD + EXPANSION))

/* No TLS before 1.2 (RFC 8996), and certificates of at least 112 bits: GnuTLS by itself takes RSA keys of 1024. */
#define BESIDE_DEFAULT "-VERS-SSL3.0:-VERS-TLS1.0:-VERS-TLS1.1:%PROFILE_MEDIUM"
#define ONLY_1_3       BESIDE_DEFAULT ":-VERS-TLS1.2"

static void
buffer_compact (MimesendTlsBuffer *self)
{
  if (self->start == 0)
    return;
  memmove (self->octets, self->octets + self->start, self->end - self->start);
  self->end -= self->start;
  self->start = 0;
}

static gsize
buffer_room (const MimesendTlsBuffer *self)
{
  return self->size - (self->end - self->start);
}

static gsize
buffer_put (MimesendTlsBuffer *self, const void *octets, gsize n)
{
  n = MIN (n, buffer_room (self));
  if (n > self->size - self->end)
    buffer_compact (self);
  if (n > 0)
    memcpy (self->octets + self->end, octets, n);
  self->end += n;
  return n;
}

static gsize
buffer_take (MimesendTlsBuffer *self, gsize n)
{
  n = MIN (n, self->end - self->start);
  self->start += n;
  if (self->start == self->end)
    self->start = self->end = 0;
  return n;
}

static ssize_t
on_push (gnutls_transport_ptr_t user_data, const void *octets, size_t n)
{
  MimesendTls *self = user_data;
  gsize put = buffer_put (&self->out, octets, n);

  if (put > 0)
    return (ssize_t)put;
  gnutls_transport_set_errno (self->session, EAGAIN);
  return -1;
}

static ssize_t
on_pull (gnutls_transport_ptr_t user_data, void *octets, size_t n)
{
  MimesendTls *self = user_data;
  const guint8 *from = self->in.octets + self->in.start;
  gsize there = self->in.end - self->in.start;

  if (there > 0)
    {
      n = MIN (n, there);
      memcpy (octets, from, n);
      buffer_take (&self->in, n);
      return (ssize_t)n;
    }
  if (self->peer_closed)
    return 0;
  gnutls_transport_set_errno (self->session, EAGAIN);
  return -1;
}

/* The default would poll a file descriptor that does not exist. */
static int
on_pull_timeout (gnutls_transport_ptr_t user_data, unsigned int ms)
{
  MimesendTls *self = user_data;

  return self->in.end > self->in.start || self->peer_closed ? 1 : 0;
}

/* Called during the handshake, so that nothing is sent to a server whose certificate is refused. */
static int
tls_certificate_cb (gnutls_session_t session)
{
  MimesendTls *self = gnutls_session_get_ptr (session);

  self->judged = TRUE;
  self->verified = mimesend_tls_judge (session, self->host, self->pins, self->pin_beside_ca, &self->reason,
                                       &self->fingerprint);
  return self->verified || !self->must_verify ? 0 : GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
}

static gboolean
tls_set_up (MimesendTls *self, int *ret)
{
  *ret = gnutls_init (&self->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS);
  if (*ret < 0)
    return FALSE;
  gnutls_session_set_ptr (self->session, self);
  gnutls_transport_set_ptr (self->session, self);
  gnutls_transport_set_push_function (self->session, on_push);
  gnutls_transport_set_pull_function (self->session, on_pull);
  gnutls_transport_set_pull_timeout_function (self->session, on_pull_timeout);
  gnutls_session_set_verify_function (self->session, tls_certificate_cb);
  *ret =
      gnutls_set_default_priority_append (self->session, self->only_1_3 ? ONLY_1_3 : BESIDE_DEFAULT, NULL, 0);
  if (*ret >= 0)
    *ret = gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, self->trust);
  /* An address is never sent as a server name (RFC 6066 3). */
  if (*ret >= 0 && self->host != NULL && !g_hostname_is_ip_address (self->host))
    *ret = gnutls_server_name_set (self->session, GNUTLS_NAME_DNS, self->host, strlen (self->host));
  return *ret >= 0;
}

/* The host as in certificates: A-labels, without the root's dot or an address's scope. */
static char *
certificate_name (const char *host)
{
  char *name = host == NULL || !g_hostname_is_non_ascii (host) ? g_strdup (host) : g_hostname_to_ascii (host);
  gsize length = name != NULL ? strlen (name) : 0;

  if (name != NULL && strchr (name, ':') != NULL)
    name[strcspn (name, "%")] = '\0';
  else if (length > 1 && name[length - 1] == '.')
    name[length - 1] = '\0';
  return name;
}

MimesendTls *
mimesend_tls_new (const MimesendTlsSetup *setup, GError **error)
{
  MimesendTls *self;
  gboolean owned;
  gnutls_certificate_credentials_t trust = mimesend_tls_trust (setup, &owned, error);
  int ret;

  if (trust == NULL)
    return NULL;
  self = g_new0 (MimesendTls, 1);
  self->trust = trust;
  self->trust_owned = owned;
  self->host = certificate_name (setup->host);
  self->port = setup->port;
  self->behind_starttls = setup->behind_starttls;
  self->pins = setup->pins != NULL ? g_bytes_ref (setup->pins) : NULL;
  self->pin_beside_ca = setup->pin_beside_ca;
  self->only_1_3 = setup->only_1_3;
  self->shows_certificate = setup->client_certificate != NULL;
  self->must_verify = setup->must_verify || self->pins != NULL;
  self->in = (MimesendTlsBuffer){ .octets = g_malloc (IN_SIZE), .size = IN_SIZE };
  self->out = (MimesendTlsBuffer){ .octets = g_malloc (OUT_SIZE), .size = OUT_SIZE };
  if (tls_set_up (self, &ret))
    return self;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS, "TLS cannot be set up: %s", gnutls_strerror (ret));
  mimesend_tls_free (self);
  return NULL;
}

void
mimesend_tls_free (MimesendTls *self)
{
  if (self == NULL)
    return;
  if (self->session != NULL)
    gnutls_deinit (self->session);
  if (self->trust_owned)
    gnutls_certificate_free_credentials (self->trust);
  g_clear_pointer (&self->pins, g_bytes_unref);
  g_free (self->host);
  g_free (self->in.octets);
  g_free (self->out.octets);
  g_free (self->reason);
  g_free (self->fingerprint);
  g_clear_error (&self->failure);
  g_free (self);
}

void
mimesend_tls_receive (MimesendTls *self, const guint8 *octets, gsize n)
{
  gsize first = MIN (n, sizeof self->first - self->n_first);

  g_return_if_fail (n <= mimesend_tls_room (self));
  if (n == 0)
    {
      self->peer_closed = TRUE;
      return;
    }
  memcpy (self->first + self->n_first, octets, first);
  self->n_first += first;
  buffer_put (&self->in, octets, n);
}

gsize
mimesend_tls_room (MimesendTls *self)
{
  return buffer_room (&self->in);
}

gsize
mimesend_tls_peek (MimesendTls *self, const guint8 **octets)
{
  *octets = self->out.octets + self->out.start;
  return self->out.end - self->out.start;
}

void
mimesend_tls_sent (MimesendTls *self, gsize n)
{
  g_return_if_fail (n <= self->out.end - self->out.start);
  buffer_take (&self->out, n);
}

static const char *
host_shown (const MimesendTls *self)
{
  return self->host != NULL ? self->host : "the server";
}

/* The alerts that concern the client certificate, or its absence (RFC 8446 6.2). */
static gboolean
is_about_our_certificate (gnutls_alert_description_t alert)
{
  switch (alert)
    {
    case GNUTLS_A_BAD_CERTIFICATE:
    case GNUTLS_A_UNSUPPORTED_CERTIFICATE:
    case GNUTLS_A_CERTIFICATE_REVOKED:
    case GNUTLS_A_CERTIFICATE_EXPIRED:
    case GNUTLS_A_CERTIFICATE_UNKNOWN:
    case GNUTLS_A_UNKNOWN_CA:
    case GNUTLS_A_CERTIFICATE_REQUIRED:
      return TRUE;
    default:
      return FALSE;
    }
}

static GError *
explain_alert (const MimesendTls *self)
{
  gnutls_alert_description_t alert = gnutls_alert_get (self->session);
  const char *name = gnutls_alert_get_name (alert);
  g_autofree char *number = name == NULL ? g_strdup_printf ("alert %d", (int)alert) : NULL;

  return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_TLS, "%s: the server broke TLS off: %s%s",
                      host_shown (self), name != NULL ? name : number,
                      !is_about_our_certificate (alert) ? ""
                      : self->shows_certificate         ? " (it does not accept the client certificate)"
                                                        : " (it wants a client certificate)");
}

static GError *
tls_explain (MimesendTls *self, int ret)
{
  const char *host = host_shown (self);

  if (mimesend_tls_heard_clear (self))
    return mimesend_tls_clear_error (self->first, self->n_first, self->host != NULL ? self->host : "HOST",
                                     self->port, !self->behind_starttls);
  if (ret == GNUTLS_E_FATAL_ALERT_RECEIVED && gnutls_alert_get (self->session) == GNUTLS_A_PROTOCOL_VERSION)
    ret = GNUTLS_E_UNSUPPORTED_VERSION_PACKET;
  switch (ret)
    {
    case GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR:
      return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_TLS,
                          "%s: the server's certificate was refused: %s (SHA-256 %s)", host, self->reason,
                          self->fingerprint != NULL ? self->fingerprint : "unknown");
    case GNUTLS_E_FATAL_ALERT_RECEIVED:
      return explain_alert (self);
    case GNUTLS_E_UNSUPPORTED_VERSION_PACKET:
      return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_TLS,
                          self->only_1_3
                              ? "%s: the server speaks no TLS of version 1.3, and no older one is allowed"
                              : "%s: the server speaks no TLS of version 1.2 or later, and older ones are "
                                "not safe (RFC 8996)",
                          host);
    case GNUTLS_E_PREMATURE_TERMINATION:
    case GNUTLS_E_PULL_ERROR:
      return g_error_new (
          MIMESEND_ERROR, MIMESEND_ERROR_CONNECT,
          "%s: the server closed the connection while TLS was being set up; trying again later is safe",
          host);
    default:
      return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_TLS, "%s: TLS failed: %s", host,
                          gnutls_strerror (ret));
    }
}

/* Fails the session and queues the alert in `out`; the driver decides whether to send it. */
static void
tls_fail (MimesendTls *self, int ret, GError **error)
{
  if (self->failure == NULL)
    {
      self->broken_off = ret == GNUTLS_E_FATAL_ALERT_RECEIVED;
      self->failure = tls_explain (self, ret);
      gnutls_alert_send_appropriate (self->session, ret);
    }
  if (error != NULL)
    *error = g_error_copy (self->failure);
}

/* GnuTLS returns EAGAIN after a key update or a ticket, too, although the next record is in `in`. */
static gboolean
is_interrupted (const MimesendTls *self, ssize_t ret, gsize waiting_before)
{
  gsize waiting = self->in.end - self->in.start;

  return ret == GNUTLS_E_INTERRUPTED || ret == GNUTLS_E_WARNING_ALERT_RECEIVED ||
         (ret == GNUTLS_E_AGAIN && waiting > 0 && waiting < waiting_before);
}

MimesendTlsStatus
mimesend_tls_handshake (MimesendTls *self, GError **error)
{
  int ret = self->failure != NULL ? GNUTLS_E_INVALID_SESSION : GNUTLS_E_SUCCESS;
  gsize waiting;

  if (self->failure == NULL && mimesend_tls_heard_clear (self))
    {
      if (!self->peer_closed && self->n_first < sizeof self->first &&
          !mimesend_tls_clear_is_whole (self->first, self->n_first))
        return MIMESEND_TLS_STATUS_MORE;
      ret = GNUTLS_E_UNEXPECTED_PACKET;
    }
  else if (self->failure == NULL && !self->established)
    do
      {
        waiting = self->in.end - self->in.start;
        ret = gnutls_handshake (self->session);
      }
    while (is_interrupted (self, ret, waiting));
  if (ret == GNUTLS_E_AGAIN)
    return MIMESEND_TLS_STATUS_MORE;
  if (ret == GNUTLS_E_SUCCESS && !self->judged)
    ret = GNUTLS_E_NO_CERTIFICATE_FOUND; /* the certificate callback was not called: never continue */
  if (ret < 0)
    {
      tls_fail (self, ret, error);
      return MIMESEND_TLS_STATUS_FAILED;
    }
  self->established = TRUE;
  return MIMESEND_TLS_STATUS_DONE;
}

gssize
mimesend_tls_write (MimesendTls *self, const guint8 *octets, gsize n, GError **error)
{
  gsize taken = 0;

  if (self->failure != NULL || !self->established)
    {
      tls_fail (self, GNUTLS_E_INVALID_SESSION, error);
      return -1;
    }
  while (taken < n && buffer_room (&self->out) >= RECORD + EXPANSION)
    {
      ssize_t ret = gnutls_record_send (self->session, octets + taken, MIN (n - taken, RECORD));

      if (ret == GNUTLS_E_INTERRUPTED)
        continue;
      if (ret < 0)
        {
          tls_fail (self, (int)ret, error);
          return -1;
        }
      taken += (gsize)ret;
    }
  return (gssize)taken;
}

gssize
mimesend_tls_read (MimesendTls *self, guint8 *octets, gsize n, gboolean *eof, GError **error)
{
  *eof = FALSE;
  if (self->failure != NULL || !self->established)
    {
      tls_fail (self, GNUTLS_E_INVALID_SESSION, error);
      return -1;
    }
  while (!self->ended)
    {
      gsize waiting = self->in.end - self->in.start;
      ssize_t ret = gnutls_record_recv (self->session, octets, n);

      if (ret > 0)
        return ret;
      if (is_interrupted (self, ret, waiting))
        continue;
      switch (ret)
        {
        case 0:                              /* close_notify */
        case GNUTLS_E_PREMATURE_TERMINATION: /* no close_notify: a cut line is no line to the core */
          self->ended = TRUE;
          break;
        case GNUTLS_E_AGAIN:
          return 0;
        case GNUTLS_E_REHANDSHAKE: /* TLS 1.2's renegotiation may be left unanswered (RFC 5246 7.4.1.1) */
          continue;
        default:
          tls_fail (self, (int)ret, error);
          return -1;
        }
    }
  *eof = TRUE;
  return 0;
}

void
mimesend_tls_close (MimesendTls *self)
{
  if (self->established && self->failure == NULL)
    gnutls_bye (self->session, GNUTLS_SHUT_WR);
}
