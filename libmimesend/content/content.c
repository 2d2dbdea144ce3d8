/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public class: the octets of one message, read piece by piece. */
#include "mimesend-content.h"

#include <string.h>

#include "content/content-private.h"
#include "mimesend-error.h"

typedef MimesendContentState MimesendContentPrivate;

/**
 * MimesendContent:
 *
 * The octets of one message, lazily. mimesend_content_new() gives the concatenation of its
 * arguments: strings, octets, streams and contents, in any combination.
 *
 * To feed octets from another language, derive this class and override `read_bytes`. It follows
 * g_input_stream_read_bytes(): a #GBytes of length 0 is the end; %NULL is a failure, with or without a #GError, and
 * never the end. It is called in the thread that called the sending function and not again after the end. Line ends
 * are LF or CRLF; the wire gets CRLF (RFC 5321 2.3.8).
 *
 * `read_bytes` holds up the main loop of an asynchronous sender for as long as it takes. A class that has to wait for its
 * octets overrides `read_bytes_async` and `read_bytes_finish` instead, by the same rules; or, where a language cannot
 * (JavaScript takes no callbacks in virtual functions), `request_bytes`, which returns at once, and answers it later with
 * mimesend_content_answer_bytes() or mimesend_content_answer_error(). Blocking senders use them, too. They are called in
 * the main context of the sending: the caller's, or, for a blocking function, a private one that is the thread's default
 * meanwhile. A read that is never finished is ended by the session's time-outs.
 *
 * `length` returns the number of octets if it is known without making them, else −1. `prepare` is called with what the
 * server takes, before the first octet is read and again before the content is read again.
 *
 * ## How often a content may be sent
 *
 * As often as it can be rewound to its first octet, one delivery after another: octets in memory, trees (whose streams can
 * be), streams that are seekable and were passed at their start, the contents of a #MimesendMailing, and a class of the
 * caller's that overrides `rewind`. Whether something of it was read before, and how far, makes no difference. What cannot
 * be rewound (a pipe, a socket, a stream that was passed in its middle, a class without `rewind`) can be sent once: after
 * it was read, every further sending fails with #MIMESEND_ERROR_CONTENT before the server is told of the message, and a new
 * content is needed. A content of which nothing was read, because the server could not be reached, can still be sent.
 *
 * From the call that sends it until its message is settled a content belongs to that message, with all contents that were
 * added to it: to read it or to send it again fails with %G_IO_ERROR_PENDING meanwhile. A #MimesendPool, and
 * mimesend_session_send_each(), hold a message back until the earlier one with the same content is settled.
 *
 * Since: 0.1
 */
G_DEFINE_TYPE_WITH_PRIVATE (MimesendContent, mimesend_content, G_TYPE_OBJECT)

MimesendContentState *
mimesend_content_get_state (MimesendContent *self)
{
  return mimesend_content_get_instance_private (self);
}

/* Takes up to count octets of the current piece. */
static GBytes *
take_rest (MimesendContentState *state, gsize count)
{
  gsize n = MIN (count, state->rest.length - state->rest_used);
  GBytes *bytes = g_bytes_new (state->rest.data + state->rest_used, n);

  state->rest_used += n;
  if (state->rest_used == state->rest.length)
    mimesend_piece_clear (&state->rest);
  return bytes;
}

/* The default read_bytes (): on top of the pull that this library's classes implement. */
static GBytes *
read_bytes_of_pull (MimesendContent *self, gsize count, GCancellable *cancellable, GError **error)
{
  MimesendContentState *state = mimesend_content_get_state (self);

  if (!MIMESEND_IS_PULL (self))
    {
      if (mimesend_content_is_asynchronous (self))
        return mimesend_content_read_and_wait (self, count, cancellable, error);
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT, "%s does not override read_bytes ()",
                   G_OBJECT_TYPE_NAME (self));
      return NULL;
    }
  if (state->rest.length > 0)
    return take_rest (state, count);

  state->rest_used = 0;
  switch (mimesend_pull_next (MIMESEND_PULL (self), count, &state->rest, cancellable, error))
    {
    case MIMESEND_PULL_PIECE:
      return take_rest (state, count);
    case MIMESEND_PULL_END:
      return g_bytes_new (NULL, 0);
    default:
      return NULL;
    }
}

