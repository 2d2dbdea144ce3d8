/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secure/canonical.h"

#include <gnutls/crypto.h>

#include "mimesend-error.h"
#include "octets/crlf.h"

#define STEP 4096 /* octets that are converted at a time */

struct _MimesendCanonical
{
  MimesendPull *inner;
  MimesendCrlf crlf;
  gnutls_hmac_hd_t hash; /* NULL: not available */
  MimesendPiece held;    /* of the inner content */
  gsize used;            /* octets of it */
  gboolean ended;
  guint8 scratch[2 * STEP + 2 + 64];
};

void
mimesend_canonical_key_init (MimesendCanonicalKey *self)
{
  gnutls_rnd (GNUTLS_RND_KEY, self->octets, sizeof self->octets);
}

/* UMAC (RFC 4418) is several times as fast as a hash, and as good where the key is not known. */
MimesendCanonical *
mimesend_canonical_new (MimesendPull *inner, const MimesendCanonicalKey *key)
{
  static const guint8 nonce[8] = { 0 };
  MimesendCanonical *self = g_new0 (MimesendCanonical, 1);

  self->inner = g_object_ref (inner);
  mimesend_crlf_init (&self->crlf, FALSE);
  if (gnutls_hmac_init (&self->hash, GNUTLS_MAC_UMAC_128, key->octets, sizeof key->octets) < 0)
    self->hash = NULL;
  else
    gnutls_hmac_set_nonce (self->hash, nonce, sizeof nonce);
  return self;
}

void
mimesend_canonical_free (MimesendCanonical *self)
{
  if (self == NULL)
    return;
  mimesend_piece_clear (&self->held);
  if (self->hash != NULL)
    gnutls_hmac_deinit (self->hash, NULL);
  g_object_unref (self->inner);
  g_free (self);
}

static MimesendPullStatus
canonical_give (MimesendCanonical *self, MimesendPiece *piece, GError **error)
{
  if (self->hash != NULL && gnutls_hmac (self->hash, piece->data, piece->length) >= 0)
    return MIMESEND_PULL_PIECE;
  mimesend_piece_clear (piece);
  g_set_error_literal (
      error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED,
      "UMAC, by which two readings of a part are compared, is not available: GnuTLS refuses it");
  return MIMESEND_PULL_FAILED;
}

/* What is canonical already is passed on by reference. */
static MimesendPullStatus
give_held (MimesendCanonical *self, MimesendPiece *piece, GError **error)
{
  const guint8 *octets = self->held.data + self->used;
  gsize left = self->held.length - self->used, taken = 0, n;

  if (self->used == 0 && self->crlf.at_line_start && !self->crlf.cr_pending &&
      (self->held.flags & MIMESEND_PIECE_READY) == MIMESEND_PIECE_READY)
    {
      mimesend_crlf_passed (&self->crlf, octets, left);
      *piece = self->held;
      self->held = (MimesendPiece){ 0 };
      return canonical_give (self, piece, error);
    }
  n = mimesend_crlf_clean_prefix (&self->crlf, octets, left);
  if (n > 0)
    {
      *piece = (MimesendPiece){ .data = octets, .length = n };
      self->used += n;
      return canonical_give (self, piece, error);
    }
  n = mimesend_crlf_convert (&self->crlf, octets, MIN (left, STEP), self->scratch, &taken);
  if (taken < MIN (left, STEP))
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                   "a NUL at offset %" G_GUINT64_FORMAT " of what is signed or encrypted", self->crlf.taken);
      return MIMESEND_PULL_FAILED;
    }
  self->used += taken;
  *piece = (MimesendPiece){ .data = self->scratch, .length = n };
  return n > 0 ? canonical_give (self, piece, error) : MIMESEND_PULL_END;
}

static MimesendPullStatus
give_end (MimesendCanonical *self, MimesendPiece *piece, GError **error)
{
  gsize n = mimesend_crlf_finish (&self->crlf, self->scratch);

  *piece = (MimesendPiece){ .data = self->scratch, .length = n };
  return n > 0 ? canonical_give (self, piece, error) : MIMESEND_PULL_END;
}

MimesendPullStatus
mimesend_canonical_next (MimesendCanonical *self,
                         MimesendPiece *piece,
                         GCancellable *cancellable,
                         GError **error)
{
  while (!self->ended)
    {
      MimesendPullStatus status;

      if (self->used < self->held.length)
        {
          status = give_held (self, piece, error);
          if (status != MIMESEND_PULL_END)
            return status;
          continue;
        }
      mimesend_piece_clear (&self->held);
      self->used = 0;
      status = mimesend_pull_next (self->inner, MIMESEND_PIECE_BEST, &self->held, cancellable, error);
      if (status == MIMESEND_PULL_END)
        {
          self->ended = TRUE;
          return give_end (self, piece, error);
        }
      if (status != MIMESEND_PULL_PIECE)
        return status;
    }
  return MIMESEND_PULL_END;
}

void
mimesend_canonical_get_digest (MimesendCanonical *self, guint8 digest[MIMESEND_CANONICAL_DIGEST])
{
  gnutls_hmac_output (self->hash, digest);
}
