/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The walk: GMime's writers, which are recursive functions over a stream, as a state machine with an explicit stack. The
 * states of a frame:
 *
 *   message       ENTER HEADERS BODY(the part, content only)
 *   message part  ENTER HEADERS BODY(marker, the message)
 *   multipart     ENTER HEADERS BODY(prologue) CHILD(boundary, part)… CHILD_END(newline)… CLOSE(end boundary, epilogue)
 *   part          ENTER HEADERS BODY LEAF
 *
 * Headers and borders are collected in `out`; a leaf's pieces are passed on without a copy. */
#include "walk/walk.h"

#include <string.h>

#include "walk/length.h"
#include "walk/tree.h"
#include "walk/walk-private.h"
#include "mimesend-error.h"

static void
hide_bcc (GMimeFormatOptions *options)
{
  g_mime_format_options_add_hidden_header (options, "Bcc");
  g_mime_format_options_add_hidden_header (options, "Resent-Bcc");
}

gboolean
mimesend_walk_hides (GMimeFormatOptions *options, const char *name)
{
  if (options != NULL)
    return g_mime_format_options_is_hidden_header (options, name);
  return g_ascii_strcasecmp (name, "Bcc") == 0 || g_ascii_strcasecmp (name, "Resent-Bcc") == 0 ||
         g_mime_format_options_is_hidden_header (g_mime_format_options_get_default (), name);
}

static GMimeFormatOptions *
clone_options (GMimeFormatOptions *options, gboolean crlf)
{
  GMimeFormatOptions *clone = g_mime_format_options_clone (options);

  g_mime_format_options_set_newline_format (clone,
                                            crlf ? GMIME_NEWLINE_FORMAT_DOS : GMIME_NEWLINE_FORMAT_UNIX);
  return clone;
}

static void
frame_clear (gpointer data)
{
  MimesendWalkFrame *frame = data;

  g_object_unref (frame->object);
  g_clear_object (&frame->newline);
  g_clear_pointer (&frame->leaf, mimesend_leaf_free);
}

MimesendWalk *
mimesend_walk_new (GMimeObject *top, GMimeFormatOptions *options, const MimesendWalkSetup *setup)
{
  MimesendWalk *self = g_new0 (MimesendWalk, 1);

  self->top = g_object_ref (top);
  self->setup = *setup;
  self->outer = clone_options (options, setup->form.crlf);
  self->inner = clone_options (options, setup->form.crlf);
  self->bare = clone_options (options, setup->form.crlf);
  if (options == NULL)
    hide_bcc (self->outer);
  g_mime_format_options_clear_hidden_headers (self->bare);
  self->frames = g_array_new (FALSE, FALSE, sizeof (MimesendWalkFrame));
  g_array_set_clear_func (self->frames, frame_clear);
  self->out = g_byte_array_new ();
  self->header = g_mime_stream_mem_new ();
  self->pool = mimesend_block_pool_new ();
  return self;
}

void
mimesend_walk_free (MimesendWalk *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->frames);
  g_byte_array_unref (self->out);
  g_object_unref (self->header);
  mimesend_inside_looker_free (self->looker);
  mimesend_block_pool_unref (self->pool);
  g_mime_format_options_free (self->outer);
  g_mime_format_options_free (self->inner);
  g_mime_format_options_free (self->bare);
  g_object_unref (self->top);
  g_free (self);
}

static MimesendWalkFrame *
top_frame (MimesendWalk *self)
{
  return &g_array_index (self->frames, MimesendWalkFrame, self->frames->len - 1);
}

/* May reallocate the frames: pointers to them are invalid afterwards. */
static MimesendWalkFrame *
walk_push (MimesendWalk *self, GMimeObject *object, GMimeFormatOptions *options, gboolean sealed)
{
  MimesendWalkFrame frame = { .object = g_object_ref (object), .options = options, .sealed = sealed };

  frame.ensure_newline = object->ensure_newline;
  g_array_append_val (self->frames, frame);
  return top_frame (self);
}

static void
walk_pop (MimesendWalk *self)
{
  g_array_set_size (self->frames, self->frames->len - 1);
}

