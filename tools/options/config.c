/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options/config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/path.h"
#include "base/print.h"
#include "options/same-server.h"

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

/* One line for each signature, all of them in one file. */
static void
take_dkim (Config *self, const char *path, const char *value)
{
  if (self->dkims == NULL)
    {
      self->dkims = g_ptr_array_new_with_free_func (g_free);
      self->dkims_file = path;
    }
  if (self->dkims_file == path)
    g_ptr_array_add (self->dkims, g_strdup (value));
}

/* Parses one line: key and value. A value from an earlier file stays. */
static gboolean
config_take_line (Config *self, const char *path, guint number, char *line, Failure *failure)
{
  char *key = g_strstrip (line);
  char *equals = strchr (key, '=');
  char **value;

  if (key[0] == '\0' || key[0] == '#')
    return TRUE;
  if (equals == NULL)
    return failure_set (failure, EXIT_CODE_CONFIG, path, "%s, line %u: write 'key = value'", path, number);
  *equals = '\0';
  g_strchomp (key);
  if (strcmp (key, "password") == 0)
    return failure_set (failure, EXIT_CODE_CONFIG, path,
                        "%s, line %u: a password does not belong here; write 'password-command = ...'", path,
                        number);
  if (strcmp (key, "dkim") == 0)
    {
      take_dkim (self, path, g_strstrip (equals + 1));
      return TRUE;
    }
  value = find_key (self, key);
  if (value == NULL)
    return failure_set (
        failure, EXIT_CODE_CONFIG, path,
        "%s, line %u: there is no key '%s'; the keys are server, from, user, password-command, "
        "ca-file, proxy and dkim",
        path, number, key);
  if (*value == NULL)
    *value = g_strdup (g_strstrip (equals + 1));
  return TRUE;
}

/* A file that another user can change could redirect passwords and run commands. Returns why the file is not used; NULL: it
 * is. */
static char *
config_distrust (int fd, const char *path)
{
  struct stat st;

  if (fstat (fd, &st) != 0)
    return g_strdup_printf ("%s cannot be examined: %s", path, g_strerror (errno));
  if (!S_ISREG (st.st_mode))
    return g_strdup_printf ("%s is not a regular file", path);
  if (st.st_uid != 0 && st.st_uid != geteuid ())
    return g_strdup_printf ("%s belongs to another user", path);
  if ((st.st_mode & S_IWOTH) != 0 ||
      ((st.st_mode & S_IWGRP) != 0 && st.st_gid != getegid () && st.st_gid != 0))
    return g_strdup_printf ("%s can be written by others ('chmod go-w %s' mends it)", path, path);
  if (st.st_size > CONFIG_MAX)
    return g_strdup_printf ("%s is longer than %d octets", path, CONFIG_MAX);
  return NULL;
}

static char *
config_read_all (int fd)
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

/* The text of the file; NULL: there is none, or it is not used. One that this user may not read or that is not to be trusted
 * counts as empty; an error about a missing setting says why the file was not used. */
static char *
read_file (Config *self, const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  g_autofree char *why = NULL;
  char *text = NULL;

  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
    return NULL;
  if (fd < 0)
    why = g_strdup_printf ("%s cannot be opened: %s", path, g_strerror (errno));
  else if ((why = config_distrust (fd, path)) == NULL && (text = config_read_all (fd)) == NULL)
    why = g_strdup_printf ("%s cannot be read: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  if (why == NULL)
    return text;
  print_warning ("%s; it is not used", why);
  if (self->unused == NULL)
    self->unused = g_string_new (NULL);
  g_string_append_printf (self->unused, "; %s", why);
  return NULL;
}

static gboolean
load_file (Config *self, const char *path, Failure *failure)
{
  g_autofree char *text = read_file (self, path);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  if (text != NULL && !g_utf8_validate (text, -1, NULL))
    return failure_set (failure, EXIT_CODE_CONFIG, path, "%s is not UTF-8", path);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!config_take_line (self, path, i + 1, lines[i], failure))
      return FALSE;
  return TRUE;
}

static void
config_take (char **value, char *new)
{
  g_free (*value);
  *value = new;
}

/* Takes a setting from the environment, which has precedence over the files. */
static gboolean
config_take_environment (const char *name, char **value, Failure *failure)
{
  const char *given = g_getenv (name);

  if (given == NULL || given[0] == '\0')
    return TRUE;
  if (!g_utf8_validate (given, -1, NULL))
    return failure_set (failure, EXIT_CODE_BAD_DATA, name, "%s is not UTF-8", name);
  config_take (value, g_strdup (given));
  return TRUE;
}

gboolean
config_load (Config *self, Failure *failure)
{
  g_autofree char *path = g_build_filename (g_get_user_config_dir (), "mimesend.conf", NULL);

  memset (self, 0, sizeof *self);
  if (!load_file (self, path, failure) || !load_file (self, SYSTEM_CONFIG, failure))
    return FALSE;
  if (self->ca_file != NULL)
    config_take (&self->ca_file, path_expand (self->ca_file));
  self->server_of_file = g_strdup (self->server);
  if (!config_take_environment ("MIMESEND_SERVER", &self->server, failure) ||
      !config_take_environment ("MIMESEND_FROM", &self->from, failure))
    return FALSE;
  self->server_from_file = self->server == NULL || config_is_its_server (self, self->server);
  return TRUE;
}

/* Splits a list of servers; the command of a program: may contain commas. */
char **
config_split_servers (const char *text)
{
  char **servers = g_strsplit (text, ",", g_str_has_prefix (text, "program:") ? 1 : -1);

  for (char **server = servers; *server != NULL; server++)
    g_strstrip (*server);
  return servers;
}

gboolean
config_is_its_server (const Config *self, const char *text)
{
  g_auto (GStrv) own = config_split_servers (self->server_of_file != NULL ? self->server_of_file : "");
  g_auto (GStrv) asked = config_split_servers (text);

  if (asked[0] == NULL)
    return FALSE;
  for (char **one = asked; *one != NULL; one++)
    {
      char **same = own;

      while (*same != NULL && !same_server (*one, *same))
        same++;
      if (*same == NULL)
        return FALSE;
    }
  return TRUE;
}

void
config_clear (Config *self)
{
  g_clear_pointer (&self->server, g_free);
  g_clear_pointer (&self->server_of_file, g_free);
  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->user, g_free);
  g_clear_pointer (&self->password_command, g_free);
  g_clear_pointer (&self->ca_file, g_free);
  g_clear_pointer (&self->proxy, g_free);
  g_clear_pointer (&self->dkims, g_ptr_array_unref);
  if (self->unused != NULL)
    g_string_free (self->unused, TRUE);
  self->unused = NULL;
}
