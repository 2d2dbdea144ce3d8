/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The core's joints: gates, wants, who owns a piece, what is kept in memory. What is said and answered is in the
 * dialogues. */
#include "smtp/client.h"
#include "client-inside.h"

#include <string.h>

static gint64 now = 1000;

static void
hear (MimesendSmtpClient *client, const char *line)
{
  mimesend_smtp_client_receive (client, (const guint8 *)line, strlen (line));
}

static MimesendSmtpWant
poll_now (MimesendSmtpClient *client)
{
  return mimesend_smtp_client_poll (client, now, NULL);
}

/* Everything that may leave, as a string. */
static char *
say (MimesendSmtpClient *client)
{
  MimesendPiece pieces[8];
  guint n;
  GString *said = g_string_new (NULL);

  while ((n = mimesend_smtp_client_peek (client, pieces, G_N_ELEMENTS (pieces))) > 0)
    {
      gsize all = 0;

      for (guint i = 0; i < n; i++)
        {
          g_string_append_len (said, (const char *)pieces[i].data, (gssize)pieces[i].length);
          all += pieces[i].length;
        }
      mimesend_smtp_client_sent (client, all);
    }
  return g_string_free (said, FALSE);
}

static void
expect (MimesendSmtpClient *client, const char *text)
{
  g_autofree char *said = say (client);

  g_assert_cmpstr (said, ==, text);
}

static MimesendSmtpClient *
ready_client (const MimesendSmtpSetup *more, const char *ehlo)
{
  MimesendSmtpSetup setup = *more;
  MimesendSmtpClient *client;

  setup.ehlo_name = "[127.0.0.1]";
  client = mimesend_smtp_client_new (&setup);
  hear (client, "220 hi\r\n");
  mimesend_smtp_client_idle (client);
  expect (client, "EHLO [127.0.0.1]\r\n");
  hear (client, ehlo);
  return client;
}

static guint64
submit (MimesendSmtpClient *client)
{
  static const char *const to[] = { "a@x.org", NULL };
  MimesendSmtpTransaction transaction = { .reverse_path = "", .recipients = to, .size = -1 };

  return mimesend_smtp_client_submit (client, &transaction);
}

static MimesendSmtpEvent
last_event (MimesendSmtpClient *client, MimesendSmtpEventType type)
{
  MimesendSmtpEvent event, found = { .type = MIMESEND_SMTP_EVENT_CLOSED + 1 };

  while (mimesend_smtp_client_next_event (client, &event))
    if (event.type == type)
      found = event;
  g_assert_cmpint (found.type, ==, type);
  found.reply = NULL; /* gone by now */
  found.words = NULL;
  return found;
}

/* A greeting that was there when the connection stood, within one tick of the clock: the stage was passed all the same, and
 * those that were not take no time. */
static void
test_stage_within_a_tick (void)
{
  MimesendSmtpSetup setup = { .ehlo_name = "[127.0.0.1]" };
  MimesendSmtpClient *client = mimesend_smtp_client_new (&setup);
  gint64 us[MIMESEND_SMTP_N_STAGES] = { 0 };

  mimesend_smtp_client_set_now (client, now);
  hear (client, "220 hi\r\n");
  poll_now (client);
  mimesend_smtp_client_add_session_times (client, us);
  g_assert_cmpint (us[MIMESEND_SMTP_STAGE_GREETING], >, 0);
  g_assert_cmpint (us[MIMESEND_SMTP_STAGE_HELLO], ==, 0);
  g_assert_cmpint (us[MIMESEND_SMTP_STAGE_TLS], ==, 0);
  g_assert_cmpint (us[MIMESEND_SMTP_STAGE_AUTH], ==, 0);
  mimesend_smtp_client_free (client);
}