void
mimesend_walk_put (MimesendWalk *self, const char *text)
{
  g_byte_array_append (self->out, (const guint8 *)text, (guint)strlen (text));
}

void
mimesend_walk_put_newline (MimesendWalk *self)
{
  mimesend_walk_put (self, self->setup.form.crlf ? "\r\n" : "\n");
}

/* (transfer full): the part number of the top frame, "1.2". */
static char *
walk_numbers (MimesendWalk *self)
{
  GString *numbers = g_string_new (NULL);

  for (guint i = 0; i + 1 < self->frames->len; i++)
    {
      MimesendWalkFrame *frame = &g_array_index (self->frames, MimesendWalkFrame, i);

      if (GMIME_IS_MULTIPART (frame->object))
        g_string_append_printf (numbers, "%s%d", numbers->len > 0 ? "." : "", frame->child);
    }
  return g_string_free (numbers, FALSE);
}

gboolean
mimesend_walk_named_failure (MimesendWalk *self, GMimeObject *object, GError **error)
{
  g_autofree char *numbers = walk_numbers (self);

  mimesend_part_prefix_error (error, numbers, object);
  return FALSE;
}

GMimeObject *
mimesend_walk_labelled_object (MimesendWalkFrame *frame)
{
  return GMIME_IS_MESSAGE (frame->object) ? ((GMimeMessage *)frame->object)->mime_part : frame->object;
}

static MimesendPullStatus
leaf_next (MimesendWalk *self, MimesendWalkFrame *frame, MimesendPiece *piece, GError **error)
{
  MimesendPullStatus status = mimesend_leaf_next (frame->leaf, piece, error);

  if (status == MIMESEND_PULL_FAILED)
    mimesend_walk_named_failure (self, frame->object, error);
  else if (status == MIMESEND_PULL_END)
    {
      mimesend_walk_warn_of_leaf (self, frame);
      walk_pop (self);
    }
  return status;
}

/* ── bodies ── */

/* The envelope line of an mbox, inside message/rfc822 alone; its own line end is used if it is the right one. */
static void
put_marker (MimesendWalk *self, const char *marker)
{
  gsize length = marker != NULL ? strlen (marker) : 0;

  if (length == 0)
    return;
  if (marker[length - 1] == '\n')
    {
      length--;
      if (length > 0 && marker[length - 1] == '\r')
        length--;
    }
  g_byte_array_append (self->out, (const guint8 *)marker, (guint)length);
  mimesend_walk_put_newline (self);
}

static void
enter_message (MimesendWalk *self, MimesendWalkFrame *frame)
{
  GMimeMessage *message = (GMimeMessage *)frame->object;
  GMimeFormatOptions *options = frame->options;
  gboolean ensure_newline = frame->object->ensure_newline, sealed = frame->sealed;
  MimesendLeaf *leaf = g_steal_pointer (&frame->leaf);
  GMimeObject *part = message->mime_part;

  if (part == NULL)
    {
      walk_pop (self);
      return;
    }
  frame->state = WALK_CLOSE;
  frame = walk_push (self, part, options, sealed);
  frame->content_only = TRUE;
  frame->ensure_newline = ensure_newline;
  frame->leaf = leaf;
}

static void
enter_message_part (MimesendWalk *self, MimesendWalkFrame *frame)
{
  GMimeMessage *message = ((GMimeMessagePart *)frame->object)->message;
  GMimeFormatOptions *options = frame->options == self->outer ? self->inner : frame->options;

  if (message == NULL)
    {
      walk_pop (self);
      return;
    }
  put_marker (self, message->marker);
  frame->state = WALK_CLOSE;
  walk_push (self, (GMimeObject *)message, options, frame->sealed);
}

static void
enter_multipart (MimesendWalk *self, MimesendWalkFrame *frame)
{
  GMimeMultipart *multipart = (GMimeMultipart *)frame->object;

  if (multipart->prologue != NULL)
    {
      mimesend_walk_put (self, multipart->prologue);
      mimesend_walk_put_newline (self);
    }
  frame->n_children = multipart->children->len;
  frame->state = WALK_CHILD;
}

static void
put_boundary (MimesendWalk *self, MimesendWalkFrame *frame, const char *boundary, const char *end)
{
  mimesend_walk_put (self, "--");
  mimesend_walk_put (self, boundary);
  mimesend_walk_put (self, end);
  mimesend_walk_put_newline (self);
}

