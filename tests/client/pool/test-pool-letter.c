/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Letters through a pool: each that is submitted is a letter of its own, whatever the caller does with the object. */
#include "letters.h"

#define N_LETTERS 3

typedef struct
{
  guint n, accepted;
  char *ids[N_LETTERS];
  GError *error;
} Settled;

static void
settled_cb (MimesendPool *pool, guint64 tag, MimesendReceipt *receipt, GError *error, gpointer data)
{
  Settled *self = data;

  self->n++;
  if (error != NULL && self->error == NULL)
    self->error = g_error_copy (error);
  if (receipt == NULL)
    return;
  self->accepted += mimesend_receipt_get_outcome (receipt) == MIMESEND_OUTCOME_ACCEPTED;
  g_assert_cmpuint (tag, <, N_LETTERS);
  g_assert_null (self->ids[tag]);
  self->ids[tag] = g_strdup (mimesend_receipt_get_message_id (receipt));
}

static void
settled_clear (Settled *self)
{
  for (guint i = 0; i < N_LETTERS; i++)
    g_free (self->ids[i]);
  g_clear_error (&self->error);
}

typedef struct
{
  guint n;
  GError *error;
} Taken;

static void
taken_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Taken *self = data;
  gboolean taken = mimesend_pool_submit_letter_finish (MIMESEND_POOL (source), result,
                                                       self->error == NULL ? &self->error : NULL);

  g_assert_true (taken || self->error != NULL);
  self->n++;
}

static void
drained_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(gboolean *)data = mimesend_pool_drain_finish (MIMESEND_POOL (source), result, NULL);
}

static MimesendPool *
pool_to (TestSink *sink, Settled *settled)
{
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  MimesendPool *pool = g_object_new (MIMESEND_TYPE_POOL, "server", server, "connections", 3, NULL);

  g_signal_connect (pool, "settled", G_CALLBACK (settled_cb), settled);
  return pool;
}

static void
submit (MimesendPool *pool, MimesendLetter *letter, guint tag, gboolean waits, Taken *taken)
{
  g_autoptr (GError) error = NULL;

  if (waits)
    {
      g_assert_true (mimesend_pool_submit_letter (pool, letter, MIMESEND_SEND_DEFAULT, tag, NULL, &error));
      g_assert_no_error (error);
    }
  else
    mimesend_pool_submit_letter_async (pool, letter, MIMESEND_SEND_DEFAULT, tag, G_PRIORITY_DEFAULT, NULL,
                                       taken_cb, taken);
}

