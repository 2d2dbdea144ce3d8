/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every sequence of up to five answers out of twelve (six with -m thorough) goes through the core, in several ways of sending. A model that knows
 * nothing of the core says which recipients may count as accepted; the rest are invariants:
 *
 *   accepted exactly where the model says so; refused only where the server said 5yz, deferred only where it said 4yz;
 *   in doubt only where the end mark had left; one outcome a recipient, one a transaction, one end of the session. */
#include "smtp/client.h"

#include <string.h>

#define N_SYMBOLS 12
#define CLOSE     10
#define TIME      11

static const struct
{
  const char *octets;
  gsize n;
  guint code; /* 0: no reply */
} symbols[N_SYMBOLS] = {
  { "250 ok\r\n", 8, 250 },
  { "251 2.1.5 forwarded\r\n", 21, 251 },
  { "354 go\r\n", 8, 354 },
  { "421 bye\r\n", 9, 421 },
  { "450 4.2.0 later\r\n", 17, 450 },
  { "452 4.5.3 too many\r\n", 20, 452 },
  { "550-5.1.1 no\r\n550 5.1.1 such user\r\n", 35, 550 },
  { "334 YQ==\r\n", 10, 334 },
  { "250-fine\r\n554 not fine\r\n", 24, 0 },
  { "250 \0\r\n", 7, 0 },
  { NULL, 0, 0 }, /* the end */
  { NULL, 0, 0 }, /* time passes */
};

typedef struct
{
  const char *name;
  const char *ehlo;
  guint n_recipients;
  gboolean all_or_nothing, lmtp, chunking;
  gboolean at_once; /* the server says its whole part ahead */
} Way;

static const Way ways[] = {
  { "lock-step", "250 x\r\n", 1, FALSE, FALSE, FALSE, FALSE },
  { "pipelined", "250-x\r\n250 PIPELINING\r\n", 1, TRUE, FALSE, FALSE, FALSE },
  { "two", "250-x\r\n250 PIPELINING\r\n", 2, FALSE, FALSE, FALSE, FALSE },
  { "two-all-or-nothing", "250-x\r\n250 PIPELINING\r\n", 2, TRUE, FALSE, FALSE, FALSE },
  { "bdat", "250-x\r\n250-CHUNKING\r\n250 PIPELINING\r\n", 1, FALSE, FALSE, TRUE, FALSE },
  { "bdat-two", "250-x\r\n250-CHUNKING\r\n250 PIPELINING\r\n", 2, FALSE, FALSE, TRUE, FALSE },
  { "lmtp", "250-x\r\n250 PIPELINING\r\n", 1, FALSE, TRUE, FALSE, FALSE },
  { "ahead", "250-x\r\n250 PIPELINING\r\n", 1, FALSE, FALSE, FALSE, TRUE },
  { "ahead-lock-step", "250 x\r\n", 1, FALSE, FALSE, FALSE, TRUE },
};

typedef struct
{
  MimesendSmtpClient *client;
  gint64 now, deadline;
  gboolean end_begun;
  guint n_recipients, n_settled, n_closed;
  MimesendSmtpOutcome outcomes[2];
} Run;

static void
read_events (Run *run)
{
  MimesendSmtpEvent event;

  while (mimesend_smtp_client_next_event (run->client, &event))
    if (event.type == MIMESEND_SMTP_EVENT_RECIPIENT)
      {
        g_assert_cmpuint (event.recipient, ==, run->n_recipients);
        run->outcomes[run->n_recipients++] = event.outcome;
      }
    else if (event.type == MIMESEND_SMTP_EVENT_SETTLED)
      run->n_settled++;
    else if (event.type == MIMESEND_SMTP_EVENT_CLOSED)
      run->n_closed++;
}

/* The client says all that it may. */
static void
speak (Run *run)
{
  for (;;)
    {
      MimesendPiece pieces[4];
      guint64 id;
      guint n;
      gsize all = 0;

      mimesend_smtp_client_idle (run->client);
      mimesend_smtp_client_poll (run->client, run->now, &run->deadline);
      read_events (run);
      if (mimesend_smtp_client_content_due (run->client, &id) > 0)
        {
          MimesendPiece piece = { .data = (const guint8 *)"x\r\n",
                                  .length = 3,
                                  .flags = MIMESEND_PIECE_READY };

          mimesend_smtp_client_supply (run->client, id, &piece);
          mimesend_smtp_client_end_content (run->client, id, NULL);
        }
      n = mimesend_smtp_client_peek (run->client, pieces, G_N_ELEMENTS (pieces));
      for (guint i = 0; i < n; i++)
        {
          all += pieces[i].length;
          /* the dot line, or the text of a LAST */
          run->end_begun |= pieces[i].data[pieces[i].length - 1] == '\n' && pieces[i].length >= 3 &&
                            memcmp (pieces[i].data + pieces[i].length - 3, ".\r\n", 3) == 0;
          run->end_begun |=
              g_strstr_len ((const char *)pieces[i].data, (gssize)pieces[i].length, " LAST") != NULL;
        }
      if (all == 0)
        break;
      mimesend_smtp_client_sent (run->client, all);
    }
}

