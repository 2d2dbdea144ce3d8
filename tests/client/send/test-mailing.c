/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One tree, many letters: what a letter may bring along, what is kept, what is refused. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "content/template.h"
#include "mimesend-mailing.h"
#include "mimesend-part.h"
#include "support.h"

/* ── fields ── */

static MimesendMailing *
new_mailing (GMimeObject *tree, const char *first, const char *second)
{
  const char *const fields[] = { first, second, NULL };
  g_autoptr (GError) error = NULL;
  MimesendMailing *mailing = mimesend_mailing_new (tree, fields, &error);

  g_assert_no_error (error);
  return mailing;
}

static char *
text_of (MimesendMailing *mailing, const char *first, const char *second)
{
  const char *const values[] = { first, second, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendContent) content = mimesend_mailing_new_content (mailing, values, &error);
  char *text;

  g_assert_no_error (error);
  text = read_text (content, &error);
  g_assert_no_error (error);
  return text;
}

static GMimeObject *
new_message (const char *text)
{
  GMimeMessage *message = g_mime_message_new (FALSE);
  GMimePart *part = leaf_with_text (text, GMIME_CONTENT_ENCODING_DEFAULT);

  g_mime_message_set_mime_part (message, (GMimeObject *)part);
  g_mime_object_set_header ((GMimeObject *)message, "From", "writer@example.com", NULL);
  g_mime_object_set_header ((GMimeObject *)message, "Subject", "of the tree", NULL);
  g_mime_object_set_header ((GMimeObject *)message, "Bcc", "hidden@example.com", NULL);
  g_object_unref (part);
  return (GMimeObject *)message;
}

static void
test_fields (void)
{
  g_autoptr (GObject) tree = (GObject *)new_message ("Hello\n");
  g_autoptr (MimesendMailing) mailing = new_mailing ((GMimeObject *)tree, "to", "Subject");
  g_autofree char *before = g_mime_object_to_string ((GMimeObject *)tree, NULL);
  g_autofree char *one = text_of (mailing, "Ren\303\251 <r@example.net>", "one");
  g_autofree char *two = text_of (mailing, "b@example.net", " ");
  g_autofree char *after = g_mime_object_to_string ((GMimeObject *)tree, NULL);

  g_assert_cmpstr (one, ==,
                   "MIME-Version: 1.0\r\nFrom: writer@example.com\r\nSubject: one\r\n"
                   "to: =?UTF-8?B?UmVuw6k=?= <r@example.net>\r\nContent-Type: text/plain\r\n\r\nHello\r\n");
  g_assert_cmpstr (two, ==,
                   "MIME-Version: 1.0\r\nFrom: writer@example.com\r\nto: b@example.net\r\n"
                   "Content-Type: text/plain\r\n\r\nHello\r\n");
  g_assert_cmpstr (before, ==, after);
}

/* What a letter brings along is folded as a letter's own fields are (RFC 2047 2). */
static void
test_long_values (void)
{
  g_autoptr (GObject) tree = (GObject *)new_message ("Hello\n");
  g_autoptr (MimesendMailing) mailing = new_mailing ((GMimeObject *)tree, "To", "Subject");
  g_autoptr (GString) subject = g_string_new (NULL);
  g_autofree char *to = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint words = 0;

  for (guint i = 0; i < 60; i++)
    g_string_append (subject, "\xe6\xbc\xa2");
  to = g_strdup_printf ("\"%s\" <r@example.net>", subject->str);
  text = text_of (mailing, to, subject->str);
  lines = g_strsplit (text, "\r\n", -1);
  for (guint i = 0; *lines[i] != '\0'; i++)
    {
      g_assert_cmpuint (strlen (lines[i]), <=, 76);
      words += strstr (lines[i], "=?UTF-8?") != NULL;
    }
  g_assert_cmpuint (words, >=, 8);
}

