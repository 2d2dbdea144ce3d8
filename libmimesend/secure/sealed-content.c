/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A signature stands behind what it signs, and says so ahead of it; neither is ever held in memory. So the part is read
 * twice: by GnuPG, and onto the wire. Both readings are hashed, and where they differ the signature is not given out, so
 * that the message is never completed. What can be read only once is kept in a spool by the first reading.
 *
 * What is encrypted is read once, and the ciphertext kept in a spool. */
#include "secure/sealed-content.h"

#include <string.h>

#include "content/for-part.h"
#include "mimesend-error.h"
#include "octets/base64.h"
#include "secure/pump.h"

typedef enum
{
  SEALED_BEGIN,
  SEALED_BODY,
  SEALED_TAIL,
  SEALED_END
} SealedState;

struct _MimesendSealedContent
{
  MimesendContent parent_instance;
  MimesendSeal *seal;
  MimesendPull *inner; /* the part */
  char *boundary;      /* NULL: it is encrypted */

  GString *front, *tail; /* around the signed part; NULL: not signed yet */
  gboolean made;         /* it is signed, or encrypted */
  MimesendSpool *spool;  /* of what is read once, or of the ciphertext; NULL: none */
  MimesendCanonicalKey key;
  guint8 digest[MIMESEND_CANONICAL_DIGEST];

  SealedState state;
  MimesendCanonical *again; /* the second reading */
};

static void sealed_content_pull_init (MimesendPullInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MimesendSealedContent,
                               mimesend_sealed_content,
                               MIMESEND_TYPE_CONTENT,
                               G_IMPLEMENT_INTERFACE (MIMESEND_TYPE_PULL, sealed_content_pull_init))

static gboolean
is_smime (MimesendSealedContent *self)
{
  return mimesend_security_get_kind (mimesend_seal_get_security (self->seal)) == MIMESEND_SECURITY_SMIME;
}

/* ── the first reading ── */

static gboolean
begin_inner (MimesendSealedContent *self, GError **error)
{
  if (mimesend_pull_rewind (self->inner))
    return TRUE;
  g_set_error_literal (
      error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
      "what is signed or encrypted was read already and cannot be begun again: make a new tree");
  return FALSE;
}

static gboolean
sealed_keep_piece (gpointer data, const guint8 *octets, gsize n, GError **error)
{
  return mimesend_spool_add (data, octets, n, error);
}

/* RFC 2045 6.8, in lines. */
static void
append_base64 (GString *out, GBytes *bytes)
{
  gsize n;
  const guint8 *octets = g_bytes_get_data (bytes, &n);
  gsize room = mimesend_base64_length (n, TRUE) + MIMESEND_BASE64_SLACK;
  g_autofree guint8 *in = g_malloc0 (n + MIMESEND_BASE64_SLACK), *made = g_malloc (room);

  memcpy (in, octets, n);
  g_string_append_len (out, (const char *)made, (gssize)mimesend_base64_encode (in, n, TRUE, made));
}

/* GnuPG's lines end with LF. */
static void
append_armour (GString *out, GBytes *bytes)
{
  gsize n;
  const char *octets = g_bytes_get_data (bytes, &n);

  for (gsize i = 0; i < n; i++)
    if (octets[i] == '\n')
      g_string_append (out, "\r\n");
    else if (octets[i] != '\r')
      g_string_append_c (out, octets[i]);
}

static void
clear_around (MimesendSealedContent *self)
{
  if (self->front != NULL)
    g_string_free (g_steal_pointer (&self->front), TRUE);
  if (self->tail != NULL)
    g_string_free (g_steal_pointer (&self->tail), TRUE);
}

/* RFC 3156 5, RFC 8551 3.5.3. */
static void
set_around (MimesendSealedContent *self, GBytes *signature)
{
  clear_around (self); /* of an earlier signature */
  self->front = g_string_new (NULL);
  g_string_printf (self->front, "--%s\r\n", self->boundary);
  self->tail = g_string_new (NULL);
  g_string_printf (self->tail, "\r\n--%s\r\n", self->boundary);
  if (is_smime (self))
    {
      g_string_append (self->tail, "Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"
                                   "Content-Transfer-Encoding: base64\r\n"
                                   "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n"
                                   "Content-Description: S/MIME signature\r\n\r\n");
      append_base64 (self->tail, signature);
    }
  else
    {
      g_string_append (self->tail, "Content-Type: application/pgp-signature; name=\"signature.asc\"\r\n"
                                   "Content-Transfer-Encoding: 7bit\r\n"
                                   "Content-Description: OpenPGP signature\r\n\r\n");
      append_armour (self->tail, signature);
    }
  g_string_append_printf (self->tail, "\r\n--%s--\r\n", self->boundary);
}

