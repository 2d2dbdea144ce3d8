/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A letter with a content as its text: construct the tree, then open it as a stream. */
#include "client/delivery/letter-content.h"

#include "client/drive/ehlo-name.h"
#include "content/as-stream.h"
#include "mime/letter.h"
#include "walk/gmime-init.h"

/* Not seen yet, so not known to be short ASCII lines: quoted-printable carries anything. */
static GMimeObject *
text_part (MimesendContent *text)
{
  GMimePart *part = g_mime_part_new_with_type ("text", "plain");
  GMimeStream *stream = mimesend_content_stream_new (text);
  GMimeDataWrapper *wrapper = g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_DEFAULT);

  g_mime_object_set_content_type_parameter (GMIME_OBJECT (part), "charset", "utf-8");
  g_mime_part_set_content_encoding (part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  g_mime_part_set_content (part, wrapper);
  g_object_unref (wrapper);
  g_object_unref (stream);
  return GMIME_OBJECT (part);
}

gboolean
mimesend_letter_open (MimesendLetter *letter,
                      MimesendContent *text,
                      MimesendEnvelope **envelope,
                      MimesendContent **content,
                      GError **error)
{
  g_auto (GStrv) recipients = NULL;
  GMimeObject *tree;

  mimesend_gmime_init ();
  if (text != NULL)
    {
      GMimeObject *part = text_part (text);

      mimesend_letter_set_body (letter, part);
      g_object_unref (part);
    }
  tree = mimesend_letter_build (letter, error);
  if (tree == NULL)
    return FALSE;
  recipients = mimesend_letter_get_recipients (letter);
  *envelope = mimesend_envelope_new (mimesend_letter_get_reverse_path (letter),
                                     (const char *const *)recipients, error);
  *content = *envelope != NULL ? mimesend_content_new_for_part (tree, NULL) : NULL;
  g_object_unref (tree);
  return *envelope != NULL;
}

gboolean
mimesend_letter_open_copy (MimesendLetter *letter,
                           const char *ehlo_name,
                           MimesendEnvelope **envelope,
                           MimesendContent **content,
                           GError **error)
{
  g_autoptr (MimesendLetter) own = mimesend_letter_copy (letter);
  g_autofree char *id_domain = mimesend_ehlo_id_domain (ehlo_name);

  mimesend_letter_default_id_domain (own, id_domain);
  if (!mimesend_letter_open (own, NULL, envelope, content, error))
    return FALSE;
  mimesend_letter_keep_made (letter, own);
  return TRUE;
}