static void
drain (MimesendPool *pool, gboolean waits)
{
  gboolean over = FALSE;

  if (waits)
    {
      g_assert_true (mimesend_pool_drain (pool, NULL, NULL));
      return;
    }
  mimesend_pool_drain_async (pool, G_PRIORITY_DEFAULT, NULL, drained_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

/* The same letter three times at once, with a stream that one message at a time can read. */
static void
test_three_times_at_once (gconstpointer data)
{
  TestSink *sink = test_sink_start (NULL);
  Settled settled = { 0 };
  Taken taken = { 0 };
  g_autoptr (MimesendPool) pool = pool_to (sink, &settled);
  g_autoptr (MimesendLetter) letter = letter_to ("Ann <ann@example.org>");
  g_autoptr (GString) large = g_string_new (NULL);
  g_autofree char *id = NULL, *before = NULL, *after = NULL, *first = NULL;

  while (large->len < 300000)
    g_string_append_printf (large, "line %" G_GSIZE_FORMAT "\n", large->len);
  g_assert_true (mimesend_letter_add_bcc (letter, "hidden@example.org", NULL));
  attach_filtered (letter, large->str, large->len);
  before = built (letter);
  for (guint i = 0; i < N_LETTERS; i++)
    submit (pool, letter, i, data != NULL, &taken);
  drain (pool, data != NULL);
  g_assert_no_error (taken.error);
  g_assert_no_error (settled.error);
  g_assert_cmpuint (settled.accepted, ==, N_LETTERS);
  id = g_strdup_printf ("<%s>", mimesend_letter_get_message_id (letter));
  for (guint i = 0; i < N_LETTERS; i++)
    {
      g_autofree char *to = arrived_to (test_sink_next (sink)), *octets = arrived (sink);

      g_assert_cmpstr (to, ==, "ann@example.org hidden@example.org");
      g_assert_null (strstr (octets, "hidden"));
      g_assert_cmpstr (settled.ids[i], ==, id);
      if (first == NULL)
        first = g_steal_pointer (&octets);
      else
        g_assert_true (g_str_equal (first, octets));
    }
  after = built (letter);
  g_assert_true (g_str_equal (before, after));
  settled_clear (&settled);
  test_sink_stop (sink);
}

/* One object, another letter each time: each is as it was when it was submitted. */
static void
test_changed_after_submit (gconstpointer data)
{
  static const char *const names[N_LETTERS] = { "ann", "bob", "cy" };
  TestSink *sink = test_sink_start (NULL);
  Settled settled = { 0 };
  Taken taken = { 0 };
  g_autoptr (MimesendPool) pool = pool_to (sink, &settled);
  g_autoptr (MimesendLetter) letter = letter_to (NULL);
  guint seen = 0;

  for (guint i = 0; i < N_LETTERS; i++)
    {
      g_autofree char *address = g_strdup_printf ("%s@example.org", names[i]);
      const char *const to[] = { address, NULL };

      g_assert_true (mimesend_letter_set_to (letter, to, NULL));
      mimesend_letter_set_text (letter, names[i]);
      submit (pool, letter, i, data != NULL, &taken);
    }
  mimesend_letter_set_text (letter, "nobody");
  drain (pool, data != NULL);
  g_assert_no_error (taken.error);
  g_assert_cmpuint (settled.accepted, ==, N_LETTERS);
  for (guint i = 0; i < N_LETTERS; i++)
    {
      g_autofree char *to = arrived_to (test_sink_next (sink)), *octets = arrived (sink);

      for (guint j = 0; j < N_LETTERS; j++)
        {
          g_autofree char *end = g_strdup_printf ("\r\n\r\n%s\r\n", names[j]);
          g_autofree char *header = g_strdup_printf ("To: %s@example.org\r\n", names[j]);
          gboolean is = g_str_has_prefix (to, names[j]);

          g_assert_true (g_str_has_suffix (octets, end) == is);
          g_assert_true ((strstr (octets, header) != NULL) == is);
          g_assert_true ((strstr (octets, settled.ids[j]) != NULL) == is);
          seen |= is ? 1u << j : 0;
        }
    }
  g_assert_cmpuint (seen, ==, (1u << N_LETTERS) - 1);
  settled_clear (&settled);
  test_sink_stop (sink);
}

/* A letter that cannot be built is refused when it is submitted, and nothing is settled of it. */
static void
test_not_built (gconstpointer data)
{
  TestSink *sink = test_sink_start (NULL);
  Settled settled = { 0 };
  Taken taken = { 0 };
  g_autoptr (MimesendPool) pool = pool_to (sink, &settled);
  g_autoptr (MimesendLetter) nobody = letter_to (NULL), right = letter_to ("ann@example.org");

  if (data != NULL)
    g_assert_false (mimesend_pool_submit_letter (pool, nobody, MIMESEND_SEND_DEFAULT, 0, NULL, &taken.error));
  else
    {
      submit (pool, nobody, 0, FALSE, &taken);
      g_assert_cmpuint (taken.n, ==, 0);
      while (taken.n == 0)
        g_main_context_iteration (NULL, TRUE);
    }
  g_assert_error (taken.error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  submit (pool, right, 1, data != NULL, &taken);
  drain (pool, data != NULL);
  g_assert_cmpuint (settled.n, ==, 1);
  g_assert_cmpuint (settled.accepted, ==, 1);
  mimesend_pool_shutdown (pool);
  g_clear_error (&taken.error);
  if (data != NULL)
    g_assert_false (mimesend_pool_submit_letter (pool, right, MIMESEND_SEND_DEFAULT, 2, NULL, &taken.error));
  else
    {
      guint before = taken.n;

      submit (pool, right, 2, FALSE, &taken);
      while (taken.n == before)
        g_main_context_iteration (NULL, TRUE);
    }
  g_assert_error (taken.error, MIMESEND_ERROR, MIMESEND_ERROR_NOT_TRIED);
  g_clear_error (&taken.error);
  settled_clear (&settled);
  test_sink_stop (sink);
}

/* A message that is given up while it waits is settled as that. */
static void
test_cancelled (void)
{
  TestSink *sink = test_sink_start (NULL);
  Settled settled = { 0 };
  Taken taken = { 0 };
  g_autoptr (MimesendPool) pool = pool_to (sink, &settled);
  g_autoptr (MimesendLetter) letter = letter_to ("ann@example.org");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  mimesend_pool_submit_letter_async (pool, letter, MIMESEND_SEND_DEFAULT, 0, G_PRIORITY_LOW, cancellable,
                                     taken_cb, &taken);
  drain (pool, FALSE);
  g_assert_cmpuint (settled.n, ==, 1);
  g_assert_error (settled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  while (taken.n == 0)
    g_main_context_iteration (NULL, TRUE);
  settled_clear (&settled);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_data_func ("/client/pool-letter/three-times-at-once/waits", "waits", test_three_times_at_once);
  g_test_add_data_func ("/client/pool-letter/three-times-at-once/async", NULL, test_three_times_at_once);
  g_test_add_data_func ("/client/pool-letter/later-changes-have-no-effect/waits", "waits",
                        test_changed_after_submit);
  g_test_add_data_func ("/client/pool-letter/later-changes-have-no-effect/async", NULL,
                        test_changed_after_submit);
  g_test_add_data_func ("/client/pool-letter/refused-unbuilt/waits", "waits", test_not_built);
  g_test_add_data_func ("/client/pool-letter/refused-unbuilt/async", NULL, test_not_built);
  g_test_add_func ("/client/pool-letter/cancelled", test_cancelled);
  return g_test_run ();
}
