/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A content that reads the header of another and adds missing fields before it. */
#include "client/delivery/missing-headers.h"

#include <string.h>

#include "client/drive/ehlo-name.h"
#include "content/content-pull.h"
#include "mime/stamp.h"
#include "mimesend-error.h"
#include "octets/header-watch.h"

#define ASKED      65536     /* octets at a time */
#define HEADER_MAX (4 << 20) /* octets; the header is buffered, as the fields are added before it */

#define MIMESEND_TYPE_MISSING_HEADERS (mimesend_missing_headers_get_type ())
G_DECLARE_FINAL_TYPE (
    MimesendMissingHeaders, mimesend_missing_headers, MIMESEND, MISSING_HEADERS, MimesendContent)

struct _MimesendMissingHeaders
{
  MimesendContent parent;
  MimesendContent *content;
  MimesendPull *inner;            /* the content, or a wrapper around it */
  char *reverse_path, *ehlo_name; /* nullable: for the domain of the Message-ID */
  GByteArray *front; /* the added lines and what was read of the content; NULL: nothing was read */
  MimesendHeaderWatch header;
  gboolean looked;         /* the header was read, and the lines added */
  gsize given;             /* octets of front that were returned */
  char *date, *message_id; /* NULL: not made yet */
  gboolean ended;          /* the content ended while it was looked at */
};

static void mimesend_missing_headers_pull_init (MimesendPullInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MimesendMissingHeaders,
                               mimesend_missing_headers,
                               MIMESEND_TYPE_CONTENT,
                               G_IMPLEMENT_INTERFACE (MIMESEND_TYPE_PULL, mimesend_missing_headers_pull_init))

/* Made once: a message that is sent again is the same. */
static void
append_date (MimesendMissingHeaders *self, GString *out)
{
  if (self->date == NULL)
    self->date = mimesend_stamp_date ();
  g_string_append_printf (out, "Date: %s\r\n", self->date);
}

static void
append_message_id (MimesendMissingHeaders *self, GString *out)
{
  if (self->message_id == NULL)
    self->message_id = mimesend_stamp_id_for (self->reverse_path, NULL, self->ehlo_name);
  g_string_append_printf (out, "Message-ID: <%s>\r\n", self->message_id);
}

/* After mbox lines, which stay first; a text without a header becomes the body. */
static void
compose_front (MimesendMissingHeaders *self)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  guint has = self->header.flags;
  gsize at = (gsize)self->header.fields_at;
  gsize n_behind = self->front->len - at;

  if (!(has & MIMESEND_HEADER_HAS_DATE))
    append_date (self, lines);
  if (!(has & MIMESEND_HEADER_HAS_MESSAGE_ID))
    append_message_id (self, lines);
  if (!(has & MIMESEND_HEADER_HAS_MIME_VERSION))
    g_string_append (lines, "MIME-Version: 1.0\r\n");
  if (!(has & (MIMESEND_HEADER_HAS_FIELD | MIMESEND_HEADER_IS_EMPTY)))
    g_string_append (lines, "\r\n");
  g_byte_array_set_size (self->front, self->front->len + (guint)lines->len);
  memmove (self->front->data + at + lines->len, self->front->data + at, n_behind);
  memcpy (self->front->data + at, lines->str, lines->len);
}

/* Reads and buffers the header. One with a bare CR is passed on unchanged: feed.c refuses it. */
static MimesendPullStatus
missing_headers_look (MimesendMissingHeaders *self, GCancellable *cancellable, GError **error)
{
  gboolean fine = TRUE;

  if (self->front == NULL)
    self->front = g_byte_array_new ();
  while (fine && !self->ended && !self->header.settled)
    {
      MimesendPiece piece = { 0 };
      MimesendPullStatus status;

      if (self->front->len >= HEADER_MAX)
        {
          g_set_error (
              error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
              "the header has more than %d octets, too many to see which fields are missing: add them "
              "yourself",
              HEADER_MAX);
          return MIMESEND_PULL_FAILED;
        }
      status = mimesend_pull_next (self->inner, ASKED, &piece, cancellable, error);
      if (status == MIMESEND_PULL_FAILED)
        return status;
      self->ended = status == MIMESEND_PULL_END;
      if (self->ended)
        mimesend_header_watch_end (&self->header);
      else
        {
          g_byte_array_append (self->front, piece.data, (guint)piece.length);
          fine = mimesend_header_watch (&self->header, piece.data, piece.length);
        }
      mimesend_piece_clear (&piece);
    }
  if (fine)
    compose_front (self);
  self->looked = TRUE;
  return MIMESEND_PULL_PIECE;
}

