/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* letter SERVER FROM TO FILE: a letter with an attachment. */
#include <libmimesend/mimesend.h>

static gboolean
send (char **argv, GError **error)
{
  g_autoptr (MimesendServer) server = mimesend_server_new (argv[1], error);
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_autoptr (MimesendSession) session = NULL;
  g_autoptr (MimesendReceipt) receipt = NULL;

  if (server == NULL || !mimesend_letter_set_from (letter, argv[2], error) ||
      !mimesend_letter_add_to (letter, argv[3], error) ||
      !mimesend_letter_set_subject (letter, "The report", error) ||
      !mimesend_letter_attach_file (letter, argv[4], error))
    return FALSE;
  mimesend_letter_set_text (letter, "Here it is.\n");

  session = mimesend_session_new (server);
  receipt = mimesend_session_send_letter (session, letter, MIMESEND_SEND_DEFAULT, NULL, error);
  return receipt != NULL && mimesend_receipt_check (receipt, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc == 5 && send (argv, &error))
    return 0;
  g_printerr ("%s\n", error != NULL ? error->message : "usage: letter SERVER FROM TO FILE");
  return 1;
}
