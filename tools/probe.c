/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server offers, for people and with --json for programs. No message is sent. */
#include "commands.h"
#include "options/config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "server/destination.h"
#include "libmimesend/octets/printable.h"
#include "output/json.h"
#include "output/text.h"

/* --- for people --- */

static void
show_line (GString *out, const char *label, const char *text)
{
  g_autofree char *escaped = mimesend_printable_lines (text, 1024);

  g_string_append_printf (out, "  %-14s %s\n", label, escaped);
}

static void
show_text (GString *out, GVariant *found, const char *key, const char *label)
{
  const char *text;

  if (g_variant_lookup (found, key, "&s", &text) && *text != '\0')
    show_line (out, label, text);
}

static void
show_lines (GString *out, GVariant *found, const char *key, const char *label)
{
  g_autofree const char **lines = NULL;

  if (!g_variant_lookup (found, key, "^a&s", &lines))
    return;
  for (guint i = 0; lines[i] != NULL; i++)
    show_line (out, i == 0 ? label : "", lines[i]);
}

static void
show_number (GString *out, GVariant *found, const char *key, const char *label)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (found, key, NULL);
  g_autofree char *text = NULL;

  if (value == NULL)
    return;
  text = g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64)
             ? g_strdup_printf ("%" G_GUINT64_FORMAT, g_variant_get_uint64 (value))
             : g_strdup_printf ("%u", g_variant_get_uint32 (value));
  show_line (out, label, text);
}

static void
show_date (GString *out, GVariant *found, const char *key, const char *label)
{
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *text = NULL;
  gint64 seconds;

  if (!g_variant_lookup (found, key, "x", &seconds) ||
      (date = g_date_time_new_from_unix_utc (seconds)) == NULL)
    return;
  text = g_date_time_format (date, "%Y-%m-%d %H:%M UTC");
  show_line (out, label, text);
}

static void
show_certificates (GString *out, GVariant *found)
{
  g_autoptr (GVariant) chain = g_variant_lookup_value (found, "chain", G_VARIANT_TYPE ("aa{sv}"));
  gsize n = chain != NULL ? g_variant_n_children (chain) : 0;

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (chain, i);

      show_text (out, one, "subject", "certificate");
      show_text (out, one, "names", "  names");
      show_text (out, one, "issuer", "  issuer");
      show_date (out, one, "not-after", "  until");
      if (i == 0)
        show_text (out, one, "pin", "  --pin");
    }
}

static void
show_trial (GString *out, GVariant *found, const char *key, const char *label)
{
  g_autoptr (GVariant) trials = g_variant_lookup_value (found, "trials", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) one =
      trials != NULL ? g_variant_lookup_value (trials, key, G_VARIANT_TYPE_VARDICT) : NULL;
  g_autofree char *line = NULL;
  gboolean holds;
  const char *words;

  if (one == NULL || !g_variant_lookup (one, "holds", "b", &holds) ||
      !g_variant_lookup (one, "words", "&s", &words))
    return;
  line = g_strdup_printf ("%s: %s", holds ? "holds" : "DOES NOT HOLD", words);
  show_line (out, label, line);
}

static void
show_recipients (GString *out, GVariant *found)
{
  g_autoptr (GVariant) rows = g_variant_lookup_value (found, "recipients", G_VARIANT_TYPE ("aa{sv}"));
  gsize n = rows != NULL ? g_variant_n_children (rows) : 0;

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (rows, i);
      g_autofree char *line = NULL;
      const char *address = "", *outcome = "", *text = "", *enhanced = "";
      guint code = 0;

      g_variant_lookup (one, "address", "&s", &address);
      g_variant_lookup (one, "outcome", "&s", &outcome);
      g_variant_lookup (one, "text", "&s", &text);
      g_variant_lookup (one, "enhanced", "&s", &enhanced);
      line = g_variant_lookup (one, "code", "u", &code)
                 ? g_strdup_printf ("%s: %s: %u %s%s%s", address, outcome, code, enhanced,
                                    *enhanced != '\0' ? " " : "", text)
                 : g_strdup_printf ("%s: %s: %s", address, outcome, text);
      show_line (out, i == 0 ? "recipients" : "", line);
    }
}

static void
show_times (GString *out, GVariant *found)
{
  static const char *const stages[] = { "connect",        "greeting", "hello", "tls",
                                        "hello-over-tls", "ready",    "trials" };
  g_autoptr (GVariant) times = g_variant_lookup_value (found, "times", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GString) line = g_string_new (NULL);

  for (gsize i = 0; times != NULL && i < G_N_ELEMENTS (stages); i++)
    {
      double ms;

      if (g_variant_lookup (times, stages[i], "d", &ms))
        g_string_append_printf (line, "%s%s %.0f", line->len > 0 ? ", " : "", stages[i], ms);
    }
  g_string_append (line, " ms");
  show_line (out, "done after", line->str);
}

