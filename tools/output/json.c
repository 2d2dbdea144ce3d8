/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output/json.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "output/advice.h"
#include "base/escape.h"
#include "output/text.h"
#include "output/tree.h"

/* Adds untrusted text, made valid UTF-8; NULL becomes null. */
static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  g_autofree char *valid = value != NULL ? g_utf8_make_valid (value, -1) : NULL;

  if (name != NULL)
    json_builder_set_member_name (builder, name);
  if (valid != NULL)
    json_builder_add_string_value (builder, valid);
  else
    json_builder_add_null_value (builder);
}

/* Adds a number, or null. */
static void
add_number (JsonBuilder *builder, const char *name, gint64 value, gboolean known)
{
  json_builder_set_member_name (builder, name);
  if (known)
    json_builder_add_int_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_strings (JsonBuilder *builder, const char *name, const char *const *values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    add_string (builder, NULL, values[i]);
  json_builder_end_array (builder);
}

static void
add_error (JsonBuilder *builder, const Report *report)
{
  g_autofree char *explanation = NULL, *advice = NULL;
  const char *stage = "none", *argument = NULL, *message = NULL;

  if (report->failure.code != EXIT_CODE_OK)
    {
      stage = failure_get_stage (&report->failure);
      argument = report->failure.argument;
      message = report->failure.message;
    }
  else if (report->code != EXIT_CODE_OK)
    {
      if (report->receipt != NULL)
        stage = mimesend_stage_to_string (mimesend_receipt_get_stage (report->receipt));
      if (report->error == NULL && report->receipt != NULL)
        explanation = mimesend_receipt_explain (report->receipt);
      message = report->error != NULL ? report->error->message : explanation;
      advice = advice_new (report);
    }
  json_builder_set_member_name (builder, "error");
  if (message == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  add_string (builder, "stage", stage);
  add_string (builder, "message", message);
  add_string (builder, "argument", argument);
  add_string (builder, "advice", advice);
  json_builder_end_object (builder);
}

static void
add_server (JsonBuilder *builder, const Report *report)
{
  g_autofree char *url = report->server != NULL ? mimesend_server_to_string (report->server) : NULL;
  MimesendReceipt *receipt = report->receipt;
  const char *host = receipt != NULL ? mimesend_receipt_get_host (receipt) : NULL;
  guint16 port = receipt != NULL ? mimesend_receipt_get_port (receipt) : 0;

  if (host == NULL && report->server != NULL)
    host = mimesend_server_get_host (report->server);
  if (port == 0 && report->server != NULL)
    port = mimesend_server_get_port (report->server);
  json_builder_set_member_name (builder, "server");
  json_builder_begin_object (builder);
  add_string (builder, "url", url);
  add_string (builder, "host", host);
  add_string (builder, "address", receipt != NULL ? mimesend_receipt_get_address (receipt) : NULL);
  add_number (builder, "port", port, port != 0);
  json_builder_end_object (builder);
}

static void
json_add_tls (JsonBuilder *builder, MimesendReceipt *receipt)
{
  const char *version = receipt != NULL ? mimesend_receipt_get_tls_version (receipt) : NULL;

  json_builder_set_member_name (builder, "tls");
  if (version == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  add_string (builder, "version", version);
  add_string (builder, "cipher", mimesend_receipt_get_tls_cipher (receipt));
  json_builder_set_member_name (builder, "verified");
  json_builder_add_boolean_value (builder, mimesend_receipt_get_tls_verified (receipt));
  add_string (builder, "reason", mimesend_receipt_get_tls_reason (receipt));
  json_builder_end_object (builder);
}

static void
add_recipients (JsonBuilder *builder, const Report *report)
{
  MimesendReceipt *receipt = report->receipt;

  json_builder_set_member_name (builder, "recipients");
  json_builder_begin_array (builder);
  for (guint i = 0; receipt != NULL && i < mimesend_receipt_get_n_recipients (receipt); i++)
    {
      guint code = mimesend_receipt_get_recipient_code (receipt, i);

      json_builder_begin_object (builder);
      add_string (builder, "address", mimesend_receipt_get_recipient (receipt, i));
      add_string (builder, "outcome",
                  mimesend_outcome_to_string (mimesend_receipt_get_recipient_outcome (receipt, i)));
      add_number (builder, "code", code, code != 0);
      add_string (builder, "enhanced", mimesend_receipt_get_recipient_enhanced_code (receipt, i));
      add_string (builder, "text", mimesend_receipt_get_recipient_reply (receipt, i));
      json_builder_end_object (builder);
    }
  for (guint i = 0; receipt == NULL && report->recipients != NULL && report->recipients[i] != NULL; i++)
    {
      json_builder_begin_object (builder);
      add_string (builder, "address", report->recipients[i]);
      add_string (builder, "outcome", "not-tried");
      add_number (builder, "code", 0, FALSE);
      add_string (builder, "enhanced", NULL);
      add_string (builder, "text", NULL);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_transaction (JsonBuilder *builder, MimesendReceipt *receipt, guint i)
{
  guint code = mimesend_receipt_get_transaction_code (receipt, i);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "reply");
  if (code != 0)
    {
      json_builder_begin_object (builder);
      add_number (builder, "code", code, TRUE);
      add_string (builder, "enhanced", mimesend_receipt_get_transaction_enhanced_code (receipt, i));
      add_string (builder, "text", mimesend_receipt_get_transaction_reply (receipt, i));
      json_builder_end_object (builder);
    }
  else
    json_builder_add_null_value (builder);
  add_string (builder, "queue_id", mimesend_receipt_get_transaction_queue_id (receipt, i));
  json_builder_set_member_name (builder, "recipients");
  json_builder_begin_array (builder);
  for (guint r = 0; r < mimesend_receipt_get_n_recipients (receipt); r++)
    if (mimesend_receipt_get_recipient_transaction (receipt, r) == (int)i)
      add_string (builder, NULL, mimesend_receipt_get_recipient (receipt, r));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_transactions (JsonBuilder *builder, MimesendReceipt *receipt)
{
  json_builder_set_member_name (builder, "transactions");
  json_builder_begin_array (builder);
  for (guint i = 0; receipt != NULL && i < mimesend_receipt_get_n_transactions (receipt); i++)
    add_transaction (builder, receipt, i);
  json_builder_end_array (builder);
}

static void
add_dry_run (JsonBuilder *builder, const Report *report)
{
  gint64 length = mimesend_content_get_length (report->content);
  g_autoptr (GArray) parts = report->tree != NULL ? tree_list (report->tree) : NULL;

  json_builder_set_member_name (builder, "dry_run");
  json_builder_begin_object (builder);
  add_string (builder, "reverse_path", report->reverse_path);
  add_number (builder, "octets", length, length >= 0);
  json_builder_set_member_name (builder, "parts");
  json_builder_begin_array (builder);
  for (guint i = 0; parts != NULL && i < parts->len; i++)
    {
      const TreePart *part = &g_array_index (parts, TreePart, i);

      json_builder_begin_object (builder);
      add_number (builder, "depth", part->depth, TRUE);
      add_string (builder, "type", part->type);
      add_string (builder, "encoding", part->encoding);
      add_string (builder, "name", part->name);
      add_number (builder, "octets", part->octets, part->octets >= 0);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_warnings (JsonBuilder *builder, const Report *report)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new ();
  const char *const *given = report->receipt != NULL ? mimesend_receipt_get_warnings (report->receipt) : NULL;

  for (guint i = 0; print_get_warnings () != NULL && i < print_get_warnings ()->len; i++)
    g_ptr_array_add (warnings, g_ptr_array_index (print_get_warnings (), i));
  if (report->not_sent != NULL)
    g_ptr_array_add (warnings, (gpointer)report->not_sent);
  for (guint i = 0; given != NULL && given[i] != NULL; i++)
    g_ptr_array_add (warnings, (gpointer)given[i]);
  g_ptr_array_add (warnings, NULL);
  add_strings (builder, "warnings", (const char *const *)warnings->pdata);
}

/* With -v: certainty, explanation, times and dialogue. */
static void
add_account (JsonBuilder *builder, MimesendReceipt *receipt)
{
  g_autofree char *explanation = receipt != NULL ? mimesend_receipt_explain (receipt) : NULL;

  json_builder_set_member_name (builder, "certain");
  json_builder_add_boolean_value (builder, receipt == NULL || mimesend_receipt_is_certain (receipt));
  add_string (builder, "explanation", explanation);
  add_number (builder, "attempts", receipt != NULL ? mimesend_receipt_get_attempts (receipt) : 0, TRUE);
  add_strings (builder, "extensions", receipt != NULL ? mimesend_receipt_get_extensions (receipt) : NULL);
  json_builder_set_member_name (builder, "times");
  json_builder_begin_object (builder);
  for (guint i = 0; receipt != NULL && i <= MIMESEND_STAGE_QUIT; i++)
    {
      gint64 us = report_stage_us (receipt, (MimesendStage)i);

      if (us > 0)
        add_number (builder, mimesend_stage_to_string ((MimesendStage)i), us, TRUE);
    }
  json_builder_end_object (builder);
  add_strings (builder, "dialogue", receipt != NULL ? mimesend_receipt_get_dialogue (receipt) : NULL);
}

static JsonNode *
json_build (const Report *report)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  MimesendReceipt *receipt = report->receipt;
  g_auto (GStrv) retry = report_get_retry (report);
  const char *message_id = receipt != NULL ? mimesend_receipt_get_message_id (receipt) : NULL;

  json_builder_begin_object (builder);
  add_number (builder, "version", 1, TRUE);
  add_string (builder, "outcome", report_get_outcome (report));
  add_number (builder, "exit", report->code, TRUE);
  add_error (builder, report);
  add_string (builder, "message_id", message_id != NULL ? message_id : report->message_id);
  add_number (builder, "octets", receipt != NULL ? (gint64)mimesend_receipt_get_octets (receipt) : 0, TRUE);
  add_server (builder, report);
  json_add_tls (builder, receipt);
  add_string (builder, "auth", receipt != NULL ? mimesend_receipt_get_mechanism (receipt) : NULL);
  add_transactions (builder, receipt);
  add_recipients (builder, report);
  add_strings (builder, "retry", (const char *const *)retry);
  add_warnings (builder, report);
  if (report->options->verbose)
    add_account (builder, receipt);
  if (report->options->dry_run && report->content != NULL)
    add_dry_run (builder, report);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

gboolean
json_print (const Report *report)
{
  g_autoptr (JsonNode) root = json_build (report);
  g_autofree char *text = json_to_string (root, FALSE);
  g_autofree char *hardened = escape_json (text);

  return print_out (hardened);
}

gboolean
json_print_variant (GVariant *servers)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (servers);
  g_autofree char *list = json_gvariant_serialize_data (held, NULL);
  g_autofree char *text = g_strdup_printf ("{\"version\":1,\"servers\":%s}", list);
  g_autofree char *hardened = escape_json (text);

  return print_out (hardened);
}
