/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sender and receiver joined: what is delivered is what was supplied, and each side's account of it agrees. */
#include "pair.h"

#include <string.h>

static PairOptions
plain_options (void)
{
  PairOptions options = { .cut_up = -1,
                          .cut_down = -1,
                          .allowed = SINK_VIOLATION_LONG_LINE | SINK_VIOLATION_EIGHT_BIT };

  options.setup.ehlo_name = "[127.0.0.1]";
  return options;
}

static const char *const one[] = { "a@example.org", NULL };

static PairStored *
find_stored (Pair *pair, const PairMessage *message)
{
  /* the first recipient of each message is its own */
  for (guint i = 0; i < pair->stored->len; i++)
    {
      PairStored *stored = g_ptr_array_index (pair->stored, i);

      for (guint r = 0; message->recipients[r] != NULL; r++)
        if (g_strv_contains ((const char *const *)stored->recipients, message->recipients[r]))
          return stored;
    }
  return NULL;
}

/* No false success, no silent loss, no double: for each recipient of each message. */
static void
check_accounts (Pair *pair)
{
  for (guint i = 0; i < pair->messages->len; i++)
    {
      PairMessage *message = g_ptr_array_index (pair->messages, i);
      PairStored *stored = find_stored (pair, message);
      g_autoptr (GByteArray) expected = pair_expected (message);

      if (stored != NULL)
        {
          g_assert_false (message->fails);
          g_assert_true (message->n == 0 || memchr (message->octets, '\0', message->n) == NULL);
          g_assert_cmpmem (stored->octets->data, stored->octets->len, expected->data, expected->len);
        }
      for (guint r = 0; message->recipients[r] != NULL; r++)
        {
          gboolean has_it = stored != NULL &&
                            g_strv_contains ((const char *const *)stored->recipients, message->recipients[r]);
          MimesendSmtpOutcome outcome = message->outcomes[r];

          g_assert_true (message->settled || message->id == 0);
          if (has_it)
            g_assert_true (outcome == MIMESEND_SMTP_ACCEPTED || outcome == MIMESEND_SMTP_IN_DOUBT);
          else
            g_assert_true (outcome != MIMESEND_SMTP_ACCEPTED);
          if (message->again) /* except those that were refused themselves, ahead of it */
            g_assert_true (!has_it && outcome != MIMESEND_SMTP_IN_DOUBT);
          if (!pair->cut && pair->failure == MIMESEND_SMTP_FAILURE_NONE)
            g_assert_true (outcome != MIMESEND_SMTP_IN_DOUBT);
        }
    }
}

static void
test_one (void)
{
  PairOptions options = plain_options ();
  Pair *pair = pair_new (&options);
  PairMessage *message = pair_add (pair, "Subject: hi\n\n.hello\n", 20, one);

  pair_run (pair);
  check_accounts (pair);
  g_assert_cmpint (message->outcome, ==, MIMESEND_SMTP_ACCEPTED);
  g_assert_cmpuint (pair->stored->len, ==, 1);
  g_assert_cmpint (pair->now, ==, pair->began);
  pair_free (pair);
}

/* STARTTLS, then a login, then the message; with a wrong password nothing of it is said. */
static void
test_login (gconstpointer right)
{
  PairOptions options = plain_options ();
  Pair *pair;
  PairMessage *message;

  options.setup.login = TRUE;
  options.setup.starttls = MIMESEND_SMTP_STARTTLS_REQUIRED;
  options.sink.tls_possible = TRUE;
  options.sink.auth = "joe:secret";
  options.plain_response = GPOINTER_TO_INT (right) ? "\0joe\0secret" : "\0joe\0wrong!";
  options.n_plain_response = 11;
  pair = pair_new (&options);
  message = pair_add (pair, "x\n", 2, one);
  pair_run (pair);
  check_accounts (pair);
  if (GPOINTER_TO_INT (right))
    g_assert_cmpint (message->outcome, ==, MIMESEND_SMTP_ACCEPTED);
  else
    {
      g_assert_cmpuint (message->id, ==, 0);
      g_assert_cmpint (pair->failure, ==, MIMESEND_SMTP_FAILURE_REPLY);
      g_assert_cmpint (pair->stage, ==, MIMESEND_SMTP_STAGE_AUTH);
    }
  pair_free (pair);
}

