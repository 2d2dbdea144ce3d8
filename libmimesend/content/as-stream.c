/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content/as-stream.h"

#include "walk/gmime-init.h"

typedef MimesendPullStream MimesendContentStream;
typedef MimesendPullStreamClass MimesendContentStreamClass;

static GType mimesend_content_stream_get_type (void);

G_DEFINE_TYPE (MimesendContentStream, mimesend_content_stream, MIMESEND_TYPE_PULL_STREAM)

static void
mimesend_content_stream_class_init (MimesendContentStreamClass *klass)
{
}

static void
mimesend_content_stream_init (MimesendContentStream *self)
{
}

GMimeStream *
mimesend_content_stream_new (MimesendContent *content)
{
  MimesendContentStream *self;

  mimesend_gmime_init ();
  self = g_object_new (mimesend_content_stream_get_type (), NULL);
  self->pull = mimesend_pull_new_for_content (content);
  return (GMimeStream *)self;
}
