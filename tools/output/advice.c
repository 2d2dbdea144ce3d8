/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output/advice.h"

#include <string.h>

typedef struct
{
  const Report *report;
  MimesendError error;
  const char *message;
  MimesendStage stage;
  guint code;
  const char *detail; /* subject and detail of the enhanced code, ".7.1"; "" without one */
} Case;

static gboolean
is_raw_eight_bit (const Case *of)
{
  return options_is_raw (of->report->options) && strstr (of->message, "8BITMIME") != NULL;
}

static gboolean
is_all_or_none (const Case *of)
{
  return of->report->options->all_or_none && strstr (of->message, "more than one transaction") != NULL;
}

static gboolean
has_no_user (const Case *of)
{
  return mimesend_server_get_login (of->report->server) == NULL;
}

static gboolean
wants_token (const Case *of)
{
  return !of->report->options->oauth && strstr (of->message, "that takes") != NULL &&
         strstr (of->message, "an access token (OAuth 2.0)") != NULL;
}

static gboolean
wants_certificate (const Case *of)
{
  return strstr (of->message, "a client certificate") != NULL;
}

static gboolean
wants_token_or_certificate (const Case *of)
{
  return wants_token (of) && wants_certificate (of);
}

static gboolean
wants_password (const Case *of)
{
  return of->report->options->oauth && strstr (of->message, "that takes a password") != NULL;
}

static gboolean
wants_a_name (const Case *of)
{
  return strstr (of->message, "EXTERNAL goes by the client certificate") != NULL;
}

static gboolean
was_prepared (const Case *of)
{
  return strstr (of->message, "SASLprep") != NULL;
}

static gboolean
has_ehlo_name (const Case *of)
{
  return of->report->options->ehlo_name != NULL && g_str_has_prefix (of->message, "ehlo-name");
}

/* When the library detects a wrong port, its message names the right server. */
static gboolean
is_certificate (const Case *of)
{
  return strstr (of->message, "write smtp") == NULL;
}

static gboolean
is_network (const Case *of)
{
  return of->code == 0 && mimesend_server_get_transport (of->report->server) != MIMESEND_TRANSPORT_PROGRAM &&
         (of->stage == MIMESEND_STAGE_NONE || of->stage == MIMESEND_STAGE_CONNECT ||
          of->stage == MIMESEND_STAGE_GREETING);
}

#define ANY (-1)

