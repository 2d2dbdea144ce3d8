/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contract S7 to S9: bare addresses, one or many, and what is refused before a server is asked. */
#include "seed.h"

static void
assert_sender (TestSink *sink, const char *from, const char *expected)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mimesend_send_smtp (test_sink_server (sink), from, "b@example.com", NULL, &error, "x\n"));
  g_assert_no_error (error);
  g_assert_cmpstr (json_object_get_string_member (test_sink_next (sink), "reverse_path"), ==, expected);
}

static void
test_reverse_path (void)
{
  TestSink *sink = test_sink_start (NULL);

  assert_sender (sink, "foo", "foo");
  assert_sender (sink, "foo@bar.com", "foo@bar.com");
  assert_sender (sink, "<>", "");
  assert_sender (sink, "", "");
  assert_sender (sink, "\"a b@c\"@bar.com", "\"a b@c\"@bar.com");
  test_sink_stop (sink);
}

static void
test_recipients (void)
{
  TestSink *sink = test_sink_start (NULL);
  const char *to[] = { "c@example.com", "a@example.com", "c@example.com",
                       "b@example.com", "a@example.com", NULL };
  const char *expected[] = { "c@example.com", "a@example.com", "b@example.com" };
  g_autoptr (GError) error = NULL;
  JsonArray *got;

  g_assert_true (mimesend_send_smtp (test_sink_server (sink), "a@example.com", to, NULL, &error, "x\n"));
  got = json_object_get_array_member (test_sink_next (sink), "recipients");
  g_assert_cmpuint (json_array_get_length (got), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (json_array_get_string_element (got, i), ==, expected[i]);
  test_sink_stop (sink);
}

typedef struct
{
  const char *address;
  const char *meant; /* shown in the message; NULL: none can be guessed */
} Refused;

static const Refused refused[] = {
  { "Joe <foo@bar.com>", "foo@bar.com" },
  { "(Joe) foo@bar.com", "foo@bar.com" },
  { "<foo@bar.com>", "foo@bar.com" },
  { " foo@bar.com", "foo@bar.com" },
  { "foo@bar.com\n", "foo@bar.com" },
  { "foo@bar.com\r\nRCPT TO:<evil@example.com>", NULL },
  { "\"foo\r\n\"@bar.com", NULL },
  { "foo\x7f@bar.com", NULL },
  { "foo@bar.com> SIZE=1", NULL },
  { "foo@", NULL },
  { "@bar.com", NULL },
  { "foo@bar..com", NULL },
  { "foo@-bar.com", NULL },
  { "\xff@bar.com", NULL },
  { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@bar.com", NULL }, /* 65 */
};

/* Nothing listens there: a connection would be another error. */
static const char nowhere[] = "127.0.0.1:1";

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) as_from = NULL;
      g_autoptr (GError) as_to = NULL;

      g_assert_false (
          mimesend_send_smtp (nowhere, refused[i].address, "b@example.com", NULL, &as_from, "x\n"));
      g_assert_error (as_from, MIMESEND_ERROR, MIMESEND_ERROR_ADDRESS);
      g_assert_true (g_str_has_prefix (as_from->message, "from:"));
      g_assert_false (mimesend_send_smtp (nowhere, "a@example.com", refused[i].address, NULL, &as_to, "x\n"));
      g_assert_error (as_to, MIMESEND_ERROR, MIMESEND_ERROR_ADDRESS);
      g_assert_true (g_str_has_prefix (as_to->message, "to:"));
      if (refused[i].meant != NULL)
        g_assert_nonnull (strstr (as_to->message, refused[i].meant));
      for (const char *p = as_to->message; *p != '\0'; p++)
        g_assert_true ((guchar)*p >= 32 && *p != 127);
    }
}

static void
test_no_recipient (void)
{
  const char *none[] = { NULL };
  const char *empty[] = { "", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_send_smtp (nowhere, "a@example.com", none, NULL, &error, "x\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (mimesend_send_smtp (nowhere, "a@example.com", empty, NULL, &error, "x\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ADDRESS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/S7/reverse-path", test_reverse_path);
  g_test_add_func ("/seed/S8/one-or-many", test_recipients);
  g_test_add_func ("/seed/S8/none", test_no_recipient);
  g_test_add_func ("/seed/S9/refused", test_refused);
  return g_test_run ();
}
