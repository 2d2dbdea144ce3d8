/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The interface of this library's own contents: octets are pulled piece by piece. Classes of applications override
 * read_bytes () instead (mimesend-content.h). */
#pragma once

#include "mimesend-content.h"
#include "octets/crlf.h"
#include "octets/piece.h"

G_BEGIN_DECLS

/* Guards refuse the others, so that a later version can give them a meaning. */
#define MIMESEND_WIRE_KNOWN (MIMESEND_WIRE_8BITMIME | MIMESEND_WIRE_BINARYMIME | MIMESEND_WIRE_SMTPUTF8)

typedef void (*MimesendInnerFunc) (MimesendContent *inner, gpointer data);
typedef void (*MimesendStreamFunc) (GMimeStream *stream, gpointer data);

#define MIMESEND_TYPE_PULL (mimesend_pull_get_type ())
G_DECLARE_INTERFACE (MimesendPull, mimesend_pull, MIMESEND, PULL, MimesendContent)

struct _MimesendPullInterface
{
  GTypeInterface parent;

  /* The octets depend on the flags of prepare (), beyond those of inner contents. */
  gboolean depends_on_wire;

  /* The next piece. With `release` NULL it is lent until the next pull, rewind or unref. `max`, in octets, is a hint: a
   * ready block is not split for it. */
  MimesendPullStatus (*pull) (
      MimesendPull *self, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error);

  /* Rewinds to the first octet. FALSE: it cannot be rewound (a pipe, a stream that was not given from its start). */
  gboolean (*rewind) (MimesendPull *self);

  /* Whether rewind () would succeed. */
  gboolean (*can_rewind) (MimesendPull *self);

  /* Calls func for each inner content; NULL: there are none. */
  void (*foreach_inner) (MimesendPull *self, MimesendInnerFunc func, gpointer data);

  /* Calls func for each stream whose own position is moved by reading it: one message at a time may do that. NULL: there are
   * none. */
  void (*foreach_stream) (MimesendPull *self, MimesendStreamFunc func, gpointer data);

  /* Whether something inside that is no content, such as a pipe in a tree, was read by others. NULL: never. */
  gboolean (*is_spent) (MimesendPull *self);

  /* Whether a pull may block for long (a pipe, a network stream, a foreign GMimeStream). Then it runs on a worker. */
  gboolean (*may_block) (MimesendPull *self);

  /* Whether all octets are in memory (or come from a class of the application's that returns them at once). Then it is
   * pulled in the calling thread, even if that runs a main loop, which a slow disk must not block. */
  gboolean (*in_memory) (MimesendPull *self);

  /* Warnings gathered so far (a line over 998 octets that was sent as it is …), owned by self; NULL: none. */
  const char *const *(*warnings) (MimesendPull *self);

  /* Measures the octets on the wire, without reading what would have to be read (RFC 1870). The state is that of the CRLF
   * pass, carried from content to content. FALSE: not known. */
  gboolean (*measure) (MimesendPull *self, MimesendCrlf *state, guint64 *octets);

  /* Whether the header names a mailbox whose local part is not ASCII and has no other form (RFC 6531 3.2). Known of trees
   * alone: octets are not scanned for it. */
  gboolean (*names_utf8) (MimesendPull *self);

  /* (transfer full) (nullable): the Message-ID in the header, with angle brackets. Known of trees alone. */
  char *(*dup_message_id) (MimesendPull *self);

  /* Whether it is known, without reading, that no octet is above 127. To be called after prepare (). */
  gboolean (*is_seven_bit) (MimesendPull *self);

  /* Whether the next pull is known to return at once: octets of a stream are there, or its end. NULL: not known. */
  gboolean (*is_ready) (MimesendPull *self);

  /* Whether it holds its octets itself, so that they are the same whenever it is begun again. NULL: they may change, as a file
   * does. */
  gboolean (*is_constant) (MimesendPull *self);
};

/* Sets the context (borrowed) in which classes of the application among the contents are called while a worker pulls; the
 * worker waits meanwhile. NULL: no worker pulls any more. */
void mimesend_content_call_in (MimesendContent *content, GMainContext *context);

MimesendPullStatus mimesend_pull_next (
    MimesendPull *self, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error);
gboolean mimesend_pull_rewind (MimesendPull *self); /* does nothing if nothing was read */
gboolean mimesend_pull_can_rewind (MimesendPull *self);
gboolean mimesend_pull_may_block (MimesendPull *self);
gboolean mimesend_pull_in_memory (MimesendPull *self);
const char *const *mimesend_pull_get_warnings (MimesendPull *self);
gboolean mimesend_pull_measure (MimesendPull *self, MimesendCrlf *state, guint64 *octets);
gboolean mimesend_pull_names_utf8 (MimesendPull *self);
gboolean mimesend_pull_is_seven_bit (MimesendPull *self);
gboolean mimesend_pull_is_ready (MimesendPull *self);
gboolean mimesend_pull_is_constant (MimesendPull *self);

/* (transfer full) (nullable): the Message-ID in the content's header, where it is known. */
char *mimesend_content_dup_message_id (MimesendContent *content);

/* Whether an octet of the content, or of an inner one, was asked for since it was begun: what is left is then incomplete. */
gboolean mimesend_content_was_read (MimesendContent *content);
/* Whether it was last prepared for other flags than these: what was read ahead depends on them. */
gboolean mimesend_content_is_told_otherwise (MimesendContent *content, MimesendWireFlags wire);

/* Of a content that is pulled directly, else NULL. One look-up where a cast and a check would be three. */
const MimesendPullInterface *mimesend_content_peek_pull (MimesendContent *content);
void mimesend_content_foreach_inner (MimesendContent *content, MimesendInnerFunc func, gpointer data);
void mimesend_content_foreach_stream (MimesendContent *content, MimesendStreamFunc func, gpointer data);

/* (transfer full): the content itself if it implements the interface, else a wrapper around its read_bytes (). */
MimesendPull *mimesend_pull_new_for_content (MimesendContent *content);

G_END_DECLS
