/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The output: a queue of segments, each in the command buffer or in a piece owned by another module.
 *
 * A segment may begin with a gate: it leaves only in a peek () that follows idle () directly, so that nothing
 * the server has sent could be taken for the answer. Positions in the stream of all output are absolute
 * (guint64, from 0). */
#pragma once

#include "octets/piece.h"
#include "smtp/trace.h"

G_BEGIN_DECLS

typedef struct
{
  const guint8 *data; /* NULL: in the buffer, from `start` on */
  gsize start;
  gsize length;
  gboolean gate;
  gboolean secret;
  gboolean lent; /* borrowed until it is sent: no more content is asked for meanwhile */
  void (*release) (gpointer owner);
  gpointer owner;
} MimesendSmtpSegment;

typedef struct
{
  guint8 *buffer;
  gsize used;
  gsize allocated;
  GArray *queue; /* of MimesendSmtpSegment, the front at `head` */
  guint head;
  gsize head_sent; /* octets of the first segment that were sent */
  GArray *chunk;   /* of MimesendSmtpSegment: a BDAT chunk not yet announced */
  gsize chunk_octets;
  guint64 queued; /* octets ever queued … */
  guint64 sent;   /* … and sent */
  guint n_lent;
  guint n_secret;
  gboolean fresh;           /* idle () was called after the last input */
  MimesendSmtpTrace *trace; /* borrowed: the client's */
} MimesendSmtpOutput;

typedef enum
{
  MIMESEND_SMTP_QUEUE_PLAIN = 0,
  MIMESEND_SMTP_QUEUE_GATE = 1 << 0,
  MIMESEND_SMTP_QUEUE_SECRET = 1 << 1,
  MIMESEND_SMTP_QUEUE_CHUNK = 1 << 2 /* into the chunk, not into the queue */
} MimesendSmtpQueueFlags;

void mimesend_smtp_output_init (MimesendSmtpOutput *self);
void mimesend_smtp_output_clear (MimesendSmtpOutput *self); /* drops everything, and overwrites it */

/* Room for n octets at the end of the buffer; what was written there is queued by commit (). */
guint8 *mimesend_smtp_output_reserve (MimesendSmtpOutput *self, gsize n);
void mimesend_smtp_output_commit (MimesendSmtpOutput *self, gsize n, MimesendSmtpQueueFlags flags);

/* A reference to octets that stay where they are until they were sent. */
void mimesend_smtp_output_refer (
    MimesendSmtpOutput *self, const guint8 *data, gsize n, gboolean lent, MimesendSmtpQueueFlags flags);

/* release (owner) once everything queued so far was sent (or dropped). */
void
mimesend_smtp_output_release_after (MimesendSmtpOutput *self, void (*release) (gpointer), gpointer owner);

void mimesend_smtp_output_queue_chunk (MimesendSmtpOutput *self);
void mimesend_smtp_output_discard_chunk (MimesendSmtpOutput *self);

gsize mimesend_smtp_output_backlog (const MimesendSmtpOutput *self); /* queued and not sent */
gboolean mimesend_smtp_output_at_gate (const MimesendSmtpOutput *self);
guint mimesend_smtp_output_peek (MimesendSmtpOutput *self, gboolean open, MimesendPiece *pieces, guint n_max);
void mimesend_smtp_output_sent (MimesendSmtpOutput *self, gsize n);

void mimesend_smtp_wipe (gpointer octets, gsize n);

G_END_DECLS
