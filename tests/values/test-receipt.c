/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "values/receipt-private.h"

#include <gio/gio.h>

#include "values/status-words.h"
#include "mimesend-error.h"

static void
test_queue_ids (void)
{
  static const struct
  {
    const char *text;
    const char *id;
  } rows[] = {
    { "Ok: queued as 4XyZ1234ab", "4XyZ1234ab" },                       /* Postfix */
    { "OK id=1tFAbC-0000Zz-1k", "1tFAbC-0000Zz-1k" },                   /* Exim */
    { "5a1b2c3d Message accepted for delivery", "5a1b2c3d" },           /* OpenSMTPD, sendmail */
    { "<box@example.com> qGgAE1c+Q2eABwAA Saved", "qGgAE1c+Q2eABwAA" }, /* Dovecot LMTP */
    { "Ok: queued as 4XyZ1234ab.\nthank you", "4XyZ1234ab" },
    { "Ok: queued as ", NULL },
    { "queued as \x1b[31m", NULL },
    { "Ok", NULL },
    { "", NULL },
    { NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *id = mimesend_receipt_find_queue_id (rows[i].text);

      g_assert_cmpstr (id, ==, rows[i].id);
    }
}

static MimesendReceipt *
receipt_with (const MimesendOutcome *outcomes, guint n)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  MimesendReceipt *receipt;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("r%u@example.com", i);

      g_strv_builder_add (builder, name);
    }
  names = g_strv_builder_end (builder);
  receipt = mimesend_receipt_new ((const char *const *)names);
  for (guint i = 0; i < n; i++)
    receipt->recipients[i].outcome = outcomes[i];
  return receipt;
}

#define N MIMESEND_OUTCOME_NOT_TRIED
#define A MIMESEND_OUTCOME_ACCEPTED
#define P MIMESEND_OUTCOME_PARTIAL
#define R MIMESEND_OUTCOME_REFUSED
#define D MIMESEND_OUTCOME_DEFERRED
#define I MIMESEND_OUTCOME_IN_DOUBT

/* In doubt wins over all; then accepted for some; then refused; then deferred. */
static void
test_outcome (void)
{
  static const struct
  {
    MimesendOutcome parts[3];
    MimesendOutcome whole;
    int code; /* of receipt_check (); −1: success */
  } rows[] = {
    { { A, A, A }, A, -1 },
    { { A, I, R }, I, MIMESEND_ERROR_IN_DOUBT },
    { { A, R, A }, P, MIMESEND_ERROR_PARTIAL },
    { { A, N, A }, P, MIMESEND_ERROR_PARTIAL },
    { { N, R, D }, R, MIMESEND_ERROR_REFUSED },
    { { N, D, D }, D, MIMESEND_ERROR_DEFERRED },
    { { N, N, N }, N, MIMESEND_ERROR_NOT_TRIED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendReceipt) receipt = receipt_with (rows[i].parts, 3);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, rows[i].whole);
      g_assert_cmpint (mimesend_receipt_check (receipt, &error), ==, rows[i].code < 0);
      if (rows[i].code >= 0)
        g_assert_error (error, MIMESEND_ERROR, rows[i].code);
    }
}

/* To be repeated: exactly those that do not have it for certain and were not refused for good. */
static void
test_retry (void)
{
  const MimesendOutcome outcomes[] = { MIMESEND_OUTCOME_ACCEPTED, MIMESEND_OUTCOME_DEFERRED,
                                       MIMESEND_OUTCOME_REFUSED, MIMESEND_OUTCOME_IN_DOUBT,
                                       MIMESEND_OUTCOME_NOT_TRIED };
  g_autoptr (MimesendReceipt) receipt = receipt_with (outcomes, 5);
  g_auto (GStrv) retry = mimesend_receipt_get_retry (receipt);
  const char *expected[] = { "r1@example.com", "r4@example.com", NULL };

  g_assert_cmpstrv (retry, expected);
}