/* ---- chance */

static void
add_random_message (Pair *pair, GRand *rand, guint number)
{
  static const char letters[] = "ab.\n\r \xc3.\r\n\nxyz";
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) recipients = g_ptr_array_new_with_free_func (g_free);
  guint n_recipients = (guint)g_rand_int_range (rand, 1, 5);
  gsize n = (gsize)(g_rand_int_range (rand, 0, 10) == 0 ? g_rand_int_range (rand, 0, 20000)
                                                        : g_rand_int_range (rand, 0, 100));
  PairMessage *message;
  gboolean ready = g_rand_int_range (rand, 0, 4) == 0;

  for (guint i = 0; i < n_recipients; i++)
    {
      gint kind = g_rand_int_range (rand, 0, 10);

      g_ptr_array_add (recipients, g_strdup_printf ("%s%u.%u@example.org",
                                                    kind == 0   ? "refuse"
                                                    : kind == 1 ? "later"
                                                                : "ok",
                                                    number, i));
    }
  g_ptr_array_add (recipients, NULL);
  for (gsize i = 0; i < n; i++)
    if (ready)
      g_string_append (text, i % 7 == 6 ? "line\r\n" : "ready ");
    else
      g_string_append_c (text, letters[g_rand_int_range (rand, 0, sizeof letters - 1)]);
  if (ready && !g_str_has_suffix (text->str, "\n"))
    g_string_append (text, "\r\n");
  if (!ready && g_rand_int_range (rand, 0, 30) == 0)
    g_string_append_c (text, '\0');
  message = pair_add (pair, text->str, text->len, (const char *const *)recipients->pdata);
  message->ready = ready;
  message->fails = g_rand_int_range (rand, 0, 25) == 0;
}

/* What a server may do to one for what stood beside it. */
static const char *
random_step (GRand *rand, char *step, gsize n)
{
  static const char *const forms[] = {
    "MAIL#%u reply 421 bye",
    "MAIL#%u reply 451 4.4.2 enough",
    "MAIL#%u reply 503 5.5.1 not here",
    "MAIL#%u- reply 452 4.5.3 no",
    "MAIL#%u reply 550 no",
    "MAIL#%u drop",
    "RSET#%u reply 421 bye",
    "RSET#%u reply 503 no",
    "RCPT#%u reply 421 bye",
    "DOT#%u reply 421 bye",
    "LAST#%u reply 421 bye",
    "DOT#%u store reply 421 4.3.2 bye",
    "LAST#%u store reply 421 4.4.0 x",
    "DOT#%u lose",
    "LAST#%u store drop",
    "BDAT#%u reply 421 bye",
    "DATA#%u reply 421 bye",
    "* delay 1ms",
  };
  const char *form = forms[g_rand_int_range (rand, 0, G_N_ELEMENTS (forms))];
  const char *at = strstr (form, "%u");

  if (at == NULL)
    return form;
  g_snprintf (step, n, "%.*s%d%s", (int)(at - form), form, g_rand_int_range (rand, 1, 6), at + 2);
  return step;
}

