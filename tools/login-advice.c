/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login-advice.h"

#include <string.h>

#include "say.h"

typedef enum
{
  WHATEVER,
  PASSWORD,
  TOKEN
} Given;

/* The library says what is wrong, and knows no options. tests/tools/test_auth.py holds each pair together. */
static const struct
{
  const char *words; /* of the library */
  Given given;
  const char *advice;
} rows[] = {
  { "an access token (OAuth 2.0)", PASSWORD,
    "--oauth says that what is given as the password is an access token" },
  { "that takes a password", TOKEN, "without --oauth the secret is a password" },
  { "a client certificate", WHATEVER, "--client-cert and --client-key name a client certificate" },
  { "is used only where it is named", WHATEVER, "--auth EXTERNAL names it" },
  { "SASLprep, RFC 4013, changes it", PASSWORD, "--auth PLAIN sends it as it was typed" },
};

void
say_login_advice (const Options *options, const char *why)
{
  Given given = options->oauth ? TOKEN : PASSWORD;

  if (strstr (why, "login: ") == NULL && strstr (why, "SASLprep") == NULL &&
      strstr (why, "broke TLS off") == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if ((rows[i].given == WHATEVER || rows[i].given == given) && strstr (why, rows[i].words) != NULL)
      say_note ("%s", rows[i].advice);
}