/* What a server wrote is fit for a terminal when we repeat it. */
static void
test_words (void)
{
  const MimesendOutcome refused = MIMESEND_OUTCOME_REFUSED;
  g_autoptr (MimesendReceipt) receipt = receipt_with (&refused, 1);
  char text[] = "no \x1b[31m\x07\xff\xe2\x80\xae way\nreally";
  MimesendSmtpReply reply = { .code = 550, .enhanced = "5.1.1", .text = text, .n_lines = 2 };
  g_autofree char *words = NULL;

  mimesend_receipt_set_words (receipt, &receipt->recipients[0].words, &reply, NULL, 1024);
  words = mimesend_receipt_explain (receipt);
  g_assert_true (g_utf8_validate (words, -1, NULL));
  g_assert_nonnull (strstr (words, "550 5.1.1 no \\x1b[31m\\x07"));
  g_assert_nonnull (strstr (words, "\\u{202e} way really"));
  for (const char *p = words; *p != '\0'; p++)
    g_assert_true ((guchar)*p >= 32);
}

/* In plain words, what would help, and whether trying again is safe. */
static void
test_explain (void)
{
  static const struct
  {
    MimesendOutcome outcome;
    guint code;
    const char *enhanced, *text, *says;
  } rows[] = {
    { R, 550, "5.1.1", "no such user",
      "Refused for good: 550 5.1.1 no such user. That is: there is no such mailbox at that domain: check the "
      "address. "
      "Sending the same again will not help." },
    { D, 452, "4.2.2", "full.",
      "Not accepted now: 452 4.2.2 full. That is: the mailbox is full: its owner must make room. Trying "
      "again later is "
      "safe." },
    { D, 451, NULL, "try later", "Not accepted now: 451 try later. Trying again later is safe." },
    { R, 530, NULL, "log in",
      "Refused for good: 530 log in. That is: the server wants a login, or an encrypted connection "
      "first. Sending the same again will not help." },
    { R, 530, "5.7.0", "no",
      "Refused for good: 530 5.7.0 no. That is: the server wants a login, or an encrypted "
      "connection "
      "first. Sending the same again will not help." },
    { N, 0, NULL, "no content",
      "Not sent: no content. Nobody has the message: once that is mended it may be sent again." },
    { R, 554, "5.99.99", "no", "Refused for good: 554 5.99.99 no. Sending the same again will not help." },
    { I, 0, NULL, "lost",
      "In doubt: lost. The server may have the message: sending it again may send it twice." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendReceipt) receipt = receipt_with (&rows[i].outcome, 1);
      MimesendWords *words = &receipt->recipients[0].words;
      g_autofree char *said = NULL;

      words->code = rows[i].code;
      if (rows[i].enhanced != NULL)
        g_strlcpy (words->enhanced, rows[i].enhanced, sizeof words->enhanced);
      words->text = g_ref_string_new (rows[i].text);
      said = mimesend_receipt_explain (receipt);
      g_assert_cmpstr (said, ==, rows[i].says);
    }
}

static void
test_explain_partial (void)
{
  static const MimesendOutcome refused[] = { A, R }, deferred[] = { A, R, D };
  g_autoptr (MimesendReceipt) for_good = receipt_with (refused, 2);
  g_autoptr (MimesendReceipt) for_now = receipt_with (deferred, 3);
  g_autofree char *never = mimesend_receipt_explain (for_good);
  g_autofree char *again = mimesend_receipt_explain (for_now);

  g_assert_true (g_str_has_suffix (never, "The others have it: sending it again will not help."));
  g_assert_true (g_str_has_suffix (
      again, "The others have it: send again to those alone that were not refused for good."));
}