static gboolean
print_for_people (GVariant *found)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GVariant) tls = g_variant_lookup_value (found, "tls", G_VARIANT_TYPE_VARDICT);
  g_autofree char *name = NULL;
  const char *server = "";
  gboolean verified;

  g_variant_lookup (found, "server", "&s", &server);
  name = mimesend_printable_lines (server, 256);
  g_string_append_printf (out, "%s\n", name);
  show_lines (out, found, "found", "found");
  show_text (out, found, "address", "address");
  show_text (out, found, "greeting", "greeting");
  show_lines (out, found, "before", "in the clear");
  if (tls != NULL)
    {
      show_text (out, tls, "version", "TLS");
      show_text (out, tls, "cipher", "  cipher");
      if (g_variant_lookup (tls, "verified", "b", &verified) && verified)
        show_line (out, "  verified", "yes");
      show_text (out, tls, "reason", "  NOT verified");
    }
  show_certificates (out, found);
  show_lines (out, found, "after", "under TLS");
  show_lines (out, found, "mechanisms", "mechanisms");
  show_number (out, found, "size-limit", "octets at most");
  show_number (out, found, "recipients-limit", "recipients");
  show_number (out, found, "messages-limit", "messages");
  show_number (out, found, "domains-limit", "domains");
  show_trial (out, found, "pipelining", "PIPELINING");
  show_trial (out, found, "chunking", "CHUNKING");
  show_recipients (out, found);
  show_lines (out, found, "choice", "a message");
  show_text (out, found, "failure", "FAILED");
  show_times (out, found);
  return print_out (out->str);
}

/* --- the servers --- */

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

/* TRUE: a message could follow. */
static gboolean
found_ready (GVariant *found)
{
  gboolean ready = FALSE;

  return g_variant_lookup (found, "ready", "b", &ready) && ready;
}

/* Why a message could not follow, by the same table as when one is sent. */
static int
code_of_failure (GVariant *found)
{
  g_autoptr (GEnumClass) codes = g_type_class_ref (MIMESEND_TYPE_ERROR);
  const char *nick = "", *words = "";
  g_autoptr (GError) error = NULL;
  GEnumValue *value;

  g_variant_lookup (found, "error", "&s", &nick);
  g_variant_lookup (found, "failure", "&s", &words);
  value = g_enum_get_value_by_nick (codes, nick);
  if (value == NULL)
    return EXIT_CODE_TEMPORARY; /* what is no error of ours is the connection's */
  error = g_error_new_literal (MIMESEND_ERROR, value->value, words);
  return exit_code_of (NULL, error);
}

/* Of those that were asked for: 67 when one was refused, else 75 when one was not accepted. */
static int
code_of_recipients (GVariant *found)
{
  g_autoptr (GVariant) rows = g_variant_lookup_value (found, "recipients", G_VARIANT_TYPE ("aa{sv}"));
  gsize n = rows != NULL ? g_variant_n_children (rows) : 0;
  int code = EXIT_CODE_OK;

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (rows, i);
      const char *outcome = "";

      g_variant_lookup (one, "outcome", "&s", &outcome);
      if (strcmp (outcome, "refused") == 0)
        return EXIT_CODE_RECIPIENTS;
      if (strcmp (outcome, "accepted") != 0)
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
    fail_with (failure, EXIT_CODE_BAD_DATA, "--rcpt", error);
  return envelope;
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
  int code = EXIT_CODE_OK, of_recipients = EXIT_CODE_OK;
  gboolean reached = FALSE; /* a server that was says more than those that were not */
  gboolean any = FALSE, written = TRUE;

  if (!config_load (&config, &failure))
    code = failure.code;
  else if (text == NULL && (text = config.server) == NULL)
    code = fail (&failure, EXIT_CODE_CONFIG, "SERVER", "no server is named: mimesend probe mail.example.com")
               ? EXIT_CODE_OK
               : failure.code;
  envelope = envelope_of (options, &failure);
  servers = code == EXIT_CODE_OK ? probe_candidates (text) : NULL;
  for (guint i = 0; servers != NULL && servers[i] != NULL && failure.code == EXIT_CODE_OK; i++)
    {
      MimesendServer *server = find_probed (options, servers[i], &config, &failure);
      g_autoptr (GVariant) found = NULL;
      g_autoptr (GError) error = NULL;

      if (server == NULL)
        break;
      found = mimesend_probe_recipients (
          server, envelope != NULL ? mimesend_envelope_get_reverse_path (envelope) : NULL,
          envelope != NULL ? mimesend_envelope_get_recipients (envelope) : NULL,
          options->deadline > 0 ? options->deadline : options->timeout, NULL, &error);
      mimesend_server_unref (server);
      if (found == NULL)
        {
          print_note ("%s", error->message);
          if (!reached)
            code = exit_code_of (NULL, error);
          continue;
        }
      reached = TRUE;
      if (found_ready (found) && !any)
        of_recipients = code_of_recipients (found);
      any |= found_ready (found);
      if (!found_ready (found))
        code = code_of_failure (found);
      if (options->json)
        g_variant_builder_add_value (all, found);
      else
        written &= print_for_people (found);
    }
  if (failure.code != EXIT_CODE_OK)
    {
      print_failure (&failure);
      code = failure.code;
    }
  else if (options->json)
    written = json_print_variant (g_variant_builder_end (all));
  config_clear (&config);
  failure_clear (&failure);
  if (!written)
    return EXIT_CODE_NO_OUTPUT;
  return any ? of_recipients : code;
}