/* A command that does not follow another is sent only after idle (). */
static void
test_gate_command (void)
{
  MimesendSmtpSetup setup = { .ehlo_name = "[127.0.0.1]" };
  MimesendSmtpClient *client = mimesend_smtp_client_new (&setup);

  g_assert_cmpint (poll_now (client), ==, MIMESEND_SMTP_WANT_INPUT);
  hear (client, "220 hi\r\n");
  g_assert_cmpint (poll_now (client), ==, MIMESEND_SMTP_WANT_INPUT | MIMESEND_SMTP_WANT_IDLE);
  expect (client, "");
  mimesend_smtp_client_idle (client);
  g_assert_cmpint (poll_now (client), ==, MIMESEND_SMTP_WANT_INPUT | MIMESEND_SMTP_WANT_OUTPUT);
  /* what comes in between makes it stale */
  hear (client, "4");
  expect (client, "");
  mimesend_smtp_client_idle (client);
  g_assert_cmpint (poll_now (client), ==, MIMESEND_SMTP_WANT_INPUT);
  expect (client, "");
  hear (client, "21 bye\r\n");
  g_assert_cmpint (poll_now (client), ==, MIMESEND_SMTP_WANT_CLOSE);
  mimesend_smtp_client_free (client);
}

/* The dot waits for an idle () of its own: sending the content made the last one stale. */
static void
test_gate_dot (void)
{
  MimesendSmtpSetup setup = { 0 };
  MimesendSmtpClient *client = ready_client (&setup, "250-hi\r\n250 PIPELINING\r\n");
  MimesendPiece piece = { .data = (const guint8 *)"x\r\n", .length = 3, .flags = MIMESEND_PIECE_READY },
                seen[4];
  guint64 id = submit (client), due;

  mimesend_smtp_client_idle (client);
  expect (client, "MAIL FROM:<>\r\nRCPT TO:<a@x.org>\r\nDATA\r\n");
  hear (client, "250 ok\r\n250 ok\r\n354 go\r\n");
  g_assert_cmpuint (mimesend_smtp_client_content_due (client, &due), >, 0);
  g_assert_cmpuint (due, ==, id);
  mimesend_smtp_client_supply (client, id, &piece);
  g_assert_null (piece.data);
  mimesend_smtp_client_end_content (client, id, NULL);
  expect (client, "x\r\n");
  g_assert_cmpint (poll_now (client), ==, MIMESEND_SMTP_WANT_INPUT | MIMESEND_SMTP_WANT_IDLE);
  expect (client, "");
  g_assert_false (client_end_was_sent (client));
  mimesend_smtp_client_idle (client);
  g_assert_cmpuint (mimesend_smtp_client_peek (client, seen, G_N_ELEMENTS (seen)), ==, 1);
  mimesend_smtp_client_sent (client, 1);
  g_assert_true (client_end_was_sent (client));
  expect (client, "\r\n"); /* once begun it is finished */
  hear (client, "250 2.0.0 queued as 1\r\n");
  g_assert_cmpint (last_event (client, MIMESEND_SMTP_EVENT_SETTLED).outcome, ==, MIMESEND_SMTP_ACCEPTED);
  g_assert_false (client_end_was_sent (client));
  mimesend_smtp_client_free (client);
}

/* A small message and its dot leave together, if nothing has come: one write. */
static void
test_gate_together (void)
{
  MimesendSmtpSetup setup = { 0 };
  MimesendSmtpClient *client = ready_client (&setup, "250-hi\r\n250 PIPELINING\r\n");
  MimesendPiece piece = { .data = (const guint8 *)"x\n", .length = 2 };
  guint64 id = submit (client);

  mimesend_smtp_client_idle (client);
  expect (client, "MAIL FROM:<>\r\nRCPT TO:<a@x.org>\r\nDATA\r\n");
  hear (client, "250 ok\r\n250 ok\r\n354 go\r\n");
  mimesend_smtp_client_supply (client, id, &piece);
  mimesend_smtp_client_end_content (client, id, NULL);
  mimesend_smtp_client_idle (client);
  expect (client, "x\r\n.\r\n");
  mimesend_smtp_client_free (client);
}

/* With BDAT the whole message is one run of octets. */
static void
test_one_run (void)
{
  MimesendSmtpSetup setup = { .window = 2 } /* the chunk leaves with MAIL and RCPT */;
  MimesendSmtpClient *client = ready_client (&setup, "250-hi\r\n250-CHUNKING\r\n250 PIPELINING\r\n");
  MimesendPiece piece = { .data = (const guint8 *)"x\n", .length = 2 }, seen[4];
  guint64 id = submit (client);

  mimesend_smtp_client_supply (client, id, &piece);
  mimesend_smtp_client_end_content (client, id, NULL);
  mimesend_smtp_client_idle (client);
  g_assert_cmpuint (mimesend_smtp_client_peek (client, seen, G_N_ELEMENTS (seen)), ==, 1);
  expect (client, "MAIL FROM:<>\r\nRCPT TO:<a@x.org>\r\nBDAT 3 LAST\r\nx\r\n");
  mimesend_smtp_client_free (client);
}