static gboolean
is_good (guint symbol)
{
  return symbols[symbol].code / 100 == 2;
}

static gboolean
is_refusal (guint symbol)
{
  return symbols[symbol].code >= 400 && symbols[symbol].code != 421;
}

/* Which recipients may be accepted, told from the answers alone, in the order of the commands. */
static void
model (const Way *way, const guint8 *answers, guint n, gboolean *accepted)
{
  guint at = 0, n_good = 0;

  accepted[0] = accepted[1] = FALSE;
  if (n < way->n_recipients + 2 + (way->chunking ? 0 : 1) || !is_good (answers[at++]))
    return;
  for (guint i = 0; i < way->n_recipients; i++, at++)
    if (is_good (answers[at]))
      n_good++;
    else if (!is_refusal (answers[at]))
      return;
  if (n_good < (way->all_or_nothing ? way->n_recipients : 1))
    return;
  if (!way->chunking && symbols[answers[at++]].code != 354)
    return;
  if (!is_good (answers[at]) || (way->at_once && !way->chunking))
    return;
  for (guint i = 0; i < way->n_recipients; i++)
    accepted[i] = is_good (answers[1 + i]);
}

static gboolean
heard (const guint8 *answers, guint n, guint class_digit)
{
  for (guint i = 0; i < n; i++)
    if (symbols[answers[i]].code / 100 == class_digit)
      return TRUE;
  return FALSE;
}

static void
answer (Run *run, guint symbol)
{
  if (symbol == TIME)
    {
      if (run->deadline < G_MAXINT64)
        run->now = run->deadline;
    }
  else
    mimesend_smtp_client_receive (run->client, (const guint8 *)symbols[symbol].octets, symbols[symbol].n);
}

static void
run_one (const Way *way, const guint8 *answers, guint n)
{
  static const char *const to[][3] = { { "a@x.org", NULL }, { "a@x.org", "b@x.org", NULL } };
  MimesendSmtpSetup setup = { .ehlo_name = "[127.0.0.1]", .lmtp = way->lmtp };
  MimesendSmtpTransaction transaction = { .reverse_path = "joe@example.com",
                                          .recipients = to[way->n_recipients - 1],
                                          .all_or_nothing = way->all_or_nothing,
                                          .size = -1 };
  Run run = { .client = mimesend_smtp_client_new (&setup), .now = 1 };
  gboolean accepted[2];

  mimesend_smtp_client_receive (run.client, (const guint8 *)"220 x\r\n", 7);
  speak (&run);
  mimesend_smtp_client_receive (run.client, (const guint8 *)way->ehlo, strlen (way->ehlo));
  speak (&run);
  g_assert_cmpuint (mimesend_smtp_client_submit (run.client, &transaction), ==, 1);
  speak (&run);
  for (guint i = 0; i < n; i++)
    {
      answer (&run, answers[i]);
      if (!way->at_once)
        speak (&run);
      else
        read_events (&run);
    }
  speak (&run);
  mimesend_smtp_client_receive (run.client, NULL, 0);
  speak (&run);

  g_assert_cmpuint (run.n_settled, ==, 1);
  g_assert_cmpuint (run.n_closed, ==, 1);
  g_assert_cmpuint (run.n_recipients, ==, way->n_recipients);
  model (way, answers, n, accepted);
  for (guint i = 0; i < way->n_recipients; i++)
    {
      MimesendSmtpOutcome outcome = run.outcomes[i];

      g_assert_cmpint (outcome == MIMESEND_SMTP_ACCEPTED, ==, accepted[i]);
      g_assert_true (outcome != MIMESEND_SMTP_REFUSED || heard (answers, n, 5));
      g_assert_true (outcome != MIMESEND_SMTP_DEFERRED || heard (answers, n, 4));
      g_assert_true (outcome != MIMESEND_SMTP_IN_DOUBT || run.end_begun);
      g_assert_cmpint (outcome, !=, MIMESEND_SMTP_PARTIAL);
    }
  mimesend_smtp_client_free (run.client);
}

static void
test_way (gconstpointer data)
{
  const Way *way = data;
  guint depth = g_test_thorough () ? 6 : way->n_recipients + 3;
  guint8 answers[6] = { 0 };
  guint n_runs = 0;

  for (guint n = 0; n <= depth; n++)
    {
      guint total = 1;

      for (guint i = 0; i < n; i++)
        total *= N_SYMBOLS;
      for (guint number = 0; number < total; number++, n_runs++)
        {
          for (guint i = 0, rest = number; i < n; i++, rest /= N_SYMBOLS)
            answers[i] = (guint8)(rest % N_SYMBOLS);
          run_one (way, answers, n);
        }
    }
  g_test_message ("%u sequences", n_runs);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *path = g_strconcat ("/smtp/exhaustive/", ways[i].name, NULL);

      g_test_add_data_func (path, &ways[i], test_way);
    }
  return g_test_run ();
}
