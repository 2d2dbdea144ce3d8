/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A signature covers the body and stands ahead of it, and a message is never held in memory: so the content is read twice. The
 * first reading hashes it as it will be on the wire; the second one goes there, is hashed again, and has to come to the same. It is
 * told that the way takes seven bits alone, so that no server has anything to convert.
 *
 * What can be read only once is kept in a spool by the first reading, which the second one reads. */
#include "secure/dkim-content.h"

#include <string.h>

#include "content/concat.h"
#include "mimesend-error.h"
#include "secure/dkim-reader.h"
#include "secure/dkim.h"
#include "secure/spool.h"
#include "walk/gmime-init.h"

/* More is read on a worker: a main loop is not held up by it, and a cancel is heard. */
#define READ_HERE (1 << 20)

struct _MimesendDkimContent
{
  MimesendContent parent_instance;
  MimesendPull *inner;
  MimesendContent *stands_for; /* nullable: belongs to the message that this one belongs to */
  GPtrArray *dkims;
  MimesendDkimShared *shared; /* nullable */
  guint forms;                /* of the bodies */
  gint64 now_s;               /* 0: ask the clock */

  MimesendWireFlags wire; /* what the inner one was told last */
  gint64 fields_length;   /* −1: not known */

  /* The first reading. */
  gboolean reading;
  gboolean surveyed;
  gboolean broken; /* the spool is */
  MimesendSpool *spool;
  MimesendDkimReader reader;
  guint8 digests[MIMESEND_DKIM_FORMS][MIMESEND_DKIM_HASH];

  /* The second. */
  GString *front; /* the fields; NULL: not made */
  gsize front_given;
  gboolean sending;
  gboolean trusted; /* nothing can have changed meanwhile */
  gboolean header_checked;
  MimesendDkimReader again;
};

static void dkim_content_pull_init (MimesendPullInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MimesendDkimContent,
                               mimesend_dkim_content,
                               MIMESEND_TYPE_CONTENT,
                               G_IMPLEMENT_INTERFACE (MIMESEND_TYPE_PULL, dkim_content_pull_init))

/* ── the first reading ── */

/* Has another content hashed the body? take: then its hashes are this one's. */
static gboolean
is_known (MimesendDkimContent *self, gboolean take)
{
  return self->shared != NULL &&
         mimesend_dkim_shared_get (self->shared, self->forms, take ? self->digests : NULL);
}

static gboolean
begin_reading (MimesendDkimContent *self, GError **error)
{
  if (!mimesend_pull_rewind (self->inner))
    {
      g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                           "the content was read already and cannot be begun again: make a new one");
      return FALSE;
    }
  if (!mimesend_pull_can_rewind (self->inner))
    self->spool = mimesend_spool_new ();
  mimesend_dkim_reader_init (&self->reader, self->forms);
  self->reading = TRUE;
  return TRUE;
}

static gboolean
take_piece (MimesendDkimContent *self, const MimesendPiece *piece, GError **error)
{
  if (self->spool != NULL && !mimesend_spool_add (self->spool, piece->data, piece->length, error))
    {
      self->broken = TRUE;
      return FALSE;
    }
  return mimesend_dkim_reader_add (&self->reader, piece->data, piece->length, error);
}

/* END: it is over; where others hashed the body already, as soon as the header is. */
static MimesendPullStatus
read_piece (MimesendDkimContent *self, GCancellable *cancellable, GError **error)
{
  MimesendPiece piece = { 0 };
  MimesendPullStatus status;

  if (self->reader.header_over && self->spool == NULL && is_known (self, TRUE))
    return MIMESEND_PULL_END;
  status = mimesend_pull_next (self->inner, MIMESEND_PIECE_BEST, &piece, cancellable, error);
  if (status == MIMESEND_PULL_PIECE && !take_piece (self, &piece, error))
    status = MIMESEND_PULL_FAILED;
  mimesend_piece_clear (&piece);
  if (status != MIMESEND_PULL_END)
    return status;
  if (!mimesend_dkim_reader_finish (&self->reader, self->digests, error))
    return MIMESEND_PULL_FAILED;
  if (self->shared != NULL)
    mimesend_dkim_shared_set (self->shared, self->forms, self->digests);
  return MIMESEND_PULL_END;
}