static gboolean
sealed_sign (MimesendSealedContent *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (MimesendCanonical) canonical = mimesend_canonical_new (self->inner, &self->key);
  MimesendPump pump = { .canonical = canonical, .cancellable = cancellable };
  g_autoptr (GBytes) signature = NULL;

  if (!mimesend_pull_can_rewind (self->inner))
    {
      self->spool = mimesend_spool_new ();
      pump.keep = sealed_keep_piece;
      pump.data = self->spool;
    }
  signature = mimesend_seal_sign (self->seal, mimesend_pump_read, &pump, cancellable, error);
  mimesend_pump_clear (&pump);
  if (signature == NULL)
    return FALSE;
  mimesend_canonical_get_digest (canonical, self->digest);
  set_around (self, signature);
  return TRUE;
}

static gboolean
sealed_encrypt (MimesendSealedContent *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (MimesendCanonical) canonical = mimesend_canonical_new (self->inner, &self->key);
  MimesendPump pump = { .canonical = canonical, .cancellable = cancellable };
  gboolean good;

  self->spool = mimesend_spool_new ();
  good = mimesend_seal_encrypt (self->seal, mimesend_pump_read, &pump, self->spool, error);
  mimesend_pump_clear (&pump);
  return good;
}

static gboolean
sealed_make (MimesendSealedContent *self, GCancellable *cancellable, GError **error)
{
  if (self->made)
    return TRUE;
  g_clear_pointer (&self->spool, mimesend_spool_free);
  if (!begin_inner (self, error))
    return FALSE;
  self->made = self->boundary != NULL ? sealed_sign (self, cancellable, error)
                                      : sealed_encrypt (self, cancellable, error);
  return self->made;
}

/* ── the second ── */

static gboolean
sealed_begin (MimesendSealedContent *self, GError **error)
{
  g_clear_pointer (&self->again, mimesend_canonical_free);
  if (self->spool != NULL)
    mimesend_spool_rewind (self->spool);
  else if (begin_inner (self, error))
    self->again = mimesend_canonical_new (self->inner, &self->key);
  else
    return FALSE;
  self->state = SEALED_BODY;
  return TRUE;
}

/* What was signed is not what is there: the next sending signs it anew. */
static gboolean
check_again (MimesendSealedContent *self, GError **error)
{
  guint8 digest[MIMESEND_CANONICAL_DIGEST];

  if (self->again == NULL)
    return TRUE;
  mimesend_canonical_get_digest (self->again, digest);
  if (memcmp (digest, self->digest, sizeof digest) == 0)
    return TRUE;
  self->made = FALSE;
  g_set_error_literal (
      error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
      "what is signed changed while it was sent: the signature would be bad, so the message is "
      "not completed. Send it again when its files are left alone");
  return FALSE;
}

static MimesendPullStatus
give_text (GString *text, SealedState *state, SealedState next, MimesendPiece *piece)
{
  *piece = (MimesendPiece){ .data = (const guint8 *)text->str, .length = text->len };
  *state = next;
  return MIMESEND_PULL_PIECE;
}

static MimesendPullStatus
next_of_body (MimesendSealedContent *self, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  MimesendPullStatus status = self->again != NULL
                                  ? mimesend_canonical_next (self->again, piece, cancellable, error)
                                  : mimesend_spool_next (self->spool, piece, error);

  if (status != MIMESEND_PULL_END)
    return status;
  if (!check_again (self, error))
    return MIMESEND_PULL_FAILED;
  if (self->boundary != NULL)
    return give_text (self->tail, &self->state, SEALED_END, piece);
  self->state = SEALED_END;
  return MIMESEND_PULL_END;
}

