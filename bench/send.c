/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library from outside, as a program would use it; public functions alone.
 *
 *   send tree SERVER FILE             FILE attached to a letter of two parts, encoded on the way
 *   send stream SERVER FILE           FILE as it is, a message ready but for its line ends
 *   send many SERVER FILE N           the octets of FILE, N times, each a message of its own
 *   send each SERVER FILE N           the same by mimesend_session_send_each ()
 *   send letters SERVER N             N letters with the same text and attachment to N people
 *   send build SERVER N               the same, each built and rendered by GMime
 *   send recipients SERVER FILE N     FILE once, to N recipients
 *
 *   [--window N] [--no-chunking] [--binary] [--ca FILE]; SERVER of `letters` and `build` may be `none`: nothing is sent
 *   tree, stream: [--async] in a main loop with a timer of a millisecond, whose longest delay is told as `stall`
 *   many: [--ahead N] messages under way (twice the window); 0: blocking calls, one after another */
#include <libmimesend/mimesend-gmime-autoptr.h>
#include <libmimesend/mimesend.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"

static int window = 1, ahead = -1;
static gboolean no_chunking, binary, asynchronous;
static double stall;
static char *ca_file, *dkim_file;
static const GOptionEntry options[] = { { "window", 0, 0, G_OPTION_ARG_INT, &window, NULL, NULL },
                                        { "no-chunking", 0, 0, G_OPTION_ARG_NONE, &no_chunking, NULL, NULL },
                                        { "binary", 0, 0, G_OPTION_ARG_NONE, &binary, NULL, NULL },
                                        { "async", 0, 0, G_OPTION_ARG_NONE, &asynchronous, NULL, NULL },
                                        { "ahead", 0, 0, G_OPTION_ARG_INT, &ahead, NULL, NULL },
                                        { "ca", 0, 0, G_OPTION_ARG_FILENAME, &ca_file, NULL, NULL },
                                        { "dkim", 0, 0, G_OPTION_ARG_FILENAME, &dkim_file, NULL, NULL },
                                        { NULL } };

static void
stop_on (GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}

static MimesendSession *
new_session (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendServer) server = NULL;
  MimesendSession *session;

  if (strcmp (text, "none") == 0)
    return NULL;
  server = mimesend_server_new (text, &error);
  stop_on (error);
  if (ca_file != NULL)
    {
      MimesendServer *plain = g_steal_pointer (&server);

      server = mimesend_server_with_ca_file (plain, ca_file);
      mimesend_server_unref (plain);
    }
  session = mimesend_session_new (server);
  g_object_set (session, "window", window, "chunking", !no_chunking, "max-recipients", 1000, NULL);
  return session;
}

static MimesendEnvelope *
new_envelope (guint n)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) recipients = NULL;
  g_autoptr (GError) error = NULL;
  MimesendEnvelope *envelope;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *address = g_strdup_printf ("reader%u@example.net", i);

      g_strv_builder_add (builder, address);
    }
  recipients = g_strv_builder_end (builder);
  envelope = mimesend_envelope_new ("writer@example.com", (const char *const *)recipients, &error);
  stop_on (error);
  return envelope;
}

/* --- as an application does it --- */

typedef struct
{
  MimesendReceipt *receipt;
  GError *error;
  double last; /* when the timer came */
  gboolean over;
} Loop;

static void
loop_over (GObject *object, GAsyncResult *result, gpointer data)
{
  Loop *self = data;

  self->receipt = mimesend_session_send_finish (MIMESEND_SESSION (object), result, &self->error);
  self->over = TRUE;
}

static gboolean
tick (gpointer data)
{
  Loop *self = data;
  double at = now (CLOCK_MONOTONIC);

  stall = MAX (stall, at - self->last);
  self->last = at;
  return G_SOURCE_CONTINUE;
}

static MimesendReceipt *
send_in_loop (MimesendSession *session,
              MimesendEnvelope *envelope,
              MimesendContent *content,
              MimesendSendFlags flags,
              GError **error)
{
  Loop loop = { .last = now (CLOCK_MONOTONIC) };
  guint timer = g_timeout_add (1, tick, &loop);

  mimesend_session_send_async (session, envelope, content, flags, G_PRIORITY_DEFAULT, NULL, loop_over, &loop);
  while (!loop.over)
    g_main_context_iteration (NULL, TRUE);
  tick (&loop);
  g_source_remove (timer);
  if (loop.error != NULL)
    g_propagate_error (error, loop.error);
  return loop.receipt;
}

