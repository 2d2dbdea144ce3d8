/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "input/security.h"

#include <string.h>
#include <unistd.h>

/* GnuPG may ask for a passphrase where a terminal is there to ask in; under cron nothing may wait for it. */
static gboolean
find_terminal (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    {
      const char *terminal = isatty (fd) ? ttyname (fd) : NULL;

      if (terminal == NULL)
        continue;
      g_setenv ("GPG_TTY", terminal, FALSE);
      return TRUE;
    }
  return FALSE;
}

static MimesendSecurity *
replace (MimesendSecurity *before, MimesendSecurity *after)
{
  mimesend_security_unref (before);
  return after;
}

MimesendSecurity *
security_new (const Options *options)
{
  const char *kind = options->sign != NULL ? options->sign : options->encrypt;
  MimesendSecurity *security;

  if (kind == NULL)
    return NULL;
  security = mimesend_security_new (g_str_has_prefix (kind, "pgp") ? MIMESEND_SECURITY_PGP
                                                                   : MIMESEND_SECURITY_SMIME);
  if (options->sign != NULL)
    {
      const char *key = strchr (options->sign, ':');

      security =
          replace (security, mimesend_security_with_signature (security, key != NULL ? key + 1 : NULL));
    }
  if (options->encrypt != NULL)
    security = replace (security, mimesend_security_with_encryption (security));
  if (options->hide_recipients)
    security = replace (security, mimesend_security_with_hidden_recipients (security));
  if (options->hide_subject)
    security = replace (security, mimesend_security_with_hidden_subject (security));
  if (find_terminal ())
    security = replace (security, mimesend_security_with_prompt (security));
  return security;
}
