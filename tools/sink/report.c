/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receiver's lines on standard output: docs/sink.md lists the fields. */
#include "server.h"

#include <gio/gunixsocketaddress.h>

static JsonArray *
strings_to_json (const char *const *list)
{
  JsonArray *array = json_array_new ();
  for (; list != NULL && *list != NULL; list++)
    json_array_add_string_element (array, *list);
  return array;
}

static JsonArray *
violation_names (guint violations)
{
  JsonArray *array = json_array_new ();
  for (guint bit = 1; sink_violation_name (bit) != NULL; bit <<= 1)
    if (violations & bit)
      json_array_add_string_element (array, sink_violation_name (bit));
  return array;
}

static void
report_add_tls (JsonObject *envelope, GTlsConnection *tls)
{
  if (tls == NULL)
    {
      json_object_set_null_member (envelope, "tls");
      return;
    }
  g_autoptr (GEnumClass) versions = g_type_class_ref (G_TYPE_TLS_PROTOCOL_VERSION);
  GEnumValue *version = g_enum_get_value (versions, g_tls_connection_get_protocol_version (tls));
  g_autofree char *cipher = g_tls_connection_get_ciphersuite_name (tls);
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "version", version != NULL ? version->value_nick : "");
  json_object_set_string_member (object, "cipher", cipher != NULL ? cipher : "");
  json_object_set_object_member (envelope, "tls", object);
}

JsonObject *
sink_report_envelope (const SinkReport *report, const SinkEvent *event)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *received = g_date_time_format_iso8601 (now);
  JsonObject *envelope = json_object_new ();
  json_object_set_string_member (envelope, "reverse_path", event->reverse_path);
  json_object_set_string_member (envelope, "mail_parameters", event->mail_parameters);
  json_object_set_array_member (envelope, "recipients", strings_to_json (event->recipients));
  json_object_set_array_member (envelope, "recipient_parameters",
                                strings_to_json (event->recipient_parameters));
  json_object_set_boolean_member (envelope, "by_bdat", event->by_bdat);
  json_object_set_boolean_member (envelope, "lmtp", report->lmtp);
  json_object_set_string_member (envelope, "hello", event->hello);
  report_add_tls (envelope, report->tls);
  if (event->auth_mechanism != NULL)
    {
      JsonObject *auth = json_object_new ();
      json_object_set_string_member (auth, "mechanism", event->auth_mechanism);
      json_object_set_string_member (auth, "user", report->user);
      json_object_set_object_member (envelope, "auth", auth);
    }
  else
    json_object_set_null_member (envelope, "auth");
  json_object_set_array_member (envelope, "violations", violation_names (event->violations));
  json_object_set_string_member (envelope, "peer", report->peer);
  json_object_set_int_member (envelope, "connection", report->number);
  json_object_set_string_member (envelope, "received", received);
  return envelope;
}

/* (transfer full): the text with controls, C1 included, replaced. */
static char *
harmless_text (const char *text)
{
  GString *out = g_string_new (NULL);
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (g_unichar_isprint (c))
        g_string_append_unichar (out, c);
      else
        g_string_append_printf (out, "\\u{%x}", c);
    }
  return g_string_free (out, FALSE);
}

/* Prints one line; takes ownership of the object. */
static void
report_print (SinkServer *server, const char *name, JsonObject *object, const char *text)
{
  g_autofree char *line = NULL;
  if (server->json)
    {
      g_autoptr (JsonObject) outer = json_object_new ();
      g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), outer);
      json_object_set_object_member (outer, name, object);
      line = json_to_string (node, FALSE);
    }
  else
    {
      line = harmless_text (text);
      json_object_unref (object);
    }
  sink_printer_line (server->printer, line);
}

static char *
joined_texts (JsonArray *array, const char *before, const char *after)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_string_append_printf (out, "%s%s%s%s", i > 0 ? ", " : "", before,
                            json_array_get_string_element (array, i), after);
  return g_string_free (out, FALSE);
}

static char *
report_describe (JsonObject *envelope)
{
  g_autofree char *to = joined_texts (json_object_get_array_member (envelope, "recipients"), "<", ">");
  g_autofree char *faults = joined_texts (json_object_get_array_member (envelope, "violations"), "", "");
  return g_strdup_printf ("from <%s> to %s%s%s", json_object_get_string_member (envelope, "reverse_path"), to,
                          *faults != '\0' ? ", violations: " : "", faults);
}

void
sink_report_message (SinkServer *server, JsonObject *envelope)
{
  g_autofree char *who = report_describe (envelope);
  g_autofree char *text = g_strdup_printf ("message %s %s, %" G_GINT64_FORMAT " octets, sha256 %s",
                                           json_object_get_string_member (envelope, "id"), who,
                                           json_object_get_int_member (envelope, "octets"),
                                           json_object_get_string_member (envelope, "sha256"));
  report_print (server, "message", json_object_ref (envelope), text);
}

void
sink_report_lost (SinkServer *server, JsonObject *envelope, const char *reason)
{
  g_autofree char *who = report_describe (envelope);
  g_autofree char *text = g_strdup_printf ("not taken: %s: %s", who, reason);
  json_object_set_string_member (envelope, "reason", reason);
  report_print (server, "lost", json_object_ref (envelope), text);
}

void
sink_report_refused (SinkServer *server, guint number, const char *command, const char *reply)
{
  g_autofree char *text =
      g_strdup_printf ("connection %u: refused: %s: %s", number, command != NULL ? command : "a line", reply);
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "connection", number);
  if (command != NULL)
    json_object_set_string_member (object, "command", command);
  else
    json_object_set_null_member (object, "command");
  json_object_set_string_member (object, "reply", reply);
  report_print (server, "refused", object, text);
}

void
sink_report_closed (SinkServer *server, guint number, guint violations, const char *failure)
{
  JsonArray *names = violation_names (violations);
  g_autofree char *words = joined_texts (names, "", "");
  g_autofree char *text =
      g_strdup_printf ("connection %u: closed%s%s%s%s", number, failure != NULL ? ", no TLS: " : "",
                       failure != NULL ? failure : "", *words != '\0' ? ", violations: " : "", words);
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "number", number);
  json_object_set_array_member (object, "violations", names);
  if (failure != NULL)
    json_object_set_string_member (object, "failure", failure);
  else
    json_object_set_null_member (object, "failure");
  report_print (server, "closed", object, text);
}

void
sink_report_listening (SinkServer *server, GSocketAddress *address, const char *pem)
{
  g_autofree char *text = NULL;
  JsonObject *object = json_object_new ();
  if (G_IS_UNIX_SOCKET_ADDRESS (address))
    {
      g_autofree char *path =
          g_filename_display_name (g_unix_socket_address_get_path (G_UNIX_SOCKET_ADDRESS (address)));
      text = g_strdup_printf ("listening on unix:%s", path);
      json_object_set_string_member (object, "unix", path);
    }
  else
    {
      GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
      g_autofree char *host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
      guint port = g_inet_socket_address_get_port (inet);
      gboolean v6 = g_socket_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
      text = g_strdup_printf (v6 ? "listening on [%s]:%u" : "listening on %s:%u", host, port);
      json_object_set_string_member (object, "address", host);
      json_object_set_int_member (object, "port", port);
    }
  if (pem != NULL)
    json_object_set_string_member (object, "certificate", pem);
  report_print (server, "listening", object, text);
}