/* FALSE with error; after a cancel it goes on where it was. */
static gboolean
survey (MimesendDkimContent *self, GCancellable *cancellable, GError **error)
{
  MimesendPullStatus status;

  if (self->surveyed)
    return TRUE;
  if (self->broken || (!self->reading && !begin_reading (self, error)))
    return FALSE;
  while ((status = read_piece (self, cancellable, error)) == MIMESEND_PULL_PIECE)
    ;
  if (status == MIMESEND_PULL_FAILED)
    return FALSE;
  self->surveyed = TRUE;
  return TRUE;
}

/* ── the fields ── */

/* digests NULL: for their length. */
static gboolean
append_fields (MimesendDkimContent *self,
               const GByteArray *block,
               guint8 (*digests)[MIMESEND_DKIM_HASH],
               GString *out,
               GError **error)
{
  gint64 now_s = self->now_s != 0 ? self->now_s : g_get_real_time () / G_TIME_SPAN_SECOND;

  return mimesend_dkim_append_fields (self->dkims, block, digests, now_s, out, error);
}

/* How long they will be, where the header can be had without waiting and again. */
static gint64
measure_fields (MimesendDkimContent *self)
{
  MimesendDkimReader reader;
  MimesendPullStatus status = MIMESEND_PULL_PIECE;
  g_autoptr (GString) fields = NULL;
  gboolean good;

  if (self->fields_length >= 0 || self->reading || mimesend_pull_may_block (self->inner) ||
      !mimesend_pull_can_rewind (self->inner) || mimesend_content_was_read (MIMESEND_CONTENT (self->inner)))
    return self->fields_length;
  mimesend_dkim_reader_init (&reader, 0);
  while (status == MIMESEND_PULL_PIECE && !reader.header_over)
    {
      MimesendPiece piece = { 0 };

      status = mimesend_pull_next (self->inner, MIMESEND_PIECE_BEST, &piece, NULL, NULL);
      if (status == MIMESEND_PULL_PIECE &&
          !mimesend_dkim_reader_add (&reader, piece.data, piece.length, NULL))
        status = MIMESEND_PULL_FAILED;
      mimesend_piece_clear (&piece);
    }
  good = status != MIMESEND_PULL_FAILED &&
         (reader.header_over || mimesend_dkim_reader_finish (&reader, self->digests, NULL));
  fields = g_string_new (NULL);
  if (mimesend_pull_rewind (self->inner) && good && append_fields (self, reader.header, NULL, fields, NULL))
    self->fields_length = (gint64)fields->len;
  mimesend_dkim_reader_clear (&reader);
  return self->fields_length;
}

/* ── the second reading ── */

static gboolean
begin_sending (MimesendDkimContent *self, GError **error)
{
  if (self->spool != NULL)
    mimesend_spool_rewind (self->spool);
  else if (!mimesend_pull_rewind (self->inner))
    {
      g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                           "the content could not be begun again after it was read to be signed");
      return FALSE;
    }
  self->trusted = self->spool != NULL || mimesend_pull_is_constant (self->inner);
  self->sending = TRUE;
  self->header_checked = FALSE;
  mimesend_dkim_reader_init (&self->again, self->trusted ? 0 : self->forms);
  return TRUE;
}

static MimesendPullStatus
refuse_changed (MimesendDkimContent *self, GError **error)
{
  if (self->shared != NULL)
    mimesend_dkim_shared_forget (self->shared);
  g_clear_error (error);
  g_set_error_literal (
      error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
      "the content was another when it was read a second time, to be sent, than when it was read to be "
      "signed: something in it, a file perhaps, was changed meanwhile");
  return MIMESEND_PULL_FAILED;
}

static gboolean
same_header (MimesendDkimContent *self)
{
  if (!self->again.header_over || self->header_checked)
    return TRUE;
  self->header_checked = TRUE;
  return self->again.header->len == self->reader.header->len &&
         memcmp (self->again.header->data, self->reader.header->data, self->reader.header->len) == 0;
}

static gboolean
same_body (MimesendDkimContent *self)
{
  guint8 digests[MIMESEND_DKIM_FORMS][MIMESEND_DKIM_HASH];

  if (!mimesend_dkim_reader_finish (&self->again, digests, NULL) || !same_header (self))
    return FALSE;
  for (guint i = 0; i < MIMESEND_DKIM_FORMS; i++)
    if ((self->forms & (1u << i)) && memcmp (digests[i], self->digests[i], MIMESEND_DKIM_HASH) != 0)
      return FALSE;
  return TRUE;
}

