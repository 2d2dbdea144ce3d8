/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message that was read as one JSON object on one line. */
#include "show/print.h"

#include "base/escape.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

static void
show_add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
show_add_number (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  if (value >= 0)
    json_builder_add_int_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
show_add_part (JsonBuilder *builder, const ShowPart *part)
{
  json_builder_begin_object (builder);
  show_add_number (builder, "depth", part->depth);
  show_add_string (builder, "number", part->number);
  show_add_string (builder, "type", part->type);
  show_add_string (builder, "charset", part->charset);
  show_add_string (builder, "encoding", part->encoding);
  show_add_string (builder, "disposition", part->disposition);
  show_add_string (builder, "name", part->name);
  show_add_string (builder, "content_id", part->content_id);
  show_add_string (builder, "subject", part->subject);
  show_add_number (builder, "encoded", part->encoded);
  show_add_number (builder, "octets", part->octets);
  show_add_string (builder, "sha256", part->sha256);
  json_builder_end_object (builder);
}

static void
add_message (JsonBuilder *builder, const char *path, const ShowMessage *message)
{
  g_autofree char *valid = g_utf8_make_valid (path, -1);

  json_builder_begin_object (builder);
  show_add_number (builder, "version", 1);
  show_add_string (builder, "file", strcmp (path, "-") == 0 ? NULL : valid);
  show_add_number (builder, "octets", (gint64)message->lines.octets);
  show_add_number (builder, "lines", (gint64)message->lines.lines);
  show_add_number (builder, "longest_line", (gint64)message->lines.longest);
  json_builder_set_member_name (builder, "header");
  json_builder_begin_object (builder);
  for (guint i = 0; i < message->fields->len; i++)
    {
      const ShowField *field = g_ptr_array_index (message->fields, i);
      g_autofree char *name = g_ascii_strdown (field->name, -1);

      show_add_string (builder, g_strdelimit (name, "-", '_'), field->value);
    }
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "parts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < message->parts->len; i++)
    show_add_part (builder, &g_array_index (message->parts, ShowPart, i));
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "unusual");
  json_builder_begin_array (builder);
  for (guint i = 0; i < message->unusual->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (message->unusual, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

gboolean
show_print_json (const char *path, const ShowMessage *message)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL, *shown = NULL;

  add_message (builder, path, message);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  shown = escape_json (text);
  fputs (shown, stdout);
  return fflush (stdout) == 0 && !ferror (stdout);
}
