/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/session-options.h"

#include <string.h>

#include "input/input.h"

/* Checks now that files are readable which the library reads when TLS begins. */
static gboolean
check_file (const char *label, const char *path, Failure *failure)
{
  Input input = INPUT_INIT;
  gboolean good = path == NULL || input_open_file (&input, label, path, failure);

  if (path != NULL)
    input_close (&input);
  return good;
}

/* Replaces the server by its changed copy, taking both; changed NULL: fails with error. */
static gboolean
take_changed (
    MimesendServer **server, MimesendServer *changed, const char *label, GError *error, Failure *failure)
{
  mimesend_server_unref (*server);
  *server = changed;
  if (changed != NULL)
    return TRUE;
  g_prefix_error (&error, "%s: ", label);
  return failure_set_error (failure, EXIT_CODE_USAGE, label, error);
}

/* A file, or an object of a token (RFC 7512) that is looked for when TLS begins; the PIN must not be in the argument. */
static gboolean
check_identity (const char *label, const char *path, Failure *failure)
{
  if (path == NULL || !g_str_has_prefix (path, "pkcs11:"))
    return check_file (label, path, failure);
  if (strstr (path, "pin-value=") == NULL)
    return TRUE;
  return failure_set (failure, EXIT_CODE_USAGE, label,
                      "%s: a PIN must not stand in an argument, which lists of processes show: write "
                      "pin-source=/PATH instead of pin-value",
                      label);
}

static gboolean
apply_files (MimesendServer **server, const Options *options, Failure *failure)
{
  if (!check_file ("--crl-file", options->crl_file, failure) ||
      !check_identity ("--client-cert", options->client_certificate, failure) ||
      !check_identity ("--client-key", options->client_key, failure))
    return FALSE;
  if (options->client_key != NULL && options->client_certificate == NULL)
    return failure_set (failure, EXIT_CODE_USAGE, "--client-key",
                        "--client-key is the key of --client-cert: give both");
  if (options->crl_file != NULL)
    take_changed (server, mimesend_server_with_crl_file (*server, options->crl_file), NULL, NULL, failure);
  if (options->client_certificate != NULL)
    take_changed (
        server,
        mimesend_server_with_client_certificate (*server, options->client_certificate, options->client_key),
        NULL, NULL, failure);
  return TRUE;
}

static gboolean
apply_pin (MimesendServer **server, const Options *options, Failure *failure)
{
  GError *error = NULL;
  MimesendServer *changed;

  if (options->pin == NULL && options->pin_beside_ca)
    return failure_set (failure, EXIT_CODE_USAGE, "--pin-beside-ca",
                        "--pin-beside-ca says how --pin is meant: give both");
  if (options->pin == NULL)
    return TRUE;
  changed = mimesend_server_with_pin (*server, options->pin, options->pin_beside_ca, &error);
  return take_changed (server, changed, "--pin", error, failure);
}

static gboolean
apply_version (MimesendServer **server, const Options *options, Failure *failure)
{
  if (options->tls_min == NULL || strcmp (options->tls_min, "1.2") == 0)
    return TRUE;
  if (strcmp (options->tls_min, "1.3") != 0)
    return failure_set (failure, EXIT_CODE_USAGE, "--tls-min",
                        "--tls-min takes 1.2 or 1.3, not '%s'; older versions are not safe (RFC 8996)",
                        options->tls_min);
  return take_changed (server, mimesend_server_with_tls_min (*server, MIMESEND_TLS_VERSION_V1_3), NULL, NULL,
                       failure);
}

static gboolean
apply_mechanisms (MimesendServer **server, const Options *options, Failure *failure)
{
  g_autofree char *upper = NULL;
  g_auto (GStrv) names = NULL;
  GError *error = NULL;
  MimesendServer *changed;

  if (options->mechanisms == NULL)
    return TRUE;
  upper = g_ascii_strup (options->mechanisms, -1);
  names = g_strsplit (upper, ",", -1);
  changed = mimesend_server_with_mechanisms (*server, (const char *const *)names, &error);
  return take_changed (server, changed, "--auth", error, failure);
}

MimesendServer *
policy_apply (MimesendServer *server, const Options *options, Failure *failure)
{
  if (apply_files (&server, options, failure) && apply_pin (&server, options, failure) &&
      apply_version (&server, options, failure) && apply_mechanisms (&server, options, failure))
    return server;
  if (server != NULL)
    mimesend_server_unref (server);
  return NULL;
}
