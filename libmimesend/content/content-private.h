/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of a content, for content*.c. */
#pragma once

#include "content/content-ahead.h"
#include "content/content-pull.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean begun;       /* the first octet was asked for */
  gboolean ended;       /* the end was returned: the class is not called again */
  GError *failure;      /* the failure that was returned; every later read repeats it */
  MimesendAhead *ahead; /* what was read ahead; NULL: nothing */
  MimesendPiece rest;   /* the rest of a piece of which read_bytes () returned a part */
  gsize rest_used;
  gboolean reading;       /* an asynchronous read is under way */
  GTask *asked;           /* owned: … it completes when the class calls back */
  GTask *request;         /* owned: … or when a class that overrides request_bytes () answers */
  GMainContext *context;  /* borrowed: where an application's class is called for a worker; NULL: in place */
  gboolean told;          /* prepare () was called, … */
  MimesendWireFlags wire; /* … last with these flags */
  gpointer hold;          /* atomic, nullable: the delivery that reads it now (hold.c) */
} MimesendContentState;

MimesendContentState *mimesend_content_get_state (MimesendContent *self);

/* Pulls from the class itself; a failure is kept. */
MimesendPullStatus mimesend_pull_ask (
    MimesendPull *self, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error);

/* TRUE: the class need not be called, and *bytes or *error is the result. */
gboolean
mimesend_content_known (MimesendContent *self, gsize count, gboolean other, GBytes **bytes, GError **error);

/* The public read functions, for the delivery that holds the content. */
GBytes *
mimesend_content_read_held (MimesendContent *self, gsize count, GCancellable *cancellable, GError **error);
void mimesend_content_read_held_async (MimesendContent *self,
                                       gsize count,
                                       int io_priority,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean mimesend_content_rewind_held (MimesendContent *self, GError **error);

/* TRUE with error: a delivery holds the content, so that no other reader may read it. */
gboolean mimesend_content_is_taken (MimesendContent *self, GError **error);

/* Checks what the class returned: NULL is a failure, never the end. Takes bytes and own. */
GBytes *mimesend_content_judge (MimesendContent *self, GBytes *bytes, GError *own, GError **error);

/* content-async.c: the defaults for classes that do not override them. */
void mimesend_content_default_read_bytes_async (MimesendContent *self,
                                                gsize count,
                                                int io_priority,
                                                GCancellable *cancellable,
                                                GAsyncReadyCallback callback,
                                                gpointer user_data);
GBytes *
mimesend_content_default_read_bytes_finish (MimesendContent *self, GAsyncResult *result, GError **error);

gboolean mimesend_content_is_asynchronous (MimesendContent *self); /* the class overrides them */

/* Waits for the class's asynchronous read, in a main context of its own. */
GBytes *mimesend_content_read_and_wait (MimesendContent *self,
                                        gsize count,
                                        GCancellable *cancellable,
                                        GError **error);

G_END_DECLS