/* The first has its place in the receipt, the others move to a block of their own; the last one may go again. */
static void
test_transactions (void)
{
  static const MimesendOutcome accepted[] = { A };
  g_autoptr (MimesendReceipt) receipt = receipt_with (accepted, 1);

  g_assert_cmpuint (mimesend_receipt_get_n_transactions (receipt), ==, 0);
  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < 9; i++)
        {
          MimesendReceiptTransaction *added = mimesend_receipt_add_transaction (receipt);

          g_assert_null (added->queue_id);
          added->queue_id = g_strdup_printf ("id-%u", i);
        }
      g_assert_cmpuint (mimesend_receipt_get_n_transactions (receipt), ==, 9);
      for (guint i = 0; i < 9; i++)
        {
          g_autofree char *id = g_strdup_printf ("id-%u", i);

          g_assert_cmpstr (mimesend_receipt_get_transaction_queue_id (receipt, i), ==, id);
        }
      for (guint i = 9; i > round; i--) /* to none, then to one */
        mimesend_receipt_drop_transaction (receipt);
    }
  g_assert_cmpstr (mimesend_receipt_get_queue_id (receipt), ==, "id-0");
  for (guint i = 1; i < 3; i++) /* that of the last, as its reply is */
    mimesend_receipt_add_transaction (receipt)->queue_id = g_strdup_printf ("id-%u", i);
  mimesend_receipt_add_transaction (receipt);
  g_assert_cmpstr (mimesend_receipt_get_queue_id (receipt), ==, "id-2");
  for (guint i = 0; i < 3; i++)
    mimesend_receipt_drop_transaction (receipt);
  mimesend_receipt_add_transaction (receipt);
  g_assert_cmpuint (mimesend_receipt_get_n_transactions (receipt), ==, 2);
}

