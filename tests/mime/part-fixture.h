/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file for a test, and a builder that has to work or to fail. */
#pragma once

#include <glib/gstdio.h>

#include "mimesend-part.h"
#include "written.h"

/* A folder with a file in it, both gone afterwards. */
typedef struct
{
  char *folder;
  char *path;
} File;

static inline File
file_new (const char *name, const char *content)
{
  File file;

  file.folder = g_dir_make_tmp ("test-part-XXXXXX", NULL);
  file.path = g_build_filename (file.folder, name, NULL);
  g_assert_true (g_file_set_contents (file.path, content, -1, NULL));
  return file;
}

static inline void
file_clear (File *file)
{
  g_unlink (file->path);
  g_assert_cmpint (g_rmdir (file->folder), ==, 0);
  g_free (file->path);
  g_free (file->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (File, file_clear)

static inline GMimeObject *
build (MimesendPartBuilder *builder)
{
  g_autoptr (GError) error = NULL;
  GMimeObject *part = mimesend_part_builder_build (builder, &error);

  g_assert_no_error (error);
  g_assert_nonnull (part);
  return part;
}

static inline void
assert_build_fails (MimesendPartBuilder *builder, int code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mimesend_part_builder_build (builder, &error));
  if (strstr (error->message, words) == NULL)
    g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
  assert_refused (error, code);
}
