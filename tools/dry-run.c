/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* -n: everything is checked, no server is connected to. */
#include "commands.h"

#include <string.h>

#include "libmimesend/octets/printable.h"
#include "output/text.h"
#include "output/tree.h"

static void
print_parts (GString *out, GMimeObject *top)
{
  g_autoptr (GArray) parts = tree_list (top);

  for (guint i = 0; i < parts->len; i++)
    {
      const TreePart *part = &g_array_index (parts, TreePart, i);
      g_autofree char *name = part->name != NULL ? mimesend_printable_lines (part->name, 256) : NULL;

      g_string_append_printf (out, "%*s%s", (int)(2 * part->depth + 2), "", part->type);
      if (part->encoding != NULL)
        g_string_append_printf (out, ", %s", part->encoding);
      if (name != NULL)
        g_string_append_printf (out, ", \"%s\"", name);
      if (part->octets >= 0)
        g_string_append_printf (out, ", %" G_GINT64_FORMAT " octets", part->octets);
      g_string_append_c (out, '\n');
    }
}

/* Whether the address needs SMTPUTF8: a local part that is not ASCII does, a domain has A-labels. */
static gboolean
needs_utf8 (const char *address)
{
  const char *at = address != NULL ? strrchr (address, '@') : NULL;
  g_autofree char *local = at != NULL ? g_strndup (address, (gsize)(at - address)) : g_strdup (address);

  return local != NULL && !g_str_is_ascii (local);
}

static void
print_demands (GString *out, const Report *report, const Message *message)
{
  static const char *const tls[] = { [MIMESEND_TLS_NONE] = "no TLS",
                                     [MIMESEND_TLS_OPPORTUNISTIC] = "STARTTLS where it is offered",
                                     [MIMESEND_TLS_REQUIRED] = "STARTTLS, verified",
                                     [MIMESEND_TLS_IMPLICIT] = "TLS, verified" };
  gboolean utf8 = needs_utf8 (message->reverse_path);
  const char *user = mimesend_server_get_login (report->server);

  for (guint i = 0; message->recipients[i] != NULL; i++)
    utf8 = utf8 || needs_utf8 (message->recipients[i]);
  g_string_append_printf (out, "would ask for: %s", tls[mimesend_server_get_tls (report->server)]);
  if (user != NULL)
    {
      g_autofree char *shown = mimesend_printable_lines (user, 256);

      g_string_append_printf (out, "; login as %s", shown);
    }
  if (mimesend_content_get_length (message->content) >= 0)
    g_string_append_printf (out, "; room for %" G_GINT64_FORMAT " octets (SIZE)",
                            mimesend_content_get_length (message->content));
  if (utf8)
    g_string_append (out, "; addresses in UTF-8 (SMTPUTF8)");
  g_string_append (out, "\n");
  for (guint i = 0; message->dkims != NULL && i < message->dkims->len; i++)
    g_string_append_printf (out, "would sign: for %s, selector %s, %s\n",
                            mimesend_dkim_get_domain (message->dkims->pdata[i]),
                            mimesend_dkim_get_selector (message->dkims->pdata[i]),
                            mimesend_dkim_get_algorithm (message->dkims->pdata[i]));
}

gboolean
dry_run_print (const Report *report, const Message *message)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *server = mimesend_server_to_string (report->server);
  gint64 length;

  if (message->content == NULL)
    return TRUE;
  length = mimesend_content_get_length (message->content);
  g_string_append_printf (out, "server: %s\nfrom: <%s>\n", server,
                          message->reverse_path != NULL ? message->reverse_path : "");
  for (guint i = 0; message->recipients[i] != NULL; i++)
    g_string_append_printf (out, "to: <%s>\n", message->recipients[i]);
  if (message->tree != NULL)
    {
      g_string_append (out, "letter:\n");
      print_parts (out, message->tree);
    }
  else
    g_string_append_printf (out, "message: as it is, of %u argument%s\n", message->raw->len,
                            message->raw->len == 1 ? "" : "s");
  if (length >= 0)
    g_string_append_printf (out, "size: %" G_GINT64_FORMAT " octets\n", length);
  else
    g_string_append (out, "size: known when it is sent\n");
  print_demands (out, report, message);
  return print_out (out->str);
}
