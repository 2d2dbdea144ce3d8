/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content/for-part.h"

#include "content/pull-stream.h"
#include "walk/gmime-init.h"
#include "walk/convert.h"
#include "walk/cursor.h"
#include "walk/names.h"
#include "walk/tree.h"
#include "walk/walk.h"
#include "walk/stream-read.h"

struct _MimesendPartContent
{
  MimesendContent parent_instance;
  GMimeObject *part;
  GMimeFormatOptions *options; /* NULL: the walk's defaults */
  const char *const *replaced; /* nullable, borrowed: fields of the outermost block that the caller writes */
  MimesendLeafForm form;
  MimesendWalk *walk; /* the walk; NULL: not begun */
  GArray *promises;   /* of MimesendPromise, one for each leaf; NULL: no length was asked for */
  GPtrArray *warnings;
  GMimeStream *stream;
  void (*on_end) (GMimeStream *stream);
};

static void part_content_pull_init (MimesendPullInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MimesendPartContent,
                               mimesend_part_content,
                               MIMESEND_TYPE_CONTENT,
                               G_IMPLEMENT_INTERFACE (MIMESEND_TYPE_PULL, part_content_pull_init))

static MimesendWalk *
new_walk (MimesendPartContent *self, GPtrArray *warnings)
{
  MimesendWalkSetup setup = { .form = self->form, .promises = self->promises, .warnings = warnings };

  return mimesend_walk_new (self->part, self->options, &setup);
}

static MimesendPullStatus
part_content_pull (
    MimesendPull *pull, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  MimesendPartContent *self = MIMESEND_PART_CONTENT (pull);
  MimesendPullStatus status;

  if (self->walk == NULL)
    {
      g_ptr_array_set_size (self->warnings, 0);
      self->walk = new_walk (self, self->warnings);
    }
  status = mimesend_walk_next (self->walk, piece, error);
  if (status != MIMESEND_PULL_END)
    return status;
  g_clear_pointer (&self->walk, mimesend_walk_free);
  if (self->on_end != NULL)
    self->on_end (self->stream);
  return MIMESEND_PULL_END;
}

static gboolean
leaf_can_restart (GMimeObject *object, gboolean sealed, gpointer data, GError **error)
{
  GMimeStream *stream = mimesend_part_get_stream (object);

  return stream == NULL || mimesend_stream_can_restart (stream);
}

static gboolean
part_content_can_rewind (MimesendPull *pull)
{
  return mimesend_tree_foreach (MIMESEND_PART_CONTENT (pull)->part, leaf_can_restart, NULL, NULL);
}

/* Rewinds the contents in the tree now, in a thread where classes of the application may be called. */
static gboolean
restart_content (GMimeObject *object, gboolean sealed, gpointer data, GError **error)
{
  GMimeStream *stream = mimesend_part_get_stream (object);

  return stream == NULL || mimesend_pull_stream_peek (stream) == NULL || g_mime_stream_reset (stream) == 0;
}

static gboolean
part_content_rewind (MimesendPull *pull)
{
  MimesendPartContent *self = MIMESEND_PART_CONTENT (pull);

  if (!part_content_can_rewind (pull))
    return FALSE;
  g_clear_pointer (&self->walk, mimesend_walk_free);
  return mimesend_tree_foreach (self->part, restart_content, NULL, NULL);
}

typedef struct
{
  MimesendInnerFunc func;
  gpointer data;
} EachInner;

static gboolean
tell_inner (GMimeObject *object, gboolean sealed, gpointer data, GError **error)
{
  EachInner *each = data;
  GMimeStream *stream = mimesend_part_get_stream (object);
  MimesendPull *inner = stream != NULL ? mimesend_pull_stream_peek (stream) : NULL;

  if (inner != NULL)
    each->func (MIMESEND_CONTENT (inner), each->data);
  return TRUE;
}