static gint64
length_of_pull (MimesendContent *self)
{
  MimesendCrlf crlf;
  guint64 octets = 0;
  guint8 owed[2];

  if (!MIMESEND_IS_PULL (self))
    return -1;
  mimesend_crlf_init (&crlf, FALSE);
  if (!mimesend_pull_measure (MIMESEND_PULL (self), &crlf, &octets))
    return -1;
  octets += mimesend_crlf_finish (&crlf, owed);
  return octets <= G_MAXINT64 ? (gint64)octets : -1;
}

static gboolean
rewind_of_pull (MimesendContent *self, GError **error)
{
  if (MIMESEND_IS_PULL (self) && mimesend_pull_rewind (MIMESEND_PULL (self)))
    return TRUE;
  g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                       "the content was read already and cannot be begun again: make a new one");
  return FALSE;
}

static gboolean
prepare_nothing (MimesendContent *self, MimesendWireFlags wire, GError **error)
{
  return TRUE;
}

static void
mimesend_content_finalize (GObject *object)
{
  MimesendContentState *state = mimesend_content_get_state (MIMESEND_CONTENT (object));

  mimesend_piece_clear (&state->rest);
  g_clear_pointer (&state->ahead, mimesend_ahead_free);
  g_clear_error (&state->failure);
  g_clear_object (&state->request);
  G_OBJECT_CLASS (mimesend_content_parent_class)->finalize (object);
}

static void
mimesend_content_class_init (MimesendContentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mimesend_content_finalize;
  klass->read_bytes = read_bytes_of_pull;
  klass->length = length_of_pull;
  klass->prepare = prepare_nothing;
  klass->rewind = rewind_of_pull;
  klass->read_bytes_async = mimesend_content_default_read_bytes_async;
  klass->read_bytes_finish = mimesend_content_default_read_bytes_finish;
}

static void
mimesend_content_init (MimesendContent *self)
{
}

/**
 * mimesend_content_prepare:
 * @self: a content
 * @wire: what the server takes
 * @error: return location
 *
 * Tells the content what the server takes, before its first octet is read. A part tree then encodes what could not be sent
 * as it is (RFC 6152, RFC 2045 6). Without this call a tree is written as GMime writes it.
 *
 * Returns: %FALSE with #MIMESEND_ERROR_UNSUPPORTED if the content cannot be sent so: 8-bit octets below a signature, for
 * example
 *
 * Since: 0.1
 */
gboolean
mimesend_content_prepare (MimesendContent *self, MimesendWireFlags wire, GError **error)
{
  g_autoptr (GError) own = NULL;

  g_return_val_if_fail (MIMESEND_IS_CONTENT (self) && (wire & ~MIMESEND_WIRE_KNOWN) == 0, FALSE);
  if (MIMESEND_CONTENT_GET_CLASS (self)->prepare (self, wire, &own))
    {
      MimesendContentState *state = mimesend_content_get_state (self);

      state->told = TRUE;
      state->wire = wire;
      return TRUE;
    }
  if (own == NULL)
    g_set_error_literal (&own, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                         "the content refused and did not say why");
  g_propagate_error (error, g_steal_pointer (&own));
  return FALSE;
}

typedef struct
{
  MimesendWireFlags wire;
  gboolean otherwise;
} Told;

static void
look_for_told (MimesendContent *content, gpointer data)
{
  MimesendContentState *state = mimesend_content_get_state (content);
  const MimesendPullInterface *iface = mimesend_content_peek_pull (content);
  Told *told = data;

  if (iface != NULL && iface->foreach_inner != NULL && !iface->depends_on_wire)
    iface->foreach_inner ((MimesendPull *)content, look_for_told, told);
  else if (MIMESEND_CONTENT_GET_CLASS (content)->prepare != prepare_nothing)
    told->otherwise |= state->told && state->wire != told->wire;
}

/* Octets are the same for every server; trees, and classes that override prepare (), may differ. */
gboolean
mimesend_content_is_told_otherwise (MimesendContent *content, MimesendWireFlags wire)
{
  Told told = { wire, FALSE };

  look_for_told (content, &told);
  return told.otherwise;
}

/**
 * mimesend_content_get_length: (virtual length)
 * @self: a content
 *
 * Gets the number of octets on the wire (lines ended by CRLF, dots not doubled: RFC 1870 3), if that is known without
 * reading files and streams. To be called after mimesend_content_prepare() and before the first octet is read.
 *
 * Returns: the number of octets, or −1 if not known
 *
 * Since: 0.1
 */
gint64
mimesend_content_get_length (MimesendContent *self)
{
  gint64 length;

  g_return_val_if_fail (MIMESEND_IS_CONTENT (self), -1);
  length = MIMESEND_CONTENT_GET_CLASS (self)->length (self); /* once: it may scan the whole content */
  return MAX (length, -1);
}