/* The content fails while 354 is awaited: nothing of it is sent, no dot either. */
static void
test_fails_ahead_of_go (void)
{
  MimesendSmtpSetup setup = { 0 };
  MimesendSmtpClient *client = ready_client (&setup, "250-hi\r\n250 PIPELINING\r\n");
  guint64 id = submit (client);
  g_autoptr (GError) error = g_error_new_literal (g_quark_from_static_string ("test"), 0, "it fails");

  mimesend_smtp_client_idle (client);
  expect (client, "MAIL FROM:<>\r\nRCPT TO:<a@x.org>\r\nDATA\r\n");
  mimesend_smtp_client_end_content (client, id, error);
  hear (client, "250 ok\r\n250 ok\r\n354 go\r\n");
  mimesend_smtp_client_idle (client);
  expect (client, "");
  g_assert_cmpint (poll_now (client), ==, MIMESEND_SMTP_WANT_CLOSE);
  g_assert_cmpint (last_event (client, MIMESEND_SMTP_EVENT_CLOSED).failure, ==,
                   MIMESEND_SMTP_FAILURE_CONTENT);
  mimesend_smtp_client_free (client);
}

/* TLS is wanted only when nothing is readable. */
static void
test_want_tls (void)
{
  MimesendSmtpSetup setup = { .starttls = MIMESEND_SMTP_STARTTLS_REQUIRED };
  MimesendSmtpClient *client = ready_client (&setup, "250-hi\r\n250 STARTTLS\r\n");

  mimesend_smtp_client_idle (client);
  expect (client, "STARTTLS\r\n");
  hear (client, "220 go\r\n");
  g_assert_cmpint (poll_now (client), ==, MIMESEND_SMTP_WANT_IDLE);
  mimesend_smtp_client_idle (client);
  g_assert_cmpint (poll_now (client), ==, MIMESEND_SMTP_WANT_TLS);
  mimesend_smtp_client_tls_done (client, NULL);
  g_assert_false (mimesend_smtp_capabilities_has (mimesend_smtp_client_get_capabilities (client),
                                                  MIMESEND_SMTP_STARTTLS));
  mimesend_smtp_client_free (client);
}

static void
test_want_auth (void)
{
  MimesendSmtpSetup setup = { .login = TRUE };
  MimesendSmtpClient *client = ready_client (&setup, "250-hi\r\n250 AUTH PLAIN\r\n");
  g_autoptr (GBytes) secret = g_bytes_new_static ("\0joe\0secret", 11);

  g_assert_cmpint (poll_now (client), ==, MIMESEND_SMTP_WANT_INPUT | MIMESEND_SMTP_WANT_AUTH);
  g_assert_false (client_output_is_secret (client));
  mimesend_smtp_client_auth_step (client, "PLAIN", secret, TRUE, NULL);
  mimesend_smtp_client_auth_step (client, "PLAIN", secret, TRUE, NULL); /* not asked twice: not said twice */
  g_assert_true (client_output_is_secret (client));
  mimesend_smtp_client_idle (client);
  expect (client, "AUTH PLAIN AGpvZQBzZWNyZXQ=\r\n");
  g_assert_false (client_output_is_secret (client));
  mimesend_smtp_client_free (client);
}

/* ---- pieces */

static guint n_released;

static void
release (gpointer owner)
{
  n_released++;
  memset (owner, 0, 1);
}

static MimesendSmtpClient *
client_at_content (const char *extensions, guint64 *id)
{
  MimesendSmtpSetup setup = { .chunk = 8192, .window = 2 };
  MimesendSmtpClient *client = ready_client (&setup, extensions);

  *id = submit (client);
  mimesend_smtp_client_idle (client);
  g_free (say (client));
  if (strstr (extensions, "CHUNKING") == NULL)
    hear (client, "250 ok\r\n250 ok\r\n354 go\r\n");
  return client;
}

