/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/send/one-shot.h"

#include "client/drive/ehlo-name.h"
#include "client/send/letter-content.h"
#include "values/receipt-private.h"
#include "mime/letter.h"

MimesendOneShot *
mimesend_one_shot_new (MimesendServer *server,
                       const char *from,
                       const char *const *to,
                       MimesendContent *content,
                       MimesendSendFlags flags,
                       GError **error)
{
  MimesendEnvelope *envelope = mimesend_envelope_new (from, to, error);
  MimesendOneShot *self;

  if (envelope == NULL)
    return NULL;
  self = g_new0 (MimesendOneShot, 1);
  self->envelope = envelope;
  self->content = g_object_ref (content);
  self->flags = flags;
  self->session = mimesend_session_new (server);
  return self;
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
  g_autoptr (MimesendContent) whole = NULL;
  g_auto (GStrv) recipients = NULL;
  g_autofree char *id_domain = mimesend_ehlo_id_domain (NULL);
  MimesendOneShot *self;

  mimesend_letter_default_id_domain (own, id_domain);
  if (from != NULL && !mimesend_letter_set_from (own, from, error))
    return NULL;
  for (guint i = 0; to != NULL && to[i] != NULL; i++)
    if (!mimesend_letter_add_to (own, to[i], error))
      return NULL;
  whole = mimesend_letter_to_content (own, content, error);
  if (whole == NULL)
    return NULL;
  recipients = mimesend_letter_get_recipients (own);
  self = mimesend_one_shot_new (server, mimesend_letter_get_reverse_path (own),
                                (const char *const *)recipients, whole, flags, error);
  if (self == NULL)
    return NULL;
  self->message_id = g_strdup_printf ("<%s>", mimesend_letter_get_message_id (own));
  if (letter != NULL && from == NULL && (to == NULL || to[0] == NULL) && content == NULL)
    mimesend_letter_keep_made (letter, own);
  return self;
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
  g_free (self->message_id);
  g_free (self);
}

gboolean
mimesend_one_shot_end (MimesendOneShot *self, MimesendReceipt *got, GError **error)
{
  MimesendReceipt *last = mimesend_session_get_last_receipt (self->session);
  gboolean sent = FALSE;

  /* A server was reached when its address is known. */
  if (last != NULL && mimesend_receipt_get_address (last) != NULL)
    {
      self->receipt = mimesend_receipt_ref (last);
      if (self->message_id != NULL)
        self->receipt->message_id = g_strdup (self->message_id);
    }
  if (got != NULL)
    sent = mimesend_receipt_check (got, error);
  mimesend_receipt_unref (got);
  return sent;
}