gboolean
mimesend_content_known (MimesendContent *self, gsize count, gboolean other, GBytes **bytes, GError **error)
{
  MimesendContentState *state = mimesend_content_get_state (self);

  *bytes = NULL;
  if (count == 0)
    g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                         "count is 0: ask for one octet or more");
  else if (state->failure != NULL)
    g_propagate_error (error, g_error_copy (state->failure));
  else if (state->reading && other)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, "the content is being read already");
  else if (state->ended && state->rest.length == 0)
    *bytes = g_bytes_new (NULL, 0);
  else
    return FALSE;
  return TRUE;
}

gboolean
mimesend_content_is_taken (MimesendContent *self, GError **error)
{
  if (g_atomic_pointer_get (&mimesend_content_get_state (self)->hold) == NULL)
    return FALSE;
  g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_PENDING,
      "the content is being sent: its octets are for that message alone until it is settled");
  return TRUE;
}

GBytes *
mimesend_content_judge (MimesendContent *self, GBytes *bytes, GError *own, GError **error)
{
  MimesendContentState *state = mimesend_content_get_state (self);

  if (bytes == NULL)
    {
      if (own == NULL)
        g_set_error (&own, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                     "the content (%s) stopped without saying why", G_OBJECT_TYPE_NAME (self));
      if (!g_error_matches (own, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
          !g_error_matches (own, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) &&
          !g_error_matches (own, G_IO_ERROR, G_IO_ERROR_PENDING) && state->failure == NULL)
        state->failure = g_error_copy (own);
      g_propagate_error (error, own);
      return NULL;
    }
  g_clear_error (&own);
  if (g_bytes_get_size (bytes) == 0)
    state->ended = TRUE;
  return bytes;
}

GBytes *
mimesend_content_read_held (MimesendContent *self, gsize count, GCancellable *cancellable, GError **error)
{
  GError *own = NULL;
  GBytes *bytes = NULL;

  if (mimesend_content_known (self, count, FALSE, &bytes, error))
    return bytes;
  mimesend_content_get_state (self)->begun = TRUE;
  bytes = MIMESEND_CONTENT_GET_CLASS (self)->read_bytes (self, count, cancellable, &own);
  return mimesend_content_judge (self, bytes, own, error);
}

/**
 * mimesend_content_read_bytes:
 * @self: a content
 * @count: how many octets at most, at least 1
 * @cancellable: (nullable): a #GCancellable
 * @error: return location
 *
 * Reads the next octets. Blocks where the content does.
 *
 * Returns: (transfer full) (nullable): at least one octet; no octets at the end, and again on every later call; %NULL
 *   on failure with @error set: what was read so far is not the whole message. %G_IO_ERROR_PENDING while it is being sent
 *
 * Since: 0.1
 */
GBytes *
mimesend_content_read_bytes (MimesendContent *self, gsize count, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_CONTENT (self), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);
  if (mimesend_content_is_taken (self, error))
    return NULL;
  return mimesend_content_read_held (self, count, cancellable, error);
}

gboolean
mimesend_content_rewind_held (MimesendContent *self, GError **error)
{
  MimesendContentState *state = mimesend_content_get_state (self);
  g_autoptr (GError) own = NULL;

  if (!mimesend_content_was_read (self))
    return TRUE;
  if (!MIMESEND_CONTENT_GET_CLASS (self)->rewind (self, &own))
    {
      if (own == NULL)
        rewind_of_pull (NULL, &own);
      g_propagate_error (error, g_steal_pointer (&own));
      return FALSE;
    }
  g_clear_error (&state->failure);
  state->ended = FALSE;
  state->begun = FALSE;
  return TRUE;
}

/**
 * mimesend_content_rewind:
 * @self: a content
 * @error: return location
 *
 * Rewinds to the first octet, as if nothing had been read. Sending does so by itself. A class that can be rewound overrides
 * it; it is called only if something was read.
 *
 * Returns: %TRUE: the next octet is the first one. %FALSE with #MIMESEND_ERROR_CONTENT if it cannot be rewound, or
 * %G_IO_ERROR_PENDING while it is being read or sent
 *
 * Since: 0.1
 */
gboolean
mimesend_content_rewind (MimesendContent *self, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_CONTENT (self), FALSE);
  if (mimesend_content_is_taken (self, error))
    return FALSE;
  if (mimesend_content_get_state (self)->reading)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, "the content is being read already");
      return FALSE;
    }
  return mimesend_content_rewind_held (self, error);
}
