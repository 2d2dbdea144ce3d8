/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content/concat.h"

#include <string.h>

#include "content/content-private.h"
#include "content/foreign.h"
#include "walk/gmime-init.h"
#include "content/memory.h"
#include "content/for-part.h"
#include "content/part-stream.h"
#include "content/for-stream.h"
#include "mimesend-error.h"

struct _MimesendConcat
{
  MimesendContent parent_instance;
  MimesendOctets only;  /* the only argument, if it is octets: no object is made for it */
  GPtrArray *arguments; /* of MimesendPull; NULL: none */
  guint current;
  gboolean entered;    /* an octet of the current argument was asked for */
  GPtrArray *warnings; /* of char *, of all arguments; NULL until asked for */
};

static void concat_pull_init (MimesendPullInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MimesendConcat,
                               mimesend_concat,
                               MIMESEND_TYPE_CONTENT,
                               G_IMPLEMENT_INTERFACE (MIMESEND_TYPE_PULL, concat_pull_init))

static guint
n_objects (MimesendConcat *self)
{
  return self->arguments != NULL ? self->arguments->len : 0;
}

/* ── reading ── */

/* Rewinds an argument before it is read: the same content may be an argument twice, and its earlier reading consumed it. */
static gboolean
concat_enter (MimesendConcat *self, MimesendPull *argument, GError **error)
{
  self->entered = mimesend_pull_rewind (argument);
  if (!self->entered)
    g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                         "it was read already and cannot be begun again: is it an argument twice?");
  return self->entered;
}

static MimesendPullStatus
concat_pull (MimesendPull *pull, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  MimesendConcat *self = MIMESEND_CONCAT (pull);

  if (self->only.bytes != NULL)
    return mimesend_octets_pull (&self->only, max, piece);
  while (self->current < n_objects (self))
    {
      MimesendPull *argument = g_ptr_array_index (self->arguments, self->current);
      MimesendPullStatus status = MIMESEND_PULL_FAILED;

      if (self->entered || concat_enter (self, argument, error))
        status = mimesend_pull_next (argument, max, piece, cancellable, error);
      if (status == MIMESEND_PULL_FAILED && n_objects (self) > 1)
        g_prefix_error (error, "message argument %u: ", self->current + 1);
      if (status != MIMESEND_PULL_END)
        return status;
      self->current++;
      self->entered = FALSE;
    }
  return MIMESEND_PULL_END;
}

static gboolean
concat_can_rewind (MimesendPull *pull)
{
  MimesendConcat *self = MIMESEND_CONCAT (pull);

  for (guint i = 0; i < n_objects (self); i++)
    if (!mimesend_pull_can_rewind (g_ptr_array_index (self->arguments, i)))
      return FALSE;
  return TRUE;
}

static gboolean
concat_rewind (MimesendPull *pull)
{
  MimesendConcat *self = MIMESEND_CONCAT (pull);

  /* Check all of them first, so that no stream is moved in vain. */
  for (guint i = 0; i < n_objects (self); i++)
    if (mimesend_content_was_read (self->arguments->pdata[i]) &&
        !mimesend_pull_can_rewind (self->arguments->pdata[i]))
      return FALSE;
  for (guint i = 0; i < n_objects (self); i++)
    if (!mimesend_pull_rewind (g_ptr_array_index (self->arguments, i)))
      return FALSE;
  self->current = 0;
  self->entered = FALSE;
  self->only.used = 0;
  return TRUE;
}

static void
concat_foreach_inner (MimesendPull *pull, MimesendInnerFunc func, gpointer data)
{
  MimesendConcat *self = MIMESEND_CONCAT (pull);

  for (guint i = 0; i < n_objects (self); i++)
    func (g_ptr_array_index (self->arguments, i), data);
}

static gboolean
concat_may_block (MimesendPull *pull)
{
  MimesendConcat *self = MIMESEND_CONCAT (pull);

  for (guint i = 0; i < n_objects (self); i++)
    if (mimesend_pull_may_block (g_ptr_array_index (self->arguments, i)))
      return TRUE;
  return FALSE;
}

static gboolean
concat_in_memory (MimesendPull *pull)
{
  MimesendConcat *self = MIMESEND_CONCAT (pull);

  for (guint i = 0; i < n_objects (self); i++)
    if (!mimesend_pull_in_memory (g_ptr_array_index (self->arguments, i)))
      return FALSE;
  return TRUE;
}

