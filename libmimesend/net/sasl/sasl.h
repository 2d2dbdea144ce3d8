/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Authentication (RFC 4954) with GNU SASL: the choice of a mechanism, and its steps. Framing and base64 are done in smtp/.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MimesendSasl MimesendSasl;

/* The credentials and the state of the connection. Which credentials are needed depends on the mechanism, see sasl.c. */
typedef struct
{
  const char *login;           /* NULL: none */
  const char *password;        /* NULL: none; or a token, see is_token */
  const char *host;            /* the server's name, for mechanisms that use it */
  gboolean may_be_clear;       /* a password may be sent: protected, or allowed explicitly */
  gboolean in_words;           /* the caller allowed it explicitly */
  gboolean is_protected;       /* TLS or loopback: required for a token */
  gboolean is_verified;        /* TLS, and its certificate was verified */
  gboolean is_token;           /* the secret is an access token of OAuth 2.0 */
  gboolean later;              /* the secret is set by set_secret (), before the first step */
  gboolean client_certificate; /* a client certificate is used: for EXTERNAL */
  guint16 port;
  const char *const *mechanisms; /* the only ones allowed; with '!' in front: not allowed. NULL: all */
  GBytes *binding;               /* of the TLS session; NULL: none */
  const char *binding_type;      /* "tls-exporter" or "tls-unique" */
} MimesendSaslSetup;

typedef enum
{
  MIMESEND_SASL_MORE,   /* *response is to be sent, and another challenge is expected */
  MIMESEND_SASL_PROVEN, /* *response (nullable) is to be sent, and only the server's 235 is missing */
  MIMESEND_SASL_FAILED, /* this mechanism failed: another one may be chosen */
  MIMESEND_SASL_ENDED   /* no other may be tried: an impostor, a refused user, or no secret */
} MimesendSaslStatus;

MimesendSasl *mimesend_sasl_new (const MimesendSaslSetup *setup,
                                 GError **error); /* copies the secrets, and wipes the copies when freed */
void mimesend_sasl_free (MimesendSasl *self);

/* The strongest common one of those that the caller allows and has the credentials for, in the order of the table in
 * sasl-choice.c; PLAIN and LOGIN only where may_be_clear. Error LOGIN, which says what the server offers. Called again it
 * chooses the next one, and none that was chosen before: after a mechanism bound to TLS none that is bound, and any other
 * only where is_verified; after a SCRAM that the server violated PLAIN and LOGIN only where is_verified or in_words. */
const char *mimesend_sasl_choose (MimesendSasl *self, const char *const *offered, GError **error);

/* challenge NULL: the first step; *response NULL then: no initial response. May take half a second (key
 * derivation). Errors: LOGIN, PROTOCOL. */
MimesendSaslStatus
mimesend_sasl_step (MimesendSasl *self, GBytes *challenge, GBytes **response, GError **error);
/* The challenge was not base64: only the prompts of LOGIN need not be. */
MimesendSaslStatus mimesend_sasl_step_garbled (MimesendSasl *self, GBytes **response, GError **error);

gboolean mimesend_sasl_needs_secret (
    MimesendSasl *self); /* whether the chosen mechanism needs the secret, and it is to be set later */
void mimesend_sasl_set_secret (MimesendSasl *self, const char *secret);

/* Whether the chosen mechanism prepares the secret (SASLprep, RFC 4013) and that changes it: a server that stores it
 * unprepared then refuses it. */
gboolean mimesend_sasl_changes_secret (MimesendSasl *self);

/* (nullable): the server's error about a token, as text. */
const char *mimesend_sasl_get_server_words (MimesendSasl *self);

/* Whether the mechanism, in capitals, is known here. */
gboolean mimesend_sasl_is_known (const char *mechanism);

/* (transfer full): a copy whose octets are overwritten when it is freed. */
GBytes *mimesend_secret_bytes (const void *octets, gsize n);

G_END_DECLS