static void
send_one (MimesendSession *session, MimesendContent *content, guint n_recipients)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendEnvelope) envelope = new_envelope (n_recipients);
  g_autoptr (MimesendReceipt) receipt = NULL;
  MimesendSendFlags flags = binary ? MIMESEND_SEND_ALLOW_BINARYMIME : MIMESEND_SEND_DEFAULT;

  receipt = asynchronous ? send_in_loop (session, envelope, content, flags, &error)
                         : mimesend_session_send (session, envelope, content, flags, NULL, &error);
  stop_on (error);
  mimesend_receipt_check (receipt, &error);
  stop_on (error);
}

/* --- one large message --- */

static GMimeObject *
new_tree (const char *path)
{
  g_autoptr (GError) error = NULL;
  GMimeObject *parts[2] = { mimesend_part_new_text ("See the file.\n") };
  GMimeObject *tree;

  if (binary)
    {
      g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();

      mimesend_part_builder_set_file (builder, path);
      mimesend_part_builder_set_encoding (builder, GMIME_CONTENT_ENCODING_BINARY);
      parts[1] = mimesend_part_builder_build (builder, &error);
    }
  else
    parts[1] = mimesend_part_new_file (path, &error);
  stop_on (error);
  tree = mimesend_part_new_multipart ("mixed", parts, 2, &error);
  stop_on (error);
  g_object_unref (parts[0]);
  g_object_unref (parts[1]);
  g_mime_object_set_header (tree, "From", "writer@example.com", NULL);
  g_mime_object_set_header (tree, "To", "reader0@example.net", NULL);
  g_mime_object_set_header (tree, "Subject", "a file", NULL);
  return tree;
}

static void
send_tree (MimesendSession *session, const char *path)
{
  g_autoptr (GMimeObject) tree = new_tree (path);
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (tree, NULL);

  send_one (session, content, 1);
}

static MimesendContent *
content_of_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) input = g_file_read (file, NULL, &error);
  MimesendContent *content = mimesend_content_new ();

  stop_on (error);
  mimesend_content_add_input_stream (content, G_INPUT_STREAM (input), &error);
  stop_on (error);
  return content;
}

static void
send_file (MimesendSession *session, const char *path, guint n_recipients)
{
  g_autoptr (MimesendContent) content = content_of_file (path);

  send_one (session, content, n_recipients);
}

/* --- many messages: as many under way as the window takes, a few more ready behind them --- */

typedef struct _Batch Batch;

struct _Batch
{
  MimesendSession *session;
  MimesendEnvelope *envelope;
  MimesendContent *(*next) (Batch *self, guint i);
  GBytes *bytes;
  MimesendMailing *mailing;
  guint begun, ended, n;
};

static void begin_next (Batch *self);

static void
sent (GObject *object, GAsyncResult *result, gpointer data)
{
  Batch *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendReceipt) receipt = NULL;

  receipt = mimesend_session_send_finish (MIMESEND_SESSION (object), result, &error);
  stop_on (error);
  mimesend_receipt_check (receipt, &error);
  stop_on (error);
  self->ended++;
  begin_next (self);
}

static void
begin_next (Batch *self)
{
  while (self->begun < self->n && self->begun - self->ended < (guint)ahead)
    {
      g_autoptr (MimesendContent) content = self->next (self, self->begun++);

      mimesend_session_send_async (self->session, self->envelope, content, MIMESEND_SEND_DEFAULT,
                                   G_PRIORITY_DEFAULT, NULL, sent, self);
    }
}

static void
run_batch (Batch *self)
{
  if (self->session == NULL)
    {
      for (guint i = 0; i < self->n; i++)
        {
          g_autoptr (MimesendContent) content = self->next (self, i);
          g_autoptr (GError) error = NULL;
          g_autoptr (GBytes) all = NULL;

          do
            {
              g_clear_pointer (&all, g_bytes_unref);
              all = mimesend_content_read_bytes (content, 65536, NULL, &error);
              stop_on (error);
            }
          while (g_bytes_get_size (all) > 0);
        }
      return;
    }
  if (ahead == 0)
    {
      for (guint i = 0; i < self->n; i++)
        {
          g_autoptr (MimesendContent) content = self->next (self, i);

          send_one (self->session, content, 1);
        }
      return;
    }
  self->envelope = new_envelope (1);
  begin_next (self);
  while (self->ended < self->n)
    g_main_context_iteration (NULL, TRUE);
  mimesend_envelope_unref (self->envelope);
}

static GBytes *
octets_of_file (const char *path)
{
  char *octets;
  gsize length;

  if (!g_file_get_contents (path, &octets, &length, NULL))
    g_error ("%s cannot be read", path);
  return g_bytes_new_take (octets, length);
}

static MimesendContent *
next_ready (Batch *self, guint i)
{
  MimesendContent *content = mimesend_content_new ();

  mimesend_content_add_bytes (content, self->bytes, NULL);
  return content;
}

