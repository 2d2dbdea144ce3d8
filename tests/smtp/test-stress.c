/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random servers and random callers: whatever either does and in whatever order, each transaction is settled once, the
 * session is closed once, each piece is released once, and a message is accepted only behind a 2yz that came after its end
 * mark. */
#include "smtp/client.h"

#include <string.h>

static const char *const answers[] = {
  "250 ok\r\n",
  "250 2.0.0 queued\r\n",
  "250-x\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-SIZE 100\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n",
  "250-x\r\n250 PIPELINING\r\n",
  "354 go\r\n",
  "220 hi\r\n",
  "421 bye\r\n",
  "450 4.2.0 later\r\n",
  "452 4.5.3 too many\r\n",
  "550 no\r\n",
  "554 5.7.1 no\r\n",
  "334 \r\n",
  "235 ok\r\n",
  "25",
  "55",
  "4",
  "\r\n",
  "-",
  "\n",
  "x\r\n",
};

typedef struct
{
  GRand *rand;
  MimesendSmtpClient *client;
  gint64 now, deadline;
  guint submitted, settled, closed, n_pieces, n_released;
  GString *said;
  gsize heard; /* of it, by the server */
  gboolean in_data;
  guint n_accepted;
  gboolean end_said;
} Stress;

static guint
choose (Stress *self, guint n)
{
  return (guint)g_rand_int_range (self->rand, 0, (gint)n);
}

static void
released (gpointer data)
{
  (*(guint *)data)++;
}

static void
read_events (Stress *self)
{
  MimesendSmtpEvent event;

  while (mimesend_smtp_client_next_event (self->client, &event))
    {
      g_assert_cmpuint (self->closed, ==, 0);
      if (event.type == MIMESEND_SMTP_EVENT_SETTLED)
        {
          g_assert_cmpuint (event.transaction, ==, ++self->settled);
          if (event.outcome == MIMESEND_SMTP_ACCEPTED || event.outcome == MIMESEND_SMTP_PARTIAL)
            {
              self->n_accepted++;
              g_assert_true (self->end_said);
              g_assert_cmpuint (event.reply->code / 100, ==, 2);
            }
          if (event.outcome == MIMESEND_SMTP_IN_DOUBT)
            g_assert_true (self->end_said);
        }
      else if (event.type == MIMESEND_SMTP_EVENT_CLOSED)
        self->closed++;
    }
}

static void
speak (Stress *self)
{
  MimesendPiece pieces[3];
  guint n = mimesend_smtp_client_peek (self->client, pieces, 1 + choose (self, 3));
  gsize all = 0;

  for (guint i = 0; i < n; i++)
    {
      g_string_append_len (self->said, (const char *)pieces[i].data, (gssize)pieces[i].length);
      all += pieces[i].length;
    }
  if (all == 0)
    return;
  if (choose (self, 2) == 0)
    {
      gsize less = 1 + choose (self, (guint)all);

      g_string_truncate (self->said, self->said->len - (all - less));
      all = less;
    }
  /* the dot line begins, or a LAST is announced */
  self->end_said |=
      strstr (self->said->str, "\r\n.") != NULL || strstr (self->said->str, " LAST\r\n") != NULL;
  mimesend_smtp_client_sent (self->client, all);
}

static void
feed (Stress *self)
{
  guint64 id;
  MimesendPiece piece = { 0 };
  static const char text[] = "Subject: x\r\n\r\nhello\n.\n\rfoo\xc3\xb6\n";
  g_autoptr (GError) error = NULL;

  if (mimesend_smtp_client_content_due (self->client, &id) == 0 && choose (self, 20) > 0)
    return;
  if (choose (self, 3) == 0)
    {
      if (choose (self, 5) == 0)
        error = g_error_new_literal (g_quark_from_static_string ("test"), 0, "it fails");
      mimesend_smtp_client_end_content (self->client, 1 + choose (self, self->submitted + 1), error);
      return;
    }
  piece.data = (const guint8 *)text;
  piece.length = 1 + choose (self, sizeof text - 2);
  piece.flags = piece.length == 14 ? MIMESEND_PIECE_READY : MIMESEND_PIECE_PLAIN;
  if (choose (self, 2) == 0)
    {
      piece.release = released;
      piece.owner = &self->n_released;
      self->n_pieces++;
    }
  mimesend_smtp_client_supply (self->client, 1 + choose (self, self->submitted + 1), &piece);
}

static void
submit (Stress *self)
{
  static const char *const to[][4] = { { "a@x.org", NULL },
                                       { "a@x.org", "b@x.org", "bad one", NULL },
                                       { "\xc3\xb6@x.org", NULL } };
  MimesendSmtpTransaction transaction = { .reverse_path = choose (self, 9) == 0 ? "x\r\ny" : "",
                                          .recipients = to[choose (self, 9) == 0 ? 2 : choose (self, 2)],
                                          .all_or_nothing = choose (self, 2) == 0,
                                          .size = (gint64)choose (self, 120) - 1,
                                          .eight_bit_as_is = choose (self, 2) == 0,
                                          .may_block = choose (self, 4) == 0 };

  if (mimesend_smtp_client_submit (self->client, &transaction) > 0)
    self->submitted++;
}

