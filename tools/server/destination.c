/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/destination.h"

#include <string.h>

#include "input/input.h"
#include "server/password.h"
#include "base/path.h"
#include "server/session-options.h"
#include "server/route.h"

static MimesendServer *
replace_server (MimesendServer *old, MimesendServer *new)
{
  mimesend_server_unref (old);
  return new;
}

static MimesendTlsPolicy
policy_of (const char *word)
{
  static const char *const words[] = { "none", "opportunistic", "required", "implicit" };
  static const MimesendTlsPolicy policies[] = { MIMESEND_TLS_NONE, MIMESEND_TLS_OPPORTUNISTIC,
                                                MIMESEND_TLS_REQUIRED, MIMESEND_TLS_IMPLICIT };
  gsize i = 0;

  while (i + 1 < G_N_ELEMENTS (words) && strcmp (words[i], word) != 0)
    i++;
  return policies[i];
}

static gboolean
check_ca_file (const char *label, const char *path, Failure *failure)
{
  Input input = INPUT_INIT;
  gboolean good = input_open_file (&input, label, path, failure);

  input_close (&input);
  return good;
}

static MimesendServer *
find_one (const char *text, const Options *options, const Config *config, Failure *failure)
{
  const char *label = options->server != NULL    ? "-S"
                      : config->server_from_file ? "server"
                                                 : "MIMESEND_SERVER";
  const char *ca_file = options->ca_file != NULL ? options->ca_file : config->ca_file;
  g_autofree char *expanded = NULL;
  MimesendServer *server;
  GError *error = NULL;

  if (text == NULL)
    {
      failure_set (failure, EXIT_CODE_CONFIG, "-S",
                   "no server is known: give -S SERVER, or set MIMESEND_SERVER, or write 'server = ...' into "
                   "~/.config/mimesend.conf or /etc/mimesend.conf%s",
                   config_get_unused (config));
      return NULL;
    }
  if (ca_file != NULL &&
      !check_ca_file (options->ca_file != NULL ? "--ca-file" : "ca-file, as configured", ca_file, failure))
    return NULL;
  expanded = path_expand_server (text);
  server = mimesend_server_new (expanded, &error);
  if (server == NULL)
    {
      g_prefix_error (&error, "%s: ", label);
      failure_set_error (failure, options->server != NULL ? EXIT_CODE_USAGE : EXIT_CODE_CONFIG, label, error);
      return NULL;
    }
  if (options->tls != NULL)
    server = replace_server (server, mimesend_server_with_tls (server, policy_of (options->tls)));
  if (ca_file != NULL)
    server = replace_server (server, mimesend_server_with_ca_file (server, ca_file));
  if (options->allow_cleartext_login)
    server = replace_server (server, mimesend_server_with_cleartext_login (server, TRUE));
  server = policy_apply (server, options, failure);
  return server != NULL ? route_apply (server, options, config, failure) : NULL;
}

/* "one,two": each is the fallback of the one before. */
MimesendServer *
destination_find (const Options *options, const Config *config, Failure *failure)
{
  const char *text = options->server != NULL ? options->server : config->server;
  g_auto (GStrv) texts = text != NULL ? config_split_servers (text) : NULL;
  MimesendServer *server = NULL;

  if (text == NULL || texts[0] == NULL)
    return find_one (text, options, config, failure);
  for (guint i = g_strv_length (texts); i-- > 0;)
    {
      MimesendServer *one = find_one (texts[i], options, config, failure);
      GError *error = NULL;

      if (one != NULL && server != NULL)
        {
          one = replace_server (one, mimesend_server_with_next (one, server, &error));
          if (one == NULL)
            failure_set_error (failure, EXIT_CODE_USAGE, "-S", error);
        }
      if (server != NULL)
        mimesend_server_unref (server);
      server = one;
      if (server == NULL)
        return NULL;
    }
  return server;
}

/* Whether no user is needed: a client certificate or a Kerberos ticket names it, or the mechanism needs none. */
static gboolean
needs_no_password (const Options *options)
{
  return options->mechanisms != NULL && (g_ascii_strcasecmp (options->mechanisms, "EXTERNAL") == 0 ||
                                         g_ascii_strcasecmp (options->mechanisms, "ANONYMOUS") == 0 ||
                                         g_ascii_strcasecmp (options->mechanisms, "GSSAPI") == 0);
}

/* Sets the same login on each server of the list. */
static MimesendServer *
log_in (MimesendServer *server, const char *user, const char *password, gboolean oauth, GError **error)
{
  MimesendServer *next = mimesend_server_get_next (server);
  g_autoptr (MimesendServer) behind = next != NULL ? log_in (next, user, password, oauth, error) : NULL;
  g_autoptr (MimesendServer) changed = NULL;

  if (next != NULL && behind == NULL)
    return NULL;
  changed = oauth ? mimesend_server_with_token (server, user, password, error)
                  : mimesend_server_with_login (server, user, password, error);
  return changed != NULL && behind != NULL ? mimesend_server_with_next (changed, behind, error)
                                           : g_steal_pointer (&changed);
}

/* The user from a file is used only for the server in that file, also if -S or the environment names the same one: no other
 * server gets the credentials. */
static const char *
user_of (MimesendServer *server, const Options *options, const Config *config, gboolean *configured)
{
  const char *user = options->user != NULL ? options->user : mimesend_server_get_login (server);

  *configured = options->server == NULL             ? config->server_from_file
                : options->command == COMMAND_PROBE ? FALSE
                                                    : config_is_its_server (config, options->server);
  return user == NULL && *configured ? config->user : user;
}

/* With the login but without asking for the secret. */
MimesendServer *
destination_show_login (MimesendServer *server,
                        const Options *options,
                        const Config *config,
                        Failure *failure)
{
  gboolean configured;
  const char *user = user_of (server, options, config, &configured);
  MimesendServer *changed;
  GError *error = NULL;

  if (user == NULL)
    return server;
  changed = mimesend_server_with_login (server, user, NULL, &error);
  if (changed == NULL)
    failure_set_error (failure, EXIT_CODE_USAGE, "--user", error);
  return replace_server (server, changed);
}

MimesendServer *
destination_login (MimesendServer *server, const Options *options, const Config *config, Failure *failure)
{
  gboolean configured;
  const char *user = user_of (server, options, config, &configured);
  MimesendServer *changed = NULL;
  GError *error = NULL;
  char *password = NULL;

  if (user == NULL && (options->password_file != NULL || options->password_command != NULL))
    {
      failure_set (failure, EXIT_CODE_USAGE, "--user", "a password is given, but no user: add --user");
      return replace_server (server, NULL);
    }
  if (user == NULL && options->oauth)
    {
      failure_set (failure, EXIT_CODE_USAGE, "--user", "a token is given, but no user: add --user");
      return replace_server (server, NULL);
    }
  if (user == NULL)
    return server;
  if (!needs_no_password (options))
    {
      password = password_get (options, configured ? config->password_command : NULL, user, failure);
      if (password == NULL)
        return replace_server (server, NULL);
    }
  changed = log_in (server, user, password, options->oauth, &error);
  if (changed == NULL)
    failure_set_error (failure, EXIT_CODE_USAGE, "--user", error);
  if (password != NULL)
    password_free (password);
  return replace_server (server, changed);
}