static const char *const *
concat_warnings (MimesendPull *pull)
{
  MimesendConcat *self = MIMESEND_CONCAT (pull);

  if (n_objects (self) == 0)
    return NULL;
  if (self->warnings == NULL)
    self->warnings = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_set_size (self->warnings, 0);
  for (guint i = 0; i < n_objects (self); i++)
    {
      const char *const *warnings = mimesend_pull_get_warnings (g_ptr_array_index (self->arguments, i));

      for (guint j = 0; warnings != NULL && warnings[j] != NULL; j++)
        g_ptr_array_add (self->warnings, g_strdup (warnings[j]));
    }
  if (self->warnings->len == 0)
    return NULL;
  g_ptr_array_add (self->warnings, NULL);
  return (const char *const *)self->warnings->pdata;
}

static gboolean
concat_measure (MimesendPull *pull, MimesendCrlf *state, guint64 *octets)
{
  MimesendConcat *self = MIMESEND_CONCAT (pull);

  if (self->only.bytes != NULL)
    *octets += mimesend_octets_measure (&self->only, state);
  for (guint i = 0; i < n_objects (self); i++)
    if (!mimesend_pull_measure (g_ptr_array_index (self->arguments, i), state, octets))
      return FALSE;
  return TRUE;
}

static gboolean
concat_names_utf8 (MimesendPull *pull)
{
  MimesendConcat *self = MIMESEND_CONCAT (pull);

  for (guint i = 0; i < n_objects (self); i++)
    if (mimesend_pull_names_utf8 (g_ptr_array_index (self->arguments, i)))
      return TRUE;
  return FALSE;
}

static gboolean
concat_is_seven_bit (MimesendPull *pull)
{
  MimesendConcat *self = MIMESEND_CONCAT (pull);

  if (self->only.bytes != NULL && !mimesend_octets_is_seven_bit (&self->only))
    return FALSE;
  for (guint i = 0; i < n_objects (self); i++)
    if (!mimesend_pull_is_seven_bit (g_ptr_array_index (self->arguments, i)))
      return FALSE;
  return TRUE;
}

/* Of octets in memory is known what is in them: they are read for what follows them alone. */
static gboolean
concat_is_ready (MimesendPull *pull)
{
  MimesendConcat *self = MIMESEND_CONCAT (pull);
  guint n = n_objects (self);

  if (self->current >= n)
    return n > 0; /* the end */
  if (MIMESEND_IS_MEMORY (self->arguments->pdata[self->current]))
    return self->current + 1 < n;
  return mimesend_pull_is_ready (self->arguments->pdata[self->current]);
}

static gboolean
concat_is_constant (MimesendPull *pull)
{
  MimesendConcat *self = MIMESEND_CONCAT (pull);

  for (guint i = 0; i < n_objects (self); i++)
    if (!mimesend_pull_is_constant (g_ptr_array_index (self->arguments, i)))
      return FALSE;
  return TRUE;
}

static gint64
concat_length (MimesendContent *content)
{
  MimesendConcat *self = MIMESEND_CONCAT (content);

  if (n_objects (self) == 1 && MIMESEND_IS_FOREIGN (self->arguments->pdata[0]))
    return mimesend_content_get_length (self->arguments->pdata[0]);
  return MIMESEND_CONTENT_CLASS (mimesend_concat_parent_class)->length (content);
}

static gboolean
concat_prepare (MimesendContent *content, MimesendWireFlags wire, GError **error)
{
  MimesendConcat *self = MIMESEND_CONCAT (content);

  for (guint i = 0; i < n_objects (self); i++)
    if (!mimesend_content_prepare (g_ptr_array_index (self->arguments, i), wire, error))
      {
        if (n_objects (self) > 1)
          g_prefix_error (error, "message argument %u: ", i + 1);
        return FALSE;
      }
  return TRUE;
}

static void
mimesend_concat_finalize (GObject *object)
{
  MimesendConcat *self = MIMESEND_CONCAT (object);

  g_clear_pointer (&self->only.bytes, g_bytes_unref);
  g_clear_pointer (&self->arguments, g_ptr_array_unref);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  G_OBJECT_CLASS (mimesend_concat_parent_class)->finalize (object);
}

static void
concat_pull_init (MimesendPullInterface *iface)
{
  iface->pull = concat_pull;
  iface->rewind = concat_rewind;
  iface->can_rewind = concat_can_rewind;
  iface->foreach_inner = concat_foreach_inner;
  iface->may_block = concat_may_block;
  iface->in_memory = concat_in_memory;
  iface->warnings = concat_warnings;
  iface->measure = concat_measure;
  iface->names_utf8 = concat_names_utf8;
  iface->is_seven_bit = concat_is_seven_bit;
  iface->is_ready = concat_is_ready;
  iface->is_constant = concat_is_constant;
}

