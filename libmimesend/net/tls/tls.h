/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TLS (GnuTLS) over two buffers, without I/O: the same interface as smtp/client.h. Encrypted octets on one side, plain ones
 * on the other; nothing blocks or touches a socket. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MimesendTls MimesendTls;

typedef struct
{
  const char *host;     /* the name or address that the user wrote; never a CNAME's target */
  const char *ca_file;  /* PEM; NULL: the system's, loaded once a process */
  const char *crl_file; /* PEM; NULL: none */
  const char *client_certificate, *client_key; /* PEM; NULL: none */
  GBytes *pins;                                /* see pin.h; NULL: none */
  gboolean pin_beside_ca;
  guint16 port;             /* for error messages; 0: none */
  gboolean behind_starttls; /* likewise */
  gboolean only_1_3;
  gboolean must_verify; /* FALSE: go on with a certificate that cannot be verified, and say why in _get_reason
                           () */
} MimesendTlsSetup;

typedef enum
{
  MIMESEND_TLS_STATUS_DONE,
  MIMESEND_TLS_STATUS_MORE,
  MIMESEND_TLS_STATUS_FAILED
} MimesendTlsStatus;

MimesendTls *
mimesend_tls_new (const MimesendTlsSetup *setup, GError **error); /* TLS: a CA file that cannot be read */
void mimesend_tls_free (MimesendTls *self);                       /* never blocks, sends nothing */

/* The encrypted side. */
void mimesend_tls_receive (MimesendTls *self, const guint8 *octets, gsize n); /* n = 0: the peer closed */
gsize mimesend_tls_room (MimesendTls *self);                        /* octets that receive () accepts now */
gsize mimesend_tls_peek (MimesendTls *self, const guint8 **octets); /* octets to send */
void mimesend_tls_sent (MimesendTls *self, gsize n);

/* The plain side. Error TLS; CONNECT if the peer closed during the handshake, DEFERRED if it replied 4yz in the clear.
 * After a failure an alert may be left to send. A cut connection is *eof like a closed one: the reader accepts whole lines
 * alone. */
MimesendTlsStatus mimesend_tls_handshake (MimesendTls *self, GError **error);
gssize mimesend_tls_write (MimesendTls *self,
                           const guint8 *octets,
                           gsize n,
                           GError **error); /* octets taken; 0: full; −1: error */
gssize mimesend_tls_read (MimesendTls *self,
                          guint8 *octets,
                          gsize n,
                          gboolean *eof,
                          GError **error); /* octets read; 0: none yet, or *eof; −1: error */
/* Whether the handshake failed because of a cleartext reply. */
gboolean mimesend_tls_heard_clear (MimesendTls *self);
/* Whether the error was an alert of the peer's; any other may be a cut connection. */
gboolean mimesend_tls_was_broken_off (MimesendTls *self);
void mimesend_tls_close (MimesendTls *self); /* queues close_notify */

/* After the handshake. */
const char *mimesend_tls_get_version (MimesendTls *self); /* "TLS1.3" */
const char *mimesend_tls_get_cipher (MimesendTls *self);
gboolean mimesend_tls_is_verified (MimesendTls *self);
const char *mimesend_tls_get_reason (MimesendTls *self); /* (nullable): why it is not verified; NULL: it is */

/* (transfer full) (nullable): the channel binding and its type: "tls-exporter" under TLS 1.3 (RFC 9266), "tls-unique" under
 * 1.2 with an extended master secret (RFC 5929 3, RFC 7627). NULL: there are none. */
GBytes *mimesend_tls_get_binding (MimesendTls *self, const char **type);

typedef struct
{
  char *subject, *issuer, *names; /* untrusted; names are in ASCII */
  gint64 not_before, not_after;   /* seconds since 1970 */
  char *fingerprint;              /* SHA-256, hex */
  char *key_pin;
} MimesendTlsCertificate;

/* (transfer full) (element-type MimesendTlsCertificate): the server's certificates, its own first. */
GPtrArray *mimesend_tls_get_chain (MimesendTls *self);

G_END_DECLS
