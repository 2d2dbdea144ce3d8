/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* window SERVER FROM N RECIPIENT...: N messages over one session, all submitted at once, to one recipient each, in turn.
 * Prints a line for each, in order: its outcome, the code that decided, warnings. Windows are no matter of the command. */
#include <libmimesend/mimesend-gmime-autoptr.h>
#include <libmimesend/mimesend.h>
#include <stdlib.h>

static int window = 1;
static gboolean no_chunking, no_pipelining, one_by_one, binary;
static char *ca_file, *user, *password;
static const GOptionEntry entries[] = {
  { "window", 0, 0, G_OPTION_ARG_INT, &window, NULL, NULL },
  { "no-chunking", 0, 0, G_OPTION_ARG_NONE, &no_chunking, NULL, NULL },
  { "no-pipelining", 0, 0, G_OPTION_ARG_NONE, &no_pipelining, NULL, NULL },
  { "one-by-one", 0, 0, G_OPTION_ARG_NONE, &one_by_one, "each when the last one has its receipt", NULL },
  { "binary", 0, 0, G_OPTION_ARG_NONE, &binary, "a leaf that is labelled binary, and may go so", NULL },
  { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &ca_file, NULL, NULL },
  { "user", 0, 0, G_OPTION_ARG_STRING, &user, NULL, NULL },
  { "password", 0, 0, G_OPTION_ARG_STRING, &password, NULL, NULL },
  { NULL }
};

typedef struct
{
  guint left;
  char **lines;
} Results;

typedef struct
{
  Results *results;
  guint i;
} One;

static void
stop_on (GError *error)
{
  if (error == NULL)
    return;
  g_printerr ("%s\n", error->message);
  exit (1);
}

static MimesendServer *
find_server (const char *text)
{
  g_autoptr (GError) error = NULL;
  MimesendServer *server = mimesend_server_new (text, &error), *changed;

  stop_on (error);
  if (ca_file != NULL)
    {
      changed = mimesend_server_with_ca_file (server, ca_file);
      mimesend_server_unref (server);
      server = changed;
    }
  if (user != NULL)
    {
      changed = mimesend_server_with_login (server, user, password, &error);
      stop_on (error);
      mimesend_server_unref (server);
      server = changed;
    }
  return server;
}

/* Every octet there is, in a leaf of its own. */
static MimesendContent *
binary_content (void)
{
  g_autoptr (GMimePart) part = g_mime_part_new_with_type ("application", "octet-stream");
  g_autoptr (GMimeDataWrapper) wrapper = NULL;
  g_autoptr (GMimeStream) stream = NULL;
  char octets[256];

  for (guint i = 0; i < sizeof octets; i++)
    octets[i] = (char)i;
  stream = g_mime_stream_mem_new_with_buffer (octets, sizeof octets);
  wrapper = g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_BINARY);
  g_mime_part_set_content (part, wrapper);
  g_mime_part_set_content_encoding (part, GMIME_CONTENT_ENCODING_BINARY);
  g_mime_object_set_header (GMIME_OBJECT (part), "Subject", "binary", NULL);
  return mimesend_content_new_for_part (GMIME_OBJECT (part), NULL);
}

static MimesendContent *
content_of (guint i)
{
  g_autofree char *text = g_strdup_printf ("Subject: window\n\nmessage %u\n.\n", i);
  g_autoptr (GError) error = NULL;
  MimesendContent *content;

  if (binary)
    return binary_content ();
  content = mimesend_content_new ();
  mimesend_content_add_string (content, text, &error);
  stop_on (error);
  return content;
}

static void
sent (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autofree One *one = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendReceipt) receipt =
      mimesend_session_send_finish (MIMESEND_SESSION (object), result, &error);
  const char *const *warnings = receipt != NULL ? mimesend_receipt_get_warnings (receipt) : NULL;
  g_autofree char *more = warnings != NULL ? g_strjoinv ("; ", (char **)warnings) : g_strdup ("");

  one->results->lines[one->i] =
      receipt != NULL
          ? g_strdup_printf ("%s %u; %s",
                             mimesend_outcome_to_string (mimesend_receipt_get_recipient_outcome (receipt, 0)),
                             mimesend_receipt_get_recipient_code (receipt, 0), more)
          : g_strdup_printf ("failed 0; %s", error->message);
  one->results->left--;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendServer) server = NULL;
  g_autoptr (MimesendSession) session = NULL;
  Results results = { 0 };
  guint n;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_parse (context, &argc, &argv, &error);
  stop_on (error);
  if (argc < 5)
    return 64;
  g_mime_init ();
  server = find_server (argv[1]);
  session = mimesend_session_new (server);
  g_object_set (session, "window", (guint)window, "chunking", !no_chunking, "pipelining", !no_pipelining,
                NULL);
  n = results.left = (guint)atoi (argv[3]);
  results.lines = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    {
      const char *recipients[] = { argv[4 + (int)i % (argc - 4)], NULL };
      g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new (argv[2], recipients, &error);
      g_autoptr (MimesendContent) content = content_of (i);
      One *one = g_new (One, 1);

      stop_on (error);
      *one = (One){ &results, i };
      mimesend_session_send_async (session, envelope, content,
                                   binary ? MIMESEND_SEND_ALLOW_BINARYMIME : MIMESEND_SEND_DEFAULT,
                                   G_PRIORITY_DEFAULT, NULL, sent, one);
      while (one_by_one && results.left + i >= n)
        g_main_context_iteration (NULL, TRUE);
    }
  while (results.left > 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < n; i++)
    g_print ("%s\n", results.lines[i]);
  mimesend_session_close (session, NULL, NULL);
  g_strfreev (results.lines);
  return 0;
}
