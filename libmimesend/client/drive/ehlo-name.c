/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/drive/ehlo-name.h"

#include <string.h>
#include <unistd.h>

#include "octets/mailbox.h"

gboolean
mimesend_ehlo_name_is_valid (const char *name)
{
  return mimesend_domain_is_valid (name, strlen (name), FALSE);
}

/* Names with a meaning on the local network alone say nothing to a remote server. */
static gboolean
is_known_to_others (const char *name)
{
  static const char *const inner[] = { ".local", ".localdomain", ".lan", ".internal" };
  const char *dot = strchr (name, '.');

  if (dot == NULL || dot == name || dot[1] == '\0' || name[0] == '[' || !mimesend_ehlo_name_is_valid (name))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (inner); i++)
    if (g_str_has_suffix (name, inner[i]))
      return FALSE;
  return TRUE;
}

char *
mimesend_ehlo_name (const char *wanted, const char *local_literal)
{
  char name[256] = "";

  if (wanted != NULL)
    return g_strdup (wanted);
  if (gethostname (name, sizeof name - 1) == 0 && is_known_to_others (name))
    return g_strdup (name);
  return g_strdup (local_literal != NULL ? local_literal : "[127.0.0.1]");
}

char *
mimesend_ehlo_id_domain (const char *wanted)
{
  g_autofree char *name = mimesend_ehlo_name (wanted, "");
  gsize length = strlen (name);

  if (length == 0)
    return NULL;
  return name[0] == '[' ? g_strndup (name + 1, length - 2) : g_strdup (name);
}
