/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* construct-then-stream SERVER FROM TO: a part is constructed, opened as a stream, and the stream is sent.
 *
 *   cc construct-then-stream.c $(pkg-config --cflags --libs libmimesend-1)
 */
#include <libmimesend/mimesend.h>
#include <libmimesend/mimesend-gmime-autoptr.h>

int
main (int argc, char **argv)
{
  if (argc != 4)
    {
      g_printerr ("usage: construct-then-stream SERVER FROM TO\n");
      return 64;
    }
  g_mime_init ();

  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendReceipt) receipt = NULL;

  /* Construct: a GMime object like any other. */
  g_autoptr (GMimeObject) part = mimesend_part_new_text ("This is a test message\n.\nThat was a dot.\n");
  g_mime_object_set_header (part, "From", argv[2], NULL);
  g_mime_object_set_header (part, "To", argv[3], NULL);
  g_mime_object_set_header (part, "Subject", "Constructed, then streamed", NULL);

  /* Then stream: its octets are made when they are read. */
  g_autoptr (GMimeStream) stream = mimesend_part_stream_new (part);

  if (!mimesend_send_smtp (argv[1], argv[2], argv[3], &receipt, &error, stream))
    {
      g_printerr ("not sent: %s\n", error->message);
      return 1;
    }
  g_print ("sent: %s\n", mimesend_receipt_get_reply (receipt));
  return 0;
}
