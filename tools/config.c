/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define CONFIG_MAX    65536
#define SYSTEM_CONFIG "/etc/mimesend.conf"

static char **
find_key (Config *self, const char *key)
{
  const struct
  {
    const char *key;
    char **value;
  } keys[] = { { "server", &self->server },   { "from", &self->from },
               { "user", &self->user },       { "password-command", &self->password_command },
               { "ca-file", &self->ca_file }, { "proxy", &self->proxy } };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (strcmp (key, keys[i].key) == 0)
      return keys[i].value;
  return NULL;
}

/* Takes key and value apart; an earlier file wins. */
static gboolean
take_line (Config *self, const char *path, guint number, char *line, Failure *failure)
{
  char *key = g_strstrip (line);
  char *equals = strchr (key, '=');
  char **value;

  if (key[0] == '\0' || key[0] == '#')
    return TRUE;
  if (equals == NULL)
    return fail (failure, EXIT_CODE_CONFIG, path, "%s, line %u: write 'key = value'", path, number);
  *equals = '\0';
  g_strchomp (key);
  if (strcmp (key, "password") == 0)
    return fail (failure, EXIT_CODE_CONFIG, path,
                 "%s, line %u: a password does not belong here; write 'password-command = …'", path, number);
  value = find_key (self, key);
  if (value == NULL)
    return fail (failure, EXIT_CODE_CONFIG, path,
                 "%s, line %u: there is no key '%s'; the keys are server, from, user, password-command, "
                 "ca-file and proxy",
                 path, number, key);
  if (*value == NULL)
    *value = g_strdup (g_strstrip (equals + 1));
  return TRUE;
}

/* A file that somebody else can change would tell us where to send a password, and what to run for it. */
static gboolean
check_owner (int fd, const char *path, Failure *failure)
{
  struct stat st;

  if (fstat (fd, &st) != 0)
    return fail (failure, EXIT_CODE_CONFIG, path, "%s cannot be examined: %s", path, g_strerror (errno));
  if (!S_ISREG (st.st_mode))
    return fail (failure, EXIT_CODE_CONFIG, path, "%s is not a regular file", path);
  if (st.st_uid != 0 && st.st_uid != geteuid ())
    return fail (failure, EXIT_CODE_CONFIG, path, "%s belongs to another user: not used", path);
  if ((st.st_mode & S_IWOTH) != 0 ||
      ((st.st_mode & S_IWGRP) != 0 && st.st_gid != getegid () && st.st_gid != 0))
    return fail (failure, EXIT_CODE_CONFIG, path,
                 "%s can be written by others: not used; 'chmod go-w %s' mends it", path, path);
  if (st.st_size > CONFIG_MAX)
    return fail (failure, EXIT_CODE_CONFIG, path, "%s is longer than %d octets", path, CONFIG_MAX);
  return TRUE;
}

static char *
read_all (int fd)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char block[4096];
  gssize n;

  while (text->len <= CONFIG_MAX && (n = read (fd, block, sizeof block)) != 0)
    {
      if (n < 0 && errno != EINTR)
        return NULL;
      if (n > 0)
        g_string_append_len (text, block, n);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
load_file (Config *self, const char *path, Failure *failure)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (fd < 0)
    return errno == ENOENT || errno == ENOTDIR
               ? TRUE
               : fail (failure, EXIT_CODE_CONFIG, path, "%s cannot be opened: %s", path, g_strerror (errno));
  if (check_owner (fd, path, failure))
    {
      text = read_all (fd);
      if (text == NULL)
        fail (failure, EXIT_CODE_CONFIG, path, "%s cannot be read: %s", path, g_strerror (errno));
      else if (!g_utf8_validate (text, -1, NULL))
        fail (failure, EXIT_CODE_CONFIG, path, "%s is not UTF-8", path);
    }
  close (fd);
  if (failure->code != EXIT_CODE_OK)
    return FALSE;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!take_line (self, path, i + 1, lines[i], failure))
      return FALSE;
  return TRUE;
}

static char *
take_environment (const char *name)
{
  const char *value = g_getenv (name);

  return value != NULL && value[0] != '\0' ? g_strdup (value) : NULL;
}

gboolean
config_load (Config *self, Failure *failure)
{
  g_autofree char *path = g_build_filename (g_get_user_config_dir (), "mimesend.conf", NULL);

  memset (self, 0, sizeof *self);
  self->server = take_environment ("MIMESEND_SERVER");
  self->from = take_environment ("MIMESEND_FROM");
  if (self->server != NULL && !g_utf8_validate (self->server, -1, NULL))
    return fail (failure, EXIT_CODE_BAD_DATA, "MIMESEND_SERVER", "MIMESEND_SERVER is not UTF-8");
  if (self->from != NULL && !g_utf8_validate (self->from, -1, NULL))
    return fail (failure, EXIT_CODE_BAD_DATA, "MIMESEND_FROM", "MIMESEND_FROM is not UTF-8");
  self->server_from_file = self->server == NULL;
  return load_file (self, path, failure) && load_file (self, SYSTEM_CONFIG, failure);
}

void
config_clear (Config *self)
{
  g_clear_pointer (&self->server, g_free);
  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->user, g_free);
  g_clear_pointer (&self->password_command, g_free);
  g_clear_pointer (&self->ca_file, g_free);
  g_clear_pointer (&self->proxy, g_free);
}
