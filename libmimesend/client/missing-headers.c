/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A look at the header of a text before it goes, and the fields that it lacks ahead of it. */
#include "client/missing-headers.h"

#include <string.h>

#include "client/ehlo-name.h"
#include "content/pull.h"

#define LOOK_MAX 65536 /* of header; what lies beyond it is taken to be there */

#define MIMESEND_TYPE_MISSING_HEADERS (mimesend_missing_headers_get_type ())
G_DECLARE_FINAL_TYPE (
    MimesendMissingHeaders, mimesend_missing_headers, MIMESEND, MISSING_HEADERS, MimesendContent)

struct _MimesendMissingHeaders
{
  MimesendContent parent;
  MimesendContent *content;
  MimesendPull *inner; /* the same, or a wrapper around it */
  char *domain;
  GByteArray *front; /* the lines that were missing, then what was read of the content; NULL: not looked at */
  gsize given;
  char *message_id;
  gboolean ended; /* the content ended while it was looked at */
};

static void mimesend_missing_headers_pull_init (MimesendPullInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MimesendMissingHeaders,
                               mimesend_missing_headers,
                               MIMESEND_TYPE_CONTENT,
                               G_IMPLEMENT_INTERFACE (MIMESEND_TYPE_PULL, mimesend_missing_headers_pull_init))

/* The header ends at the first empty line, or ahead of the first line that is no field. */
static gboolean
header_is_whole (const GByteArray *octets)
{
  return octets->len > 0 && (memmem (octets->data, octets->len, "\n\n", 2) != NULL ||
                             memmem (octets->data, octets->len, "\n\r\n", 3) != NULL);
}

static gsize
field_name_length (const char *line, gsize n)
{
  gsize i = 0;

  while (i < n && line[i] > 32 && line[i] < 127 && line[i] != ':')
    i++;
  return i < n && line[i] == ':' ? i : 0;
}

/* Is there a field of this name? *any: is there a header at all? */
static gboolean
has_field (const GByteArray *octets, const char *name, gboolean *any)
{
  const char *at = (const char *)octets->data;
  const char *end = at + octets->len;
  gsize length = strlen (name);

  *any = FALSE;
  while (at < end)
    {
      const char *newline = memchr (at, '\n', (gsize)(end - at));
      gsize n = (gsize)((newline != NULL ? newline : end) - at);
      gsize field = field_name_length (at, n);

      if (field == 0 && !(*any && n > 0 && (at[0] == ' ' || at[0] == '\t')))
        return FALSE;
      *any = TRUE;
      if (field == length && g_ascii_strncasecmp (at, name, length) == 0)
        return TRUE;
      at = newline != NULL ? newline + 1 : end;
    }
  return FALSE;
}

static void
append_date (GString *out)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  int minutes = (int)(g_date_time_get_utc_offset (now) / G_TIME_SPAN_MINUTE);

  g_string_append_printf (
      out, "Date: %s, %d %s %d %02d:%02d:%02d %c%02d%02d\r\n", days[g_date_time_get_day_of_week (now) - 1],
      g_date_time_get_day_of_month (now), months[g_date_time_get_month (now) - 1], g_date_time_get_year (now),
      g_date_time_get_hour (now), g_date_time_get_minute (now), g_date_time_get_second (now),
      minutes < 0 ? '-' : '+', ABS (minutes) / 60, ABS (minutes) % 60);
}

static void
append_message_id (MimesendMissingHeaders *self, GString *out)
{
  if (self->message_id == NULL)
    self->message_id = g_strdup_printf ("<%08x%08x%08x%08x@%s>", g_random_int (), g_random_int (),
                                        g_random_int (), g_random_int (), self->domain);
  g_string_append_printf (out, "Message-ID: %s\r\n", self->message_id);
}

static void
compose_front (MimesendMissingHeaders *self)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  gboolean any = FALSE;

  if (!has_field (self->front, "Date", &any))
    append_date (lines);
  if (!has_field (self->front, "Message-ID", &any))
    append_message_id (self, lines);
  if (!has_field (self->front, "MIME-Version", &any))
    g_string_append (lines, "MIME-Version: 1.0\r\n");
  if (!any && !(self->front->len > 0 && (self->front->data[0] == '\n' || self->front->data[0] == '\r')))
    g_string_append (lines, "\r\n"); /* no header at all: what follows is the body */
  g_byte_array_prepend (self->front, (const guint8 *)lines->str, (guint)lines->len);
}

static MimesendPullStatus
look (MimesendMissingHeaders *self, GCancellable *cancellable, GError **error)
{
  if (self->front == NULL)
    self->front = g_byte_array_new ();
  while (!self->ended && self->front->len < LOOK_MAX && !header_is_whole (self->front))
    {
      MimesendPiece piece = { 0 };
      MimesendPullStatus status = mimesend_pull_next (self->inner, LOOK_MAX, &piece, cancellable, error);

      if (status == MIMESEND_PULL_WAIT || status == MIMESEND_PULL_FAILED)
        return status;
      self->ended = status == MIMESEND_PULL_END;
      if (!self->ended)
        g_byte_array_append (self->front, piece.data, (guint)piece.length);
      mimesend_piece_clear (&piece);
    }
  compose_front (self);
  return MIMESEND_PULL_PIECE;
}

static MimesendPullStatus
missing_headers_pull (
    MimesendPull *pull, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  MimesendMissingHeaders *self = MIMESEND_MISSING_HEADERS (pull);

  if (self->front == NULL || self->given == G_MAXSIZE)
    {
      MimesendPullStatus status;

      self->given = G_MAXSIZE; /* looked at in part */
      status = look (self, cancellable, error);
      if (status != MIMESEND_PULL_PIECE)
        return status;
      self->given = 0;
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
  self->ended = FALSE;
  self->given = 0;
  return TRUE;
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
  iface->may_block = missing_headers_may_block;
  iface->in_memory = missing_headers_in_memory;
  iface->warnings = missing_headers_warnings;
}

static gboolean
missing_headers_prepare (MimesendContent *content, MimesendWireFlags wire, GError **error)
{
  return mimesend_content_prepare (MIMESEND_MISSING_HEADERS (content)->content, wire, error);
}

static gint64
missing_headers_length (MimesendContent *content)
{
  return -1; /* what will be added is only known once the header was read */
}

static void
mimesend_missing_headers_finalize (GObject *object)
{
  MimesendMissingHeaders *self = MIMESEND_MISSING_HEADERS (object);

  g_object_unref (self->inner);
  g_object_unref (self->content);
  g_free (self->domain);
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
  const char *at = reverse_path != NULL ? strrchr (reverse_path, '@') : NULL;

  self->content = g_object_ref (content);
  self->inner = mimesend_pull_new_for_content (content);
  self->domain = at != NULL ? g_hostname_to_ascii (at + 1) : NULL;
  if (self->domain == NULL)
    self->domain = mimesend_ehlo_id_domain (NULL);
  if (self->domain == NULL)
    self->domain = g_strdup ("localhost.invalid");
  return MIMESEND_CONTENT (self);
}