/* What a server would answer to the next thing said; NULL: nothing yet. */
static const char *
sensible (Stress *self)
{
  const char *line = self->said->str + self->heard, *end;

  while ((end = strchr (line, '\n')) != NULL)
    {
      gboolean is_dot = g_str_has_prefix (line, ".\r\n");
      const char *now_line = line;

      self->heard += (gsize)(end + 1 - line);
      line = end + 1;
      if (self->in_data && !is_dot)
        continue;
      if (is_dot && self->in_data)
        self->in_data = FALSE;
      else if (g_str_has_prefix (now_line, "DATA"))
        {
          self->in_data = TRUE;
          return "354 go\r\n";
        }
      else if (g_str_has_prefix (now_line, "BDAT "))
        {
          gsize n = (gsize)g_ascii_strtoull (now_line + 5, NULL, 10);

          if (self->said->len - self->heard < n)
            {
              self->heard -= (gsize)(end + 1 - now_line);
              return NULL;
            }
          self->heard += n;
        }
      else if (g_str_has_prefix (now_line, "EHLO") || g_str_has_prefix (now_line, "LHLO"))
        return answers[2 + choose (self, 2)];
      else if (g_str_has_prefix (now_line, "STARTTLS"))
        return "220 go\r\n";
      else if (g_str_has_prefix (now_line, "AUTH") || now_line[0] == 'c')
        return choose (self, 2) == 0 ? "334 \r\n" : "235 ok\r\n";
      return "250 ok\r\n";
    }
  return NULL;
}

static void
hear (Stress *self)
{
  const char *answer = sensible (self);

  if (answer == NULL && choose (self, 200) > 0)
    return;
  if (answer == NULL || choose (self, 25) == 0)
    answer = answers[choose (self, 3) == 0 ? choose (self, G_N_ELEMENTS (answers)) : 7 + choose (self, 4)];
  for (gsize n = strlen (answer), step; n > 0; n -= step, answer += step)
    {
      step = 1 + choose (self, (guint)n);
      mimesend_smtp_client_receive (self->client, (const guint8 *)answer, step);
    }
}

static void
do_something (Stress *self)
{
  g_autoptr (GBytes) response = g_bytes_new_static ("secret", 6);
  g_autoptr (GError) error = g_error_new_literal (g_quark_from_static_string ("test"), 0, "it fails");
  guint what = choose (self, 100);

  if (what < 25)
    hear (self);
  else if (what < 50)
    mimesend_smtp_client_idle (self->client);
  else if (what < 70)
    speak (self);
  else if (what < 80)
    submit (self);
  else if (what < 92)
    feed (self);
  else if (what == 92)
    mimesend_smtp_client_auth_step (self->client, "PLAIN", response, choose (self, 2) == 0, NULL);
  else if (what == 93)
    mimesend_smtp_client_auth_step (self->client, NULL, response, TRUE, choose (self, 3) == 0 ? error : NULL);
  else if (what == 94)
    mimesend_smtp_client_tls_done (self->client, choose (self, 4) == 0 ? error : NULL);
  else if (choose (self, 20) == 0)
    switch (choose (self, 5))
      {
      case 0:
        mimesend_smtp_client_quit (self->client);
        break;
      case 1:
        mimesend_smtp_client_abort (self->client, "enough");
        break;
      case 2:
        mimesend_smtp_client_write_failed (self->client, "broken pipe");
        break;
      case 3:
        mimesend_smtp_client_receive (self->client, NULL, 0);
        break;
      default:
        if (self->deadline < G_MAXINT64)
          self->now = self->deadline;
      }
}

/* Returns how many messages were accepted. */
static guint
run_one (GRand *rand)
{
  Stress self = { .rand = rand, .now = 1, .deadline = G_MAXINT64, .said = g_string_new (NULL) };
  MimesendSmtpSetup setup = { .ehlo_name = "[127.0.0.1]" };
  gboolean all_read;

  setup.window = choose (&self, 5);
  setup.lmtp = choose (&self, 4) == 0;
  setup.login = choose (&self, 6) == 0;
  setup.starttls = (MimesendSmtpStarttls)(choose (&self, 6) == 0 ? choose (&self, 3) : 0);
  setup.rcpt_group = choose (&self, 3);
  setup.chunk = choose (&self, 2) == 0 ? 128 : 0;
  setup.refusals_max = choose (&self, 4);
  self.client = mimesend_smtp_client_new (&setup);
  mimesend_smtp_client_receive (self.client, (const guint8 *)"220 hi\r\n", 8);
  for (guint i = 0; i < 300 && self.closed == 0; i++)
    {
      do_something (&self);
      mimesend_smtp_client_poll (self.client, self.now, &self.deadline);
      read_events (&self);
    }
  all_read = choose (&self, 4) > 0;
  if (all_read)
    {
      mimesend_smtp_client_abort (self.client, "the test is over");
      g_assert_cmpint (mimesend_smtp_client_poll (self.client, self.now, NULL), ==, MIMESEND_SMTP_WANT_CLOSE);
      read_events (&self);
      g_assert_cmpuint (self.closed, ==, 1);
      g_assert_cmpuint (self.settled, ==, self.submitted);
    }
  mimesend_smtp_client_free (self.client);
  g_assert_cmpuint (self.n_pieces, ==, self.n_released);
  g_string_free (self.said, TRUE);
  return self.n_accepted;
}

static void
test_stress (void)
{
  guint n = g_test_thorough () ? 300000 : 5000, n_accepted = 0;
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());

  for (guint i = 0; i < n; i++)
    n_accepted += run_one (rand);
  g_assert_cmpuint (n_accepted, >, n / 20); /* or the test shows nothing */
  g_test_message ("%u messages accepted in %u sessions", n_accepted, n);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/stress/random-servers-settle-everything", test_stress);
  return g_test_run ();
}