/* A part is a message once a letter addresses it: To alone makes it one (RFC 2045 4). */
static void
test_mime_version (void)
{
  g_autoptr (GObject) tree = (GObject *)leaf_with_text ("Hello\n", GMIME_CONTENT_ENCODING_DEFAULT);
  g_autoptr (MimesendMailing) mailing = new_mailing ((GMimeObject *)tree, "To", NULL);
  g_autoptr (MimesendMailing) bare = new_mailing ((GMimeObject *)tree, "X-Number", NULL);
  g_autofree char *text = text_of (mailing, "a@example.net", NULL);
  g_autofree char *bare_text = text_of (bare, "1", NULL);

  g_assert_true (g_str_has_prefix (text, "MIME-Version: 1.0\r\n"));
  g_assert_false (g_str_has_prefix (bare_text, "MIME-Version"));
}

static void
refuse_names (const char *first, const char *second, int code)
{
  g_autoptr (GObject) tree = (GObject *)new_message ("Hello\n");
  const char *const fields[] = { first, second, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (mimesend_mailing_new ((GMimeObject *)tree, fields, &error));
  g_assert_error (error, MIMESEND_ERROR, code);
}

static void
refuse_value (const char *name, const char *value, int code)
{
  g_autoptr (GObject) tree = (GObject *)new_message ("Hello\n");
  g_autoptr (MimesendMailing) mailing = new_mailing ((GMimeObject *)tree, name, NULL);
  const char *const values[] = { value, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (mimesend_mailing_new_content (mailing, values, &error));
  g_assert_error (error, MIMESEND_ERROR, code);
}

static void
test_refused (void)
{
  static const char *const names[] = { "To", "Subject", "Message-ID", "X-Number", "Date" };
  static const char *const broken[] = { "a\nBcc: b@example.com",
                                        "a\r\n\r\nbody",
                                        "a\rb",
                                        "a\x01"
                                        "b",
                                        "\xff",
                                        "=?utf-8?Q?a=0ABcc:_b?=",
                                        "a\xc2\x85"
                                        "b",
                                        "a\xe2\x80\xa8"
                                        "b" };
  g_autofree char *long_value = g_strnfill (100 * 1024, 'a');
  g_autoptr (GObject) tree = (GObject *)new_message ("Hello\n");
  g_autoptr (MimesendMailing) mailing = new_mailing ((GMimeObject *)tree, "To", "Subject");
  const char *const few[] = { "a@example.net", NULL };
  const char *const many[] = { "a@example.net", "b", "c", NULL };
  g_autoptr (GError) error = NULL;

  refuse_names ("Bcc", NULL, MIMESEND_ERROR_ARGUMENT);
  refuse_names ("To", "resent-bcc", MIMESEND_ERROR_ARGUMENT);
  refuse_names ("Return-Path", NULL, MIMESEND_ERROR_ARGUMENT);
  refuse_names ("MIME-Version", NULL, MIMESEND_ERROR_ARGUMENT);
  refuse_names ("Content-Type", NULL, MIMESEND_ERROR_ARGUMENT);
  refuse_names ("To", "TO", MIMESEND_ERROR_ARGUMENT);
  refuse_names ("", NULL, MIMESEND_ERROR_CONTENT);
  refuse_names ("X Y", NULL, MIMESEND_ERROR_CONTENT);
  refuse_names ("X:Y", NULL, MIMESEND_ERROR_CONTENT);
  refuse_names ("X\nY", NULL, MIMESEND_ERROR_CONTENT);
  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (names); j++)
      {
        const char *const fields[] = { names[j], NULL };
        const char *const values[] = { broken[i], NULL };
        g_autoptr (MimesendMailing) one = mimesend_mailing_new ((GMimeObject *)tree, fields, NULL);
        g_autoptr (GError) own = NULL;

        g_assert_null (mimesend_mailing_new_content (one, values, &own));
        g_assert_cmpuint (own->domain, ==, MIMESEND_ERROR);
      }
  refuse_value ("Subject", long_value, MIMESEND_ERROR_CONTENT);
  refuse_value ("To", "no one", MIMESEND_ERROR_ADDRESS);
  refuse_value ("Message-ID", "no-at", MIMESEND_ERROR_CONTENT);
  refuse_value ("Date", "yesterday", MIMESEND_ERROR_CONTENT);
  g_assert_null (mimesend_mailing_new_content (mailing, few, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (mimesend_mailing_new_content (mailing, many, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
}

/* The short way for bare addresses writes what the long way writes. */
static void
test_addresses (void)
{
  static const char *const addresses[] = { "a@example.net",           "a.b+c@example.net",   "A@Example.NET",
                                           "a@xn--bcher-kva.example", "\"a b\"@example.net", "a@[192.0.2.1]",
                                           "o'neil@example.net",      "a=b@example.net",     "x@y" };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (GObject) tree = (GObject *)leaf_with_text ("", GMIME_CONTENT_ENCODING_DEFAULT);
      g_autoptr (MimesendMailing) mailing = new_mailing ((GMimeObject *)tree, "Cc", NULL);
      g_autofree char *text = text_of (mailing, addresses[i], NULL);
      InternetAddressList *list = internet_address_list_new ();
      InternetAddress *mailbox = internet_address_mailbox_new (NULL, addresses[i]);
      GString *expected = g_string_new ("Cc: ");

      internet_address_list_add (list, mailbox);
      g_object_unref (mailbox);
      internet_address_list_encode (list, NULL, expected);
      g_string_truncate (expected, expected->len - 1);
      g_string_append (expected, "\r\n");
      g_assert_true (strstr (text, expected->str) != NULL);
      g_string_free (expected, TRUE);
      g_object_unref (list);
    }
}

static void
test_letter (void)
{
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  const char *const fields[] = { "To", NULL };
  const char *const values[] = { "a@example.net", NULL };
  const char *const with_id[] = { "To", "message-id", NULL };
  const char *const with_id_values[] = { "a@example.net", "mine@example.com", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendMailing) mailing = NULL, own = NULL;
  g_autoptr (MimesendContent) one = NULL, two = NULL, three = NULL;
  g_autofree char *first = NULL, *second = NULL, *third = NULL;
  const char *id, *other;

  g_assert_true (mimesend_letter_set_from (letter, "Writer <writer@b\303\274cher.example>", NULL));
  g_assert_true (mimesend_letter_add_bcc (letter, "hidden@example.net", NULL));
  mimesend_letter_set_text (letter, "Hello\n");
  mailing = mimesend_mailing_new_for_letter (letter, fields, &error);
  g_assert_no_error (error);
  mimesend_letter_set_text (letter, "changed\n");
  one = mimesend_mailing_new_content (mailing, values, &error);
  two = mimesend_mailing_new_content (mailing, values, &error);
  g_assert_no_error (error);
  first = read_text (one, &error);
  second = read_text (two, &error);
  g_assert_nonnull (strstr (first, "To: a@example.net\r\n"));
  g_assert_nonnull (strstr (first, "\r\n\r\nHello\r\n"));
  g_assert_null (strstr (first, "hidden"));
  g_assert_null (strstr (first, "undisclosed"));
  id = strstr (first, "\r\nMessage-ID: <");
  other = strstr (second, "\r\nMessage-ID: <");
  g_assert_nonnull (id);
  g_assert_nonnull (other);
  g_assert_null (strstr (id + 14, "Message-ID"));
  g_assert_true (g_str_has_prefix (id + 15 + 32, "@xn--bcher-kva.example>\r\n"));
  g_assert_cmpmem (first, (gsize)(id - first), second, (gsize)(other - second));
  g_assert_false (strncmp (id, other, 48) == 0);

  own = mimesend_mailing_new_for_letter (letter, with_id, &error);
  g_assert_no_error (error);
  three = mimesend_mailing_new_content (own, with_id_values, &error);
  g_assert_no_error (error);
  third = read_text (three, &error);
  g_assert_nonnull (strstr (third, "message-id: <mine@example.com>\r\n"));
}

/* ── memory ── */

static gsize
kept_octets (MimesendTemplate *template, guint *n_leaves)
{
  g_autoptr (GError) error = NULL;
  MimesendRecording *recording = mimesend_template_record (template, NULL, &error);
  gsize kept = recording->head_length;

  g_assert_no_error (error);
  *n_leaves = 0;
  for (guint i = 0; i < recording->segments->len; i++)
    {
      MimesendSegment *segment = &g_array_index (recording->segments, MimesendSegment, i);

      kept += segment->length;
      *n_leaves += segment->part != NULL;
    }
  mimesend_recording_unref (recording);
  return kept;
}

static GMimeObject *
tree_with_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  GMimeObject *file = mimesend_part_new_file (path, &error);

  g_assert_no_error (error);
  return multipart_of ("mixed", leaf_with_text ("small\r\n", GMIME_CONTENT_ENCODING_DEFAULT), file);
}

static void
assert_same (MimesendContent *one, MimesendContent *other)
{
  g_autoptr (GError) error = NULL;
  GByteArray *octets, *others;

  g_assert_true (mimesend_content_prepare (one, MIMESEND_WIRE_NONE, &error));
  g_assert_true (mimesend_content_prepare (other, MIMESEND_WIRE_NONE, &error));
  g_assert_cmpint (mimesend_content_get_length (one), ==, mimesend_content_get_length (other));
  octets = read_content (one, 65536, &error);
  g_assert_no_error (error);
  others = read_content (other, 65536, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (octets->data, octets->len, others->data, others->len);
  g_byte_array_unref (octets);
  g_byte_array_unref (others);
}

/* Half of the readers must not get another file: one that was touched is the same, one that grew is as long as it was. */
static void
later_letters (MimesendMailing *mailing, MimesendContent *first, int fd)
{
  static const char *const none[] = { NULL };
  GByteArray *octets;

  g_assert_true (mimesend_content_rewind (first, NULL));
  octets = read_content (first, 65536, NULL);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (MimesendContent) late = mimesend_mailing_new_content (mailing, none, NULL);
      g_autoptr (GError) error = NULL;
      GByteArray *all;

      if (i == 0)
        g_assert_cmpint (futimens (fd, NULL), ==, 0);
      else if (i == 1)
        g_assert_cmpint (write (fd, "more", 4), ==, 4);
      else if (i == 2)
        g_assert_cmpint (pwrite (fd, "yyyy", 4, 1000000), ==, 4);
      else if (i == 3)
        g_assert_cmpint (pwrite (fd, "xxxx", 4, 1000000), ==, 4); /* as it was */
      else
        g_assert_cmpint (ftruncate (fd, 3 * 1048576 - 1), ==, 0);
      g_assert_true (mimesend_content_prepare (late, MIMESEND_WIRE_NONE, &error));
      all = read_content (late, 65536, &error);
      if (i == 2 || i == 4)
        {
          g_assert_null (all);
          g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
          g_assert_nonnull (strstr (error->message, "part 2 (mailing-"));
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpmem (all->data, all->len, octets->data, octets->len);
      g_assert_true ((mimesend_pull_get_warnings (MIMESEND_PULL (late)) != NULL) == (i > 0));
      g_byte_array_unref (all);
    }
  g_byte_array_unref (octets);
}

static void
test_large_file (void)
{
  static const char *const none[] = { NULL };
  g_autofree char *path = NULL;
  g_autofree char *octets = g_strnfill (3 * 1048576, 'x');
  int fd = g_file_open_tmp ("mailing-XXXXXX.bin", &path, NULL);
  g_autoptr (GObject) tree = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendMailing) mailing = NULL;
  g_autoptr (MimesendContent) content = NULL, walk = NULL;
  MimesendTemplate *template;
  guint n_leaves;

  g_assert_cmpint (write (fd, octets, 3 * 1048576), ==, 3 * 1048576);
  tree = (GObject *)tree_with_file (path);
  template = mimesend_template_new ((GMimeObject *)tree, none, &error);
  g_assert_no_error (error);
  mimesend_template_set_keep_limit (template, 1048576);
  g_assert_cmpuint (kept_octets (template, &n_leaves), <, 4096);
  g_assert_cmpuint (n_leaves, ==, 1);
  mimesend_template_set_keep_limit (template, 8 * 1048576);
  g_assert_cmpuint (kept_octets (template, &n_leaves), >, 4 * 1048576);
  g_assert_cmpuint (n_leaves, ==, 0);
  mimesend_template_unref (template);

  mailing = mimesend_mailing_new ((GMimeObject *)tree, none, &error);
  g_assert_no_error (error);
  content = mimesend_mailing_new_content (mailing, none, &error);
  walk = mimesend_content_new_for_part ((GMimeObject *)tree, NULL);
  assert_same (content, walk);
  later_letters (mailing, content, fd);
  close (fd);
  g_unlink (path);
}

static void
test_pipe (void)
{
  static const char *const none[] = { NULL };
  int fds[2];
  g_autoptr (GError) error = NULL;
  GMimeStream *stream;
  g_autoptr (GObject) part = NULL;

  g_assert_cmpint (pipe (fds), ==, 0);
  stream = g_mime_stream_pipe_new (fds[0]);
  part = (GObject *)leaf_with_stream ("text/plain", stream, GMIME_CONTENT_ENCODING_DEFAULT,
                                      GMIME_CONTENT_ENCODING_DEFAULT);
  g_assert_null (mimesend_mailing_new ((GMimeObject *)part, none, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED);
  g_object_unref (stream);
  close (fds[1]);
}

/* ── many at once ── */

typedef struct
{
  MimesendMailing *mailing;
  gint wrong;
} Shared;

static gpointer
send_often (gpointer data)
{
  Shared *shared = data;

  for (int i = 0; i < 200; i++)
    {
      g_autofree char *to = g_strdup_printf ("reader%d@example.net", i);
      g_autofree char *line = g_strdup_printf ("To: %s\r\n", to);
      const char *const values[] = { to, NULL };
      g_autoptr (MimesendContent) content = mimesend_mailing_new_content (shared->mailing, values, NULL);
      g_autofree char *text = NULL;

      if (i % 2 > 0 && !mimesend_content_prepare (content, (MimesendWireFlags)(i % 4), NULL))
        g_atomic_int_inc (&shared->wrong);
      text = read_text (content, NULL);
      if (text == NULL || strstr (text, line) == NULL || !g_str_has_suffix (text, "--=-b--\r\n"))
        g_atomic_int_inc (&shared->wrong);
    }
  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[4];
  g_autoptr (GObject) tree =
      (GObject *)multipart_of ("mixed", leaf_with_text ("\303\244\n", GMIME_CONTENT_ENCODING_8BIT),
                               leaf_with_text ("second\n", GMIME_CONTENT_ENCODING_BASE64));
  Shared shared = { 0 };

  shared.mailing = new_mailing ((GMimeObject *)tree, "To", NULL);
  mimesend_mailing_set_keep_limit (shared.mailing, 12);
  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("letters", send_often, &shared);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (shared.wrong, ==, 0);
  g_object_unref (shared.mailing);
}

static void
test_outlives (void)
{
  GMimeObject *tree = new_message (".Hello\n");
  MimesendMailing *mailing = new_mailing (tree, "To", NULL);
  const char *const values[] = { "a@example.net", NULL };
  g_autoptr (MimesendContent) one = mimesend_mailing_new_content (mailing, values, NULL);
  g_autoptr (MimesendContent) both = mimesend_content_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_object_unref (mailing);
  g_object_unref (tree);
  mimesend_content_add_content (both, one, &error);
  mimesend_content_add_string (both, "more\n", &error);
  text = read_text (both, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (text, "\r\n\r\n.Hello\r\nmore\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/client/mailing/writes-fields", test_fields);
  g_test_add_func ("/client/mailing/folds-long-values", test_long_values);
  g_test_add_func ("/client/mailing/adds-mime-version", test_mime_version);
  g_test_add_func ("/client/mailing/refuses-bad-fields", test_refused);
  g_test_add_func ("/client/mailing/checks-addresses", test_addresses);
  g_test_add_func ("/client/mailing/letter-can-be-the-tree", test_letter);
  g_test_add_func ("/client/mailing/large-file-is-read-anew", test_large_file);
  g_test_add_func ("/client/mailing/refuses-pipe", test_pipe);
  g_test_add_func ("/client/mailing/works-in-several-threads", test_threads);
  g_test_add_func ("/client/mailing/letters-outlive-the-mailing", test_outlives);
  return g_test_run ();
}
