/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A class that somebody derived, perhaps in another language. mimesend_content_read_bytes () holds the rules: NULL is never
 * the end, nothing is asked after it. Here its octets become pieces. */
#include "content/foreign.h"

struct _MimesendForeign
{
  MimesendContent parent_instance;
  MimesendContent *content;
};

static void foreign_pull_init (MimesendPullInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MimesendForeign,
                               mimesend_foreign,
                               MIMESEND_TYPE_CONTENT,
                               G_IMPLEMENT_INTERFACE (MIMESEND_TYPE_PULL, foreign_pull_init))

static void
release_bytes (gpointer bytes)
{
  g_bytes_unref (bytes);
}

static MimesendPullStatus
foreign_pull (MimesendPull *pull, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  MimesendForeign *self = MIMESEND_FOREIGN (pull);
  GBytes *bytes = mimesend_content_read_bytes (self->content, max, cancellable, error);

  if (bytes == NULL)
    return MIMESEND_PULL_FAILED;
  if (g_bytes_get_size (bytes) == 0)
    {
      g_bytes_unref (bytes);
      return MIMESEND_PULL_END;
    }
  piece->data = g_bytes_get_data (bytes, &piece->length);
  piece->release = release_bytes;
  piece->owner = bytes;
  return MIMESEND_PULL_PIECE;
}

static gboolean
foreign_is_foreign (MimesendPull *pull)
{
  return TRUE;
}

static gboolean
foreign_prepare (MimesendContent *content, MimesendWireFlags wire, GError **error)
{
  return mimesend_content_prepare (MIMESEND_FOREIGN (content)->content, wire, error);
}

static gint64
foreign_length (MimesendContent *content)
{
  return mimesend_content_get_length (MIMESEND_FOREIGN (content)->content);
}

static void
mimesend_foreign_finalize (GObject *object)
{
  g_clear_object (&MIMESEND_FOREIGN (object)->content);
  G_OBJECT_CLASS (mimesend_foreign_parent_class)->finalize (object);
}

static void
foreign_pull_init (MimesendPullInterface *iface)
{
  iface->pull = foreign_pull;
  iface->is_foreign = foreign_is_foreign;
}

static void
mimesend_foreign_class_init (MimesendForeignClass *klass)
{
  MimesendContentClass *content_class = MIMESEND_CONTENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mimesend_foreign_finalize;
  content_class->prepare = foreign_prepare;
  content_class->length = foreign_length;
}

static void
mimesend_foreign_init (MimesendForeign *self)
{
}

MimesendPull *
mimesend_pull_new_for_content (MimesendContent *content)
{
  MimesendForeign *self;

  if (MIMESEND_IS_PULL (content))
    return MIMESEND_PULL (g_object_ref (content));
  self = g_object_new (MIMESEND_TYPE_FOREIGN, NULL);
  self->content = g_object_ref (content);
  return MIMESEND_PULL (self);
}
