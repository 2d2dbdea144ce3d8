/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signed messages through a session, as a server gets them: by DATA and by BDAT, blocking and asynchronous, from classes of the
 * application's, with added fields, of a mailing. */
#include <libmimesend/mimesend-gmime-autoptr.h>
#include <libmimesend/mimesend.h>
#include <string.h>

#include "../secure/keys.h"
#include "../secure/verify.h"
#include "test-sink.h"

static const char *const to[] = { "reader@example.org", NULL };

static GPtrArray *
both (void)
{
  GPtrArray *dkims = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_dkim_unref);

  g_ptr_array_add (dkims, keys_dkim (KEYS_RSA_1024, "rsa"));
  g_ptr_array_add (dkims, keys_dkim (KEYS_ED25519, "ed25519"));
  return dkims;
}

static MimesendSession *
session_to (TestSink *sink)
{
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);

  return mimesend_session_new (server);
}

/* The sink keeps messages with LF or CRLF as they came. */
static char *
received (TestSink *sink, gsize *length)
{
  g_autoptr (GBytes) octets = NULL;
  const char *data;
  gsize n;

  test_sink_next (sink);
  octets = test_sink_octets (sink);
  data = g_bytes_get_data (octets, &n);
  *length = n;
  return g_memdup2 (data, n);
}

static void
assert_arrived (TestSink *sink, const char *const *words)
{
  static const char *const records[] = { KEYS_RSA_1024_RECORD, KEYS_ED25519_RECORD };
  gsize length;
  g_autofree char *message = received (sink, &length);
  /* ahead of the fields that the sink adds there is nothing: the first is Return-Path or Received */
  const char *at = memmem (message, length, "DKIM-Signature:", 15);

  g_assert_nonnull (at);
  length -= (gsize)(at - message);
  g_assert_cmpuint (verify_count (at, length), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *why = NULL;

      if (!verify_signature (at, length, i, records[i], &why))
        g_error ("signature %u: %s\n%.*s", i, why, (int)MIN (length, 2000), at);
    }
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    g_assert_nonnull (memmem (at, length, words[i], strlen (words[i])));
}

static void
send_content (MimesendSession *session, MimesendContent *content, MimesendSendFlags flags)
{
  g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("joe@example.com", to, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendReceipt) receipt =
      mimesend_session_send (session, envelope, content, flags, NULL, &error);

  g_assert_no_error (error);
  mimesend_receipt_check (receipt, &error);
  g_assert_no_error (error);
}

static MimesendContent *
of_text (const char *text)
{
  MimesendContent *content = mimesend_content_new ();

  g_assert_true (mimesend_content_add_string (content, text, NULL));
  return content;
}

static GMimeObject *
tree_with (const char *text)
{
  GMimeObject *part = mimesend_part_new_text (text);

  g_mime_object_set_header (part, "From", "Joe <joe@example.com>", NULL);
  g_mime_object_set_header (part, "Subject", "signed", NULL);
  return part;
}

/* ── by DATA, by BDAT, a tree with 8-bit text where the server takes that ── */

static void
test_trees (void)
{
  for (int chunking = 0; chunking < 2; chunking++)
    {
      TestSink *sink = test_sink_start (NULL);
      g_autoptr (MimesendSession) session = session_to (sink);
      g_autoptr (GPtrArray) dkims = both ();
      g_autoptr (GMimeObject) tree = tree_with ("Gr\303\274\303\237e\n.\n..dots  \n\nFrom here\n\n\n");
      g_autoptr (MimesendContent) content = mimesend_content_new_for_part (tree, NULL);

      mimesend_session_set_chunking (session, chunking);
      mimesend_session_set_dkims (session, dkims);
      g_assert_cmpuint (mimesend_session_get_dkims (session)->len, ==, 2);
      for (guint twice = 0; twice < 2; twice++)
        {
          send_content (session, content, MIMESEND_SEND_ALLOW_BINARYMIME);
          assert_arrived (sink, (const char *const[]){ "quoted-printable", "Gr=C3=BC=C3=9Fe", NULL });
        }
      mimesend_session_close (session, NULL, NULL);
      test_sink_stop (sink);
    }
}

