/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A mailing over the wire: four sessions of one main loop send its letters at once, with what is kept in memory and with a file
 * that every letter reads and encodes for itself, to servers of two kinds. */
#include <glib/gstdio.h>
#include <libmimesend/mimesend-gmime-autoptr.h>
#include <libmimesend/mimesend.h>
#include <string.h>
#include <unistd.h>

#include "test-sink.h"

#define SESSIONS 4
#define LETTERS  40

typedef struct
{
  MimesendMailing *mailing;
  guint begun, ended;
} Run;

static void begin_one (Run *self, MimesendSession *session);

static void
sent (GObject *object, GAsyncResult *result, gpointer data)
{
  Run *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendReceipt) receipt =
      mimesend_session_send_finish (MIMESEND_SESSION (object), result, &error);

  g_assert_no_error (error);
  g_assert_true (mimesend_receipt_check (receipt, &error));
  self->ended++;
  begin_one (self, MIMESEND_SESSION (object));
}

static void
begin_one (Run *self, MimesendSession *session)
{
  g_autofree char *to = g_strdup_printf ("reader%u@example.net", self->begun);
  const char *const values[] = { to, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendEnvelope) envelope = NULL;
  g_autoptr (MimesendContent) content = NULL;

  if (self->begun == LETTERS)
    return;
  self->begun++;
  envelope = mimesend_envelope_new ("writer@example.com", values, &error);
  g_assert_no_error (error);
  content = mimesend_mailing_new_content (self->mailing, values, &error);
  g_assert_no_error (error);
  mimesend_session_send_async (session, envelope, content, MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT, NULL,
                               sent, self);
}

static GMimeObject *
new_tree (const char *path)
{
  g_autoptr (GError) error = NULL;
  GMimeObject *parts[2] = { mimesend_part_new_text (
                                "Gr\303\274\303\237e to all of you who are to read this\n.\n"),
                            mimesend_part_new_file (path, &error) };
  GMimeObject *tree = mimesend_part_new_multipart ("mixed", parts, 2, &error);

  g_assert_no_error (error);
  /* What it has to be for a server of seven bits, and need not be for others. */
  g_mime_part_set_content_encoding (GMIME_PART (parts[0]), GMIME_CONTENT_ENCODING_8BIT);
  g_object_unref (parts[0]);
  g_object_unref (parts[1]);
  g_mime_object_set_header (tree, "From", "writer@example.com", NULL);
  return tree;
}

/* The letters differ in their To, and in nothing else. */
static void
check_arrived (TestSink *sink, gboolean seven_bit, GHashTable *seen, GBytes **first)
{
  JsonObject *envelope = test_sink_next (sink);
  JsonArray *recipients = json_object_get_array_member (envelope, "recipients");
  const char *to = json_array_get_string_element (recipients, 0);
  g_autofree char *line = g_strdup_printf ("To: %s\r\n", to);
  g_autoptr (GBytes) bytes = test_sink_octets (sink);
  g_autoptr (GString) text =
      g_string_new_len (g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
  g_autoptr (GBytes) shared = NULL;

  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (envelope, "violations")), ==, 0);
  g_assert_true (g_hash_table_add (seen, g_strdup (to)));
  g_assert_cmpuint (g_string_replace (text, line, "", 0), ==, 1);
  g_assert_true (g_str_has_prefix (text->str, "MIME-Version: 1.0\r\n"));
  g_assert_cmpint (g_str_is_ascii (text->str), ==, seven_bit);
  g_assert_nonnull (
      strstr (text->str, seven_bit ? "Gr=C3=BC=C3=9Fe to all"
                                   : "Gr\303\274\303\237e to all of you who are to read this\r\n.\r\n"));
  shared = g_string_free_to_bytes (g_steal_pointer (&text));
  if (*first == NULL)
    *first = g_bytes_ref (shared);
  g_assert_true (g_bytes_equal (*first, shared));
}

static void
run_against (MimesendMailing *mailing, gboolean seven_bit)
{
  TestSink *sink = seven_bit ? test_sink_start ("--hide", "8BITMIME", NULL) : test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  MimesendSession *sessions[SESSIONS];
  Run run = { .mailing = mailing };
  GBytes *first = NULL;

  for (guint i = 0; i < SESSIONS; i++)
    {
      sessions[i] = mimesend_session_new (server);
      begin_one (&run, sessions[i]);
    }
  while (run.ended < LETTERS)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < LETTERS; i++)
    check_arrived (sink, seven_bit, seen, &first);
  for (guint i = 0; i < SESSIONS; i++)
    g_object_unref (sessions[i]);
  g_bytes_unref (first);
  test_sink_stop (sink);
}

static void
test_sessions (gconstpointer data)
{
  static const char *const fields[] = { "To", NULL };
  g_autofree char *path = NULL, *octets = g_strnfill (100000, 'x');
  g_autoptr (GMimeObject) tree = NULL;
  g_autoptr (MimesendMailing) mailing = NULL;
  g_autoptr (GError) error = NULL;

  close (g_file_open_tmp ("mailing-XXXXXX", &path, NULL));
  g_assert_true (g_file_set_contents (path, octets, -1, NULL));
  tree = new_tree (path);
  mailing = mimesend_mailing_new (tree, fields, &error);
  g_assert_no_error (error);
  mimesend_mailing_set_keep_limit (mailing, GPOINTER_TO_UINT (data));
  run_against (mailing, FALSE);
  run_against (mailing, TRUE);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_data_func ("/client/mailing-sent/letters-are-sent-from-memory", GUINT_TO_POINTER (1048576),
                        test_sessions);
  g_test_add_data_func ("/client/mailing-sent/letters-read-the-file-anew", GUINT_TO_POINTER (1000),
                        test_sessions);
  return g_test_run ();
}
