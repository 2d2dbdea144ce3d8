/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/send/one-shot.h"

#include "client/drive/ehlo-name.h"
#include "client/delivery/letter-content.h"
#include "mime/letter.h"

/* Takes envelope and content. */
static MimesendOneShot *
one_shot_new (MimesendServer *server,
              MimesendEnvelope *envelope,
              MimesendContent *content,
              MimesendSendFlags flags)
{
  MimesendOneShot *self = g_new0 (MimesendOneShot, 1);

  self->envelope = envelope;
  self->content = content;
  self->flags = flags;
  self->session = mimesend_session_new (server);
  return self;
}

MimesendOneShot *
mimesend_one_shot_new (MimesendServer *server,
                       const char *from,
                       const char *const *to,
                       MimesendContent *content,
                       MimesendSendFlags flags,
                       GError **error)
{
  MimesendEnvelope *envelope = mimesend_envelope_new (from, to, error);

  return envelope != NULL ? one_shot_new (server, envelope, g_object_ref (content), flags) : NULL;
}

MimesendOneShot *
mimesend_one_shot_new_for_letter (MimesendServer *server,
                                  const char *from,
                                  const char *const *to,
                                  MimesendLetter *letter,
                                  MimesendContent *content,
                                  MimesendSendFlags flags,
                                  GError **error)
{
  g_autoptr (MimesendLetter) own = letter != NULL ? mimesend_letter_copy (letter) : mimesend_letter_new ();
  g_autofree char *id_domain = mimesend_ehlo_id_domain (NULL);
  MimesendEnvelope *envelope;
  MimesendContent *whole;

  mimesend_letter_default_id_domain (own, id_domain);
  if (from != NULL && !mimesend_letter_set_from (own, from, error))
    return NULL;
  for (guint i = 0; to != NULL && to[i] != NULL; i++)
    if (!mimesend_letter_add_to (own, to[i], error))
      return NULL;
  if (!mimesend_letter_open (own, content, &envelope, &whole, error))
    return NULL;
  if (letter != NULL && from == NULL && (to == NULL || to[0] == NULL) && content == NULL)
    mimesend_letter_keep_made (letter, own);
  return one_shot_new (server, envelope, whole, flags);
}

void
mimesend_one_shot_free (MimesendOneShot *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->session);
  g_object_unref (self->content);
  mimesend_envelope_unref (self->envelope);
  mimesend_receipt_unref (self->receipt);
  g_free (self);
}

gboolean
mimesend_one_shot_end (MimesendOneShot *self, MimesendReceipt *got, GError **error)
{
  MimesendReceipt *last = mimesend_session_get_last_receipt (self->session);
  gboolean sent = FALSE;

  /* A server was reached if its address is known. */
  if (last != NULL && mimesend_receipt_get_address (last) != NULL)
    self->receipt = mimesend_receipt_ref (last);
  if (got != NULL)
    sent = mimesend_receipt_check (got, error);
  mimesend_receipt_unref (got);
  return sent;
}