/* ── what is added is signed ── */

static void
test_missing_headers (void)
{
  static const char *const added[] = { "Date:Date:", "Message-ID:Message-ID:", "MIME-Version:MIME-Version:" };
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (sink);
  g_autoptr (GPtrArray) dkims = both ();

  for (guint own = 0; own < 3; own++)
    {
      g_autoptr (MimesendContent) text = of_text ("From: joe@example.com\n\nbody\n");
      g_autoptr (MimesendContent) signed_text = own > 0 ? mimesend_content_new_dkim (text, dkims) : NULL;
      g_autoptr (MimesendContent) argument = mimesend_content_new ();
      gsize length;
      g_autofree char *message = NULL;
      g_autofree char *names = NULL;

      /* signed by the session, by the caller, by the caller as an argument */
      mimesend_session_set_dkims (session, own == 0 ? dkims : NULL);
      if (own == 2)
        g_assert_true (mimesend_content_add_content (argument, signed_text, NULL));
      send_content (session,
                    own == 0   ? text
                    : own == 1 ? signed_text
                               : argument,
                    MIMESEND_SEND_ADD_MISSING_HEADERS);
      message = received (sink, &length);
      names = verify_tag (message, length, 0, "h");
      for (gsize i = 0; i < G_N_ELEMENTS (added); i++)
        g_assert_nonnull (strstr (names, added[i]));
      send_content (session,
                    own == 0   ? text
                    : own == 1 ? signed_text
                               : argument,
                    MIMESEND_SEND_ADD_MISSING_HEADERS);
      assert_arrived (sink, (const char *const[]){ "\r\nDate: ", "\r\nMessage-ID: <", NULL });
    }
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

/* One that is signed already is not signed again. */
static void
test_signed_already (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (sink);
  g_autoptr (GPtrArray) dkims = both ();
  g_autoptr (MimesendContent) text = of_text ("From: joe@example.com\n\nbody\n");
  g_autoptr (MimesendContent) content = mimesend_content_new_dkim (text, dkims);

  mimesend_session_set_dkims (session, dkims);
  send_content (session, content, MIMESEND_SEND_DEFAULT);
  assert_arrived (sink, NULL);
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

/* ── a class of the application's, which is called in its own thread alone ── */

typedef struct
{
  MimesendContent parent;
  GThread *thread;
  guint line;
  guint n_rewinds;
  guint changes_at; /* a line that is another when it is read again; 0: none */
} OwnContent;
typedef MimesendContentClass OwnContentClass;

#define LINES 40000 /* more than is read where the sender stands */

static GType own_content_get_type (void);
G_DEFINE_TYPE (OwnContent, own_content, MIMESEND_TYPE_CONTENT)

static GBytes *
own_read_bytes (MimesendContent *content, gsize count, GCancellable *cancellable, GError **error)
{
  OwnContent *self = (OwnContent *)content;
  g_autofree char *text = NULL;

  g_assert_true (g_thread_self () == self->thread);
  if (self->line++ == 0)
    return g_bytes_new_static ("From: joe@example.com\n\n", 23);
  if (self->line > LINES)
    return g_bytes_new (NULL, 0);
  text = g_strdup_printf ("line %u of many, all of which are alike%s\n", self->line,
                          self->line == self->changes_at && self->n_rewinds > 0 ? "!" : ".");
  return g_bytes_new (text, strlen (text));
}

static gboolean
own_rewind (MimesendContent *content, GError **error)
{
  OwnContent *self = (OwnContent *)content;

  g_assert_true (g_thread_self () == self->thread);
  self->line = 0;
  self->n_rewinds++;
  return TRUE;
}

static void
own_content_class_init (OwnContentClass *klass)
{
  klass->read_bytes = own_read_bytes;
  klass->rewind = own_rewind;
}

static void
own_content_init (OwnContent *self)
{
  self->thread = g_thread_self ();
}

static void
take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static MimesendReceipt *
send_async (MimesendSession *session, MimesendContent *content)
{
  g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("joe@example.com", to, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MimesendReceipt *receipt;

  mimesend_session_send_async (session, envelope, content, MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT, NULL,
                               take_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  receipt = mimesend_session_send_finish (session, result, &error);
  g_assert_no_error (error);
  return receipt;
}

static void
test_own_class (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (sink);
  g_autoptr (GPtrArray) dkims = both ();
  OwnContent *own = g_object_new (own_content_get_type (), NULL);

  mimesend_session_set_dkims (session, dkims);
  send_content (session, (MimesendContent *)own, MIMESEND_SEND_DEFAULT);
  assert_arrived (sink, (const char *const[]){ "line 40000 of many", NULL });
  g_assert_cmpuint (own->n_rewinds, >=, 1);
  {
    g_autoptr (MimesendReceipt) receipt = send_async (session, (MimesendContent *)own);

    g_assert_true (mimesend_receipt_check (receipt, NULL));
    assert_arrived (sink, NULL);
  }
  g_object_unref (own);
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

/* It is no message: neither the dot nor LAST is sent. */
static void
test_changed (void)
{
  for (int chunking = 0; chunking < 2; chunking++)
    {
      TestSink *sink = test_sink_start (NULL);
      g_autoptr (MimesendSession) session = session_to (sink);
      g_autoptr (GPtrArray) dkims = both ();
      OwnContent *own = g_object_new (own_content_get_type (), NULL);
      g_autoptr (MimesendReceipt) receipt = NULL;
      g_autoptr (GError) error = NULL;

      own->changes_at = LINES;
      mimesend_session_set_chunking (session, chunking);
      mimesend_session_set_dkims (session, dkims);
      receipt = send_async (session, (MimesendContent *)own);
      g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_NOT_TRIED);
      g_assert_false (mimesend_receipt_check (receipt, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
      mimesend_session_close (session, NULL, NULL);
      g_assert_cmpuint (test_sink_count (sink), ==, 0);
      g_object_unref (own);
      test_sink_stop (sink);
    }
}

/* ── a mailing ── */

static void
test_mailing (void)
{
  const char *const fields[] = { "To", "Subject", NULL };
  const char *const texts[] = {
    "one", "\303\274ber", "a third that is so long that it is folded, which is the same to a signature"
  };
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (sink);
  g_autoptr (GPtrArray) dkims = both ();
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_autoptr (MimesendMailing) mailing = NULL;
  g_autoptr (GMimeObject) body = mimesend_part_new_text ("The same to all of you, d\303\251j\303\240 vu.\n");

  g_assert_true (mimesend_letter_set_from (letter, "joe@example.com", NULL));
  mimesend_letter_set_body (letter, body);
  mailing = mimesend_mailing_new_for_letter (letter, fields, NULL);
  mimesend_mailing_set_dkims (mailing, dkims);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const char *const values[] = { "reader@example.org", texts[i], NULL };
      g_autoptr (MimesendContent) content = mimesend_mailing_new_content (mailing, values, NULL);

      send_content (session, content, MIMESEND_SEND_DEFAULT);
      assert_arrived (sink, (const char *const[]){ "Message-ID:Message-ID", NULL });
    }
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/dkim-sent/trees", test_trees);
  g_test_add_func ("/client/dkim-sent/missing-headers", test_missing_headers);
  g_test_add_func ("/client/dkim-sent/signed-already", test_signed_already);
  g_test_add_func ("/client/dkim-sent/own-class", test_own_class);
  g_test_add_func ("/client/dkim-sent/changed", test_changed);
  g_test_add_func ("/client/dkim-sent/mailing", test_mailing);
  return g_test_run ();
}