static MimesendPullStatus
send_piece (
    MimesendDkimContent *self, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  MimesendPullStatus status;

  if (self->spool != NULL)
    return mimesend_spool_next (self->spool, piece, error);
  status = mimesend_pull_next (self->inner, max, piece, cancellable, error);
  if (self->trusted || status == MIMESEND_PULL_FAILED)
    return status;
  if (status == MIMESEND_PULL_END)
    return same_body (self) ? status : refuse_changed (self, error);
  if (mimesend_dkim_reader_add (&self->again, piece->data, piece->length, error) && same_header (self))
    return status;
  mimesend_piece_clear (piece);
  return refuse_changed (self, error);
}

static MimesendPullStatus
dkim_content_pull (
    MimesendPull *pull, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  MimesendDkimContent *self = MIMESEND_DKIM_CONTENT (pull);

  if (!survey (self, cancellable, error))
    return MIMESEND_PULL_FAILED;
  if (self->front == NULL)
    {
      g_autoptr (GString) fields = g_string_new (NULL);

      if (!append_fields (self, self->reader.header, self->digests, fields, error))
        return MIMESEND_PULL_FAILED;
      self->front = g_steal_pointer (&fields);
    }
  if (!self->sending && !begin_sending (self, error))
    return MIMESEND_PULL_FAILED;
  if (self->front_given < self->front->len)
    {
      *piece = (MimesendPiece){ .data = (const guint8 *)self->front->str, .length = self->front->len };
      self->front_given = self->front->len;
      return MIMESEND_PULL_PIECE;
    }
  return send_piece (self, max, piece, cancellable, error);
}

/* ── beginning again ── */

static void
forget_sending (MimesendDkimContent *self)
{
  if (self->sending)
    mimesend_dkim_reader_clear (&self->again);
  self->sending = FALSE;
  if (self->front != NULL)
    g_string_free (self->front, TRUE);
  self->front = NULL;
  self->front_given = 0;
}

static void
forget_reading (MimesendDkimContent *self)
{
  if (self->reading)
    mimesend_dkim_reader_clear (&self->reader);
  self->reading = self->surveyed = FALSE;
  g_clear_pointer (&self->spool, mimesend_spool_free);
}

/* It signs anew, and what can be read again is: its author may have changed it since. */
static gboolean
dkim_content_rewind (MimesendPull *pull)
{
  MimesendDkimContent *self = MIMESEND_DKIM_CONTENT (pull);

  if (self->spool != NULL && self->broken)
    return FALSE;
  if (self->spool == NULL && !mimesend_pull_rewind (self->inner))
    return FALSE;
  forget_sending (self);
  if (self->spool == NULL)
    forget_reading (self);
  return TRUE;
}

/* What was not read yet will be kept in the spool where it has to be. */
static gboolean
dkim_content_can_rewind (MimesendPull *pull)
{
  MimesendDkimContent *self = MIMESEND_DKIM_CONTENT (pull);

  if (self->spool != NULL)
    return !self->broken;
  return mimesend_pull_can_rewind (self->inner) ||
         !mimesend_content_was_read (MIMESEND_CONTENT (self->inner));
}

static void
dkim_content_foreach_inner (MimesendPull *pull, MimesendInnerFunc func, gpointer data)
{
  MimesendDkimContent *self = MIMESEND_DKIM_CONTENT (pull);

  func (MIMESEND_CONTENT (self->inner), data);
  if (self->stands_for != NULL)
    func (self->stands_for, data);
}

/* ── what it says of itself ── */

static gboolean
asks_token (MimesendDkimContent *self)
{
  for (guint i = 0; i < self->dkims->len; i++)
    if (((MimesendDkim *)self->dkims->pdata[i])->key->in_token)
      return TRUE;
  return FALSE;
}

/* Its first reading is all of it, at the first pull. */
static gboolean
takes_long (MimesendDkimContent *self)
{
  gint64 length;

  if (asks_token (self))
    return TRUE;
  if (is_known (self, FALSE))
    return FALSE;
  length = self->surveyed ? 0 : mimesend_content_get_length (MIMESEND_CONTENT (self->inner));
  return length < 0 || length > READ_HERE;
}

static gboolean
dkim_content_may_block (MimesendPull *pull)
{
  MimesendDkimContent *self = MIMESEND_DKIM_CONTENT (pull);

  return mimesend_pull_may_block (self->inner) || takes_long (self);
}

static gboolean
dkim_content_in_memory (MimesendPull *pull)
{
  MimesendDkimContent *self = MIMESEND_DKIM_CONTENT (pull);

  return mimesend_pull_in_memory (self->inner) && !takes_long (self);
}