/* The same code means one thing here and another there. */
static void
test_status_words (void)
{
  static const struct
  {
    MimesendStage stage;
    guint code;
    const char *enhanced, *says, *says_not;
  } rows[] = {
    { MIMESEND_STAGE_TLS, 454, "4.7.0", "cannot begin TLS", "login" },
    { MIMESEND_STAGE_TLS, 454, NULL, "cannot begin TLS", "login" },
    { MIMESEND_STAGE_AUTH, 454, "4.7.0", "login cannot be checked", "TLS" },
    { MIMESEND_STAGE_AUTH, 454, NULL, "login cannot be checked", "rules" },
    { MIMESEND_STAGE_RCPT, 454, NULL, NULL, NULL },
    { MIMESEND_STAGE_RCPT, 451, "4.7.1", "greylisting", "login" },
    { MIMESEND_STAGE_RCPT, 450, "4.7.1", "greylisting", "login" },
    { MIMESEND_STAGE_RCPT, 450, "4.2.0", "greylisting", NULL },
    { MIMESEND_STAGE_END_OF_DATA, 451, "4.7.1", "greylisting", "login" },
    { MIMESEND_STAGE_MAIL, 550, "5.7.1", "login is missing", "greylisting" },
    { MIMESEND_STAGE_RCPT, 550, "5.2.0", "mailbox", "greylisting" },
    { MIMESEND_STAGE_RCPT, 450, "4.7.0", "put it off", "forbid" },
    { MIMESEND_STAGE_AUTH, 534, "5.7.9", "too weak", NULL },
    { MIMESEND_STAGE_AUTH, 534, NULL, "too weak", NULL },
    { MIMESEND_STAGE_MAIL, 534, NULL, NULL, NULL },
    { MIMESEND_STAGE_END_OF_DATA, 534, NULL, NULL, NULL },
    { MIMESEND_STAGE_END_OF_DATA, 534, "5.3.4", "too large", "weak" },
    { MIMESEND_STAGE_MAIL, 535, NULL, NULL, NULL },
    { MIMESEND_STAGE_MAIL, 501, NULL, "sender's address", "login" },
    { MIMESEND_STAGE_RCPT, 501, NULL, "the address", "sender" },
    { MIMESEND_STAGE_MAIL, 501, "5.1.7", "sender's address", NULL },
    { MIMESEND_STAGE_HELLO, 501, "5.5.4", "name", "parameter" },
    { MIMESEND_STAGE_AUTH, 501, "5.5.2", "make out the login", "command" },
    { MIMESEND_STAGE_MAIL, 501, "5.5.4", "parameters", NULL },
    { MIMESEND_STAGE_END_OF_DATA, 552, "5.2.3", "longer than the server allows", "mailbox" },
    { MIMESEND_STAGE_RCPT, 552, "5.2.2", "mailbox is full", NULL },
    { MIMESEND_STAGE_MAIL, 552, "5.3.4", "too large", NULL },
    { MIMESEND_STAGE_MAIL, 452, "4.5.3", "takes no more", "recipients" },
    { MIMESEND_STAGE_RCPT, 452, "4.5.3", "too many recipients", NULL },
    { MIMESEND_STAGE_MAIL, 452, NULL, "takes no more", "recipients" },
    { MIMESEND_STAGE_MAIL, 530, "5.7.0", "wants a login", "rules" },
    { MIMESEND_STAGE_MAIL, 550, "5.7.0", "rules forbid", NULL },
    { MIMESEND_STAGE_RCPT, 550, "2.1.5", NULL, NULL },
    { MIMESEND_STAGE_RCPT, 550, NULL, NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *said = mimesend_status_words (rows[i].stage, rows[i].code, rows[i].enhanced);

      g_test_message ("%u %s: %s", rows[i].code, rows[i].enhanced != NULL ? rows[i].enhanced : "",
                      said != NULL ? said : "nothing");
      g_assert_true ((said == NULL) == (rows[i].says == NULL));
      g_assert_true (said == NULL || strstr (said, rows[i].says) != NULL);
      g_assert_true (said == NULL || rows[i].says_not == NULL || strstr (said, rows[i].says_not) == NULL);
    }
}

/* What was said to many is kept once; cut where it must be, and only there. */
static void
test_words_shared (void)
{
  static const MimesendOutcome accepted[] = { A, A, R };
  g_autofree char *text = g_strnfill (MIMESEND_WORDS_SHORT + 1, 'x');
  MimesendSmtpReply reply = { .code = 250, .enhanced = "2.1.5", .text = (char *)"fine" };
  g_autoptr (MimesendReceipt) receipt = receipt_with (accepted, 3);

  for (guint i = 0; i < 2; i++)
    mimesend_receipt_set_words (receipt, &receipt->recipients[i].words, &reply, NULL, MIMESEND_WORDS_SHORT);
  g_assert_cmpstr (mimesend_receipt_get_recipient_reply (receipt, 0), ==, "fine");
  g_assert_true (receipt->recipients[0].words.text == receipt->recipients[1].words.text);

  reply.text = text;
  mimesend_receipt_set_words (receipt, &receipt->last, &reply, NULL, MIMESEND_WORDS_FULL);
  mimesend_receipt_set_words (receipt, &receipt->recipients[2].words, &reply, NULL, MIMESEND_WORDS_SHORT);
  g_assert_cmpstr (mimesend_receipt_get_reply (receipt), ==, text);
  g_assert_true (g_str_has_suffix (mimesend_receipt_get_recipient_reply (receipt, 2), "..."));
  mimesend_receipt_copy_words (receipt, &receipt->recipients[1].words, &receipt->last);
  g_assert_true (g_str_has_suffix (mimesend_receipt_get_recipient_reply (receipt, 1), "..."));
  g_assert_cmpstr (mimesend_receipt_get_recipient_enhanced_code (receipt, 1), ==, "2.1.5");
  g_assert_cmpstr (mimesend_receipt_get_recipient_reply (receipt, 0), ==, "fine");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/values/receipt/finds-queue-ids", test_queue_ids);
  g_test_add_func ("/values/receipt/outcome-follows-recipients", test_outcome);
  g_test_add_func ("/values/receipt/retry-excludes-accepted-and-doubtful", test_retry);
  g_test_add_func ("/values/receipt/replies-are-printable", test_words);
  g_test_add_func ("/values/receipt/explains-outcomes", test_explain);
  g_test_add_func ("/values/receipt/status-codes-have-words", test_status_words);
  g_test_add_func ("/values/receipt/explains-partial-outcomes", test_explain_partial);
  g_test_add_func ("/values/receipt/keeps-transactions", test_transactions);
  g_test_add_func ("/values/receipt/equal-replies-are-shared", test_words_shared);
  return g_test_run ();
}
