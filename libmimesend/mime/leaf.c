/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/leaf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mimesend-error.h"

gboolean
mimesend_leaf_check_file (const char *path, gint64 *size, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  struct stat info;

  if (stat (path, &info) != 0 || faccessat (AT_FDCWD, path, R_OK, AT_EACCESS) != 0)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "the file '%s' cannot be read: %s", shown,
                   g_strerror (errno));
      return FALSE;
    }
  if (S_ISDIR (info.st_mode))
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                   "'%s' is a directory: name a file in it, or pack it into an archive", shown);
      return FALSE;
    }
  *size = S_ISREG (info.st_mode) ? info.st_size : -1;
  return TRUE;
}

GMimeStream *
mimesend_leaf_open_later (const char *path, gint64 start, gint64 end)
{
  /* The stream takes ownership of the GFile. */
  return g_mime_stream_gio_new_with_bounds (g_file_new_for_path (path), start, end);
}

void
mimesend_leaf_set_stream (GMimePart *part, GMimeStream *stream)
{
  GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_DEFAULT);

  g_mime_part_set_content (part, content);
  g_object_unref (content);
}

GBytes *
mimesend_leaf_canonical_text (GBytes *text)
{
  gsize length;
  const char *p = g_bytes_get_data (text, &length);
  const char *end;
  GByteArray *canonical;

  if (length == 0)
    return g_bytes_ref (text);
  end = p + length;
  canonical = g_byte_array_sized_new ((guint)MIN (length + length / 32, G_MAXUINT / 2));
  while (p < end)
    {
      const char *lf = memchr (p, '\n', (gsize)(end - p));
      const char *stop = lf != NULL ? lf : end;

      g_byte_array_append (canonical, (const guint8 *)p, (guint)(stop - p));
      if (lf == NULL)
        break;
      if (stop > p && stop[-1] == '\r')
        g_byte_array_append (canonical, (const guint8 *)"\n", 1);
      else
        g_byte_array_append (canonical, (const guint8 *)"\r\n", 2);
      p = lf + 1;
    }
  return g_byte_array_free_to_bytes (canonical);
}
