/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/path.h"

#include <pwd.h>
#include <string.h>

char *
path_expand (const char *path)
{
  gsize n = strcspn (path, "/");
  g_autofree char *user = NULL;
  const char *home = NULL;

  if (path[0] != '~')
    return g_strdup (path);
  user = g_strndup (path + 1, n - 1);
  if (user[0] == '\0')
    home = g_get_home_dir ();
  else
    {
      const struct passwd *entry = getpwnam (user);

      home = entry != NULL ? entry->pw_dir : NULL;
    }
  return home != NULL ? g_strconcat (home, path + n, NULL) : g_strdup (path);
}

char *
path_expand_server (const char *server)
{
  static const char *const schemes[] = { "lmtp:", "program:" };

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_has_prefix (server, schemes[i]))
      {
        g_autofree char *path = path_expand (server + strlen (schemes[i]));

        return g_strconcat (schemes[i], path, NULL);
      }
  return g_strdup (server);
}
