/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* send-each SERVER FROM <LIST: a letter to each address of a list, one a line, over one connection.
 *
 *   cc send-each.c $(pkg-config --cflags --libs libmimesend-1)
 */
#include <libmimesend/mimesend.h>
#include <stdio.h>
#include <string.h>

/* Asked when there is room for one more: nothing is in memory but what is on its way. */
static MimesendNext
next (MimesendSession *session,
      MimesendEnvelope **envelope,
      MimesendContent **content,
      guint64 *tag,
      gpointer from)
{
  static guint64 line;
  char to[1024];

  for (; fgets (to, sizeof to, stdin) != NULL; line++)
    {
      const char *recipients[] = { g_strstrip (to), NULL };
      g_autofree char *text =
          g_strdup_printf ("From: %s\nTo: %s\nSubject: News\n\nDear reader, …\n", (const char *)from, to);

      *envelope = mimesend_envelope_new (from, recipients, NULL);
      if (*envelope == NULL)
        {
          g_printerr ("line %" G_GUINT64_FORMAT " is no address\n", line + 1);
          continue;
        }
      *content = mimesend_content_new ();
      mimesend_content_add_string (*content, text, NULL);
      *tag = ++line;
      return MIMESEND_NEXT_MESSAGE;
    }
  return MIMESEND_NEXT_END;
}

static void
settled (MimesendSession *session, guint64 tag, MimesendReceipt *receipt, gpointer unused)
{
  g_autoptr (GError) error = NULL;

  if (!mimesend_receipt_check (receipt, &error))
    g_printerr ("line %" G_GUINT64_FORMAT ": %s\n", tag, error->message);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendServer) server = NULL;
  g_autoptr (MimesendSession) session = NULL;

  if (argc != 3)
    {
      g_printerr ("usage: send-each SERVER FROM <LIST\n");
      return 64;
    }
  server = mimesend_server_new (argv[1], &error);
  if (server != NULL)
    {
      session = mimesend_session_new (server);
      mimesend_session_set_window (session, 32);
      mimesend_session_send_each (session, next, argv[2], settled, NULL, MIMESEND_SEND_ADD_MISSING_HEADERS,
                                  NULL, &error);
      mimesend_session_close (session, NULL, NULL);
    }
  if (error != NULL)
    g_printerr ("%s\n", error->message);
  return error != NULL;
}