static void
send_many (MimesendSession *session, const char *path, guint n)
{
  Batch batch = { .session = session, .next = next_ready, .n = n };

  batch.bytes = octets_of_file (path);
  run_batch (&batch);
  g_bytes_unref (batch.bytes);
}

static MimesendNext
next_of_batch (MimesendSession *session,
               MimesendEnvelope **envelope,
               MimesendContent **content,
               guint64 *tag,
               gpointer data)
{
  Batch *self = data;

  if (self->begun == self->n)
    return MIMESEND_NEXT_END;
  *tag = self->begun++;
  *envelope = mimesend_envelope_ref (self->envelope);
  *content = mimesend_content_new ();
  mimesend_content_add_bytes (*content, self->bytes, NULL);
  return MIMESEND_NEXT_MESSAGE;
}

static void
settled_of_batch (MimesendSession *session, guint64 tag, MimesendReceipt *receipt, gpointer data)
{
  Batch *self = data;

  if (mimesend_receipt_get_outcome (receipt) != MIMESEND_OUTCOME_ACCEPTED)
    g_error ("message %" G_GUINT64_FORMAT " was not accepted", tag);
  self->ended++;
}

static void
send_each (MimesendSession *session, const char *path, guint n)
{
  Batch batch = { .n = n, .envelope = new_envelope (1) };
  g_autoptr (GError) error = NULL;

  batch.bytes = octets_of_file (path);
  mimesend_session_send_each (session, next_of_batch, &batch, settled_of_batch, &batch, MIMESEND_SEND_DEFAULT,
                              NULL, &error);
  stop_on (error);
  if (batch.ended != n)
    g_error ("%u of %u messages were settled", batch.ended, n);
  g_bytes_unref (batch.bytes);
  mimesend_envelope_unref (batch.envelope);
}

/* --- letters: text and a small attachment, to one person each --- */

static GMimeObject *
new_letter_tree (void)
{
  static const char text[] = "Dear reader,\n\nthis is what everybody gets.\n";
  static guint8 attachment[1024];
  g_autoptr (GBytes) bytes = g_bytes_new_static (attachment, sizeof attachment);
  g_autoptr (GError) error = NULL;
  GMimeObject *parts[2] = { mimesend_part_new_text (text),
                            mimesend_part_new_bytes (bytes, "application/octet-stream", &error) };
  GMimeObject *tree = mimesend_part_new_multipart ("mixed", parts, 2, &error);

  stop_on (error);
  g_object_unref (parts[0]);
  g_object_unref (parts[1]);
  g_mime_object_set_header (tree, "From", "writer@example.com", NULL);
  return tree;
}

static MimesendContent *
next_letter (Batch *self, guint i)
{
  char to[40], subject[24], id[40];
  const char *const values[] = { to, subject, id, NULL };
  g_autoptr (GError) error = NULL;
  MimesendContent *content;

  g_snprintf (to, sizeof to, "reader%u@example.net", i);
  g_snprintf (subject, sizeof subject, "letter %u", i);
  g_snprintf (id, sizeof id, "%u@example.com", i);
  content = mimesend_mailing_new_content (self->mailing, values, &error);
  stop_on (error);
  return content;
}

static void
sign_letters (MimesendMailing *mailing)
{
  g_autoptr (GPtrArray) dkims = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_dkim_unref);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (dkims, mimesend_dkim_new_for_file ("example.com", "s", dkim_file, &error));
  stop_on (error);
  mimesend_mailing_set_dkims (mailing, dkims);
}

static void
send_letters (MimesendSession *session, guint n)
{
  static const char *const fields[] = { "To", "Subject", "Message-ID", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GMimeObject) tree = new_letter_tree ();
  g_autoptr (MimesendMailing) mailing = mimesend_mailing_new (tree, fields, &error);

  stop_on (error);
  if (dkim_file != NULL)
    sign_letters (mailing);
  run_batch (&(Batch){ .session = session, .next = next_letter, .mailing = mailing, .n = n });
}

/* --- a letter with an attachment, signed --- */

static void
read_signed (const char *path, const char *kind)
{
  gboolean smime = strcmp (kind, "smime") == 0;
  g_autoptr (MimesendSecurity) plain =
      mimesend_security_new (smime ? MIMESEND_SECURITY_SMIME : MIMESEND_SECURITY_PGP);
  g_autoptr (MimesendSecurity) security = mimesend_security_with_signature (plain, NULL);
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_autoptr (GMimeObject) message = NULL;
  g_autoptr (MimesendContent) content = NULL;
  g_autoptr (GBytes) octets = NULL;
  g_autoptr (GError) error = NULL;

  mimesend_letter_set_from (letter, smime ? "sam@example.com" : "alice@example.com", NULL);
  mimesend_letter_add_to (letter, "reader@example.net", NULL);
  mimesend_letter_attach_file (letter, path, &error);
  stop_on (error);
  mimesend_letter_set_security (letter, security);
  message = mimesend_letter_build (letter, &error);
  stop_on (error);
  content = mimesend_content_new_for_part (message, NULL);
  mimesend_content_prepare (content, MIMESEND_WIRE_8BITMIME, &error);
  stop_on (error);
  do
    {
      g_clear_pointer (&octets, g_bytes_unref);
      octets = mimesend_content_read_bytes (content, 65536, NULL, &error);
      stop_on (error);
    }
  while (g_bytes_get_size (octets) > 0);
}