static void
run_random (GRand *rand, gboolean cut)
{
  char steps[2][64];
  const char *script[3] = { NULL };
  static const char *const refuse[] = { "refuse*", "later*=450 4.2.0 later", NULL };
  const char *hide[8] = { NULL };
  guint n_hidden = 0;
  PairOptions options = plain_options ();
  Pair *pair;
  guint n_messages = (guint)g_rand_int_range (rand, 1, 8);

  options.rand = rand;
  options.split = g_rand_boolean (rand) ? 0 : (gsize)g_rand_int_range (rand, 1, 60);
  options.all_or_nothing = g_rand_boolean (rand);
  options.seven_bit = g_rand_boolean (rand);
  options.setup.window = (guint)g_rand_int_range (rand, 0, 6);
  options.setup.rcpt_group = (guint)g_rand_int_range (rand, 0, 3);
  options.setup.refusals_max = 1000;
  options.setup.lmtp = options.sink.lmtp = g_rand_int_range (rand, 0, 4) == 0;
  options.setup.chunk = g_rand_boolean (rand) ? 128 : 0;
  options.sink.tls_possible = g_rand_int_range (rand, 0, 4) == 0;
  options.setup.starttls =
      options.sink.tls_possible ? MIMESEND_SMTP_STARTTLS_REQUIRED : MIMESEND_SMTP_STARTTLS_NEVER;
  options.sink.refuse = refuse;
  if (g_rand_boolean (rand))
    hide[n_hidden++] = "PIPELINING";
  if (g_rand_boolean (rand))
    hide[n_hidden++] = "CHUNKING";
  if (g_rand_boolean (rand))
    hide[n_hidden++] = "8BITMIME";
  options.sink.hide = hide;
  /* with BDAT what follows a refused RCPT is answered 503: that is pipelining, not a mistake */
  options.allowed |= SINK_VIOLATION_SEQUENCE;
  if (cut && g_rand_boolean (rand))
    options.cut_up = g_rand_int_range (rand, 0, 1200);
  else if (cut)
    options.cut_down = g_rand_int_range (rand, 0, 800);

  for (guint i = 0; !cut && i < 2 && g_rand_boolean (rand); i++)
    script[i] = random_step (rand, steps[i], sizeof steps[i]);
  options.sink.script = script;
  options.trial = g_rand_int_range (rand, 0, 4) == 0;

  pair = pair_new (&options);
  for (guint i = 0; i < n_messages; i++)
    add_random_message (pair, rand, i);
  pair_run (pair);
  check_accounts (pair);
  if (script[0] == NULL)
    g_assert_cmpint (pair->now, ==, pair->began); /* no time-out was waited for */
  pair_free (pair);
}

static void
test_random (gconstpointer cut)
{
  guint n = g_test_thorough () ? 20000 : 600;
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());

  for (guint i = 0; i < n; i++)
    run_random (rand, GPOINTER_TO_INT (cut));
}

/* ---- the connection is cut at every octet of the dialogue, in each direction */

static void
test_cut_everywhere (gconstpointer chunking)
{
  static const char *const two[] = { "ok@example.org", "refuse@example.org", NULL };
  static const char *const refuse[] = { "refuse*", NULL };
  const char *hide[] = { "CHUNKING", NULL };
  guint doubts = 0, certain = 0;

  for (gint64 at = 0; at < 2000; at++)
    {
      PairOptions options = plain_options ();
      Pair *pair;
      gboolean up = (at & 1) != 0;

      options.sink.refuse = refuse;
      options.sink.hide = GPOINTER_TO_INT (chunking) ? NULL : hide;
      options.allowed |= SINK_VIOLATION_SEQUENCE;
      options.setup.window = 4;
      *(up ? &options.cut_up : &options.cut_down) = at / 2;
      pair = pair_new (&options);
      pair_add (pair, "first\n", 6, one);
      pair_add (pair, "second\n.\n", 9, two);
      pair_run (pair);
      check_accounts (pair);
      for (guint i = 0; i < 2; i++)
        {
          PairMessage *message = g_ptr_array_index (pair->messages, i);

          if (message->outcome == MIMESEND_SMTP_IN_DOUBT)
            doubts++;
          else
            certain++;
        }
      pair_free (pair);
    }
  g_assert_cmpuint (doubts, >, 0);
  g_assert_cmpuint (certain, >, doubts);
}

/* ---- time */

static void
run_delay (const char *step,
           MimesendSmtpOutcome outcome,
           MimesendSmtpFailure failure,
           MimesendSmtpStage stage,
           gint64 seconds)
{
  const char *script[] = { step, NULL };
  PairOptions options = plain_options ();
  Pair *pair;
  PairMessage *message;

  options.sink.script = script;
  pair = pair_new (&options);
  message = pair_add (pair, "x\n", 2, one);
  pair_run (pair);
  g_assert_cmpint (message->outcome, ==, outcome);
  g_assert_cmpint (pair->failure, ==, failure);
  if (failure != MIMESEND_SMTP_FAILURE_NONE)
    g_assert_cmpint (pair->stage, ==, stage);
  g_assert_cmpint ((pair->now - pair->began) / G_USEC_PER_SEC, ==, seconds);
  pair_free (pair);
}

