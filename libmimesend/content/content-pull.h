/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How our own contents are read: piece by piece. Bindings override read_bytes () instead (mimesend-content.h). */
#pragma once

#include "mimesend-content.h"
#include "octets/crlf.h"
#include "octets/piece.h"

G_BEGIN_DECLS

typedef void (*MimesendInnerFunc) (MimesendContent *inner, gpointer data);

#define MIMESEND_TYPE_PULL (mimesend_pull_get_type ())
G_DECLARE_INTERFACE (MimesendPull, mimesend_pull, MIMESEND, PULL, MimesendContent)

struct _MimesendPullInterface
{
  GTypeInterface parent;

  /* Its own octets depend on what prepare () told it, not only those of the contents in it. */
  gboolean depends_on_wire;

  /* The next piece. With `release` NULL it is lent until the next pull, rewind or unref. `max` is a wish, in
   * octets, not a bound that a ready block has to be split for. */
  MimesendPullStatus (*pull) (
      MimesendPull *self, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error);

  /* Begins again at the first octet, as if never read. FALSE: cannot (a pipe, a stream that was not given from its start). */
  gboolean (*rewind) (MimesendPull *self);

  /* Could it be rewound? (asked without doing it) */
  gboolean (*can_rewind) (MimesendPull *self);

  /* Calls func for each content whose octets it gives out; NULL: there is none. */
  void (*foreach_inner) (MimesendPull *self, MimesendInnerFunc func, gpointer data);

  /* Was anything read that is not a content, behind its back: a pipe in a tree? NULL: it cannot be. */
  gboolean (*is_spent) (MimesendPull *self);

  /* May a pull block for long (a pipe, a network stream, a foreign GMimeStream)? Then it is pulled on a worker. */
  gboolean (*may_block) (MimesendPull *self);

  /* Are all of its octets in memory (or a class's that is not ours, which gives them at once)? Then a pull costs no more than a copy, and it is pulled where the caller stands even if
   * that is a main loop, which a slow disk must not hold up. */
  gboolean (*in_memory) (MimesendPull *self);

  /* Warnings gathered so far (a line over 998 octets that was sent as it is …), owned by self; NULL: none. */
  const char *const *(*warnings) (MimesendPull *self);

  /* Counts what all of it will be on the wire, without reading what must be read to know (RFC 1870). The state is
   * that of the CRLF pass, carried from content to content. FALSE: not known. */
  gboolean (*measure) (MimesendPull *self, MimesendCrlf *state, guint64 *octets);

  /* Does the header name a mailbox whose local part is not ASCII, and which has no other form (RFC 6531 3.2)? Told of trees
   * alone: octets are not looked into. */
  gboolean (*names_utf8) (MimesendPull *self);

  /* Is it known, without reading what must be read to know, that no octet of it is above 127? To be asked after prepare (). */
  gboolean (*is_seven_bit) (MimesendPull *self);
};

/* Before a worker pulls: classes of the caller's among the contents are called in this context, while the worker waits. NULL
 * when the worker has left. Borrowed. */
void mimesend_content_call_in (MimesendContent *content, GMainContext *context);

MimesendPullStatus mimesend_pull_next (
    MimesendPull *self, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error);
gboolean mimesend_pull_rewind (MimesendPull *self); /* nothing is done to what was not read */
gboolean mimesend_pull_can_rewind (MimesendPull *self);
gboolean mimesend_pull_may_block (MimesendPull *self);
gboolean mimesend_pull_in_memory (MimesendPull *self);
const char *const *mimesend_pull_get_warnings (MimesendPull *self);
gboolean mimesend_pull_measure (MimesendPull *self, MimesendCrlf *state, guint64 *octets);
gboolean mimesend_pull_names_utf8 (MimesendPull *self);
gboolean mimesend_pull_is_seven_bit (MimesendPull *self);

/* Was an octet asked for, of the content or of one that it reads from, since it was begun? Then its octets are not all of it. */
gboolean mimesend_content_was_read (MimesendContent *content);
/* Was it prepared, and last for another way than this one? What was read ahead of it is for that way. */
gboolean mimesend_content_is_told_otherwise (MimesendContent *content, MimesendWireFlags wire);
void mimesend_content_foreach_inner (MimesendContent *content, MimesendInnerFunc func, gpointer data);

/* The content itself where it is one of ours, else a wrapper that asks its read_bytes (). A new reference. */
MimesendPull *mimesend_pull_new_for_content (MimesendContent *content);

G_END_DECLS
