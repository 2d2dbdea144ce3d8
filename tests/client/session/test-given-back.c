/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many messages over a session, or a pool, to servers that punish one for where it stood: nothing is told of it that was meant
 * for the connection, each arrives once, and what was learnt is not learnt for life. */
#include "async.h"

#include <string.h>

#include "test-sink.h"

#define MANY 130

typedef struct
{
  const char *name;
  const char *steps[3];
  const char *hidden; /* NULL: nothing */
  guint window, n;
  guint timeout_s; /* of a session; 0: the usual ones */
  /* what comes of it */
  guint in_doubt, connections; /* 0: any number */
  const char *words;           /* of a warning; NULL: there is none */
} Case;

static TestSink *
sink_for (const Case *it)
{
  const char *options[12] = { NULL }; /* of which the last stays */
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (it->steps) && it->steps[i] != NULL; i++)
    {
      options[n++] = "--script";
      options[n++] = it->steps[i];
    }
  if (it->hidden != NULL)
    {
      options[n++] = "--hide";
      options[n++] = it->hidden;
    }
  return test_sink_start_with (options);
}

/* All at once; each has a number. */
static void
send_many (MimesendSession *session, Sent *sent, guint n)
{
  guint left = n;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("Subject: x\n\nnumber %u\n", i);

      sent[i] = (Sent){ .left = &left };
      start_text (session, text, &sent[i]);
    }
  while (left > 0)
    g_main_context_iteration (NULL, TRUE);
}

/* What lies in the sink: each accepted one once, in doubt ones once at most, all others not at all. */
static void
assert_account (TestSink *sink, const Sent *sent, guint n, guint *connections, guint *by_bdat)
{
  g_autofree guint *stored = g_new0 (guint, n);
  guint n_stored = test_sink_count (sink);

  *connections = *by_bdat = 0;
  for (guint i = 0; i < n_stored; i++)
    {
      JsonObject *message = test_sink_next (sink);
      g_autoptr (GBytes) octets = test_sink_octets (sink);
      g_autofree char *text = g_strndup (g_bytes_get_data (octets, NULL), g_bytes_get_size (octets));

      stored[atoi (strstr (text, "number ") + 7)]++;
      *connections = MAX (*connections, (guint)json_object_get_int_member (message, "connection"));
      *by_bdat += json_object_get_boolean_member (message, "by_bdat");
    }
  for (guint i = 0; i < n; i++)
    {
      MimesendOutcome outcome = mimesend_receipt_get_outcome (sent[i].receipt);

      if (outcome == MIMESEND_OUTCOME_ACCEPTED)
        g_assert_cmpuint (stored[i], ==, 1);
      else
        g_assert_cmpuint (stored[i], <=, outcome == MIMESEND_OUTCOME_IN_DOUBT);
    }
}

static guint
count_outcome (const Sent *sent, guint n, MimesendOutcome outcome)
{
  guint count = 0;

  for (guint i = 0; i < n; i++)
    count += mimesend_receipt_get_outcome (sent[i].receipt) == outcome;
  return count;
}

static guint
count_warned (const Sent *sent, guint n, const char *words)
{
  guint count = 0;

  for (guint i = 0; i < n; i++)
    for (const char *const *warning = mimesend_receipt_get_warnings (sent[i].receipt); *warning != NULL;
         warning++)
      count += words == NULL || strstr (*warning, words) != NULL;
  return count;
}

