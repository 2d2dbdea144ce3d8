/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Authentication (RFC 4954) through GNU SASL: which mechanism, and its steps. Framing and base64 are smtp/'s.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MimesendSasl MimesendSasl;

/* What login, password and token are needed for depends on the mechanism: see sasl.c. */
typedef struct
{
  const char *login;    /* NULL: none */
  const char *password; /* NULL: none, or a token */
  const char *host;     /* for mechanisms that name the service */
  gboolean
      may_be_clear;  /* the connection is protected (TLS, loopback), or the caller said otherwise in words */
  gboolean in_words; /* … it was in words */
  gboolean is_protected;       /* the same without those words: a token goes nowhere else */
  gboolean is_verified;        /* TLS, and its certificate was verified */
  gboolean is_token;           /* the secret is an access token of OAuth 2.0 */
  gboolean later;              /* it comes by set_secret (), ahead of the first step */
  gboolean client_certificate; /* the server may know us by it: EXTERNAL */
  guint16 port;
  const char *const
      *mechanisms; /* the only ones allowed; with '!' in front: those that are not. NULL: as we like */
  GBytes *binding; /* of the TLS session; NULL: none */
  const char *binding_type; /* "tls-exporter" or "tls-unique" */
} MimesendSaslSetup;

typedef enum
{
  MIMESEND_SASL_MORE,   /* *response is to be sent, and another challenge is expected */
  MIMESEND_SASL_PROVEN, /* *response is to be sent (or NULL), and the server owes nothing but its 235 */
  MIMESEND_SASL_FAILED, /* this mechanism did not do: another one may be chosen */
  MIMESEND_SASL_ENDED /* none may: the server is a false one, or has judged the user, or there is no secret */
} MimesendSaslStatus;

MimesendSasl *
mimesend_sasl_new (const MimesendSaslSetup *setup, GError **error); /* copies into memory that it wipes */
void mimesend_sasl_free (MimesendSasl *self);

/* The strongest common one of those that the caller allows and has the credentials for, in the order of the table in
 * sasl-choice.c; PLAIN and LOGIN only where may_be_clear. Error LOGIN, which says what the server offers.
 * Called again it chooses the next one, and none that was chosen before: after a mechanism bound to TLS none that is
 * bound, and any other only where is_verified; after a SCRAM that the server spoilt PLAIN and LOGIN only where
 * is_verified or in_words. */
const char *mimesend_sasl_choose (MimesendSasl *self, const char *const *offered, GError **error);

/* challenge NULL: the first step; *response NULL then: no initial response. May take half a second (key
 * derivation). Errors: LOGIN, PROTOCOL. */
MimesendSaslStatus
mimesend_sasl_step (MimesendSasl *self, GBytes *challenge, GBytes **response, GError **error);
/* The challenge was not base64: only the prompts of LOGIN need not be. */
MimesendSaslStatus mimesend_sasl_step_garbled (MimesendSasl *self, GBytes **response, GError **error);

gboolean
mimesend_sasl_needs_secret (MimesendSasl *self); /* of the mechanism chosen, and it is to come later */
void mimesend_sasl_set_secret (MimesendSasl *self, const char *secret);

/* The mechanism chosen prepares the secret (SASLprep, RFC 4013), and that changes it: a server that does not prepare what
 * it has stored takes it for a wrong one. */
gboolean mimesend_sasl_changes_secret (MimesendSasl *self);

/* What the server said of a token, for people; NULL: nothing. */
const char *mimesend_sasl_get_server_words (MimesendSasl *self);

/* Is it the name of one that we have? In capitals. */
gboolean mimesend_sasl_is_known (const char *mechanism);

/* A GBytes whose octets are overwritten when it goes. */
GBytes *mimesend_secret_bytes (const void *octets, gsize n);

G_END_DECLS