static MimesendPullStatus
sealed_pull (MimesendPull *pull, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  MimesendSealedContent *self = MIMESEND_SEALED_CONTENT (pull);

  *piece = (MimesendPiece){ 0 };
  if (cancellable == NULL)
    cancellable = g_cancellable_get_current ();
  switch (self->state)
    {
    case SEALED_BEGIN:
      if (!sealed_make (self, cancellable, error) || !sealed_begin (self, error))
        return MIMESEND_PULL_FAILED;
      if (self->boundary != NULL)
        return give_text (self->front, &self->state, SEALED_BODY, piece);
      return next_of_body (self, piece, cancellable, error);
    case SEALED_BODY:
      return next_of_body (self, piece, cancellable, error);
    default:
      return MIMESEND_PULL_END;
    }
}

/* What was made stays as it is, and is given out again. */
static gboolean
sealed_rewind (MimesendPull *pull)
{
  MimesendSealedContent *self = MIMESEND_SEALED_CONTENT (pull);

  g_clear_pointer (&self->again, mimesend_canonical_free);
  self->state = SEALED_BEGIN;
  if (self->made)
    return self->spool != NULL || mimesend_pull_rewind (self->inner);
  return mimesend_pull_rewind (self->inner);
}

static gboolean
sealed_can_rewind (MimesendPull *pull)
{
  MimesendSealedContent *self = MIMESEND_SEALED_CONTENT (pull);

  return (self->made && self->spool != NULL) || mimesend_pull_can_rewind (self->inner) ||
         !mimesend_content_was_read (MIMESEND_CONTENT (self->inner));
}

static void
sealed_foreach_inner (MimesendPull *pull, MimesendInnerFunc func, gpointer data)
{
  func (MIMESEND_CONTENT (MIMESEND_SEALED_CONTENT (pull)->inner), data);
}

/* GnuPG is waited for. */
static gboolean
sealed_may_block (MimesendPull *pull)
{
  return TRUE;
}

static const char *const *
sealed_warnings (MimesendPull *pull)
{
  return mimesend_pull_get_warnings (MIMESEND_SEALED_CONTENT (pull)->inner);
}

static void
mimesend_sealed_content_finalize (GObject *object)
{
  MimesendSealedContent *self = MIMESEND_SEALED_CONTENT (object);

  g_clear_pointer (&self->again, mimesend_canonical_free);
  g_clear_pointer (&self->spool, mimesend_spool_free);
  clear_around (self);
  mimesend_seal_unref (self->seal);
  g_clear_object (&self->inner);
  g_free (self->boundary);
  G_OBJECT_CLASS (mimesend_sealed_content_parent_class)->finalize (object);
}

static void
sealed_content_pull_init (MimesendPullInterface *iface)
{
  iface->pull = sealed_pull;
  iface->rewind = sealed_rewind;
  iface->can_rewind = sealed_can_rewind;
  iface->foreach_inner = sealed_foreach_inner;
  iface->may_block = sealed_may_block;
  iface->warnings = sealed_warnings;
}

static void
mimesend_sealed_content_class_init (MimesendSealedContentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mimesend_sealed_content_finalize;
}

static void
mimesend_sealed_content_init (MimesendSealedContent *self)
{
  mimesend_canonical_key_init (&self->key);
}

/* 7-bit whatever the server takes: nothing may be converted behind a signature (RFC 1847 2.1, RFC 3156 3). */
static MimesendContent *
sealed_new (MimesendSeal *seal, GMimeObject *part, const char *boundary, GError **error)
{
  g_autoptr (MimesendContent) inner = mimesend_part_content_new (part, NULL, TRUE);
  MimesendSealedContent *self;

  mimesend_part_content_set_lasting (MIMESEND_PART_CONTENT (inner), TRUE);
  if (!mimesend_content_prepare (inner, MIMESEND_WIRE_NONE, error))
    return NULL;
  self = g_object_new (MIMESEND_TYPE_SEALED_CONTENT, NULL);
  self->seal = mimesend_seal_ref (seal);
  self->inner = MIMESEND_PULL (g_steal_pointer (&inner));
  self->boundary = g_strdup (boundary);
  return MIMESEND_CONTENT (self);
}

MimesendContent *
mimesend_sealed_content_new_signed (MimesendSeal *seal,
                                    GMimeObject *part,
                                    const char *boundary,
                                    GError **error)
{
  return sealed_new (seal, part, boundary, error);
}

MimesendContent *
mimesend_sealed_content_new_encrypted (MimesendSeal *seal, GMimeObject *part, GError **error)
{
  return sealed_new (seal, part, NULL, error);
}