static void
part_content_foreach_inner (MimesendPull *pull, MimesendInnerFunc func, gpointer data)
{
  EachInner each = { func, data };

  mimesend_tree_foreach (MIMESEND_PART_CONTENT (pull)->part, tell_inner, &each, NULL);
}

typedef struct
{
  MimesendStreamFunc func;
  gpointer data;
} EachStream;

static gboolean
tell_stream (GMimeObject *object, gboolean sealed, gpointer data, GError **error)
{
  EachStream *each = data;
  GMimeStream *stream = mimesend_part_get_stream (object);

  if (stream != NULL && mimesend_pull_stream_peek (stream) == NULL && mimesend_cursor_moves (stream))
    each->func (mimesend_stream_innermost (stream), each->data);
  return TRUE;
}

static void
part_content_foreach_stream (MimesendPull *pull, MimesendStreamFunc func, gpointer data)
{
  EachStream each = { func, data };

  mimesend_tree_foreach (MIMESEND_PART_CONTENT (pull)->part, tell_stream, &each, NULL);
}

static gboolean
look_for_spent (GMimeObject *object, gboolean sealed, gpointer data, GError **error)
{
  GMimeStream *stream = mimesend_part_get_stream (object);

  if (stream != NULL && mimesend_stream_is_spent (stream))
    *(gboolean *)data = TRUE;
  return TRUE;
}

static gboolean
part_content_is_spent (MimesendPull *pull)
{
  gboolean spent = FALSE;

  mimesend_tree_foreach (MIMESEND_PART_CONTENT (pull)->part, look_for_spent, &spent, NULL);
  return spent;
}

static gboolean
leaf_is_quick (GMimeObject *object, gboolean sealed, gpointer data, GError **error)
{
  GMimeStream *stream = mimesend_part_get_stream (object);

  return stream == NULL || !mimesend_stream_may_block (stream);
}

static gboolean
part_content_may_block (MimesendPull *pull)
{
  return !mimesend_tree_foreach (MIMESEND_PART_CONTENT (pull)->part, leaf_is_quick, NULL, NULL);
}

static gboolean
leaf_is_in_memory (GMimeObject *object, gboolean sealed, gpointer data, GError **error)
{
  GMimeStream *stream = mimesend_part_get_stream (object);

  MimesendPull *pull =
      stream != NULL && MIMESEND_IS_PULL_STREAM (stream) ? mimesend_pull_stream_peek (stream) : NULL;

  if (pull != NULL)
    return mimesend_pull_in_memory (pull);
  return stream == NULL || G_OBJECT_TYPE (stream) == GMIME_TYPE_STREAM_MEM;
}

static gboolean
part_content_in_memory (MimesendPull *pull)
{
  return mimesend_tree_foreach (MIMESEND_PART_CONTENT (pull)->part, leaf_is_in_memory, NULL, NULL);
}

static const char *const *
part_content_warnings (MimesendPull *pull)
{
  MimesendPartContent *self = MIMESEND_PART_CONTENT (pull);

  if (self->warnings->len == 0)
    return NULL;
  if (self->warnings->pdata[self->warnings->len - 1] != NULL)
    g_ptr_array_add (self->warnings, NULL);
  return (const char *const *)self->warnings->pdata;
}

/* ── what is said ahead ── */

static gboolean
promise_leaf (GMimeObject *object, gboolean sealed, gpointer data, GError **error)
{
  GArray *promises = data;
  GMimeStream *stream = mimesend_part_get_stream (object);
  MimesendPromise promise = { .known = TRUE };

  if (!GMIME_IS_PART (object))
    return TRUE;
  if (stream != NULL)
    {
      mimesend_promise_make (&promise, stream);
      mimesend_promise_look (&promise, stream);
    }
  g_array_append_val (promises, promise);
  return TRUE;
}

