/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A TLS session from inside, for tls.c and tls-info.c alone. */
#pragma once

#include <gnutls/gnutls.h>
#include "net/tls/tls.h"

G_BEGIN_DECLS

typedef struct
{
  guint8 *octets;
  gsize start;
  gsize end;
  gsize size;
} MimesendTlsBuffer;

struct _MimesendTls
{
  gnutls_session_t session;
  gnutls_certificate_credentials_t trust;
  gboolean trust_owned;
  char *host;
  guint16 port;
  gboolean behind_starttls;
  GBytes *pins;
  gboolean pin_beside_ca;
  gboolean only_1_3;
  gboolean shows_certificate; /* a client certificate is sent to a server that asks for one */
  gboolean must_verify;
  MimesendTlsBuffer in, out;
  gboolean peer_closed;
  gboolean established;
  gboolean judged;
  gboolean ended;     /* the plain side has ended */
  guint8 first[1024]; /* the peer's first octets, to detect that it speaks no TLS */
  gsize n_first;
  GError *failure;     /* a fatal error, returned by every later call */
  gboolean broken_off; /* the failure is an alert of the peer's */
  gboolean verified;
  char *reason;
  char *fingerprint;
};

G_END_DECLS
