/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of a login, for sasl.c and sasl-choice.c alone. */
#pragma once

#include <gsasl.h>
#include "net/sasl/sasl.h"

G_BEGIN_DECLS

typedef enum
{
  MIMESEND_SASL_KIND_SCRAM,
  MIMESEND_SASL_KIND_PLAIN,
  MIMESEND_SASL_KIND_CHALLENGE,
  MIMESEND_SASL_KIND_LOGIN,
  MIMESEND_SASL_KIND_BEARER,
  MIMESEND_SASL_KIND_XOAUTH2,
  MIMESEND_SASL_KIND_EXTERNAL,
  MIMESEND_SASL_KIND_ANONYMOUS,
  MIMESEND_SASL_KIND_GSSAPI
} MimesendSaslKind;

typedef enum
{
  MIMESEND_SASL_NEEDS_PASSWORD,
  MIMESEND_SASL_NEEDS_TOKEN,
  MIMESEND_SASL_NEEDS_CERTIFICATE, /* TLS with a verified certificate, or the caller's explicit permission */
  MIMESEND_SASL_NEEDS_WORD         /* only if the caller names the mechanism */
} MimesendSaslNeeds;

typedef struct
{
  const char *name;
  MimesendSaslKind kind;
  MimesendSaslNeeds needs;
  gboolean shows_password; /* to an eavesdropper, without TLS */
  gboolean binds;
} MimesendSaslMechanism;

struct _MimesendSasl
{
  Gsasl *library;
  Gsasl_session *session;
  const MimesendSaslMechanism *mechanism;
  guint steps;
  guint tried;        /* the mechanisms of the table chosen so far, a bit each */
  gboolean over;      /* proven or failed: no further step */
  gboolean distrusts; /* the server violated SCRAM: it may be an impostor */
  char *login;
  char *password;
  char *host;
  guint16 port;
  char **allowed;
  gboolean may_be_clear;
  gboolean in_words;
  gboolean is_protected;
  gboolean is_verified;
  gboolean is_token;
  gboolean later;
  gboolean client_certificate;
  char *binding; /* in base64, as GNU SASL wants it */
  Gsasl_property binding_property;
  char *server_words;
};

gboolean mimesend_sasl_is_named (const char *const *names, const char *name);

/* Whether it is implemented here: GNU SASL has no client for it, or one that does not suit SMTP. */
gboolean mimesend_sasl_is_ours (const MimesendSaslMechanism *mechanism);

/* The first of the table that is offered, allowed and has its credentials. Error LOGIN. */
const MimesendSaslMechanism *
mimesend_sasl_pick (MimesendSasl *self, const char *const *offered, GError **error);

G_END_DECLS