static gboolean
part_content_measure (MimesendPull *pull, MimesendCrlf *state, guint64 *octets)
{
  MimesendPartContent *self = MIMESEND_PART_CONTENT (pull);
  MimesendWalk *walk;
  gboolean known;

  g_clear_pointer (&self->promises, g_array_unref);
  self->promises = g_array_new (FALSE, FALSE, sizeof (MimesendPromise));
  if (!mimesend_tree_foreach (self->part, promise_leaf, self->promises, NULL))
    return FALSE;
  walk = new_walk (self, NULL);
  known = mimesend_walk_measure (walk, state, octets);
  mimesend_walk_free (walk);
  return known;
}

static gboolean
part_content_names_utf8 (MimesendPull *pull)
{
  return mimesend_walk_names_utf8 (MIMESEND_PART_CONTENT (pull)->part);
}

static char *
part_content_dup_message_id (MimesendPull *pull)
{
  return mimesend_walk_dup_message_id (MIMESEND_PART_CONTENT (pull)->part);
}

typedef struct
{
  MimesendPartContent *self;
  MimesendLeafForm form;
  MimesendBlockPool *pool;
} PassCheck;

/* A header that is not sent needs no check. */
static gboolean
header_stays (const char *name, gpointer data)
{
  MimesendPartContent *self = data;

  for (guint i = 0; self->replaced != NULL && self->replaced[i] != NULL; i++)
    if (g_ascii_strcasecmp (self->replaced[i], name) == 0)
      return TRUE;
  return mimesend_walk_hides (self->options, name);
}

static gboolean
object_is_seven_bit (GMimeObject *object, gboolean sealed, gpointer data, GError **error)
{
  MimesendPartContent *self = data;

  return mimesend_walk_check_seven_bit (object, object == self->part ? header_stays : NULL, self, NULL) &&
         (!GMIME_IS_PART (object) ||
          mimesend_leaf_is_seven_bit ((GMimePart *)object, sealed, self->form.wire));
}

static gboolean
part_content_is_seven_bit (MimesendPull *pull)
{
  MimesendPartContent *self = MIMESEND_PART_CONTENT (pull);

  return mimesend_tree_foreach (self->part, object_is_seven_bit, self, NULL);
}

/* Checks before MAIL that what must not be re-encoded (below a signature, message/partial) can be sent unchanged. What
 * cannot be read twice is checked by the walk, which fails at the first octet that cannot be sent. */
static gboolean
check_passes (GMimeObject *object, gboolean sealed, gpointer data, GError **error)
{
  PassCheck *check = data;
  GMimeStream *stream = mimesend_part_get_stream (object);
  MimesendLeaf *leaf;
  MimesendPromise promise;
  gboolean passes;

  if (!(check->form.wire & MIMESEND_WIRE_8BITMIME) &&
      !mimesend_walk_check_seven_bit (object, object == check->self->part ? header_stays : NULL, check->self,
                                      error))
    return FALSE;
  if (stream == NULL || (!sealed && !mimesend_walk_is_fixed (object)))
    return TRUE;
  mimesend_promise_make (&promise, stream);
  if (!promise.known)
    return TRUE;
  leaf = mimesend_leaf_new ((GMimePart *)object, &check->form, FALSE, sealed, check->pool, &promise, error);
  if (leaf == NULL)
    return FALSE;
  passes = mimesend_walk_choose_encoding (leaf, check->form.wire, error);
  mimesend_leaf_free (leaf);
  return passes;
}

static gboolean
part_content_prepare (MimesendContent *content, MimesendWireFlags wire, GError **error)
{
  MimesendPartContent *self = MIMESEND_PART_CONTENT (content);
  PassCheck check;
  gboolean passes;

  self->form.checked = TRUE;
  self->form.wire = wire;
  if (!mimesend_tree_check (self->part, error))
    return FALSE;
  check.self = self;
  check.form = self->form;
  check.pool = mimesend_block_pool_new ();
  passes = mimesend_tree_foreach (self->part, check_passes, &check, error);
  mimesend_block_pool_unref (check.pool);
  return passes;
}

