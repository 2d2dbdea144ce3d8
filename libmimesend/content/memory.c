/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A content of octets in memory: never copied, each piece holds a reference to the whole. */
#include "content/memory.h"

#include "octets/seven-bit.h"

#define MEMORY_PIECE    MIMESEND_PIECE_BEST
#define LINE_MAX_OCTETS 998 /* RFC 5322 2.1.1 */

struct _MimesendMemory
{
  MimesendContent parent_instance;
  MimesendOctets octets;
};

static void memory_pull_init (MimesendPullInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MimesendMemory,
                               mimesend_memory,
                               MIMESEND_TYPE_CONTENT,
                               G_IMPLEMENT_INTERFACE (MIMESEND_TYPE_PULL, memory_pull_init))

static void
memory_release_bytes (gpointer bytes)
{
  g_bytes_unref (bytes);
}

MimesendPullStatus
mimesend_octets_pull (MimesendOctets *self, gsize max, MimesendPiece *piece)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (self->bytes, &length);

  if (self->used == length)
    return MIMESEND_PULL_END;
  piece->data = data + self->used;
  piece->length = MIN (MIN (max, MEMORY_PIECE), length - self->used);
  if (self->ready && piece->length == length) /* a part of it might end between a CR and its LF */
    piece->flags = MIMESEND_PIECE_READY;
  piece->release = memory_release_bytes;
  piece->owner = g_bytes_ref (self->bytes);
  self->used += piece->length;
  return MIMESEND_PULL_PIECE;
}

/* Octets that need neither CRLF conversion nor dots are marked ready, so that sending does not scan them again; they cannot
 * change meanwhile. */
guint64
mimesend_octets_measure (MimesendOctets *self, MimesendCrlf *state)
{
  gsize length, clean = 0;
  const guint8 *data = g_bytes_get_data (self->bytes, &length);
  MimesendCrlf looked = *state;

  looked.stuff = TRUE;
  if (state->taken == 0 && length > 0)
    clean = mimesend_crlf_clean_prefix (&looked, data, length);
  if (clean == 0 || clean < length)
    return mimesend_crlf_measure (state, data, length);
  self->ready = !looked.eight_bit && looked.longest_line <= LINE_MAX_OCTETS;
  looked.stuff = state->stuff;
  *state = looked;
  return length;
}

gboolean
mimesend_octets_is_seven_bit (MimesendOctets *self)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (self->bytes, &length);

  return self->ready || mimesend_is_seven_bit (data, length);
}

static MimesendPullStatus
memory_pull (MimesendPull *pull, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  return mimesend_octets_pull (&MIMESEND_MEMORY (pull)->octets, max, piece);
}

static gboolean
memory_rewind (MimesendPull *pull)
{
  MIMESEND_MEMORY (pull)->octets.used = 0;
  return TRUE;
}

static gboolean
memory_can_rewind (MimesendPull *pull)
{
  return TRUE;
}

static gboolean
memory_in_memory (MimesendPull *pull)
{
  return TRUE;
}

/* Nothing changes a GBytes. */
static gboolean
memory_is_constant (MimesendPull *pull)
{
  return TRUE;
}

static gboolean
memory_measure (MimesendPull *pull, MimesendCrlf *state, guint64 *octets)
{
  *octets += mimesend_octets_measure (&MIMESEND_MEMORY (pull)->octets, state);
  return TRUE;
}

static gboolean
memory_is_seven_bit (MimesendPull *pull)
{
  return mimesend_octets_is_seven_bit (&MIMESEND_MEMORY (pull)->octets);
}

static void
mimesend_memory_finalize (GObject *object)
{
  g_clear_pointer (&MIMESEND_MEMORY (object)->octets.bytes, g_bytes_unref);
  G_OBJECT_CLASS (mimesend_memory_parent_class)->finalize (object);
}

static void
memory_pull_init (MimesendPullInterface *iface)
{
  iface->pull = memory_pull;
  iface->rewind = memory_rewind;
  iface->can_rewind = memory_can_rewind;
  iface->in_memory = memory_in_memory;
  iface->measure = memory_measure;
  iface->is_seven_bit = memory_is_seven_bit;
  iface->is_constant = memory_is_constant;
}

static void
mimesend_memory_class_init (MimesendMemoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mimesend_memory_finalize;
}

static void
mimesend_memory_init (MimesendMemory *self)
{
}

MimesendContent *
mimesend_memory_new (GBytes *bytes)
{
  MimesendMemory *self = g_object_new (MIMESEND_TYPE_MEMORY, NULL);

  self->octets.bytes = g_bytes_ref (bytes);
  return MIMESEND_CONTENT (self);
}
