/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/look.h"

#include "mime/charset-look.h"
#include "mime/leaf.h"
#include "mime/peruse.h"

typedef struct
{
  MimesendCharsetLook look;
  gboolean complete;
} Look;

static gboolean
look_at_block_cb (gpointer data, const guint8 *octets, gsize n)
{
  Look *self = data;
  gsize left = MIMESEND_LOOK_MAX - (gsize)self->look.length;

  self->complete = n <= left;
  if (n > 0)
    mimesend_charset_look (&self->look, octets, MIN (n, left));
  return self->complete;
}

void
mimesend_look_at_stream (MimesendLook *self, GMimeStream *stream)
{
  Look look = { .complete = TRUE };

  *self = (MimesendLook){ 0 };
  if (!mimesend_peruse (stream, look_at_block_cb, &look))
    return;
  self->charset = mimesend_charset_look_get (&look.look, look.complete);
  self->has_lines = mimesend_charset_look_has_lines (&look.look, look.complete);
}

void
mimesend_look_at_file (MimesendLook *self, const char *path, gint64 start, gint64 end)
{
  GMimeStream *stream = mimesend_leaf_open_later (path, start, end);

  mimesend_look_at_stream (self, stream);
  g_object_unref (stream);
}
