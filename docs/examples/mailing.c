/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mailing SERVER FROM TO...: the same content to many people, to each a letter of their own. It is encoded once.
 *
 *   cc mailing.c $(pkg-config --cflags --libs libmimesend-1)
 */
#include <libmimesend/mimesend-gmime-autoptr.h>
#include <libmimesend/mimesend.h>

static gboolean
send_one (
    MimesendSession *session, MimesendMailing *mailing, const char *from, const char *to, GError **error)
{
  const char *const recipients[] = { to, NULL };
  g_autofree char *id = g_mime_utils_generate_message_id ("example.com");
  g_autofree char *subject = g_strdup_printf ("Invoice for %s", to);
  const char *const values[] = { to, subject, id, NULL }; /* in the order of the fields */
  g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new (from, recipients, error);
  g_autoptr (MimesendContent) content = NULL;
  g_autoptr (MimesendReceipt) receipt = NULL;

  if (envelope == NULL)
    return FALSE;
  content = mimesend_mailing_new_content (mailing, values, error);
  if (content == NULL)
    return FALSE;
  receipt = mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, error);
  return receipt != NULL && mimesend_receipt_check (receipt, error);
}

int
main (int argc, char **argv)
{
  static const char *const fields[] = { "To", "Subject", "Message-ID", NULL };
  g_autoptr (GError) error = NULL;
  int failed = 0;

  if (argc < 4)
    {
      g_printerr ("usage: mailing SERVER FROM TO...\n");
      return 64;
    }
  g_mime_init ();

  /* Construct: what all of them get. */
  g_autoptr (GMimeObject) part =
      mimesend_part_new_text ("Dear reader,\n\nit is due by the end of the month.\n");
  g_mime_object_set_header (part, "From", argv[2], NULL);

  g_autoptr (MimesendServer) server = mimesend_server_new (argv[1], &error);
  g_autoptr (MimesendMailing) mailing = mimesend_mailing_new (part, fields, &error);
  if (server == NULL || mailing == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 64;
    }

  /* Then stream, once for each. */
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  for (int i = 3; i < argc; i++)
    {
      g_autoptr (GError) own = NULL;

      if (send_one (session, mailing, argv[2], argv[i], &own))
        g_print ("%s: sent\n", argv[i]);
      else
        {
          g_printerr ("%s: not sent: %s\n", argv[i], own->message);
          failed = 1;
        }
    }
  return failed;
}
