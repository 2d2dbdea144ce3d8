/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stores messages: written under a temporary name, 0600, and renamed when complete; the envelope first, so that a visible
 * message has one. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <stdio.h>
#include <unistd.h>

struct _SinkStore
{
  SinkStoreKind kind;
  char *folder;
  GMutex lock;
  GHashTable *unfinished; /* paths */
  guint count;
  gboolean closed;
};

struct _SinkFile
{
  SinkStore *store;
  char *id, *temporary, *path, *envelope_path; /* paths; NULL: messages are discarded */
  FILE *stream;
  int failure; /* errno */
  gnutls_hash_hd_t hash;
  guint64 octets;
};

static gboolean
make_folder (const char *parent, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (parent, name, NULL);
  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;
  int saved = errno;
  g_set_error (error, G_IO_ERROR, (gint)g_io_error_from_errno (saved), "%s: %s", path, g_strerror (saved));
  return FALSE;
}

SinkStore *
sink_store_new (SinkStoreKind kind, const char *folder, GError **error)
{
  static const char *const eml[] = { "", NULL }, *const maildir[] = { "tmp", "new", "cur", "envelope", NULL };
  if (kind != SINK_STORE_DISCARD)
    for (const char *const *name = kind == SINK_STORE_EML ? eml : maildir; *name != NULL; name++)
      if (!make_folder (folder, *name, error))
        return NULL;
  SinkStore *self = g_new0 (SinkStore, 1);
  self->kind = kind;
  self->folder = g_strdup (folder);
  self->unfinished = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_init (&self->lock);
  return self;
}

void
sink_store_close (SinkStore *self)
{
  GHashTableIter iter;
  gpointer path;
  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  g_hash_table_iter_init (&iter, self->unfinished);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    g_unlink (path);
  g_mutex_unlock (&self->lock);
}

void
sink_store_free (SinkStore *self)
{
  g_hash_table_unref (self->unfinished);
  g_mutex_clear (&self->lock);
  g_free (self->folder);
  g_free (self);
}

/* (transfer full): a unique name that sorts by time. */
static char *
new_id (SinkStore *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%dT%H%M%S");
  return g_strdup_printf ("%s.%06d-%d-%u", time, g_date_time_get_microsecond (now), (int)getpid (),
                          ++self->count);
}

SinkFile *
sink_store_begin (SinkStore *store)
{
  SinkFile *self = g_new0 (SinkFile, 1);
  self->store = store;
  gnutls_hash_init (&self->hash, GNUTLS_DIG_SHA256);
  g_mutex_lock (&store->lock);
  self->id = new_id (store);
  if (store->kind != SINK_STORE_DISCARD)
    {
      gboolean eml = store->kind == SINK_STORE_EML;
      g_autofree char *name = g_strconcat (self->id, eml ? ".eml" : "", NULL);
      g_autofree char *beside = g_strconcat (self->id, ".json", NULL);
      g_autofree char *unfinished = g_strconcat (".", self->id, ".part", NULL);
      self->temporary = g_build_filename (store->folder, eml ? "" : "tmp", unfinished, NULL);
      self->path = g_build_filename (store->folder, eml ? "" : "new", name, NULL);
      self->envelope_path = g_build_filename (store->folder, eml ? "" : "envelope", beside, NULL);
      int fd = g_open (self->temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
      self->failure = fd < 0 ? errno : 0;
      if (fd >= 0)
        {
          g_hash_table_add (store->unfinished, g_strdup (self->temporary));
          self->stream = fdopen (fd, "w");
          setvbuf (self->stream, NULL, _IOFBF, 65536);
        }
    }
  g_mutex_unlock (&store->lock);
  return self;
}

void
sink_file_write (SinkFile *self, const void *octets, gsize n)
{
  gnutls_hash (self->hash, octets, n);
  self->octets += n;
  if (self->stream != NULL && self->failure == 0 && fwrite (octets, 1, n, self->stream) < n)
    self->failure = errno;
}

static char *
take_sha256 (SinkFile *self)
{
  guint8 digest[32];
  GString *text = g_string_new (NULL);
  gnutls_hash_output (self->hash, digest);
  for (guint i = 0; i < sizeof digest; i++)
    g_string_append_printf (text, "%02x", digest[i]);
  return g_string_free (text, FALSE);
}

static gboolean
write_envelope (SinkFile *self, JsonObject *envelope, GError **error)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), envelope);
  g_autofree char *text = json_to_string (node, TRUE);
  g_autofree char *line = g_strconcat (text, "\n", NULL);
  return g_file_set_contents_full (self->envelope_path, line, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                   error);
}

/* Under the lock: nothing is published after sink_store_close (). */
static gboolean
publish (SinkFile *self, JsonObject *envelope, GError **error)
{
  if (self->store->closed)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the receiver ends");
      return FALSE;
    }
  if (!write_envelope (self, envelope, error))
    return FALSE;
  if (g_rename (self->temporary, self->path) == 0)
    {
      g_hash_table_remove (self->store->unfinished, self->temporary);
      g_clear_pointer (&self->temporary, g_free);
      return TRUE;
    }
  int saved = errno;
  g_unlink (self->envelope_path);
  g_set_error (error, G_IO_ERROR, (gint)g_io_error_from_errno (saved), "%s: %s", self->path,
               g_strerror (saved));
  return FALSE;
}

const char *
sink_file_end (SinkFile *self, JsonObject *envelope, GError **error)
{
  g_autofree char *sha256 = take_sha256 (self);
  json_object_set_string_member (envelope, "id", self->id);
  json_object_set_int_member (envelope, "octets", (gint64)self->octets);
  json_object_set_string_member (envelope, "sha256", sha256);
  if (self->path == NULL)
    {
      json_object_set_null_member (envelope, "file");
      return self->id;
    }
  g_autofree char *shown = g_filename_to_utf8 (self->path, -1, NULL, NULL, NULL);
  g_autofree char *display = shown == NULL ? g_filename_display_name (self->path) : NULL;
  json_object_set_string_member (envelope, "file", shown != NULL ? shown : display);
  if (self->stream != NULL && fclose (self->stream) != 0 && self->failure == 0)
    self->failure = errno;
  self->stream = NULL;
  if (self->failure != 0)
    {
      g_set_error (error, G_IO_ERROR, (gint)g_io_error_from_errno (self->failure), "%s: %s", self->temporary,
                   g_strerror (self->failure));
      return NULL;
    }
  g_mutex_lock (&self->store->lock);
  gboolean done = publish (self, envelope, error);
  g_mutex_unlock (&self->store->lock);
  return done ? self->id : NULL;
}

void
sink_file_free (SinkFile *self)
{
  if (self == NULL)
    return;
  if (self->stream != NULL)
    fclose (self->stream);
  if (self->temporary != NULL)
    {
      g_mutex_lock (&self->store->lock);
      if (g_hash_table_remove (self->store->unfinished, self->temporary))
        g_unlink (self->temporary);
      g_mutex_unlock (&self->store->lock);
    }
  gnutls_hash_deinit (self->hash, NULL);
  g_free (self->id);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self->envelope_path);
  g_free (self);
}