static gboolean
is_taken (MimesendWalk *self, GMimeObject *object, gboolean sealed)
{
  return self->visitor != NULL && self->visitor->takes != NULL && !sealed && object != NULL &&
         GMIME_IS_PART (object) && self->visitor->takes (self->visitor_data, (GMimePart *)object);
}

static gboolean
enter_child (MimesendWalk *self, MimesendWalkFrame *frame, GError **error)
{
  GMimeMultipart *multipart = (GMimeMultipart *)frame->object;
  const char *boundary = mimesend_part_get_boundary (frame->object);
  GMimeFormatOptions *options = frame->options;
  gboolean sealed = frame->sealed || mimesend_walk_is_sealing (frame->object);

  if (multipart->children->len != frame->n_children)
    {
      g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                           "a multipart got or lost parts while it was read");
      return mimesend_walk_named_failure (self, frame->object, error);
    }
  if ((guint)frame->child == frame->n_children)
    {
      if (multipart->write_end_boundary && boundary != NULL)
        put_boundary (self, frame, boundary, "--");
      if (multipart->epilogue != NULL)
        mimesend_walk_put (self, multipart->epilogue);
      walk_pop (self);
      return TRUE;
    }
  if (boundary == NULL)
    {
      g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                           "a multipart lost its boundary while it was read");
      return mimesend_walk_named_failure (self, frame->object, error);
    }
  if (self->frames->len >= MIMESEND_DEPTH_MAX)
    {
      g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED, "parts are nested too deep");
      return FALSE;
    }
  if (is_taken (self, multipart->children->pdata[frame->child], sealed))
    {
      self->visitor->taken (self->visitor_data, multipart->children->pdata[frame->child++]);
      return TRUE;
    }
  if (g_mime_content_type_is_type (frame->object->content_type, "multipart", "signed"))
    options = self->bare;
  put_boundary (self, frame, boundary, "");
  frame->state = WALK_CHILD_END;
  walk_push (self, multipart->children->pdata[frame->child++], options, sealed);
  return TRUE;
}

static void
end_child (MimesendWalk *self, MimesendWalkFrame *frame)
{
  GPtrArray *children = ((GMimeMultipart *)frame->object)->children;
  GMimeObject *child = (guint)frame->child <= children->len ? children->pdata[frame->child - 1] : NULL;

  if (child == NULL || !GMIME_IS_MULTIPART (child) || ((GMimeMultipart *)child)->write_end_boundary)
    mimesend_walk_put_newline (self);
  frame->state = WALK_CHILD;
}

static gboolean
enter_body (MimesendWalk *self, MimesendWalkFrame *frame, GError **error)
{
  if (GMIME_IS_MULTIPART (frame->object))
    enter_multipart (self, frame);
  else if (GMIME_IS_MESSAGE (frame->object))
    enter_message (self, frame);
  else if (GMIME_IS_MESSAGE_PART (frame->object))
    enter_message_part (self, frame);
  else
    {
      frame->state = WALK_LEAF;
      if (frame->leaf == NULL)
        return mimesend_walk_open_leaf (self, frame, (GMimePart *)frame->object, frame->ensure_newline,
                                        error);
    }
  return TRUE;
}

/* Runs one state, other than LEAF. */
static gboolean
walk_advance (MimesendWalk *self, MimesendWalkFrame *frame, GError **error)
{
  switch (frame->state)
    {
    case WALK_ENTER:
      frame->taken = GMIME_IS_MESSAGE (frame->object) &&
                     is_taken (self, mimesend_walk_labelled_object (frame), frame->sealed);
      if (self->setup.form.checked && !frame->content_only && !frame->taken &&
          !mimesend_walk_decide_encoding (self, frame, error))
        return FALSE;
      frame->state = frame->content_only ? WALK_BODY : WALK_HEADERS;
      return TRUE;
    case WALK_HEADERS:
      return mimesend_walk_put_headers (self, frame, error);
    case WALK_BODY:
      if (!frame->taken)
        return enter_body (self, frame, error);
      self->visitor->taken (self->visitor_data, (GMimePart *)mimesend_walk_labelled_object (frame));
      walk_pop (self);
      return TRUE;
    case WALK_CHILD:
      return enter_child (self, frame, error);
    case WALK_CHILD_END:
      end_child (self, frame);
      return TRUE;
    default:
      walk_pop (self);
      return TRUE;
    }
}

