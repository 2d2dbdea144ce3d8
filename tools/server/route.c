/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/route.h"

#include <string.h>

#include "server/password.h"

/* Replaces the server by its changed copy, taking both; changed NULL: fails with error. */
static MimesendServer *
route_take (MimesendServer *server,
            MimesendServer *changed,
            ExitCode code,
            const char *label,
            GError *error,
            Failure *failure)
{
  mimesend_server_unref (server);
  if (changed == NULL)
    {
      g_prefix_error (&error, "%s: ", label);
      failure_set_error (failure, code, label, error);
    }
  return changed;
}

static MimesendServer *
apply_proxy (MimesendServer *server, const Options *options, const Config *config, Failure *failure)
{
  const char *proxy = options->proxy != NULL ? options->proxy : config->proxy;
  const char *label = options->proxy != NULL ? "--proxy" : "proxy, as configured";
  ExitCode code = options->proxy != NULL ? EXIT_CODE_USAGE : EXIT_CODE_CONFIG;
  MimesendServer *changed;
  GError *error = NULL;
  const char *password;

  /* A program needs no network: proxy and source address are ignored. */
  if (proxy == NULL || strcmp (proxy, "none") == 0 ||
      (options->proxy == NULL && mimesend_server_get_transport (server) == MIMESEND_TRANSPORT_PROGRAM))
    return server;
  if (strcmp (proxy, "system") == 0)
    {
      changed = mimesend_server_with_proxy_resolver (server, g_proxy_resolver_get_default ());
      return route_take (server, changed, code, label, NULL, failure);
    }
  password = strchr (proxy, '@') != NULL || options->proxy_password_file != NULL
                 ? password_of_proxy (options, failure)
                 : NULL;
  if (failure->code != EXIT_CODE_OK)
    {
      mimesend_server_unref (server);
      return NULL;
    }
  changed = mimesend_server_with_proxy (server, proxy, password, &error);
  return route_take (server, changed, code, label, error, failure);
}

static MimesendServer *
apply_source (MimesendServer *server, const Options *options, Failure *failure)
{
  g_autoptr (GInetAddress) address = NULL;

  if (options->source_address == NULL)
    return server;
  address = g_inet_address_new_from_string (options->source_address);
  if (address != NULL)
    return route_take (server, mimesend_server_with_source_address (server, address), EXIT_CODE_USAGE, NULL,
                       NULL, failure);
  failure_set (failure, EXIT_CODE_USAGE, "--source-address",
               "--source-address takes an IPv4 or IPv6 address of this machine, not '%s'",
               options->source_address);
  mimesend_server_unref (server);
  return NULL;
}

MimesendServer *
route_apply (MimesendServer *server, const Options *options, const Config *config, Failure *failure)
{
  server = apply_proxy (server, options, config, failure);
  return server != NULL ? apply_source (server, options, failure) : NULL;
}
