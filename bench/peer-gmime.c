/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GMime's own writer: peer-gmime FILE OUTPUT: FILE as an attachment, base64, LF → CRLF. */
#include <fcntl.h>
#include <gmime/gmime.h>

int
main (int argc, char **argv)
{
  GMimeFormatOptions *options;
  GMimeMessage *message;
  GMimePart *part;
  GMimeStream *in, *out;
  GMimeDataWrapper *wrapper;

  if (argc != 3)
    return 64;
  g_mime_init ();
  options = g_mime_format_options_new ();
  g_mime_format_options_set_newline_format (options, GMIME_NEWLINE_FORMAT_DOS);
  in = g_mime_stream_fs_open (argv[1], O_RDONLY, 0, NULL);
  out = g_mime_stream_fs_open (argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0600, NULL);
  message = g_mime_message_new (TRUE);
  part = g_mime_part_new_with_type ("application", "octet-stream");
  wrapper = g_mime_data_wrapper_new_with_stream (in, GMIME_CONTENT_ENCODING_DEFAULT);
  g_mime_message_add_mailbox (message, GMIME_ADDRESS_TYPE_FROM, NULL, "writer@example.com");
  g_mime_message_add_mailbox (message, GMIME_ADDRESS_TYPE_TO, NULL, "reader0@example.net");
  g_mime_part_set_content (part, wrapper);
  g_mime_part_set_content_encoding (part, GMIME_CONTENT_ENCODING_BASE64);
  g_mime_message_set_mime_part (message, GMIME_OBJECT (part));
  return g_mime_object_write_to_stream (GMIME_OBJECT (message), options, out) < 0;
}