static gboolean
walk_begin (MimesendWalk *self, GError **error)
{
  if (self->begun)
    return TRUE;
  if (!mimesend_tree_check (self->top, error))
    return FALSE;
  self->begun = TRUE;
  mimesend_walk_put_mime_version (self);
  walk_push (self, self->top, self->outer, FALSE);
  return TRUE;
}

static MimesendPullStatus
give_out (MimesendWalk *self, MimesendPiece *piece)
{
  *piece = (MimesendPiece){ .data = self->out->data, .length = self->out->len };
  self->out_given = TRUE;
  return MIMESEND_PULL_PIECE;
}

MimesendPullStatus
mimesend_walk_next (MimesendWalk *self, MimesendPiece *piece, GError **error)
{
  *piece = (MimesendPiece){ 0 };
  if (self->out_given)
    g_byte_array_set_size (self->out, 0);
  self->out_given = FALSE;
  if (!walk_begin (self, error))
    return MIMESEND_PULL_FAILED;

  while (self->frames->len > 0 && self->out->len < MIMESEND_WALK_OUT_ENOUGH)
    {
      MimesendWalkFrame *frame = top_frame (self);

      if (frame->state != WALK_LEAF)
        {
          if (!walk_advance (self, frame, error))
            return MIMESEND_PULL_FAILED;
        }
      else if (self->out->len > 0)
        break;
      else
        {
          MimesendPullStatus status = leaf_next (self, frame, piece, error);

          if (status != MIMESEND_PULL_END)
            return status;
        }
    }
  return self->out->len > 0 ? give_out (self, piece) : MIMESEND_PULL_END;
}

char *
mimesend_walk_describe (MimesendWalk *self)
{
  g_autofree char *numbers = walk_numbers (self);

  return mimesend_part_describe (numbers, top_frame (self)->object);
}

gboolean
mimesend_walk_visit (MimesendWalk *self, const MimesendWalkVisitor *visitor, gpointer data, GError **error)
{
  if (!walk_begin (self, error))
    return FALSE;
  self->visitor = visitor;
  self->visitor_data = data;
  while (self->frames->len > 0)
    {
      MimesendWalkFrame *frame = top_frame (self);

      if (frame->state != WALK_LEAF && !walk_advance (self, frame, error))
        return FALSE;
      if (self->out->len > 0)
        visitor->octets (data, self->out->data, self->out->len);
      g_byte_array_set_size (self->out, 0);
      frame = self->frames->len > 0 ? top_frame (self) : NULL;
      if (frame == NULL || frame->state != WALK_LEAF)
        continue;
      if (!visitor->leaf (data, (GMimePart *)frame->object, frame->leaf, frame->ensure_newline, error))
        return mimesend_walk_named_failure (self, frame->object, error);
      walk_pop (self);
    }
  return TRUE;
}

typedef struct
{
  MimesendWalk *walk;
  MimesendCrlf *state;
  guint64 *octets;
} Measure;

static void
measure_octets (gpointer data, const guint8 *octets, gsize n)
{
  Measure *self = data;

  *self->octets += mimesend_crlf_measure (self->state, octets, n);
}

static gboolean
measure_leaf (gpointer data, GMimePart *part, MimesendLeaf *leaf, gboolean ensure_newline, GError **error)
{
  Measure *self = data;

  return mimesend_leaf_measure (leaf, self->walk->setup.form.crlf,
                                mimesend_part_get_name ((GMimeObject *)part), self->state, self->octets,
                                NULL);
}

gboolean
mimesend_walk_measure (MimesendWalk *self, MimesendCrlf *state, guint64 *octets)
{
  static const MimesendWalkVisitor visitor = { measure_octets, measure_leaf };
  Measure measure = { self, state, octets };

  self->measuring = TRUE;
  return mimesend_walk_visit (self, &visitor, &measure, NULL);
}
