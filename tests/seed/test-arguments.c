/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contract S3, S4, S10 to S13: servers and messages in every form that C has for them. */
#include "seed.h"

#include <fcntl.h>
#include <unistd.h>

static MimesendServer *
server_of (TestSink *sink)
{
  return mimesend_server_new (test_sink_server (sink), NULL);
}

static void
test_servers (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) by_pair =
      mimesend_server_new_for_host ("127.0.0.1", test_sink_port (sink), NULL);
  g_autoptr (MimesendServer) by_number = mimesend_server_new_for_ipv4 (0x7f000001, test_sink_port (sink));
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (MimesendServer) by_address = mimesend_server_new_for_address (loopback, test_sink_port (sink));
  g_autoptr (GSocketConnectable) connectable = g_network_address_new ("127.0.0.1", test_sink_port (sink));
  MimesendServer *servers[] = { by_pair, by_number, by_address };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      g_assert_true (mimesend_send_smtp (servers[i], "a@example.com", "b@example.com", NULL, &error, "x\n"));
      g_assert_no_error (error);
      seed_assert_arrived (sink, "x\r\n");
    }
  g_assert_true (mimesend_send_smtp (connectable, "a@example.com", "b@example.com", NULL, &error, "y\n"));
  seed_assert_arrived (sink, "y\r\n");
  test_sink_stop (sink);
}

static void
test_bad_servers (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_send_smtp (0x1ffffffffL, "a@example.com", "b@example.com", NULL, &error, "x\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (
      mimesend_send_smtp (G_GINT64_CONSTANT (-1), "a@example.com", "b@example.com", NULL, &error, "x\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (mimesend_send_smtp (G_MAXUINT64, "a@example.com", "b@example.com", NULL, &error, "x\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (
      mimesend_send_smtp ((const char *)NULL, "a@example.com", "b@example.com", NULL, &error, "x\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
}

static void
test_every_kind (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = server_of (sink);
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new_with_buffer ("3 stream\n", 9);
  g_autoptr (GInputStream) input = g_memory_input_stream_new_from_data ("4 input\n", 8, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("5 bytes\n", 8);
  GString *string = g_string_new ("6 string\n");
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  g_autoptr (GError) error = NULL;
  char array[] = "1 array\n";

  g_mime_init ();
  g_assert_true (mimesend_content_add_string (content, "7 con", &error));
  g_assert_true (mimesend_content_add_string (content, "tent\n", &error));
  g_assert_true (mimesend_send_smtp (server, "a@example.com", "b@example.com", NULL, &error, "\n", array,
                                     "2 literal\n", stream, input, bytes, string, content));
  g_assert_no_error (error);
  seed_assert_arrived (
      sink, "\r\n1 array\r\n2 literal\r\n3 stream\r\n4 input\r\n5 bytes\r\n6 string\r\n7 content\r\n");
  g_string_free (string, TRUE);
  test_sink_stop (sink);
}

static void
test_sixty_four (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendContent) many = mimesend_content_new ();
  g_autoptr (MimesendServer) server = server_of (sink);
  const char *to[] = { "b@example.com", NULL };
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (mimesend_send_smtp (
      server, "a@example.com", to, NULL, &error, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "1",
      "2", "3", "4", "5", "6", "7", "8", "9", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "1", "2",
      "3", "4", "5", "6", "7", "8", "9", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "1", "2", "3",
      "4", "5", "6", "7", "8", "9", "0", "1", "2", "\n"));
  seed_assert_arrived (sink, "012345678901234567890123456789012345678901234567890123456789012\r\n");

  /* The twin has no limit. */
  for (guint i = 0; i < 1000; i++)
    {
      g_assert_true (mimesend_content_add_string (many, "abc\n", NULL));
      g_string_append (expected, "abc\r\n");
    }
  g_assert_true (mimesend_send_smtp_content (server, "a@example.com", to, many, MIMESEND_SEND_DEFAULT, NULL,
                                             NULL, &error));
  seed_assert_arrived (sink, expected->str);
  test_sink_stop (sink);
}

/* Zero octets are a message; no argument at all is none. */
static void
test_nothing (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = server_of (sink);
  g_autoptr (MimesendContent) none = mimesend_content_new ();
  const char *to[] = { "b@example.com", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (mimesend_send_smtp (server, "a@example.com", to, NULL, &error, ""));
  seed_assert_arrived (sink, "");
  g_assert_false (mimesend_send_smtp_content (server, "a@example.com", to, none, MIMESEND_SEND_DEFAULT, NULL,
                                              NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  test_sink_stop (sink);
}

static void
test_streams_stay (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autofree char *path = NULL;
  g_autoptr (GMimeStream) stream = NULL;
  g_autoptr (GInputStream) input = g_memory_input_stream_new_from_data ("0123456789\n", 11, NULL);
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("mimesend-test-XXXXXX", &path, &error);
  char first[4];

  g_mime_init ();
  g_assert_cmpint (write (fd, "skipped\nread\n", 13), ==, 13);
  stream = g_mime_stream_fs_new_with_bounds (fd, 0, -1);
  g_assert_cmpint (g_mime_stream_seek (stream, 8, GMIME_STREAM_SEEK_SET), ==, 8);
  g_assert_cmpint (g_input_stream_read (input, first, 4, NULL, NULL), ==, 4);

  g_assert_true (mimesend_send_smtp (test_sink_server (sink), "a@example.com", "b@example.com", NULL, &error,
                                     stream, input));
  g_assert_no_error (error);
  seed_assert_arrived (sink, "read\r\n456789\r\n"); /* from where each stood */
  g_assert_false (g_input_stream_is_closed (input));
  g_assert_cmpint (g_mime_stream_tell (stream), ==, 13); /* at its end, not rewound */
  g_assert_cmpint (fcntl (fd, F_GETFD), !=, -1);         /* and open */
  g_assert_cmpint (g_input_stream_read (input, first, 1, NULL, NULL), ==, 0);
  unlink (path);
  test_sink_stop (sink);
}

/* What C cannot refuse when compiling is refused when run, by a sentence that says what to write instead. */
static void
test_a_part_in_disguise (void)
{
  g_autoptr (GMimeObject) part = mimesend_part_new_text ("x\n");
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_send_smtp ("127.0.0.1:1", "a@example.com", "b@example.com", NULL, &error, "x",
                                      (GMimeStream *)part));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "mimesend_part_stream_new"));
  g_assert_nonnull (strstr (error->message, "2"));
}

static void
test_null (void)
{
  g_autoptr (GError) error = NULL;
  const char *text = NULL;
  GMimeStream *stream = NULL;

  g_assert_false (
      mimesend_send_smtp ("127.0.0.1:1", "a@example.com", "b@example.com", NULL, &error, "x", text));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "argument 2"));
  g_clear_error (&error);
  g_assert_false (mimesend_send_smtp ("127.0.0.1:1", "a@example.com", "b@example.com", NULL, &error, stream));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "argument 1"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/S3/every-form-of-server", test_servers);
  g_test_add_func ("/seed/S3/bad-servers", test_bad_servers);
  g_test_add_func ("/seed/S10/sixty-four-and-more", test_sixty_four);
  g_test_add_func ("/seed/S10/nothing", test_nothing);
  g_test_add_func ("/seed/S11/every-kind-of-message", test_every_kind);
  g_test_add_func ("/seed/S12/streams-stay-as-they-are", test_streams_stay);
  g_test_add_func ("/seed/S13/a-part-in-disguise", test_a_part_in_disguise);
  g_test_add_func ("/seed/S13/null", test_null);
  return g_test_run ();
}
