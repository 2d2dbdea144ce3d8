/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What pull.c and content.c share of a content's state. */
#pragma once

#include "content/content-ahead.h"
#include "content/content-pull.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean begun;       /* a first octet was asked for */
  gboolean ended;       /* the end was told: the class is not asked again */
  GError *failure;      /* a failure was told: it is told again, whatever the class would say now */
  MimesendAhead *ahead; /* what was read before; NULL: nothing */
  MimesendPiece rest;   /* read_bytes () was asked for less than a piece */
  gsize rest_used;
  gboolean reading; /* an asynchronous read is under way */
  GTask *asked;     /* owned: … which is answered when the class calls back */
  GTask *request;   /* owned: … or when a class that overrides request_bytes () answers */
  GMainContext *
      context; /* borrowed: a worker pulls, and a class of the caller's is called here; NULL: where it is pulled */
  gboolean told;          /* by prepare (), … */
  MimesendWireFlags wire; /* … last */
  gpointer hold;          /* atomic, nullable: the delivery that reads it now (hold.c) */
} MimesendContentState;

MimesendContentState *mimesend_content_get_state (MimesendContent *self);

/* The class itself is asked; a failure is kept. */
MimesendPullStatus mimesend_pull_ask (
    MimesendPull *self, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error);

/* TRUE: *bytes or *error is what a read gives without asking the class. */
gboolean
mimesend_content_known (MimesendContent *self, gsize count, gboolean other, GBytes **bytes, GError **error);

/* The public functions, for the delivery that holds the content. */
GBytes *
mimesend_content_read_held (MimesendContent *self, gsize count, GCancellable *cancellable, GError **error);
void mimesend_content_read_held_async (MimesendContent *self,
                                       gsize count,
                                       int io_priority,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean mimesend_content_rewind_held (MimesendContent *self, GError **error);

/* TRUE with error: a delivery holds it, and no other reader may take its octets. */
gboolean mimesend_content_is_taken (MimesendContent *self, GError **error);

/* What the class gave, looked at: NULL is never the end. Takes bytes and own. */
GBytes *mimesend_content_judge (MimesendContent *self, GBytes *bytes, GError *own, GError **error);

/* content-async.c: the class does not override them. */
void mimesend_content_default_read_bytes_async (MimesendContent *self,
                                                gsize count,
                                                int io_priority,
                                                GCancellable *cancellable,
                                                GAsyncReadyCallback callback,
                                                gpointer user_data);
GBytes *
mimesend_content_default_read_bytes_finish (MimesendContent *self, GAsyncResult *result, GError **error);

gboolean mimesend_content_is_asynchronous (MimesendContent *self); /* the class does */

/* Its asynchronous read, waited for in a context of its own. */
GBytes *mimesend_content_read_and_wait (MimesendContent *self,
                                        gsize count,
                                        GCancellable *cancellable,
                                        GError **error);

G_END_DECLS