static MimesendContent *
next_built (Batch *self, guint i)
{
  g_autoptr (GMimeMessage) message = g_mime_message_new (FALSE);
  g_autoptr (GMimeMultipart) multipart = g_mime_multipart_new_with_subtype ("mixed");
  g_autoptr (GMimeTextPart) text = g_mime_text_part_new_with_subtype ("plain");
  g_autoptr (GMimePart) file = g_mime_part_new_with_type ("application", "octet-stream");
  g_autofree char *to = g_strdup_printf ("reader%u@example.net", i);
  g_autofree char *subject = g_strdup_printf ("letter %u", i);
  g_autofree char *id = g_strdup_printf ("%u@example.com", i);
  static char attachment[1024];
  g_autoptr (GMimeStream) octets = g_mime_stream_mem_new_with_buffer (attachment, sizeof attachment);
  g_autoptr (GMimeDataWrapper) wrapper =
      g_mime_data_wrapper_new_with_stream (octets, GMIME_CONTENT_ENCODING_DEFAULT);
  g_autoptr (GMimeStream) rendered = g_mime_stream_mem_new ();
  MimesendContent *content = mimesend_content_new ();
  GByteArray *array;
  g_autoptr (GBytes) bytes = NULL;

  g_mime_message_add_mailbox (message, GMIME_ADDRESS_TYPE_FROM, NULL, "writer@example.com");
  g_mime_message_add_mailbox (message, GMIME_ADDRESS_TYPE_TO, NULL, to);
  g_mime_message_set_subject (message, subject, NULL);
  g_mime_message_set_message_id (message, id);
  g_mime_text_part_set_text (text, "Dear reader,\n\nthis is what everybody gets.\n");
  g_mime_part_set_content (file, wrapper);
  g_mime_part_set_content_encoding (file, GMIME_CONTENT_ENCODING_BASE64);
  g_mime_multipart_add (multipart, GMIME_OBJECT (text));
  g_mime_multipart_add (multipart, GMIME_OBJECT (file));
  g_mime_message_set_mime_part (message, GMIME_OBJECT (multipart));
  g_mime_object_write_to_stream (GMIME_OBJECT (message), NULL, rendered);
  array = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (rendered));
  bytes = g_bytes_new (array->data, array->len);
  mimesend_content_add_bytes (content, bytes, NULL);
  return content;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (MimesendSession) session = NULL;
  g_autoptr (GError) error = NULL;
  double began;
  const char *mode;

  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_parse (context, &argc, &argv, &error);
  stop_on (error);
  if (argc < 4)
    return 64;
  if (ahead < 0)
    ahead = 2 * window;
  mode = argv[1];
  g_mime_init ();
  began = now (CLOCK_MONOTONIC);
  session = new_session (argv[2]);
  if (strcmp (mode, "tree") == 0)
    send_tree (session, argv[3]);
  else if (strcmp (mode, "stream") == 0)
    send_file (session, argv[3], 1);
  else if (strcmp (mode, "many") == 0 && argc > 4)
    send_many (session, argv[3], (guint)atoi (argv[4]));
  else if (strcmp (mode, "each") == 0 && argc > 4)
    send_each (session, argv[3], (guint)atoi (argv[4]));
  else if (strcmp (mode, "recipients") == 0 && argc > 4)
    send_file (session, argv[3], (guint)atoi (argv[4]));
  else if (strcmp (mode, "letters") == 0)
    send_letters (session, (guint)atoi (argv[3]));
  else if (strcmp (mode, "signed") == 0 && argc > 4)
    read_signed (argv[3], argv[4]);
  else if (strcmp (mode, "build") == 0)
    run_batch (&(Batch){ .session = session, .next = next_built, .n = (guint)atoi (argv[3]) });
  else
    return 64;
  g_print ("{\"seconds\": %.6f, \"cpu\": %.6f, \"kib\": %ld, \"stall\": %.6f}\n",
           now (CLOCK_MONOTONIC) - began, now (CLOCK_PROCESS_CPUTIME_ID), peak_kib (), stall);
  return 0;
}