/* A piece goes by reference, is released once when its last octet has left, and never while it is queued. */
static void
test_release (gconstpointer chunking)
{
  guint64 id;
  MimesendSmtpClient *client =
      client_at_content (GPOINTER_TO_INT (chunking) ? "250-x\r\n250-CHUNKING\r\n250 PIPELINING\r\n"
                                                    : "250-x\r\n250 PIPELINING\r\n",
                         &id);
  g_autofree guint8 *block = g_malloc (20000), *owner = g_malloc (1);
  MimesendPiece piece = { block, 20000, MIMESEND_PIECE_READY, release, owner }, seen[8];
  gsize sent = 0, least = GPOINTER_TO_INT (chunking) ? 8192 : 20000;
  guint n;
  gboolean by_reference = FALSE;

  memset (block, 'x', 20000);
  n_released = 0;
  mimesend_smtp_client_supply (client, id, &piece);
  g_assert_cmpuint (n_released, ==, 0);
  while ((n = mimesend_smtp_client_peek (client, seen, G_N_ELEMENTS (seen))) > 0)
    {
      by_reference |= seen[n - 1].data >= block && seen[n - 1].data < block + 20000;
      g_assert_true (n_released == 0);
      mimesend_smtp_client_sent (client, 1);
      sent++;
    }
  g_assert_true (by_reference);
  g_assert_cmpuint (sent, >=, least);
  mimesend_smtp_client_end_content (client, id, NULL);
  mimesend_smtp_client_idle (client);
  g_free (say (client));
  g_assert_cmpuint (n_released, ==, 1);
  mimesend_smtp_client_free (client);
}

/* … and when the session is over before that. */
static void
test_release_dropped (gconstpointer when)
{
  guint64 id;
  MimesendSmtpClient *client = client_at_content ("250-x\r\n250-CHUNKING\r\n250 PIPELINING\r\n", &id);
  g_autofree guint8 *block = g_malloc (20000), *owner = g_malloc (1);
  MimesendPiece piece = { block, 20000, MIMESEND_PIECE_PLAIN, release, owner };

  memset (block, 'x', 20000);
  block[9000] = '\n';
  n_released = 0;
  mimesend_smtp_client_supply (client, id, &piece);
  if (GPOINTER_TO_INT (when) == 1)
    mimesend_smtp_client_abort (client, "enough");
  else if (GPOINTER_TO_INT (when) == 2)
    hear (client, "250 ok\r\n550 no\r\n");
  mimesend_smtp_client_free (client);
  g_assert_cmpuint (n_released, ==, 1);
}

/* While a lent piece is on its way no more is asked for. */
static void
test_lent (void)
{
  guint64 id;
  MimesendSmtpClient *client = client_at_content ("250-x\r\n250 PIPELINING\r\n", &id);
  g_autofree guint8 *block = g_malloc (20000);
  MimesendPiece piece = { block, 20000, MIMESEND_PIECE_READY, NULL, NULL };

  memset (block, 'x', 20000);
  mimesend_smtp_client_supply (client, id, &piece);
  g_assert_cmpuint (mimesend_smtp_client_content_due (client, &id), ==, 0);
  mimesend_smtp_client_sent (client, 19999);
  g_assert_cmpuint (mimesend_smtp_client_content_due (client, &id), ==, 0);
  mimesend_smtp_client_sent (client, 1);
  g_assert_cmpuint (mimesend_smtp_client_content_due (client, &id), >, 0);
  mimesend_smtp_client_free (client);
}

/* A piece of any size is turned block by block: what waits in the output is bounded. */
static void
test_large_piece (void)
{
  guint64 id;
  MimesendSmtpClient *client = client_at_content ("250-x\r\n250 PIPELINING\r\n", &id);
  gsize n = 8 * 1024 * 1024, most = 0, all = 0;
  g_autofree guint8 *block = g_malloc (n);
  MimesendPiece piece = { block, n, MIMESEND_PIECE_PLAIN, NULL, NULL }, seen[8];
  guint n_seen;

  memset (block, '\n', n);
  mimesend_smtp_client_supply (client, id, &piece);
  while ((n_seen = mimesend_smtp_client_peek (client, seen, G_N_ELEMENTS (seen))) > 0)
    {
      gsize offered = 0;

      for (guint i = 0; i < n_seen; i++)
        offered += seen[i].length;
      most = MAX (most, offered);
      all += offered;
      mimesend_smtp_client_sent (client, offered);
    }
  g_assert_cmpuint (all, ==, 2 * n);
  g_assert_cmpuint (most, <=, 1024 * 1024);
  g_assert_cmpuint (mimesend_smtp_client_get_content_octets (client, id), ==, 2 * n);
  mimesend_smtp_client_free (client);
}