/* The advice; the first entry that matches. One with a code or a detail matches by those instead of the error. */
static const struct
{
  int error;
  guint code;         /* 0: any */
  const char *detail; /* NULL: any */
  gboolean (*applies) (const Case *of);
  const char *words; /* SERVER stands for the server as it was given */
} rules[] = {
  { MIMESEND_ERROR_ARGUMENT, 0, NULL, has_ehlo_name, "--ehlo gives that name" },
  { MIMESEND_ERROR_UNSUPPORTED, 0, NULL, is_raw_eight_bit, "--eight-bit as-is sends it all the same" },
  { MIMESEND_ERROR_UNSUPPORTED, 0, NULL, is_all_or_none,
    "without --all-or-none it goes to those that are accepted, in as many transactions as it takes" },
  { MIMESEND_ERROR_LOGIN, 0, NULL, wants_token_or_certificate,
    "--oauth says that what is given as the password is an access token; --client-cert and --client-key name "
    "a client "
    "certificate" },
  { MIMESEND_ERROR_LOGIN, 0, NULL, wants_token,
    "--oauth says that what is given as the password is an access token" },
  { MIMESEND_ERROR_LOGIN, 0, NULL, wants_password, "without --oauth the secret is a password" },
  { MIMESEND_ERROR_LOGIN, 0, NULL, wants_a_name, "--auth EXTERNAL names it" },
  { MIMESEND_ERROR_LOGIN, 0, NULL, wants_certificate,
    "--client-cert and --client-key name a client certificate" },
  { MIMESEND_ERROR_LOGIN, 535, NULL, was_prepared, "--auth PLAIN sends the password as it was typed" },
  { MIMESEND_ERROR_TLS, 0, NULL, wants_certificate,
    "--client-cert and --client-key name a client certificate" },
  { ANY, 530, NULL, has_no_user,
    "--user logs in; smtp:// or smtps:// ahead of the host encrypts the connection" },
  { ANY, 538, NULL, NULL,
    "smtp:// or smtps:// ahead of the host, or --tls required, encrypts the connection" },
  { ANY, 0, ".7.10", NULL,
    "smtp:// or smtps:// ahead of the host, or --tls required, encrypts the connection" },
  { ANY, 0, ".7.11", NULL,
    "smtp:// or smtps:// ahead of the host, or --tls required, encrypts the connection" },
  { ANY, 0, ".1.7", NULL, "the sender's address is what -f gives, else that of --from" },
  { ANY, 0, ".1.8", NULL, "the sender's address is what -f gives, else that of --from" },
  { ANY, 0, ".7.27", NULL, "the sender's address is what -f gives, else that of --from" },
  { MIMESEND_ERROR_REFUSED, 0, ".7.1", has_no_user,
    "--user logs in; the sender's address is what -f gives, else that of --from" },
  { MIMESEND_ERROR_REFUSED, 0, ".7.1", NULL, "the sender's address is what -f gives, else that of --from" },
  { MIMESEND_ERROR_TLS, 0, NULL, is_certificate,
    "'mimesend probe SERVER' shows the server's certificates and what it offers; --ca-file names a CA of "
    "one's own, --pin a key "
    "that is known" },
  { MIMESEND_ERROR_CONNECT, 0, NULL, is_network,
    "'mimesend probe SERVER' shows which ports of the server answer" },
};

static gboolean
case_describe (Case *of, const Report *report, GError **checked)
{
  MimesendReceipt *receipt = report->receipt;
  const GError *error = report->error;
  const char *enhanced = receipt != NULL ? mimesend_receipt_get_enhanced_code (receipt) : NULL;

  if (error == NULL && receipt != NULL && !mimesend_receipt_check (receipt, checked))
    error = *checked;
  if (error == NULL || error->domain != MIMESEND_ERROR || report->server == NULL)
    return FALSE;
  of->report = report;
  of->error = (MimesendError)error->code;
  of->message = error->message;
  of->stage = receipt != NULL ? mimesend_receipt_get_stage (receipt) : MIMESEND_STAGE_NONE;
  of->code = receipt != NULL ? mimesend_receipt_get_code (receipt) : 0;
  of->detail = enhanced != NULL && enhanced[0] != '\0' ? enhanced + 1 : "";
  return TRUE;
}

/* The host alone if the port may be wrong, else the server as it was given. */
static char *
server_to_probe (const Case *of)
{
  const char *host = mimesend_server_get_host (of->report->server);

  return of->error == MIMESEND_ERROR_CONNECT && host != NULL ? g_strdup (host)
                                                             : mimesend_server_to_string (of->report->server);
}

char *
advice_new (const Report *report)
{
  Case of = { 0 };
  g_autoptr (GError) checked = NULL;

  if (report->code == EXIT_CODE_OK || report->code == EXIT_CODE_IN_DOUBT ||
      !case_describe (&of, report, &checked))
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autofree char *server = NULL;
      g_auto (GStrv) parts = NULL;

      if ((rules[i].error != ANY && rules[i].error != (int)of.error) ||
          (rules[i].code != 0 && rules[i].code != of.code) ||
          (rules[i].detail != NULL && strcmp (rules[i].detail, of.detail) != 0) ||
          (rules[i].applies != NULL && !rules[i].applies (&of)))
        continue;
      server = server_to_probe (&of);
      parts = g_strsplit (rules[i].words, "SERVER", -1);
      return g_strjoinv (server, parts);
    }
  return NULL;
}