static void
mimesend_concat_class_init (MimesendConcatClass *klass)
{
  MimesendContentClass *content_class = MIMESEND_CONTENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mimesend_concat_finalize;
  content_class->length = concat_length;
  content_class->prepare = concat_prepare;
}

static void
mimesend_concat_init (MimesendConcat *self)
{
}

/* ── adding ── */

/* (nullable): the content as a concatenation, if it can take one more argument. */
static MimesendConcat *
open_for_adding (MimesendContent *content, gconstpointer argument, const char *what, GError **error)
{
  if (!MIMESEND_IS_CONCAT (content))
    {
      g_set_error (
          error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
          "nothing can be added to a %s: make a content with mimesend_content_new () and add this one to it",
          G_OBJECT_TYPE_NAME (content));
      return NULL;
    }
  if (mimesend_content_get_state (content)->begun || mimesend_content_is_taken (content, NULL))
    {
      g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                           "the content is being read, or was: add every argument before it is sent");
      return NULL;
    }
  if (argument == NULL)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "message argument %u is NULL where %s is due", mimesend_concat_count (content) + 1, what);
      return NULL;
    }
  return MIMESEND_CONCAT (content);
}

/* The error for an argument of the wrong type. */
static gboolean
is_of_type (MimesendConcat *self, gpointer argument, GType type, GError **error)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (argument, type))
    return TRUE;
  if (GMIME_IS_OBJECT (argument))
    g_set_error (
        error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
        "message argument %u is a MIME part (%s): make a stream of it with mimesend_part_stream_new ()",
        mimesend_concat_count (MIMESEND_CONTENT (self)) + 1, G_OBJECT_TYPE_NAME (argument));
  else
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT, "message argument %u is not a %s",
                 mimesend_concat_count (MIMESEND_CONTENT (self)) + 1, g_type_name (type));
  return FALSE;
}

static void
add_own (MimesendConcat *self, MimesendContent *content)
{
  g_autoptr (GBytes) first = g_steal_pointer (&self->only.bytes);

  if (self->arguments == NULL)
    self->arguments = g_ptr_array_new_with_free_func (g_object_unref);
  if (first != NULL)
    g_ptr_array_add (self->arguments, mimesend_memory_new (first));
  g_ptr_array_add (self->arguments, content);
}

static void
add_octets (MimesendConcat *self, GBytes *bytes)
{
  if (mimesend_concat_count (MIMESEND_CONTENT (self)) == 0)
    self->only.bytes = g_bytes_ref (bytes);
  else
    add_own (self, mimesend_memory_new (bytes));
}

/**
 * mimesend_content_new:
 *
 * The concatenation of message arguments, empty at first.
 *
 * Returns: (transfer full): a new content that mimesend_content_add_string() and its like add to
 *
 * Since: 0.1
 */
MimesendContent *
mimesend_content_new (void)
{
  mimesend_gmime_init ();
  return g_object_new (MIMESEND_TYPE_CONCAT, NULL);
}

/**
 * mimesend_content_add_string:
 * @self: the result of mimesend_content_new()
 * @text: octets up to the NUL; copied
 * @error: return location
 *
 * Adds a string. Its lines end in LF or CRLF.
 *
 * Returns: %FALSE with #MIMESEND_ERROR_ARGUMENT if @text is %NULL or @self takes no more arguments
 *
 * Since: 0.1
 */
gboolean
mimesend_content_add_string (MimesendContent *self, const char *text, GError **error)
{
  MimesendConcat *concat;
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (MIMESEND_IS_CONTENT (self), FALSE);
  concat = open_for_adding (self, text, "a string", error);
  if (concat == NULL)
    return FALSE;
  bytes = g_bytes_new (text, strlen (text));
  add_octets (concat, bytes);
  return TRUE;
}

/**
 * mimesend_content_add_bytes:
 * @self: the result of mimesend_content_new()
 * @bytes: octets; a reference is taken, nothing is copied
 * @error: return location
 *
 * Adds octets.
 *
 * Returns: %FALSE with #MIMESEND_ERROR_ARGUMENT, as mimesend_content_add_string()
 *
 * Since: 0.1
 */
gboolean
mimesend_content_add_bytes (MimesendContent *self, GBytes *bytes, GError **error)
{
  MimesendConcat *concat;

  g_return_val_if_fail (MIMESEND_IS_CONTENT (self), FALSE);
  concat = open_for_adding (self, bytes, "a GBytes", error);
  if (concat == NULL)
    return FALSE;
  add_octets (concat, bytes);
  return TRUE;
}

