/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secure/seal.h"

#include "mimesend-error.h"
#include "secure/gnupg-sign.h"

struct _MimesendSeal
{
  gatomicrefcount refs;
  MimesendSecurity *security;
  gpgme_key_t signer; /* NULL: GnuPG's default, or none is needed */
  gpgme_key_t *keys;  /* NULL-terminated; NULL: it does not encrypt */
  char *micalg;
};

/* PGP signs within what it encrypts (RFC 3156 6.2). */
static gboolean
signs_beside (MimesendSeal *self)
{
  return self->security->signs &&
         !(self->security->encrypts && self->security->kind == MIMESEND_SECURITY_PGP);
}

static GBytes *
sign_by (MimesendSeal *self,
         MimesendEngine *engine,
         MimesendEngineRead read,
         gpointer data,
         GCancellable *cancellable,
         char **micalg,
         GError **error)
{
  if (self->signer != NULL && !mimesend_keys_check_unlocked (engine, self->signer, error))
    return NULL;
  return mimesend_gnupg_sign (engine, self->signer, read, data, cancellable, micalg, error);
}

static gboolean
encrypt_by (MimesendSeal *self,
            MimesendEngine *engine,
            MimesendEngineRead read,
            gpointer data,
            MimesendSpool *out,
            GError **error)
{
  GError *own = NULL;

  if (mimesend_engine_encrypt (engine, self->keys, self->signer, read, data, out, &own))
    return TRUE;
  if (mimesend_keys_refused (engine, self->keys, error))
    g_error_free (own);
  else
    g_propagate_error (error, own);
  return FALSE;
}

static gssize
read_nothing (gpointer data, guint8 *octets, gsize n, GError **error)
{
  return 0;
}

static gboolean
seal_try (MimesendSeal *self, MimesendEngine *engine, GError **error)
{
  g_autoptr (GBytes) signature = NULL;

  if (signs_beside (self))
    {
      signature = sign_by (self, engine, read_nothing, NULL, NULL, &self->micalg, error);
      if (signature == NULL)
        return FALSE;
    }
  return self->keys == NULL || encrypt_by (self, engine, read_nothing, NULL, NULL, error);
}

static gboolean
seal_find (MimesendSeal *self,
           MimesendEngine *engine,
           const char *sender,
           const char *const *recipients,
           GError **error)
{
  static const char *const none[] = { NULL };

  if (self->security->signs &&
      !mimesend_keys_find_signer (engine, self->security->key, sender, &self->signer, error))
    return FALSE;
  if (!self->security->encrypts)
    return TRUE;
  self->keys = mimesend_keys_find_recipients (engine, recipients != NULL ? recipients : none, error);
  return self->keys != NULL;
}

MimesendSeal *
mimesend_seal_new (MimesendSecurity *security,
                   const char *sender,
                   const char *const *recipients,
                   GError **error)
{
  g_autoptr (MimesendEngine) engine = mimesend_engine_new (security, error);
  g_autoptr (MimesendSeal) self = NULL;

  if (engine == NULL)
    return NULL;
  self = g_new0 (MimesendSeal, 1);
  g_atomic_ref_count_init (&self->refs);
  self->security = mimesend_security_ref (security);
  if (!seal_find (self, engine, sender, recipients, error) || !seal_try (self, engine, error))
    return NULL;
  return g_steal_pointer (&self);
}

MimesendSeal *
mimesend_seal_ref (MimesendSeal *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mimesend_seal_unref (MimesendSeal *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  if (self->signer != NULL)
    gpgme_key_unref (self->signer);
  mimesend_keys_free (self->keys);
  mimesend_security_unref (self->security);
  g_free (self->micalg);
  g_free (self);
}

MimesendSecurity *
mimesend_seal_get_security (MimesendSeal *self)
{
  return self->security;
}

const char *
mimesend_seal_get_micalg (MimesendSeal *self)
{
  return self->micalg;
}

/* The header said which hash it would be before there was anything to sign. */
GBytes *
mimesend_seal_sign (
    MimesendSeal *self, MimesendEngineRead read, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (MimesendEngine) engine = mimesend_engine_new (self->security, error);
  g_autoptr (GBytes) signature = NULL;
  g_autofree char *micalg = NULL;

  if (engine == NULL)
    return NULL;
  signature = sign_by (self, engine, read, data, cancellable, &micalg, error);
  if (signature == NULL || g_strcmp0 (micalg, self->micalg) == 0)
    return g_steal_pointer (&signature);
  g_set_error (
      error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
      "GnuPG signed with another hash (%s) than before (%s): its settings were changed meanwhile, send "
      "the letter again",
      micalg, self->micalg);
  return NULL;
}

gboolean
mimesend_seal_encrypt (
    MimesendSeal *self, MimesendEngineRead read, gpointer data, MimesendSpool *out, GError **error)
{
  g_autoptr (MimesendEngine) engine = mimesend_engine_new (self->security, error);

  return engine != NULL && encrypt_by (self, engine, read, data, out, error);
}