static void
test_session (gconstpointer data)
{
  const Case *it = data;
  TestSink *sink = sink_for (it);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autofree Sent *sent = g_new0 (Sent, it->n);
  guint connections, by_bdat;

  mimesend_session_set_window (session, it->window);
  mimesend_session_set_timeout (session, it->timeout_s);
  send_many (session, sent, it->n);
  assert_account (sink, sent, it->n, &connections, &by_bdat);
  g_assert_cmpuint (count_outcome (sent, it->n, MIMESEND_OUTCOME_ACCEPTED), ==, it->n - it->in_doubt);
  g_assert_cmpuint (count_outcome (sent, it->n, MIMESEND_OUTCOME_IN_DOUBT), ==, it->in_doubt);
  if (it->connections > 0)
    g_assert_cmpuint (connections, ==, it->connections);
  if (it->words != NULL)
    g_assert_cmpuint (count_warned (sent, it->n, it->words), >=, 1);
  else
    g_assert_cmpuint (count_warned (sent, it->n, NULL), ==, 0);
  for (guint i = 0; i < it->n; i++)
    sent_clear (&sent[i]);
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

#define DATA_ONLY "CHUNKING"

static const Case cases[] = {
  { "behind/503", { "@1 MAIL#2 reply 503 Bad sequence" }, DATA_ONLY, 4, 4, 0, 0, 1, "one at a time" },
  { "behind/500", { "@1 MAIL#3 reply 500 what?" }, DATA_ONLY, 4, 12, 0, 0, 1, "one at a time" },
  { "behind/502", { "@1 MAIL#12 reply 502 5.5.1 no" }, DATA_ONLY, 4, 20, 0, 0, 1, "one at a time" },
  { "behind/554",
    { "@1 MAIL#2 reply 554 5.5.0 SMTP synchronization error" },
    DATA_ONLY,
    4,
    8,
    0,
    0,
    1,
    "one at a time" },
  { "behind/421", { "@1 MAIL#2 reply 421 4.7.0 no pipelining" }, DATA_ONLY, 4, 8, 0, 0, 2, "one at a time" },
  { "behind/each-connection",
    { "MAIL#2 reply 503 5.5.1 pipelined" },
    DATA_ONLY,
    8,
    40,
    0,
    0,
    1,
    "one at a time" },
  { "behind/bdat", { "@1 MAIL#2 reply 503 Bad sequence" }, NULL, 4, 12, 0, 0, 1, "one at a time" },
  { "behind/silence", { "@1 MAIL#2 hang" }, DATA_ONLY, 4, 8, 1, 0, 2, "one at a time" },
  { "behind/silence-bdat", { "@1 MAIL#2 hang" }, NULL, 4, 8, 1, 0, 2, "one at a time" },
  { "behind/silence-later", { "@1 MAIL#20 hang" }, DATA_ONLY, 4, 40, 1, 0, 2, NULL },
  { "behind/closed", { "@1 MAIL#2 drop" }, DATA_ONLY, 4, 8, 0, 0, 2, "one at a time" },
  { "behind/closed-later", { "@1 MAIL#20 drop" }, DATA_ONLY, 4, 40, 0, 0, 2, NULL },
  { "limit/421-bdat", { "@1 MAIL#3 reply 421 too many" }, NULL, 8, 8, 0, 0, 4, "2 messages" },
  { "limit/421", { "MAIL#11- reply 421 4.7.0 too many messages" }, NULL, 8, 100, 0, 0, 10, "10 messages" },
  { "limit/421-data", { "MAIL#11- reply 421 4.7.0 too many" }, DATA_ONLY, 8, 100, 0, 0, 10, "10 messages" },
  { "limit/421-one-by-one", { "MAIL#11- reply 421 too many" }, NULL, 1, 100, 0, 0, 10, "10 messages" },
  { "limit/451", { "MAIL#4- reply 451 4.4.2 enough" }, NULL, 1, 9, 0, 0, 3, "3 messages" },
  { "limit/452", { "MAIL#4- reply 452 4.5.3 too many" }, DATA_ONLY, 1, 9, 0, 0, 3, "3 messages" },
  { "limit/452-window", { "MAIL#4- reply 452 4.5.3 too many" }, NULL, 8, 9, 0, 0, 3, "3 messages" },
  { "limit/lock-step", { "MAIL#4- reply 452 4.5.3 too many" }, "PIPELINING", 8, 9, 0, 0, 3, "3 messages" },
  { "limit/503", { "MAIL#4- reply 503 5.5.1 enough" }, "PIPELINING", 1, 9, 0, 0, 3, "3 messages" },
  { "limit/rcpt-421", { "@1 RCPT#3 reply 421 4.7.0 enough" }, NULL, 1, 6, 0, 0, 3, "2 messages" },
  { "limit/rcpt-421-each", { "RCPT#4- reply 421 4.7.0 enough" }, NULL, 8, 9, 0, 0, 3, "3 messages" },
  { "limit/rcpt-421-data", { "RCPT#4- reply 421 4.3.2 bye" }, DATA_ONLY, 8, 9, 0, 0, 3, "3 messages" },
  { "limit/data-421", { "DATA#4- reply 421 4.3.2 bye" }, DATA_ONLY, 1, 9, 0, 0, 3, "3 messages" },
  { "limit/one", { "MAIL#2- reply 450 one each" }, "PIPELINING", 1, 6, 0, 0, 6, "1 messages" },
  { "lost/first-dot", { "@1 DOT#1 drop" }, DATA_ONLY, 8, 40, 0, 1, 2, "one at a time" },
  { "lost/later-dot", { "@1 DOT#15 reset" }, DATA_ONLY, 8, 40, 0, 1, 2, NULL },
  { "lost/stored", { "@1 DOT#15 lose" }, DATA_ONLY, 8, 40, 0, 1, 2, NULL },
};

/* The third message is put off, and all others are accepted. */
static void
assert_put_off (const Case *it, guint n_connections, guint code, guint n_transactions) /* 0: any */
{
  TestSink *sink = sink_for (it);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  Sent sent[6];
  guint connections, by_bdat;

  send_many (session, sent, 6);
  assert_account (sink, sent, 6, &connections, &by_bdat);
  g_assert_cmpuint (connections, ==, n_connections);
  g_assert_cmpint (mimesend_receipt_get_outcome (sent[2].receipt), ==, MIMESEND_OUTCOME_DEFERRED);
  g_assert_cmpuint (mimesend_receipt_get_code (sent[2].receipt), ==, code);
  if (n_transactions > 0)
    g_assert_cmpuint (mimesend_receipt_get_n_transactions (sent[2].receipt), ==, n_transactions);
  g_assert_cmpuint (count_outcome (sent, 6, MIMESEND_OUTCOME_ACCEPTED), ==, 5);
  for (guint i = 0; i < 6; i++)
    sent_clear (&sent[i]);
  test_sink_stop (sink);
}

/* Asked for as such, not as a limit of the connection: it is refused as the first one, too. */
static void
test_put_off (void)
{
  const Case it = { .steps = { "@1 MAIL#3 reply 450 4.1.8 no such domain",
                               "@2 MAIL#1 reply 450 4.1.8 no such domain" } };

  assert_put_off (&it, 2, 450, 1);
}

/* 421 to the recipient of the first message of the new connection, too: that is put off. */
static void
test_put_off_at_rcpt (void)
{
  const Case it = { .steps = { "@1 RCPT#3 reply 421 4.7.0 not him", "@2 RCPT#1 reply 421 4.7.0 not him" } };

  assert_put_off (&it, 3, 421, 0);
}

/* No server is there for it any more: put off, and nothing is said of a refusal. */
static void
test_nobody_left (void)
{
  const Case it = { .steps = { "@1 MAIL#2 reply 421 bye", "@2 GREETING reply 421 not now" } };
  TestSink *sink = sink_for (&it);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  Sent sent = { 0 };

  start_text (session, "Subject: x\n\nnumber 0\n", &sent);
  sent_await (&sent);
  assert_accepted (&sent);
  sent_clear (&sent);
  start_text (session, "Subject: x\n\nnumber 1\n", &sent);
  sent_await (&sent);
  g_assert_error (sent.error, MIMESEND_ERROR, MIMESEND_ERROR_DEFERRED);
  g_assert_cmpint (mimesend_receipt_get_outcome (mimesend_session_get_last_receipt (session)), ==,
                   MIMESEND_OUTCOME_DEFERRED);
  sent_clear (&sent);
  test_sink_stop (sink);
}

/* One fault, and the way that it befell is in use again later. */
typedef struct
{
  const char *name, *step, *hidden;
  guint window, in_doubt_max;
  guint by_bdat_least, behind_least;
} Recovery;

static const Recovery recoveries[] = {
  { "dropped-at-first-last", "@1 LAST#1 drop", NULL, 1, 1, MANY - 55, 0 },
  { "dropped-at-first-last-window", "@1 LAST#1 drop", NULL, 8, 1, MANY - 1, 20 },
  { "dropped-at-first-dot-window", "@1 DOT#1 drop", DATA_ONLY, 8, 1, 0, 20 },
  { "dropped-at-second-mail-window", "@1 MAIL#2 drop", NULL, 8, 0, MANY, 20 },
  { "stalled-at-first-last", "@1 LAST#1 hang", NULL, 1, 1, MANY - 55, 0 },
  { "stalled-at-hundredth-last", "@1 LAST#100 hang", NULL, 1, 1, MANY - 1, 0 },
  { "chunk-not-known-window", "@1 LAST#1 reply 500 5.5.1 what?", NULL, 8, 0, MANY - 80, 20 },
  { "pipelining-refused", "@1 RCPT#1 reply 503 5.5.1 what?", NULL, 8, 0, MANY - 80, 1 },
  { "chunk-not-known", "@1 LAST#1 reply 500 5.5.1 what?", NULL, 1, 0, MANY - 55, 0 },
};

/* How often MAIL was written right behind the end of another message. */
typedef struct
{
  gboolean ended;
  guint n_behind;
} Order;

static void
note_order (MimesendTraceDirection direction, const char *line, gpointer data)
{
  Order *order = data;

  if (direction == MIMESEND_TRACE_RECEIVED)
    order->ended = FALSE;
  else if (direction == MIMESEND_TRACE_SENT && g_str_has_prefix (line, "MAIL FROM:"))
    order->n_behind += order->ended;
  else if (strcmp (line, ".") == 0 || g_str_has_suffix (line, " LAST"))
    order->ended = TRUE;
}

static void
test_recovery (gconstpointer data)
{
  const Recovery *it = data;
  TestSink *sink =
      test_sink_start ("--script", it->step, it->hidden != NULL ? "--hide" : NULL, it->hidden, NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autofree Sent *sent = g_new0 (Sent, MANY);
  guint connections, by_bdat, in_doubt;
  Order order = { 0 };

  mimesend_session_set_window (session, it->window);
  mimesend_session_set_final_timeout (session, 1);
  mimesend_session_set_trace (session, note_order, &order, NULL);
  send_many (session, sent, MANY);
  assert_account (sink, sent, MANY, &connections, &by_bdat);
  in_doubt = count_outcome (sent, MANY, MIMESEND_OUTCOME_IN_DOUBT);
  g_assert_cmpuint (in_doubt, <=, it->in_doubt_max);
  g_assert_cmpuint (count_outcome (sent, MANY, MIMESEND_OUTCOME_ACCEPTED), >=,
                    MANY - MAX (it->in_doubt_max, 1));
  g_assert_cmpuint (by_bdat, >=, it->by_bdat_least);
  g_assert_cmpuint (order.n_behind, >=, it->behind_least);
  for (guint i = 0; i < MANY; i++)
    sent_clear (&sent[i]);
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

/* One that never knows BDAT, or never answers it, or leaves at it: that costs one message, and no other one anything. */
static void
test_never_cured (gconstpointer reply)
{
  g_autofree char *last = g_strconcat ("LAST ", (const char *)reply, NULL);
  g_autofree char *chunk = g_strconcat ("BDAT ", (const char *)reply, NULL);
  TestSink *sink = test_sink_start ("--script", last, "--script", chunk, NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autofree Sent *sent = g_new0 (Sent, MANY);
  guint connections, by_bdat;

  mimesend_session_set_final_timeout (session, 1);
  mimesend_session_set_timeout (session, 1);
  send_many (session, sent, MANY);
  assert_account (sink, sent, MANY, &connections, &by_bdat);
  g_assert_cmpuint (by_bdat, ==, 0);
  g_assert_cmpuint (count_outcome (sent, MANY, MIMESEND_OUTCOME_ACCEPTED), ==, MANY - 1);
  for (guint i = 0; i < MANY; i++)
    sent_clear (&sent[i]);
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

static void
note_settled (MimesendPool *pool, guint64 tag, MimesendReceipt *receipt, const GError *error, gpointer data)
{
  g_assert_no_error (error);
  *(guint *)data += mimesend_receipt_get_outcome (receipt) == MIMESEND_OUTCOME_ACCEPTED;
}

/* In a pool, too: what one connection asks the others need not, and none of them is held up for ever. */
static void
test_pool_recovers (void)
{
  TestSink *sink = test_sink_start ("--script", "@1 LAST#1 drop", NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendPool) pool = mimesend_pool_new (server);
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  guint accepted = 0, by_bdat = 0, n;

  g_object_set (pool, "connections", 3, NULL);
  g_signal_connect (pool, "settled", G_CALLBACK (note_settled), &accepted);
  for (guint i = 0; i < 2 * MANY; i++)
    {
      g_autoptr (MimesendContent) content = content_of_text ("Subject: x\n\nx\n");

      g_assert_true (mimesend_pool_submit (pool, envelope, content, MIMESEND_SEND_DEFAULT, i, NULL, NULL));
    }
  mimesend_pool_drain (pool, NULL, NULL);
  g_assert_cmpuint (accepted, >=, 2 * MANY - 1);
  n = test_sink_count (sink);
  g_assert_cmpuint (n, ==, accepted);
  for (guint i = 0; i < n; i++)
    by_bdat += json_object_get_boolean_member (test_sink_next (sink), "by_bdat");
  g_assert_cmpuint (by_bdat, >=, 2 * MANY - 60);
  test_sink_stop (sink);
}

/* 421 to the end of a message that is stored: never told as put off, and never sent again by a retry policy. */
static void
test_stored_421 (gconstpointer data)
{
  static const char *const ends[] = { "DOT", "LAST" };
  const char *words = data;
  gboolean lmtp = g_str_has_prefix (words, "lmtp ");

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *step = g_strdup_printf ("@1 %s store reply %s", ends[i], lmtp ? words + 5 : words);
      const char *options[] = {
        "--script", step, "--hide", i == 0 ? DATA_ONLY : "DSN", lmtp ? "--lmtp" : NULL, NULL
      };
      TestSink *sink = test_sink_start_with (options);
      g_autofree char *url = test_sink_url (sink, lmtp ? "lmtp" : "smtp");
      g_autoptr (MimesendSession) session = session_to (url);
      g_autoptr (MimesendRetry) retry = mimesend_retry_new (3);
      g_autoptr (MimesendRetry) soon = mimesend_retry_with_delay (retry, 0.001, 0.001);
      Sent sent = { 0 };

      g_object_set (session, "retry", soon, NULL);
      start_text (session, "Subject: x\n\nx\n", &sent);
      sent_await (&sent);
      g_assert_no_error (sent.error);
      g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_IN_DOUBT);
      g_assert_cmpuint (mimesend_receipt_get_code (sent.receipt), ==, 421);
      g_assert_cmpuint (mimesend_receipt_get_attempts (sent.receipt), ==, 1);
      g_assert_cmpuint (test_sink_count (sink), ==, 1);
      sent_clear (&sent);
      test_sink_stop (sink);
    }
}

/* --- pools */

/* What one connection has met the others know. */
static void
test_pool (void)
{
  TestSink *sink = test_sink_start ("--script", "MAIL#11- reply 452 4.5.3 too many", NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendPool) pool = mimesend_pool_new (server);
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  guint accepted = 0;

  g_object_set (pool, "connections", 3, NULL);
  g_signal_connect (pool, "settled", G_CALLBACK (note_settled), &accepted);
  for (guint i = 0; i < MANY; i++)
    {
      g_autoptr (MimesendContent) content = content_of_text ("Subject: x\n\nx\n");

      g_assert_true (mimesend_pool_submit (pool, envelope, content, MIMESEND_SEND_DEFAULT, i, NULL, NULL));
    }
  mimesend_pool_drain (pool, NULL, NULL);
  g_assert_cmpuint (accepted, ==, MANY);
  g_assert_cmpuint (test_sink_count (sink), ==, MANY);
  test_sink_stop (sink);
}

/* --- many recipients: each connection gets on, and another one is made as long as that is so */

static void
test_refused_among_many (gconstpointer step)
{
  const guint n = 1000;
  g_autoptr (GPtrArray) options = g_ptr_array_new_with_free_func (g_free);
  TestSink *sink;
  g_autoptr (MimesendSession) session = NULL;
  g_autoptr (MimesendContent) content = content_of_text ("Subject: x\n\nx\n");
  g_autoptr (GPtrArray) to = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (MimesendEnvelope) envelope = NULL;
  g_autoptr (MimesendReceipt) receipt = NULL;

  g_ptr_array_add (options, g_strdup ("--refuse"));
  g_ptr_array_add (options, g_strdup ("no*"));
  for (guint i = 1; step != NULL && i <= 8; i++) /* the first eight connections */
    {
      g_ptr_array_add (options, g_strdup ("--script"));
      g_ptr_array_add (options, g_strdup_printf ("@%u %s", i, (const char *)step));
    }
  g_ptr_array_add (options, NULL);
  sink = test_sink_start_with ((const char *const *)options->pdata);
  session = session_to (test_sink_server (sink));
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (to, g_strdup_printf ("%s%u@example.org", i % 7 == 6 ? "no" : "yes", i));
  g_ptr_array_add (to, NULL);
  envelope = mimesend_envelope_new ("joe@example.com", (const char *const *)to->pdata, NULL);
  receipt = mimesend_session_send (session, envelope, content, MIMESEND_SEND_SERVE_ACCEPTED, NULL, NULL);
  g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_PARTIAL);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (mimesend_receipt_get_recipient_outcome (receipt, i), ==,
                     i % 7 == 6 ? MIMESEND_OUTCOME_REFUSED : MIMESEND_OUTCOME_ACCEPTED);
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

/* One that drops each connection at a recipient without a word: that is not done for ever. */
static void
test_no_way_on (void)
{
  static const char *const to[] = { "a@example.org", "b@example.org", "c@example.org", NULL };
  TestSink *sink = test_sink_start ("--script", "RCPT#2 drop", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendContent) content = content_of_text ("Subject: x\n\nx\n");
  g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("joe@example.com", to, NULL);
  g_autoptr (MimesendReceipt) receipt =
      mimesend_session_send (session, envelope, content, MIMESEND_SEND_SERVE_ACCEPTED, NULL, NULL);

  g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_DEFERRED);
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/client/given-back/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_session);
    }
  g_test_add_func ("/client/given-back/put-off", test_put_off);
  g_test_add_func ("/client/given-back/put-off-at-rcpt", test_put_off_at_rcpt);
  g_test_add_func ("/client/given-back/no-server-left-defers-the-message", test_nobody_left);
  for (guint i = 0; i < G_N_ELEMENTS (recoveries); i++)
    {
      g_autofree char *path = g_strconcat ("/client/recovery/", recoveries[i].name, NULL);

      g_test_add_data_func (path, &recoveries[i], test_recovery);
    }
  g_test_add_data_func ("/client/never-cured/not-known", "reply 500 5.5.1 what?", test_never_cured);
  g_test_add_data_func ("/client/never-cured/stalls", "hang", test_never_cured);
  g_test_add_data_func ("/client/never-cured/drops", "drop", test_never_cured);
  g_test_add_func ("/client/recovery/pool", test_pool_recovers);
  g_test_add_data_func ("/client/421-to-the-end-is-in-doubt/lmtp", "lmtp 421 4.3.2 Shutting down",
                        test_stored_421);
  g_test_add_data_func ("/client/421-to-the-end-is-in-doubt/lmtp-plain", "lmtp 421 bye", test_stored_421);
  g_test_add_data_func ("/client/421-to-the-end-is-in-doubt/stopping", "421 4.3.2 Shutting down",
                        test_stored_421);
  g_test_add_data_func ("/client/421-to-the-end-is-in-doubt/network",
                        "421 4.4.0 Lost connection to relay server", test_stored_421);
  g_test_add_func ("/client/given-back/pool", test_pool);
  g_test_add_data_func ("/client/many-recipients/every-seventh", NULL, test_refused_among_many);
  g_test_add_data_func ("/client/many-recipients/dropped-at-thirtieth", "RCPT#30 drop",
                        test_refused_among_many);
  g_test_add_data_func ("/client/many-recipients/421-at-eightieth", "RCPT#80 reply 421 4.7.0 too many errors",
                        test_refused_among_many);
  g_test_add_func ("/client/many-recipients/no-way-on", test_no_way_on);
  return g_test_run ();
}
