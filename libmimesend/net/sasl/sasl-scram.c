/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/sasl/sasl-scram.h"

#include <string.h>
#include "mimesend-error.h"

/* Takes one attribute, "r=…", up to the comma or the end; *at moves past the comma. FALSE: another name, or empty. */
static gboolean
scram_take_attribute (const char **at, const char *end, char name, const char **value, gsize *length)
{
  const char *comma;

  if (end - *at < 2 || (*at)[0] != name || (*at)[1] != '=')
    return FALSE;
  *value = *at + 2;
  comma = memchr (*value, ',', (gsize)(end - *value));
  *length = (gsize)((comma != NULL ? comma : end) - *value);
  *at = comma != NULL ? comma + 1 : end;
  for (gsize i = 0; i < *length; i++)
    if (!g_ascii_isgraph ((*value)[i]))
      return FALSE;
  return *length > 0;
}

gboolean
mimesend_scram_check_first (const char *message, gsize n, GError **error)
{
  const char *at = message, *end = message + n, *value;
  gsize length;
  guint64 count = 0;

  /* "m=" before them is a mandatory extension, and none is supported (RFC 5802 5.1). */
  if (!scram_take_attribute (&at, end, 'r', &value, &length) ||
      !scram_take_attribute (&at, end, 's', &value, &length) ||
      !scram_take_attribute (&at, end, 'i', &value, &length))
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_PROTOCOL,
                   "login: the server's first message of SCRAM is not as RFC 5802 has it");
      return FALSE;
    }
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isdigit (value[i]) || value[0] == '0')
        {
          g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_PROTOCOL,
                       "login: the server's iteration count of SCRAM is no number (RFC 5802 7)");
          return FALSE;
        }
      count = MIN (count * 10 + (guint64)(value[i] - '0'), (guint64)MIMESEND_SCRAM_ITERATIONS_MAX + 1);
    }
  if (count >= MIMESEND_SCRAM_ITERATIONS_MIN && count <= MIMESEND_SCRAM_ITERATIONS_MAX)
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN,
               "login: the server asks for %s than %d iterations of SCRAM, which is not safe: nothing was "
               "proven to it",
               count > MIMESEND_SCRAM_ITERATIONS_MAX ? "more" : "fewer",
               count > MIMESEND_SCRAM_ITERATIONS_MAX ? MIMESEND_SCRAM_ITERATIONS_MAX
                                                     : MIMESEND_SCRAM_ITERATIONS_MIN);
  return FALSE;
}

MimesendScramRefusal
mimesend_scram_refusal (const char *message, gsize n)
{
  static const struct
  {
    const char *value;
    MimesendScramRefusal refusal;
  } rows[] = {
    { "channel-bindings-dont-match", MIMESEND_SCRAM_REFUSAL_OF_TLS },
    { "server-does-support-channel-binding", MIMESEND_SCRAM_REFUSAL_OF_TLS },
    { "channel-binding-not-supported", MIMESEND_SCRAM_REFUSAL_OF_MECHANISM },
    { "unsupported-channel-binding-type", MIMESEND_SCRAM_REFUSAL_OF_MECHANISM },
    { "extensions-not-supported", MIMESEND_SCRAM_REFUSAL_OF_MECHANISM },
    { "invalid-encoding", MIMESEND_SCRAM_REFUSAL_OF_MECHANISM },
    { "invalid-username-encoding", MIMESEND_SCRAM_REFUSAL_OF_MECHANISM },
  };
  const char *comma = memchr (message, ',', n);
  gsize length = comma != NULL ? (gsize)(comma - message) : n;

  if (n < 2 || message[0] != 'e' || message[1] != '=')
    return MIMESEND_SCRAM_REFUSAL_NONE;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strlen (rows[i].value) == length - 2 && strncmp (message + 2, rows[i].value, length - 2) == 0)
      return rows[i].refusal;
  return MIMESEND_SCRAM_REFUSAL_OF_USER;
}