static const char *const *
dkim_content_warnings (MimesendPull *pull)
{
  return mimesend_pull_get_warnings (MIMESEND_DKIM_CONTENT (pull)->inner);
}

static gboolean
dkim_content_measure (MimesendPull *pull, MimesendCrlf *state, guint64 *octets)
{
  MimesendDkimContent *self = MIMESEND_DKIM_CONTENT (pull);
  gint64 fields;

  /* asked first: of a file it is known what it has to be from then on */
  if (mimesend_content_get_length (MIMESEND_CONTENT (self->inner)) < 0)
    return FALSE;
  fields = measure_fields (self);
  if (fields < 0)
    return FALSE;
  *octets += (guint64)fields;
  mimesend_crlf_passed (state, (const guint8 *)"\r\n", 2);
  return mimesend_pull_measure (self->inner, state, octets);
}

static gint64
dkim_content_length (MimesendContent *content)
{
  MimesendDkimContent *self = MIMESEND_DKIM_CONTENT (content);
  gint64 length = mimesend_content_get_length (MIMESEND_CONTENT (self->inner));
  gint64 fields = length >= 0 ? measure_fields (self) : -1;

  return fields >= 0 && length <= G_MAXINT64 - fields ? length + fields : -1;
}

static gboolean
dkim_content_names_utf8 (MimesendPull *pull)
{
  return mimesend_pull_names_utf8 (MIMESEND_DKIM_CONTENT (pull)->inner);
}

static gboolean
dkim_content_is_seven_bit (MimesendPull *pull)
{
  return mimesend_pull_is_seven_bit (MIMESEND_DKIM_CONTENT (pull)->inner);
}

/* A header that names a mailbox in UTF-8 is for servers with SMTPUTF8 alone, which take eight bits. */
static MimesendWireFlags
inner_wire (MimesendDkimContent *self, MimesendWireFlags wire)
{
  return (wire & MIMESEND_WIRE_SMTPUTF8) && mimesend_pull_names_utf8 (self->inner)
             ? wire & (MIMESEND_WIRE_SMTPUTF8 | MIMESEND_WIRE_8BITMIME)
             : MIMESEND_WIRE_NONE;
}

static gboolean
dkim_content_prepare (MimesendContent *content, MimesendWireFlags wire, GError **error)
{
  MimesendDkimContent *self = MIMESEND_DKIM_CONTENT (content);
  MimesendWireFlags told = inner_wire (self, wire);

  self->fields_length = -1;
  if (self->spool != NULL) /* it was told already, and is what it is */
    {
      if ((self->wire & ~wire) == 0)
        return TRUE;
      g_set_error_literal (
          error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED,
          "the content can be read only once, and was read for a server that takes UTF-8 in headers, "
          "which this one does not");
      return FALSE;
    }
  self->wire = told;
  if (mimesend_content_prepare (MIMESEND_CONTENT (self->inner), told, error))
    return TRUE;
  if (told != wire)
    g_prefix_error (error, "a message that is signed (DKIM) goes out in seven bits: ");
  return FALSE;
}

static void
mimesend_dkim_content_finalize (GObject *object)
{
  MimesendDkimContent *self = MIMESEND_DKIM_CONTENT (object);

  forget_sending (self);
  forget_reading (self);
  g_clear_object (&self->inner);
  g_clear_object (&self->stands_for);
  g_ptr_array_unref (self->dkims);
  mimesend_dkim_shared_unref (self->shared);
  G_OBJECT_CLASS (mimesend_dkim_content_parent_class)->finalize (object);
}

static void
dkim_content_pull_init (MimesendPullInterface *iface)
{
  iface->depends_on_wire = TRUE;
  iface->pull = dkim_content_pull;
  iface->rewind = dkim_content_rewind;
  iface->can_rewind = dkim_content_can_rewind;
  iface->foreach_inner = dkim_content_foreach_inner;
  iface->may_block = dkim_content_may_block;
  iface->in_memory = dkim_content_in_memory;
  iface->warnings = dkim_content_warnings;
  iface->measure = dkim_content_measure;
  iface->names_utf8 = dkim_content_names_utf8;
  iface->is_seven_bit = dkim_content_is_seven_bit;
}

static void
mimesend_dkim_content_class_init (MimesendDkimContentClass *klass)
{
  MimesendContentClass *content_class = MIMESEND_CONTENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mimesend_dkim_content_finalize;
  content_class->length = dkim_content_length;
  content_class->prepare = dkim_content_prepare;
}

