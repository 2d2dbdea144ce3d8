/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text that names a server: refused with words that can be shown, or read as a server whose own text is read back as the
 * same one. */
#include "fuzz.h"

#include "mimesend-error.h"
#include "net/server/server.h"

static void
check_clean (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *c = text; *c != '\0'; c++)
    g_assert_true ((guint8)*c > 31 && *c != 127);
}

static void
check_good (MimesendServer *server)
{
  g_autofree char *shown = mimesend_server_to_string (server), *again_shown = NULL;
  g_autoptr (MimesendServer) again = NULL;
  g_autoptr (GError) error = NULL;

  if (server->host != NULL)
    {
      check_clean (server->host);
      g_assert_null (strpbrk (server->host, " <>\"\\/@"));
    }
  if (server->transport == MIMESEND_TRANSPORT_PROGRAM)
    {
      g_assert_nonnull (server->argv[0]);
      return;
    }
  again = mimesend_server_new (shown, &error);
  g_assert_no_error (error);
  again_shown = mimesend_server_to_string (again);
  g_assert_cmpstr (shown, ==, again_shown);
  g_assert_cmpstr (server->host, ==, again->host);
  g_assert_cmpstr (server->path, ==, again->path);
  g_assert_cmpstr (server->login, ==, again->login);
  g_assert_cmpint (server->transport, ==, again->transport);
  g_assert_cmpint (server->tls, ==, again->tls);
  g_assert_cmpuint (server->port, ==, again->port);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendServer) server = NULL;

  fuzz_init ();
  server = mimesend_server_new (text, &error);
  if (server != NULL)
    {
      g_assert_no_error (error);
      check_good (server);
    }
  else
    {
      g_assert_true (error != NULL && error->domain == MIMESEND_ERROR);
      check_clean (error->message);
    }
  return 0;
}