/**
 * mimesend_content_add_stream:
 * @self: the result of mimesend_content_new()
 * @stream: (transfer none): a stream; a reference is kept until @self is finalised
 * @error: return location
 *
 * Adds a stream. It is read from where it stands to its end, and not closed. If that is its start and it is
 * seekable it is begun again there when @self is sent again; else @self can be sent once (#MimesendContent). The stream of a
 * part, mimesend_part_stream_new(), that stands at its beginning is not read line by line: the tree behind it is sent,
 * encoded as the server needs it, and the stream stands at its end afterwards.
 *
 * Returns: %FALSE with #MIMESEND_ERROR_ARGUMENT, as mimesend_content_add_string(), or if @stream is a MIME part
 *
 * Since: 0.1
 */
gboolean
mimesend_content_add_stream (MimesendContent *self, GMimeStream *stream, GError **error)
{
  MimesendConcat *concat;
  MimesendContent *walk;

  g_return_val_if_fail (MIMESEND_IS_CONTENT (self), FALSE);
  mimesend_gmime_init ();
  concat = open_for_adding (self, stream, "a GMimeStream", error);
  if (concat == NULL || !is_of_type (concat, stream, GMIME_TYPE_STREAM, error))
    return FALSE;
  walk = mimesend_part_stream_take_walk (stream);
  add_own (concat, walk != NULL ? walk : mimesend_stream_new (stream));
  return TRUE;
}

/**
 * mimesend_content_add_input_stream:
 * @self: the result of mimesend_content_new()
 * @stream: (transfer none): a stream; a reference is kept until @self is finalised
 * @error: return location
 *
 * Adds a stream of GIO, as mimesend_content_add_stream().
 *
 * Returns: %FALSE with #MIMESEND_ERROR_ARGUMENT, as mimesend_content_add_string()
 *
 * Since: 0.1
 */
gboolean
mimesend_content_add_input_stream (MimesendContent *self, GInputStream *stream, GError **error)
{
  MimesendConcat *concat;

  g_return_val_if_fail (MIMESEND_IS_CONTENT (self), FALSE);
  mimesend_gmime_init ();
  concat = open_for_adding (self, stream, "a GInputStream", error);
  if (concat == NULL || !is_of_type (concat, stream, G_TYPE_INPUT_STREAM, error))
    return FALSE;
  add_own (concat, mimesend_stream_new_for_input (stream));
  return TRUE;
}

/* Whether the content contains self. */
static gboolean
leads_to (MimesendContent *content, MimesendConcat *self)
{
  MimesendConcat *concat;

  if (!MIMESEND_IS_CONCAT (content))
    return FALSE;
  concat = MIMESEND_CONCAT (content);
  if (concat == self)
    return TRUE;
  for (guint i = 0; i < n_objects (concat); i++)
    if (leads_to (concat->arguments->pdata[i], self))
      return TRUE;
  return FALSE;
}

/**
 * mimesend_content_add_content:
 * @self: the result of mimesend_content_new()
 * @content: (transfer none): another content, of this library or a class of the caller's
 * @error: return location
 *
 * Adds all of another content. It is sent with @self, by one delivery at a time (#MimesendContent), and may be added to others,
 * or to @self again, if it can be begun again.
 *
 * Returns: %FALSE with #MIMESEND_ERROR_ARGUMENT, as mimesend_content_add_string(), or if @content contains @self
 *
 * Since: 0.1
 */
gboolean
mimesend_content_add_content (MimesendContent *self, MimesendContent *content, GError **error)
{
  MimesendConcat *concat;

  g_return_val_if_fail (MIMESEND_IS_CONTENT (self), FALSE);
  mimesend_gmime_init ();
  concat = open_for_adding (self, content, "a MimesendContent", error);
  if (concat == NULL || !is_of_type (concat, content, MIMESEND_TYPE_CONTENT, error))
    return FALSE;
  if (leads_to (content, concat))
    {
      g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                           "a content cannot be added to itself");
      return FALSE;
    }
  add_own (concat, MIMESEND_CONTENT (mimesend_pull_new_for_content (content)));
  return TRUE;
}

guint
mimesend_concat_count (MimesendContent *self)
{
  MimesendConcat *concat;

  if (!MIMESEND_IS_CONCAT (self))
    return 1;
  concat = MIMESEND_CONCAT (self);
  return concat->only.bytes != NULL ? 1 : n_objects (concat);
}