static void
mimesend_dkim_content_init (MimesendDkimContent *self)
{
  self->fields_length = -1;
}

/* ── making ── */

GPtrArray *
mimesend_dkims_copy (GPtrArray *dkims)
{
  GPtrArray *copy;

  if (dkims == NULL || dkims->len == 0)
    return NULL;
  copy = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_dkim_unref);
  for (guint i = 0; i < dkims->len; i++)
    g_ptr_array_add (copy, mimesend_dkim_ref (dkims->pdata[i]));
  return copy;
}

MimesendContent *
mimesend_dkim_content_new (MimesendContent *content, GPtrArray *dkims, MimesendDkimShared *shared)
{
  MimesendDkimContent *self;

  mimesend_gmime_init ();
  self = g_object_new (MIMESEND_TYPE_DKIM_CONTENT, NULL);
  self->inner = mimesend_pull_new_for_content (content);
  self->dkims = mimesend_dkims_copy (dkims);
  for (guint i = 0; i < dkims->len; i++)
    self->forms |= 1u << ((MimesendDkim *)dkims->pdata[i])->body;
  self->shared = shared != NULL ? mimesend_dkim_shared_ref (shared) : NULL;
  return MIMESEND_CONTENT (self);
}

static void
find_signed_cb (MimesendContent *content, gpointer found)
{
  if (MIMESEND_IS_DKIM_CONTENT (content))
    *(MimesendContent **)found = content;
  else if (MIMESEND_IS_CONCAT (content) && mimesend_concat_count (content) == 1)
    mimesend_content_foreach_inner (content, find_signed_cb, found);
}

gboolean
mimesend_content_is_signed (MimesendContent *content)
{
  MimesendContent *found = NULL;

  find_signed_cb (content, &found);
  return found != NULL;
}

MimesendContent *
mimesend_dkim_content_rewrap (MimesendContent *content,
                              MimesendContent *(*wrap) (MimesendContent *inner, gpointer data),
                              gpointer data)
{
  g_autoptr (MimesendContent) wrapped = NULL;
  MimesendContent *found = NULL, *made;
  MimesendDkimContent *from;

  find_signed_cb (content, &found);
  if (found == NULL)
    return NULL;
  from = MIMESEND_DKIM_CONTENT (found);
  wrapped = wrap (MIMESEND_CONTENT (from->inner), data);
  made = mimesend_dkim_content_new (wrapped, from->dkims, from->shared);
  MIMESEND_DKIM_CONTENT (made)->stands_for = g_object_ref (content);
  return made;
}

void
mimesend_dkim_content_set_now (MimesendDkimContent *self, gint64 now_s)
{
  self->now_s = now_s;
}

/**
 * mimesend_content_new_dkim:
 * @content: (transfer none): a whole message, header and body
 * @dkims: (element-type MimesendDkim): the signers, one or several
 *
 * The message behind its signatures (RFC 6376), one header field "DKIM-Signature" for each of @dkims.
 *
 * It is read twice, from its first octet each time: for the signatures, and as it is sent; nothing of it is kept in memory but its
 * header. When it has changed in between, the message fails and is not completed. What can be read only once (a pipe, a class
 * without `rewind`) is kept meanwhile, beyond 256 KiB in a file without a name in the folder for temporary files (TMPDIR), open to no
 * other user; such a content can be sent again.
 *
 * No server on the way may have anything to convert, which would break the signature: a tree is encoded as for a server that
 * takes seven bits alone, whatever the server offers; octets of the caller's whose body has octets above 127 are refused
 * (%MIMESEND_ERROR_UNSUPPORTED), unless the header is UTF-8, which goes by SMTPUTF8. Refused as well are a header without or
 * with more than one From, and one with a line that is no field, such as a line of mbox (%MIMESEND_ERROR_CONTENT).
 *
 * With %MIMESEND_SEND_ADD_MISSING_HEADERS what is added is signed, too.
 *
 * Returns: (transfer full): a new content
 *
 * Since: 0.1
 */
MimesendContent *
mimesend_content_new_dkim (MimesendContent *content, GPtrArray *dkims)
{
  g_return_val_if_fail (MIMESEND_IS_CONTENT (content), NULL);
  g_return_val_if_fail (dkims != NULL && dkims->len > 0, NULL);
  for (guint i = 0; i < dkims->len; i++)
    g_return_val_if_fail (dkims->pdata[i] != NULL, NULL);
  return mimesend_dkim_content_new (content, dkims, NULL);
}