/* A piece that comes too late is released. */
static void
test_supply_unasked (void)
{
  guint64 id;
  MimesendSmtpClient *client = client_at_content ("250-x\r\n250 PIPELINING\r\n", &id);
  guint8 owner[1], octets[] = "x";
  MimesendPiece piece = { octets, 1, MIMESEND_PIECE_PLAIN, release, owner };

  n_released = 0;
  mimesend_smtp_client_end_content (client, id, NULL);
  mimesend_smtp_client_supply (client, id, &piece);
  g_assert_cmpuint (n_released, ==, 1);
  piece = (MimesendPiece){ octets, 1, MIMESEND_PIECE_PLAIN, release, owner };
  mimesend_smtp_client_supply (client, id + 17, &piece);
  g_assert_cmpuint (n_released, ==, 2);
  mimesend_smtp_client_free (client);
}

/* VRFY has the time of its stage from the command on, however the reply drips. */
static void
test_verify (void)
{
  MimesendSmtpSetup setup = { .timeout_us[MIMESEND_SMTP_STAGE_RCPT] = 20 * G_TIME_SPAN_SECOND };
  MimesendSmtpClient *client = ready_client (&setup, "250-x\r\n250 PIPELINING\r\n");
  MimesendSmtpEvent event;
  gint64 deadline;

  g_assert_true (mimesend_smtp_client_next_event (client, &event));
  g_assert_cmpint (event.type, ==, MIMESEND_SMTP_EVENT_READY);
  g_assert_false (mimesend_smtp_client_verify (client, "a\r\nRSET@x.org", TRUE));
  g_assert_false (mimesend_smtp_client_verify (client, "j\303\266@x.org", TRUE));
  g_assert_false (mimesend_smtp_client_verify (client, "", FALSE));
  g_assert_true (mimesend_smtp_client_verify (client, "\"a b\"@x.org", FALSE));
  g_assert_false (mimesend_smtp_client_verify (client, "a@x.org", TRUE)); /* one at a time */
  mimesend_smtp_client_idle (client);
  expect (client, "VRFY \"a b\"\r\n");
  poll_now (client);
  hear (client, "550 no\r\n");
  poll_now (client);
  g_assert_true (mimesend_smtp_client_next_event (client, &event));
  g_assert_cmpint (event.type, ==, MIMESEND_SMTP_EVENT_VERIFIED);
  g_assert_cmpuint (event.reply->code, ==, 550);

  g_assert_true (mimesend_smtp_client_verify (client, "a@x.org", TRUE));
  mimesend_smtp_client_idle (client);
  expect (client, "VRFY a@x.org\r\n");
  poll_now (client);
  for (guint i = 0; i < 3; i++)
    {
      now += 6 * G_TIME_SPAN_SECOND;
      hear (client, "2");
      mimesend_smtp_client_poll (client, now, &deadline);
      g_assert_false (mimesend_smtp_client_next_event (client, &event));
    }
  g_assert_cmpint (deadline, ==, now + 2 * G_TIME_SPAN_SECOND);
  now = deadline;
  poll_now (client);
  g_assert_cmpint (last_event (client, MIMESEND_SMTP_EVENT_CLOSED).failure, ==,
                   MIMESEND_SMTP_FAILURE_TIMEOUT);
  mimesend_smtp_client_free (client);
}

/* No answer that a message could be told of. */
static void
test_verify_farewell (void)
{
  MimesendSmtpSetup setup = { 0 };
  MimesendSmtpClient *client = ready_client (&setup, "250 x\r\n");

  g_assert_true (mimesend_smtp_client_verify (client, "a@x.org", TRUE));
  mimesend_smtp_client_idle (client);
  expect (client, "VRFY a@x.org\r\n");
  hear (client, "421 leaving\r\n");
  poll_now (client);
  g_assert_cmpint (last_event (client, MIMESEND_SMTP_EVENT_CLOSED).failure, ==, MIMESEND_SMTP_FAILURE_REPLY);
  mimesend_smtp_client_free (client);
}

