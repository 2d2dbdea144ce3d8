/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server offers, for people and with --json for programs. No message is sent. */
#include "commands.h"
#include "options/config.h"

#include <string.h>

#include "server/destination.h"
#include "output/json.h"
#include "output/probe-json.h"
#include "output/probe-text.h"
#include "output/text.h"

/* A bare name says nothing of the port: those that servers for senders have (RFC 8314 3.3, RFC 6409, RFC 5321). */
static char **
probe_candidates (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (strpbrk (text, ":/[") != NULL)
    g_strv_builder_add (builder, text);
  else
    {
      g_autofree char *implicit = g_strconcat ("smtps://", text, NULL);
      g_autofree char *submission = g_strconcat ("smtp://", text, NULL);
      g_autofree char *relay = g_strconcat (text, ":25", NULL);

      g_strv_builder_add (builder, implicit);
      g_strv_builder_add (builder, submission);
      g_strv_builder_add (builder, relay);
    }
  return g_strv_builder_end (builder);
}

static MimesendServer *
find_probed (const Options *options, const char *text, const Config *config, Failure *failure)
{
  Options one = *options;
  MimesendServer *server;

  one.server = text;
  server = destination_find (&one, config, failure);
  return server != NULL ? destination_login (server, &one, config, failure) : NULL;
}

/* Why a message could not follow, by the same table as when one is sent. */
static int
code_of_failure (const GError *failure)
{
  return failure->domain == MIMESEND_ERROR
             ? (int)exit_code_of (NULL, failure)
             : (int)EXIT_CODE_TEMPORARY; /* what is no error of ours is the connection's */
}

/* Of those that were asked for: 67 when one was refused, else 75 when one was not accepted. */
static int
code_of_recipients (MimesendProbeResult *result)
{
  int code = EXIT_CODE_OK;

  for (guint i = 0; i < mimesend_probe_result_get_n_recipients (result); i++)
    {
      MimesendOutcome outcome = mimesend_probe_result_get_recipient_outcome (result, i);

      if (outcome == MIMESEND_OUTCOME_REFUSED)
        return EXIT_CODE_RECIPIENTS;
      if (outcome != MIMESEND_OUTCOME_ACCEPTED)
        code = EXIT_CODE_TEMPORARY;
    }
  return code;
}

/* NULL: no recipient is asked for, or (with a failure) one of them is no address. */
static MimesendEnvelope *
envelope_of (const Options *options, Failure *failure)
{
  const char *from = g_strcmp0 (options->reverse_path, "<>") == 0 ? NULL : options->reverse_path;
  g_autofree const char **recipients = g_new0 (const char *, options->probed->len + 1);
  MimesendEnvelope *envelope;
  GError *error = NULL;

  if (options->probed->len == 0)
    return NULL;
  for (guint i = 0; i < options->probed->len; i++)
    recipients[i] = g_ptr_array_index (options->probed, i);
  envelope = mimesend_envelope_new (from != NULL ? from : "", recipients, &error);
  if (envelope == NULL)
    failure_set_error (failure, EXIT_CODE_BAD_DATA, "--rcpt", error);
  return envelope;
}

typedef struct
{
  const Options *options;
  MimesendEnvelope *envelope; /* nullable: the recipients that the servers are asked for */
  GVariantBuilder *all;       /* for --json */
  int code, of_recipients;
  gboolean reached; /* a server that was says more than those that were not */
  gboolean any;     /* a message could follow */
  gboolean written;
} ProbeRun;

static void
probe_server (ProbeRun *self, MimesendServer *server)
{
  const Options *options = self->options;
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendProbeResult) result = mimesend_probe_recipients (
      server, self->envelope != NULL ? mimesend_envelope_get_reverse_path (self->envelope) : NULL,
      self->envelope != NULL ? mimesend_envelope_get_recipients (self->envelope) : NULL,
      options->deadline > 0 ? options->deadline : options->timeout, NULL, &error);

  if (result == NULL)
    {
      print_note ("%s", error->message);
      if (!self->reached)
        self->code = exit_code_of (NULL, error);
      return;
    }
  self->reached = TRUE;
  if (!mimesend_probe_result_is_ready (result))
    self->code = code_of_failure (mimesend_probe_result_get_failure (result));
  else if (!self->any)
    {
      self->any = TRUE;
      self->of_recipients = code_of_recipients (result);
    }
  if (options->json)
    g_variant_builder_add_value (self->all, probe_json_new (result));
  else
    self->written &= probe_text_print (result);
}

int
probe_run (const Options *options)
{
  const char *text =
      options->recipients->len > 0 ? g_ptr_array_index (options->recipients, 0) : options->server;
  Failure failure = FAILURE_INIT;
  Config config;
  g_auto (GStrv) servers = NULL;
  g_autoptr (MimesendEnvelope) envelope = NULL;
  g_autoptr (GVariantBuilder) all = g_variant_builder_new (G_VARIANT_TYPE ("aa{sv}"));
  ProbeRun run = { .options = options, .all = all, .code = EXIT_CODE_OK, .written = TRUE };

  if (!config_load (&config, &failure))
    run.code = failure.code;
  else if (text == NULL && (text = config.server) == NULL)
    run.code = failure_set (&failure, EXIT_CODE_CONFIG, "SERVER",
                            "no server is named: mimesend probe mail.example.com")
                   ? EXIT_CODE_OK
                   : failure.code;
  run.envelope = envelope = envelope_of (options, &failure);
  servers = run.code == EXIT_CODE_OK ? probe_candidates (text) : NULL;
  for (guint i = 0; servers != NULL && servers[i] != NULL && failure.code == EXIT_CODE_OK; i++)
    {
      g_autoptr (MimesendServer) server = find_probed (options, servers[i], &config, &failure);

      if (server != NULL)
        probe_server (&run, server);
    }
  if (failure.code != EXIT_CODE_OK)
    {
      print_failure (&failure);
      run.code = failure.code;
    }
  else if (options->json)
    run.written = json_print_variant (g_variant_builder_end (all));
  config_clear (&config);
  failure_clear (&failure);
  if (!run.written)
    return EXIT_CODE_NO_OUTPUT;
  return run.any ? run.of_recipients : run.code;
}