static MimesendPullStatus
missing_headers_pull (
    MimesendPull *pull, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  MimesendMissingHeaders *self = MIMESEND_MISSING_HEADERS (pull);

  if (!self->looked)
    {
      MimesendPullStatus status = missing_headers_look (self, cancellable, error);

      if (status != MIMESEND_PULL_PIECE)
        return status;
    }
  if (self->given < self->front->len)
    {
      *piece = (MimesendPiece){ .data = self->front->data + self->given,
                                .length = self->front->len - self->given };
      self->given = self->front->len;
      return MIMESEND_PULL_PIECE;
    }
  return self->ended ? MIMESEND_PULL_END : mimesend_pull_next (self->inner, max, piece, cancellable, error);
}

static gboolean
missing_headers_can_rewind (MimesendPull *pull)
{
  MimesendMissingHeaders *self = MIMESEND_MISSING_HEADERS (pull);

  return mimesend_pull_can_rewind (self->inner);
}

static gboolean
missing_headers_rewind (MimesendPull *pull)
{
  MimesendMissingHeaders *self = MIMESEND_MISSING_HEADERS (pull);

  if (!mimesend_pull_rewind (self->inner))
    return FALSE;
  g_clear_pointer (&self->front, g_byte_array_unref);
  self->header = (MimesendHeaderWatch)MIMESEND_HEADER_WATCH_INIT;
  self->ended = self->looked = FALSE;
  self->given = 0;
  return TRUE;
}

static void
missing_headers_foreach_inner (MimesendPull *pull, MimesendInnerFunc func, gpointer data)
{
  func (MIMESEND_CONTENT (MIMESEND_MISSING_HEADERS (pull)->inner), data);
}

static gboolean
missing_headers_may_block (MimesendPull *pull)
{
  MimesendMissingHeaders *self = MIMESEND_MISSING_HEADERS (pull);

  return mimesend_pull_may_block (self->inner);
}

static gboolean
missing_headers_in_memory (MimesendPull *pull)
{
  return mimesend_pull_in_memory (MIMESEND_MISSING_HEADERS (pull)->inner);
}

/* What is added is ASCII. */
static gboolean
missing_headers_is_seven_bit (MimesendPull *pull)
{
  return mimesend_pull_is_seven_bit (MIMESEND_MISSING_HEADERS (pull)->inner);
}

static gboolean
missing_headers_is_ready (MimesendPull *pull)
{
  return mimesend_pull_is_ready (MIMESEND_MISSING_HEADERS (pull)->inner);
}

static const char *const *
missing_headers_warnings (MimesendPull *pull)
{
  MimesendMissingHeaders *self = MIMESEND_MISSING_HEADERS (pull);

  return mimesend_pull_get_warnings (self->inner);
}

static void
mimesend_missing_headers_pull_init (MimesendPullInterface *iface)
{
  iface->pull = missing_headers_pull;
  iface->rewind = missing_headers_rewind;
  iface->can_rewind = missing_headers_can_rewind;
  iface->foreach_inner = missing_headers_foreach_inner;
  iface->may_block = missing_headers_may_block;
  iface->in_memory = missing_headers_in_memory;
  iface->warnings = missing_headers_warnings;
  iface->is_seven_bit = missing_headers_is_seven_bit;
  iface->is_ready = missing_headers_is_ready;
}

static gboolean
missing_headers_prepare (MimesendContent *content, MimesendWireFlags wire, GError **error)
{
  return mimesend_content_prepare (MIMESEND_MISSING_HEADERS (content)->content, wire, error);
}

static gint64
missing_headers_length (MimesendContent *content)
{
  return -1; /* the length is known only after the header was read */
}

static void
mimesend_missing_headers_finalize (GObject *object)
{
  MimesendMissingHeaders *self = MIMESEND_MISSING_HEADERS (object);

  g_object_unref (self->inner);
  g_object_unref (self->content);
  g_free (self->reverse_path);
  g_free (self->ehlo_name);
  g_free (self->date);
  g_free (self->message_id);
  g_clear_pointer (&self->front, g_byte_array_unref);
  G_OBJECT_CLASS (mimesend_missing_headers_parent_class)->finalize (object);
}

static void
mimesend_missing_headers_class_init (MimesendMissingHeadersClass *klass)
{
  MimesendContentClass *content_class = MIMESEND_CONTENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mimesend_missing_headers_finalize;
  content_class->prepare = missing_headers_prepare;
  content_class->length = missing_headers_length;
}

static void
mimesend_missing_headers_init (MimesendMissingHeaders *self)
{
}

MimesendContent *
mimesend_missing_headers_new (MimesendContent *content, const char *reverse_path)
{
  MimesendMissingHeaders *self = g_object_new (MIMESEND_TYPE_MISSING_HEADERS, NULL);

  self->content = g_object_ref (content);
  self->inner = mimesend_pull_new_for_content (content);
  self->reverse_path = g_strdup (reverse_path);
  self->ehlo_name = mimesend_ehlo_id_domain (NULL);
  return MIMESEND_CONTENT (self);
}
