/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login-advice.h"

#include <string.h>

#include "say.h"

/* The library says what is wrong, and knows no options. tests/tools/test_auth.py holds each pair together. */
static const struct
{
  const char *words; /* of the library */
  const char *advice;
  gboolean token; /* for one that was given as a token; else for a password, or nothing */
} rows[] = {
  { "an access token (OAuth 2.0)", "--oauth says that what is given as the password is an access token",
    FALSE },
  { "a client certificate", "--client-cert and --client-key name a client certificate", FALSE },
  { "that takes a password", "without --oauth the secret is a password", TRUE },
  { "that takes a client certificate", "--client-cert and --client-key name a client certificate", TRUE },
  { "is used only where it is named", "--auth EXTERNAL names it", FALSE },
  { "is used only where it is named", "--auth EXTERNAL names it", TRUE },
  { "SASLprep, RFC 4013, changes it", "--auth PLAIN sends it as it was typed", FALSE },
};

void
say_login_advice (const Options *options, const char *why)
{
  if (!g_str_has_prefix (why, "login: ") && strstr (why, ": login: ") == NULL &&
      strstr (why, "SASLprep") == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (!rows[i].token == !options->oauth && strstr (why, rows[i].words) != NULL)
      say_note ("%s", rows[i].advice);
}
