/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Authentication (RFC 4954) through GNU SASL: which mechanism, and its steps. Framing and base64 are smtp/'s.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MimesendSasl MimesendSasl;

typedef struct
{
  const char *login;
  const char *password;
  const char *host; /* for mechanisms that name the service */
  gboolean
      may_be_clear; /* the connection is protected (TLS, loopback), or the caller said otherwise in words */
} MimesendSaslSetup;

typedef enum
{
  MIMESEND_SASL_MORE,   /* *response is to be sent, and another challenge is expected */
  MIMESEND_SASL_PROVEN, /* *response is to be sent (or NULL), and the server owes nothing but its 235 */
  MIMESEND_SASL_FAILED
} MimesendSaslStatus;

MimesendSasl *
mimesend_sasl_new (const MimesendSaslSetup *setup, GError **error); /* copies into memory that it wipes */
void mimesend_sasl_free (MimesendSasl *self);

/* The strongest common one: SCRAM-SHA-256, SCRAM-SHA-1, CRAM-MD5, PLAIN, LOGIN (the last two only where
 * may_be_clear). Error LOGIN, which says what the server offers. */
const char *mimesend_sasl_choose (MimesendSasl *self, const char *const *offered, GError **error);

/* challenge NULL: the first step; *response NULL then: no initial response. May take half a second (key
 * derivation). Errors: LOGIN, PROTOCOL. */
MimesendSaslStatus
mimesend_sasl_step (MimesendSasl *self, GBytes *challenge, GBytes **response, GError **error);

/* A GBytes whose octets are overwritten when it goes. */
GBytes *mimesend_secret_bytes (const void *octets, gsize n);

G_END_DECLS