static void
mimesend_part_content_finalize (GObject *object)
{
  MimesendPartContent *self = MIMESEND_PART_CONTENT (object);

  g_clear_pointer (&self->walk, mimesend_walk_free);
  g_clear_pointer (&self->promises, g_array_unref);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  g_clear_pointer (&self->options, g_mime_format_options_free);
  g_clear_object (&self->stream);
  g_clear_object (&self->part);
  G_OBJECT_CLASS (mimesend_part_content_parent_class)->finalize (object);
}

static void
part_content_pull_init (MimesendPullInterface *iface)
{
  iface->depends_on_wire = TRUE;
  iface->pull = part_content_pull;
  iface->rewind = part_content_rewind;
  iface->can_rewind = part_content_can_rewind;
  iface->foreach_inner = part_content_foreach_inner;
  iface->foreach_stream = part_content_foreach_stream;
  iface->is_spent = part_content_is_spent;
  iface->may_block = part_content_may_block;
  iface->in_memory = part_content_in_memory;
  iface->warnings = part_content_warnings;
  iface->measure = part_content_measure;
  iface->names_utf8 = part_content_names_utf8;
  iface->is_seven_bit = part_content_is_seven_bit;
  iface->dup_message_id = part_content_dup_message_id;
}

static void
mimesend_part_content_class_init (MimesendPartContentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mimesend_part_content_finalize;
  MIMESEND_CONTENT_CLASS (klass)->prepare = part_content_prepare;
}

static void
mimesend_part_content_init (MimesendPartContent *self)
{
  self->warnings = g_ptr_array_new_with_free_func (g_free);
}

MimesendContent *
mimesend_part_content_new (GMimeObject *part, GMimeFormatOptions *options, gboolean crlf)
{
  MimesendPartContent *self;

  mimesend_gmime_init ();
  self = g_object_new (MIMESEND_TYPE_PART_CONTENT, NULL);
  self->part = g_object_ref (part);
  self->options = options != NULL ? g_mime_format_options_clone (options) : NULL;
  self->form.crlf = crlf;
  return MIMESEND_CONTENT (self);
}

void
mimesend_part_content_set_on_end (MimesendPartContent *self,
                                  void (*on_end) (GMimeStream *stream),
                                  GMimeStream *stream)
{
  self->on_end = on_end;
  self->stream = g_object_ref (stream);
}

void
mimesend_part_content_set_replaced (MimesendPartContent *self, const char *const *names)
{
  self->replaced = names;
}

void
mimesend_part_content_set_lasting (MimesendPartContent *self, gboolean lasting)
{
  self->form.lasting = lasting;
}

/**
 * mimesend_content_new_for_part:
 * @part: the top of a tree; it is not changed, and must not be while it is read
 * @options: (nullable): how headers are formatted and which are hidden, see mimesend_part_stream_new_full(); %NULL: GMime's
 *   defaults, with Bcc and Resent-Bcc of the outermost message hidden
 *
 * Makes a content of a tree, for mimesend_content_add_content() or to be sent on its own. Its octets are those of GMime's
 * own writer (a text's line ends are left to the CRLF pass of the sending side), but what the server could not take is
 * encoded on the way, once mimesend_content_prepare() has told what that is.
 *
 * Text that becomes base64 has CRLF inside (RFC 2045 6.8), but for a leaf whose encoding is binary: that label says that its
 * octets are in canonical form already (RFC 2045 2.9), and its reader gets them unchanged, by BINARYMIME or as base64.
 *
 * Returns: (transfer full): a new content
 *
 * Since: 0.1
 */
MimesendContent *
mimesend_content_new_for_part (GMimeObject *part, GMimeFormatOptions *options)
{
  g_return_val_if_fail (GMIME_IS_OBJECT (part), NULL);
  return mimesend_part_content_new (part, options, TRUE);
}