/* Asked where nothing is under way, and once at a time. */
static void
test_question (void)
{
  MimesendSmtpSetup setup = { .mail_max = 2 };
  MimesendSmtpManner manner = { .mail_max = 3 };
  MimesendSmtpClient *client = mimesend_smtp_client_new (&setup);
  MimesendSmtpEvent event;

  g_assert_false (mimesend_smtp_client_question (client, MIMESEND_SMTP_QUESTION_CHUNKING));
  mimesend_smtp_client_free (client);

  client = ready_client (&setup, "250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n");
  g_assert_false (mimesend_smtp_client_question (client, MIMESEND_SMTP_QUESTION_BEHIND)); /* two MAILs more */
  mimesend_smtp_client_set_manner (client, &manner);
  g_assert_true (mimesend_smtp_client_question (client, MIMESEND_SMTP_QUESTION_BEHIND));
  g_assert_false (mimesend_smtp_client_question (client, MIMESEND_SMTP_QUESTION_CHUNKING));
  g_assert_false (mimesend_smtp_client_verify (client, "a@x.org", TRUE));
  g_assert_false (mimesend_smtp_client_has_room (client, FALSE));
  mimesend_smtp_client_idle (client);
  expect (client, "RSET\r\n");
  poll_now (client);
  hear (client, "250 ok\r\n");
  poll_now (client);
  mimesend_smtp_client_idle (client);
  expect (client, "MAIL FROM:<>\r\nRSET\r\nMAIL FROM:<>\r\nRSET\r\n");
  poll_now (client);
  hear (client, "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n");
  poll_now (client);
  event = last_event (client, MIMESEND_SMTP_EVENT_ANSWERED);
  g_assert_true (event.holds);
  g_assert_true (mimesend_smtp_client_has_room (client, FALSE)); /* for one */
  mimesend_smtp_client_quit (client);
  g_assert_false (mimesend_smtp_client_question (client, MIMESEND_SMTP_QUESTION_CHUNKING));
  mimesend_smtp_client_free (client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/client/stage-within-a-tick-is-passed", test_stage_within_a_tick);
  g_test_add_func ("/smtp/client/command-waits-for-idle", test_gate_command);
  g_test_add_func ("/smtp/client/dot-waits-for-idle-of-its-own", test_gate_dot);
  g_test_add_func ("/smtp/client/small-message-leaves-with-its-dot", test_gate_together);
  g_test_add_func ("/smtp/client/bdat-message-is-one-run", test_one_run);
  g_test_add_func ("/smtp/client/content-failing-before-354-completes-nothing", test_fails_ahead_of_go);
  g_test_add_func ("/smtp/client/asks-for-tls", test_want_tls);
  g_test_add_func ("/smtp/client/asks-for-auth", test_want_auth);
  g_test_add_data_func ("/smtp/client/releases-pieces-after/data", GINT_TO_POINTER (FALSE), test_release);
  g_test_add_data_func ("/smtp/client/releases-pieces-after/bdat", GINT_TO_POINTER (TRUE), test_release);
  g_test_add_data_func ("/smtp/client/releases-pieces-after/free", GINT_TO_POINTER (0), test_release_dropped);
  g_test_add_data_func ("/smtp/client/releases-pieces-after/abort", GINT_TO_POINTER (1),
                        test_release_dropped);
  g_test_add_data_func ("/smtp/client/releases-pieces-after/refused", GINT_TO_POINTER (2),
                        test_release_dropped);
  g_test_add_func ("/smtp/client/copies-lent-pieces", test_lent);
  g_test_add_func ("/smtp/client/sends-large-piece-uncopied", test_large_piece);
  g_test_add_func ("/smtp/client/refuses-unasked-content", test_supply_unasked);
  g_test_add_func ("/smtp/client/question", test_question);
  g_test_add_func ("/smtp/client/vrfy-returns-the-reply", test_verify);
  g_test_add_func ("/smtp/client/vrfy-answered-421-closes", test_verify_farewell);
  return g_test_run ();
}