static void
test_time (void)
{
  run_delay ("LAST delay 599s", MIMESEND_SMTP_ACCEPTED, MIMESEND_SMTP_FAILURE_NONE, MIMESEND_SMTP_STAGE_NONE,
             599);
  run_delay ("LAST delay 601s", MIMESEND_SMTP_IN_DOUBT, MIMESEND_SMTP_FAILURE_TIMEOUT,
             MIMESEND_SMTP_STAGE_END_OF_DATA, 600);
  run_delay ("LAST hang", MIMESEND_SMTP_IN_DOUBT, MIMESEND_SMTP_FAILURE_TIMEOUT,
             MIMESEND_SMTP_STAGE_END_OF_DATA, 600);
  run_delay ("MAIL delay 299s", MIMESEND_SMTP_ACCEPTED, MIMESEND_SMTP_FAILURE_NONE, MIMESEND_SMTP_STAGE_NONE,
             299);
  run_delay ("GREETING delay 301s", MIMESEND_SMTP_NOT_TRIED, MIMESEND_SMTP_FAILURE_TIMEOUT,
             MIMESEND_SMTP_STAGE_GREETING, 300);
  run_delay ("QUIT delay 60s", MIMESEND_SMTP_ACCEPTED, MIMESEND_SMTP_FAILURE_NONE, MIMESEND_SMTP_STAGE_NONE,
             5);
}

/* ---- many */

static void
test_many_recipients (void)
{
  static const char *const refuse[] = { "refuse*", NULL };
  PairOptions options = plain_options ();
  Pair *pair;
  PairMessage *message;
  g_autoptr (GPtrArray) recipients = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < 10000; i++)
    g_ptr_array_add (recipients, g_strdup_printf ("%s%u@example.org", i % 1000 == 999 ? "refuse" : "ok", i));
  g_ptr_array_add (recipients, NULL);
  options.sink.refuse = refuse;
  pair = pair_new (&options);
  message = pair_add (pair, "x\n", 2, (const char *const *)recipients->pdata);
  pair_run (pair);
  check_accounts (pair);
  g_assert_cmpint (message->outcome, ==, MIMESEND_SMTP_PARTIAL);
  pair_free (pair);
}

static void
test_window (gconstpointer chunking)
{
  const char *hide[] = { "CHUNKING", NULL };
  PairOptions options = plain_options ();
  Pair *pair;

  options.setup.window = 32;
  options.sink.hide = GPOINTER_TO_INT (chunking) ? NULL : hide;
  pair = pair_new (&options);
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *to = g_strdup_printf ("r%u@example.org", i);
      const char *const recipients[] = { to, NULL };

      pair_add (pair, "Subject: x\n\nbody\n", 17, recipients);
    }
  pair_run (pair);
  check_accounts (pair);
  g_assert_cmpuint (pair->stored->len, ==, 500);
  g_assert_cmpuint (pair->in_flight_max, ==, 32);
  pair_free (pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pair/one-message-arrives", test_one);
  g_test_add_data_func ("/pair/right-login-is-accepted", GINT_TO_POINTER (TRUE), test_login);
  g_test_add_data_func ("/pair/wrong-login-is-refused", GINT_TO_POINTER (FALSE), test_login);
  g_test_add_data_func ("/pair/random-messages-arrive", GINT_TO_POINTER (FALSE), test_random);
  g_test_add_data_func ("/pair/random-cuts-complete-nothing", GINT_TO_POINTER (TRUE), test_random);
  g_test_add_data_func ("/pair/cut-anywhere-completes-nothing/data", GINT_TO_POINTER (FALSE),
                        test_cut_everywhere);
  g_test_add_data_func ("/pair/cut-anywhere-completes-nothing/bdat", GINT_TO_POINTER (TRUE),
                        test_cut_everywhere);
  g_test_add_func ("/pair/time-outs-end-it", test_time);
  g_test_add_func ("/pair/many-recipients-are-served", test_many_recipients);
  g_test_add_data_func ("/pair/window-delivers-in-order/data", GINT_TO_POINTER (FALSE), test_window);
  g_test_add_data_func ("/pair/window-delivers-in-order/bdat", GINT_TO_POINTER (TRUE), test_window);
  return g_test_run ();
}
