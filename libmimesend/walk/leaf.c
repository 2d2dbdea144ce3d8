/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The content of one leaf: GMime's write_content () as a sequence of steps. Its rules: an encoding that equals the stored
 * one is copied, never redone; filters are completed only if at least one octet went through them (so an empty leaf gets no
 * newline and no closing line of uuencode); `begin` and `end` stand outside the filters. */
#include "walk/leaf-private.h"

#include <string.h>

#include "walk/tree.h"
#include "mimesend-error.h"

/* What others encoded may have blanks at the ends of lines, and lines that begin with "From ". */
static gboolean
must_be_redone (MimesendLeaf *self)
{
  GMimeContentType *type = ((GMimeObject *)self->part)->content_type;

  return mimesend_leaf_is_lasting (self) && self->encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE &&
         (type == NULL || g_mime_content_type_is_type (type, "text", "*"));
}

MimesendLeaf *
mimesend_leaf_new (GMimePart *part,
                   const MimesendLeafForm *form,
                   gboolean ensure_newline,
                   gboolean sealed,
                   MimesendBlockPool *pool,
                   const MimesendPromise *promise,
                   GError **error)
{
  MimesendLeaf *self = g_new0 (MimesendLeaf, 1);

  self->part = g_object_ref (part);
  self->form = *form;
  self->ensure_newline = ensure_newline;
  self->sealed = sealed;
  self->pool = mimesend_block_pool_ref (pool);
  self->encoding = part->encoding;
  mimesend_qp_init (&self->qp);
  self->qp.lasting = form->lasting && !sealed;
  if (part->content == NULL)
    {
      self->state = LEAF_DONE;
      return self;
    }
  self->stored = g_mime_data_wrapper_get_encoding (part->content);
  self->copied = self->encoding == self->stored && !must_be_redone (self);
  if (part->content->stream == NULL)
    g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "its content has no stream");
  else
    self->source = mimesend_source_new (
        part->content->stream, self->copied ? GMIME_CONTENT_ENCODING_DEFAULT : self->stored, promise, error);
  if (self->source != NULL)
    return self;
  mimesend_leaf_free (self);
  return NULL;
}

void
mimesend_leaf_free (MimesendLeaf *self)
{
  if (self == NULL)
    return;
  mimesend_source_free (self->source);
  mimesend_block_pool_unref (self->pool);
  g_clear_object (&self->newline);
  g_clear_object (&self->uu);
  g_object_unref (self->part);
  g_free (self->in);
  g_free (self->out);
  g_free (self->line);
  g_free (self);
}

MimesendSource *
mimesend_leaf_get_source (MimesendLeaf *self)
{
  return self->source;
}

GMimeContentEncoding
mimesend_leaf_get_encoding (MimesendLeaf *self)
{
  return self->encoding;
}

gboolean
mimesend_leaf_is_copied (MimesendLeaf *self)
{
  return self->copied;
}

gboolean
mimesend_leaf_is_sealed (MimesendLeaf *self)
{
  return self->sealed;
}

const MimesendTextFacts *
mimesend_leaf_get_facts (MimesendLeaf *self)
{
  return &self->facts;
}

gboolean
mimesend_leaf_is_lasting (MimesendLeaf *self)
{
  return self->form.lasting && !self->sealed;
}

gboolean
mimesend_leaf_has_lines (MimesendLeaf *self)
{
  return self->lines;
}

GMimePart *
mimesend_leaf_get_part (MimesendLeaf *self)
{
  return self->part;
}

void
mimesend_leaf_set_encoding (MimesendLeaf *self, GMimeContentEncoding encoding, gboolean lines)
{
  self->lines = lines;
  self->converted = encoding != self->part->encoding;
  self->encoding = encoding;
  if (self->converted)
    self->copied = FALSE;
}

void
mimesend_leaf_make_octets (MimesendLeaf *self)
{
  mimesend_leaf_set_encoding (self, GMIME_CONTENT_ENCODING_BASE64, FALSE);
  self->octets = TRUE;
}

gboolean
mimesend_leaf_is_octets (MimesendLeaf *self)
{
  return self->octets;
}

/* ── the steps ── */

static MimesendPullStatus
next_begin (MimesendLeaf *self, MimesendPiece *piece, GError **error)
{
  const char *name;

  if (!mimesend_leaf_is_uuencoded (self))
    return MIMESEND_PULL_END;
  name = mimesend_part_get_name ((GMimeObject *)self->part);
  if (name == NULL)
    name = "unknown";
  /* The file name is written unquoted: a line end in it would end the line. */
  for (const char *at = name; *at != '\0'; at++)
    if ((guchar)*at < ' ' || *at == 127)
      {
        g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                             "a control character in the file name: uuencode writes the name into the body");
        return MIMESEND_PULL_FAILED;
      }
  return mimesend_leaf_give_line (self, "begin 0644 ", name, piece);
}

static MimesendPullStatus
next_body (MimesendLeaf *self, MimesendPiece *piece, GError **error)
{
  if (self->copied)
    return mimesend_leaf_next_text (self, piece, error);
  switch (self->encoding)
    {
    case GMIME_CONTENT_ENCODING_BASE64:
      return mimesend_leaf_next_base64 (self, piece, error);
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
      return mimesend_leaf_next_qp (self, piece, error);
    case GMIME_CONTENT_ENCODING_UUENCODE:
      return mimesend_leaf_next_uu (self, piece, error);
    default:
      return mimesend_leaf_next_text (self, piece, error);
    }
}

MimesendPullStatus
mimesend_leaf_next (MimesendLeaf *self, MimesendPiece *piece, GError **error)
{
  MimesendPullStatus status = MIMESEND_PULL_END;

  while (self->state != LEAF_DONE)
    {
      LeafState state = self->state;

      switch (state)
        {
        case LEAF_BEGIN:
          status = next_begin (self, piece, error);
          self->state = LEAF_BODY;
          break;
        case LEAF_BODY:
          status = next_body (self, piece, error);
          if (status == MIMESEND_PULL_END)
            {
              self->state = LEAF_TAIL;
              mimesend_text_end (&self->facts);
            }
          break;
        case LEAF_TAIL:
          status = mimesend_leaf_finish (self, piece);
          self->state = LEAF_END;
          break;
        default:
          status = mimesend_leaf_is_uuencoded (self) ? mimesend_leaf_give_line (self, "end", "", piece)
                                                     : MIMESEND_PULL_END;
          self->state = LEAF_DONE;
          break;
        }
      if (status != MIMESEND_PULL_END)
        return status;
    }
  return MIMESEND_PULL_END;
}
