/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A letter with a content as its text: construct the tree, then open it as a stream. */
#include "client/send/letter-content.h"

#include "content/as-stream.h"
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

MimesendContent *
mimesend_letter_to_content (MimesendLetter *letter, MimesendContent *text, GError **error)
{
  GMimeObject *tree;
  MimesendContent *content;

  mimesend_gmime_init ();
  if (text != NULL)
    {
      GMimeObject *part = text_part (text);

      mimesend_letter_set_body (letter, part);
      g_object_unref (part);
    }
  tree = mimesend_letter_build (letter, error);
  if (tree == NULL)
    return NULL;
  content = mimesend_content_new_for_part (tree, NULL);
  g_object_unref (tree);
  return content;
}
