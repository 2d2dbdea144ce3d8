/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The letter's properties: what is set is read back, changes are told, and a wrong value is never passed over. */
#include "mime/letter.h"
#include "letter-fixture.h"
#include "mimesend-error.h"

#include <string.h>

static const char *const strings[] = { "from",      "reverse-path", "subject", "message-id",
                                       "id-domain", "charset",      "text",    "html" };
static const char *const lists[] = { "to", "cc", "bcc", "reply-to", NULL };

static char *
get_list (MimesendLetter *letter, const char *name)
{
  g_auto (GStrv) list = NULL;

  g_object_get (letter, name, &list, NULL);
  g_assert_nonnull (list);
  return g_strjoinv ("|", list);
}

static void
assert_string (MimesendLetter *letter, const char *name, const char *value)
{
  g_autofree char *got = NULL;

  g_object_get (letter, name, &got, NULL);
  g_assert_cmpstr (got, ==, value);
}

static void
assert_list (MimesendLetter *letter, const char *name, const char *value)
{
  g_autofree char *got = get_list (letter, name);

  g_assert_cmpstr (got, ==, value);
}

/* Nothing is set: the specification's default is what is read, but for the id that is made. */
static void
test_defaults (void)
{
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_autofree GParamSpec **specs = NULL;
  guint n;

  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (letter), &n);
  g_assert_cmpuint (n, ==, 14);
  for (guint i = 0; i < n; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      g_assert_true (specs[i]->flags & G_PARAM_EXPLICIT_NOTIFY);
      g_object_get_property (G_OBJECT (letter), specs[i]->name, &value);
      if (G_PARAM_SPEC_VALUE_TYPE (specs[i]) == G_TYPE_STRV)
        g_assert_cmpuint (g_strv_length (g_value_get_boxed (&value)), ==, 0);
      else if (strcmp (specs[i]->name, "message-id") == 0)
        g_assert_nonnull (g_value_get_string (&value));
      else
        g_assert_true (g_param_value_defaults (specs[i], &value));
    }
}

/* In any order, by the constructor or later: the same letter. */
static void
test_any_order (void)
{
  static const char *const to[] = { "Ann <ann@example.org>", "team: x@y.org, z@y.org;", NULL };
  static const char *const bcc[] = { "hidden@example.org", NULL };
  g_autoptr (GDateTime) date = g_date_time_new_from_iso8601 ("2026-11-24T09:00:00+01:00", NULL);
  g_autoptr (MimesendLetter) made = g_object_new (
      MIMESEND_TYPE_LETTER, "html", "<p>hi</p>\n", "bcc", bcc, "subject",
      "Gr\xc3\xbc\xc3\x9f"
      "e",
      "to", to, "message-id", "<a@b.c>", "date", date, "text", "hi\n", "from", "Joe <joe@example.com>", NULL);
  g_autoptr (MimesendLetter) set = mimesend_letter_new ();
  g_autofree char *one = NULL, *other = NULL;
  g_autoptr (GMimeMessage) message = NULL;

  g_object_set (set, "from", "Joe <joe@example.com>", "text", "hi\n", NULL);
  g_object_set (set, "date", date, "to", to, NULL);
  must (mimesend_letter_set_message_id (set, "a@b.c", &failure));
  must (mimesend_letter_add_bcc (set, bcc[0], &failure));
  g_object_set (set, "subject",
                "Gr\xc3\xbc\xc3\x9f"
                "e",
                NULL);
  mimesend_letter_set_html (set, "<p>hi</p>\n");
  message = build_and_read (made, &one);
  g_clear_object (&message);
  message = build_and_read (set, &other);
  g_assert_cmpuint (strcspn (one, "="), ==, strcspn (other, "=")); /* up to the boundary */
  g_assert_true (strncmp (one, other, (gsize)(strstr (one, "boundary") - one)) == 0);
  g_assert_nonnull (strstr (one, "\nDate: Tue, 24 Nov 2026 09:00:00 +0100\nMessage-ID: <a@b.c>\n"));
  g_assert_nonnull (strstr (one, "\nTo: Ann <ann@example.org>, team: x@y.org, z@y.org;\n"));
  g_assert_null (strstr (one, "hidden"));
}

/* What is read is what may be set again, and has the same meaning. */
static void
test_addresses (void)
{
  static const struct
  {
    const char *set, *get;
  } rows[] = {
    { "a@b.c", "a@b.c" },
    { "Joe Doe <joe@x.org>", "Joe Doe <joe@x.org>" },
    { "\"Joe Doe\" <joe@x.org>", "Joe Doe <joe@x.org>" },
    { "\"Doe, Joe\" <joe@x.org>", "\"Doe, Joe\" <joe@x.org>" },
    { "\"a \\\"b\\\" \\\\ c\" <joe@x.org>", "\"a \\\"b\\\" \\\\ c\" <joe@x.org>" },
    { "\"two  blanks \" <joe@x.org>", "\"two  blanks \" <joe@x.org>" },
    { "J. Doe <joe@x.org>", "\"J. Doe\" <joe@x.org>" },
    { "J\xc3\xb6 \xe6\x97\xa5\xe6\x9c\xac <j\xc3\xb6@\xc3\xa4.org>",
      "J\xc3\xb6 \xe6\x97\xa5\xe6\x9c\xac <j\xc3\xb6@\xc3\xa4.org>" },
    { "=?utf-8?q?J=C3=B6?= <joe@\xc3\xa4.org>", "J\xc3\xb6 <joe@\xc3\xa4.org>" },
    { "\"=?utf-8?q?J=C3=B6?=\" <joe@x.org>", "\"=?utf-8?q?J=C3=B6?=\" <joe@x.org>" },
    { "joe@x.org (Carl)", "Carl <joe@x.org>" },
    { "\"a b\"@x.org", "\"a b\"@x.org" },
    { "a@x.org, b@y.org", "a@x.org|b@y.org" },
    { "team: A <a@x.org>, b@x.org;, c@x.org", "team: A <a@x.org>, b@x.org;|c@x.org" },
    { "\"a: b\": ;", "\"a: b\": ;" },
    { "root", "root" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendLetter) letter = mimesend_letter_new (), again = mimesend_letter_new ();
      g_auto (GStrv) list = NULL, recipients = NULL, recipients_again = NULL;
      const char *const one[] = { rows[i].set, NULL };

      must (mimesend_letter_set_to (letter, one, &failure));
      assert_list (letter, "to", rows[i].get);
      list = mimesend_letter_get_to (letter);
      must (mimesend_letter_set_to (again, (const char *const *)list, &failure));
      assert_list (again, "to", rows[i].get);
      recipients = mimesend_letter_get_recipients (letter);
      recipients_again = mimesend_letter_get_recipients (again);
      g_assert_true (g_strv_equal ((const char *const *)recipients, (const char *const *)recipients_again));
    }
}

static void
test_from (void)
{
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();

  assert_string (letter, "from", NULL);
  must (mimesend_letter_set_from (letter, "\"Doe, J\" <j@x.org>, k@x.org", &failure));
  assert_string (letter, "from", "\"Doe, J\" <j@x.org>, k@x.org");
  assert_string (letter, "reverse-path", NULL);
  must (mimesend_letter_set_from (letter, "Joe <j@x.org>", &failure));
  assert_string (letter, "reverse-path", "j@x.org");
  must (mimesend_letter_set_reverse_path (letter, "<>", &failure));
  assert_string (letter, "reverse-path", "");
  must (mimesend_letter_set_reverse_path (letter, NULL, &failure));
  assert_string (letter, "reverse-path", "j@x.org");
  must (mimesend_letter_set_from (letter, NULL, &failure));
  assert_string (letter, "from", NULL);
  assert_string (letter, "reverse-path", NULL);
}

static void
test_taken_back (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (GMimeObject) part = mimesend_part_new_text ("x");
  g_autofree char *id = g_strdup (mimesend_letter_get_message_id (letter));

  g_object_set (letter, "subject", "x", "text", "x", "html", "x", "charset", "iso-8859-1", "id-domain",
                "x.org", "message-id", "<a@b>", "body", part, NULL);
  assert_string (letter, "message-id", "a@b");
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    g_object_set (letter, strings[i], NULL, NULL);
  for (guint i = 0; lists[i] != NULL; i++)
    g_object_set (letter, lists[i], NULL, NULL);
  g_object_set (letter, "body", NULL, "date", NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    if (strcmp (strings[i], "message-id") != 0)
      assert_string (letter, strings[i], strcmp (strings[i], "charset") == 0 ? "utf-8" : NULL);
  for (guint i = 0; lists[i] != NULL; i++)
    assert_list (letter, lists[i], "");
  g_assert_cmpstr (mimesend_letter_get_message_id (letter), !=, "a@b");
  g_assert_cmpstr (mimesend_letter_get_message_id (letter), !=, id);
}

static void
count_cb (GObject *letter, GParamSpec *spec, gpointer data)
{
  g_string_append_printf (data, "%s ", spec->name);
}

/* Told once when the value is another, and not when it is the same or was refused. */
static void
test_notify (void)
{
  static const char *const to[] = { "a@b.org", NULL }, *const same[] = { "<a@b.org>", NULL };
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GMimeObject) built = NULL;

  g_signal_connect (letter, "notify", G_CALLBACK (count_cb), told);
  must (mimesend_letter_set_subject (letter, "one", &failure));
  must (mimesend_letter_set_subject (letter, "one", &failure));
  g_assert_false (mimesend_letter_set_subject (letter, "a\nb", NULL));
  g_object_set (letter, "subject", "a\nb", NULL);
  g_object_set (letter, "subject", "two", NULL);
  mimesend_letter_set_text (letter, "x");
  mimesend_letter_set_text (letter, "x");
  must (mimesend_letter_set_to (letter, to, &failure));
  must (mimesend_letter_set_to (letter, same, &failure));
  must (mimesend_letter_add_to (letter, "c@d.org", &failure));
  mimesend_letter_set_date (letter, now);
  mimesend_letter_set_date (letter, now);
  g_assert_cmpstr (told->str, ==, "subject subject text to to date ");
  g_string_truncate (told, 0);

  must (mimesend_letter_set_from (letter, "j@x.org", &failure));
  g_assert_cmpstr (told->str, ==, "from reverse-path ");
  g_string_truncate (told, 0);
  must (mimesend_letter_set_reverse_path (letter, "k@x.org", &failure));
  must (mimesend_letter_set_from (letter, "l@x.org", &failure));
  g_assert_cmpstr (told->str, ==, "reverse-path from ");
  g_string_truncate (told, 0);

  /* the id that was made, and the date, are another message's */
  g_object_set (letter, "date", NULL, NULL);
  built = mimesend_letter_build (letter, NULL);
  g_string_truncate (told, 0);
  mimesend_letter_set_html (letter, "x");
  g_assert_cmpstr (told->str, ==, "message-id date html ");
}

typedef struct
{
  const char *property, *value, *words;
  int code;
} Wrong;

static const Wrong wrong[] = {
  { "subject", "a\r\nBcc: x@y", "subject", MIMESEND_ERROR_CONTENT },
  { "subject", "\xff", "subject", MIMESEND_ERROR_CONTENT },
  { "from", "no address here", "from", MIMESEND_ERROR_ADDRESS },
  { "from", "a@b\nBcc: x@y", "from", MIMESEND_ERROR_CONTENT },
  { "reverse-path", "Joe <a@b>", "reverse-path", MIMESEND_ERROR_ADDRESS },
  { "message-id", "<a b@c>", "message-id", MIMESEND_ERROR_CONTENT },
  { "message-id", "<a@b>\r\nX: y", "message-id", MIMESEND_ERROR_CONTENT },
  { "message-id", "", "message-id", MIMESEND_ERROR_CONTENT },
  { "charset", "no such charset", "charset", MIMESEND_ERROR_CONTENT },
  { "id-domain", "a b", "domain", MIMESEND_ERROR_ARGUMENT },
  { "to", "a@b\r\nBcc: x@y", "to", MIMESEND_ERROR_CONTENT },
  { "to", "", "to", MIMESEND_ERROR_ADDRESS },
  { "cc", "a b@c", "cc", MIMESEND_ERROR_ADDRESS },
  { "bcc", "<a@b", "bcc", MIMESEND_ERROR_ADDRESS },
  { "reply-to", "a: b@c", "reply-to", MIMESEND_ERROR_ADDRESS },
};

static void
write_property (MimesendLetter *letter, const char *name, const char *value)
{
  const char *const list[] = { "first@example.org", value, NULL };

  if (g_strv_contains (lists, name))
    g_object_set (letter, name, list, NULL);
  else
    g_object_set (letter, name, value, NULL);
}

/* A wrong value leaves the property as it is, and nothing can be made of the letter until it is set right. */
static void
test_wrong (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (MimesendLetter) letter = letter_new (), copy = NULL;
      g_autoptr (GError) error = NULL, again = NULL, copied = NULL;
      g_auto (GValue) before = G_VALUE_INIT, after = G_VALUE_INIT;
      g_autoptr (GMimeObject) built = NULL;

      g_test_message ("%s", wrong[i].property);
      g_object_get_property (G_OBJECT (letter), wrong[i].property, &before);
      write_property (letter, wrong[i].property, wrong[i].value);
      g_object_get_property (G_OBJECT (letter), wrong[i].property, &after);
      if (G_VALUE_HOLDS_STRING (&before))
        g_assert_cmpstr (g_value_get_string (&before), ==, g_value_get_string (&after));
      else
        g_assert_true (g_strv_equal (g_value_get_boxed (&before), g_value_get_boxed (&after)));
      g_assert_null (mimesend_letter_build (letter, &error));
      g_assert_cmpint (error->code, ==, wrong[i].code);
      g_assert_nonnull (strstr (error->message, wrong[i].words));
      g_assert_null (mimesend_letter_build (letter, &again)); /* and again */
      g_assert_nonnull (again);
      copy = mimesend_letter_copy (letter);
      g_assert_null (mimesend_letter_build (copy, &copied));
      g_assert_cmpstr (copied->message, ==, error->message);
      g_object_set_property (G_OBJECT (letter), wrong[i].property, &before);
      built = mimesend_letter_build (letter, NULL);
      g_assert_nonnull (built);
    }
}

/* A setter's error is the caller's: the letter is what it was. */
static void
test_setter_refuses (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (MimesendLetter) letter = letter_new ();
      g_autoptr (GMimeObject) built = NULL;
      g_autoptr (GError) error = NULL;
      gboolean done = TRUE;

      if (strcmp (wrong[i].property, "subject") == 0)
        done = mimesend_letter_set_subject (letter, wrong[i].value, &error);
      else if (strcmp (wrong[i].property, "message-id") == 0)
        done = mimesend_letter_set_message_id (letter, wrong[i].value, &error);
      else if (strcmp (wrong[i].property, "from") == 0)
        done = mimesend_letter_set_from (letter, wrong[i].value, &error);
      else if (strcmp (wrong[i].property, "to") == 0)
        {
          const char *const list[] = { "a@b.c", wrong[i].value, NULL };

          done = mimesend_letter_set_to (letter, list, &error);
        }
      else
        continue;
      g_assert_false (done);
      g_assert_cmpint (error->code, ==, wrong[i].code);
      assert_list (letter, "to", "to@example.org");
      built = mimesend_letter_build (letter, NULL);
      g_assert_nonnull (built);
    }
}

/* A string that a binding has taken for an array. */
static void
test_letter_by_letter (void)
{
  static const char *const spelled[] = { "a", "@", "b", NULL }, *const names[] = { "a", "b", NULL },
                           *const one[] = { "@", NULL };
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (GError) error = NULL, other = NULL;

  g_assert_false (mimesend_letter_set_cc (letter, spelled, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ADDRESS);
  g_assert_nonnull (strstr (error->message, "cc: 'a@b' was given letter by letter"));
  g_assert_false (mimesend_letter_set_cc (letter, one, &other));
  g_assert_null (strstr (other->message, "letter by letter"));
  must (mimesend_letter_set_cc (letter, names, &failure));
  g_assert_false (mimesend_letter_set_cc (letter, spelled, NULL));
  assert_list (letter, "cc", "a|b");
}

/* The error of one property stands beside what is right in others. */
static void
test_two_wrong (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (GMimeObject) built = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;

      g_object_set (letter, "subject", i == 0 ? "a\nb" : "c", "from", i < 2 ? "nobody at all" : "j@x.org",
                    NULL);
      built = mimesend_letter_build (letter, &error);
      g_assert_true ((built == NULL) == (i < 2));
      if (i < 2)
        g_assert_nonnull (strstr (error->message, "from"));
    }
}

static void
test_huge (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autofree char *text = g_strnfill (3 * 1024 * 1024, 'x'), *got = NULL;
  g_autoptr (GPtrArray) many = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) list = NULL;

  g_object_set (letter, "text", text, NULL);
  g_object_get (letter, "text", &got, NULL);
  g_assert_true (g_str_equal (got, text));
  for (guint i = 0; i < 20000; i++)
    g_ptr_array_add (many, g_strdup_printf ("Person %u <p%u@example.org>", i, i));
  g_ptr_array_add (many, NULL);
  g_object_set (letter, "bcc", many->pdata, NULL);
  list = mimesend_letter_get_bcc (letter);
  g_assert_true (g_strv_equal ((const char *const *)list, (const char *const *)many->pdata));
  g_object_set (letter, "subject", text, NULL);
  g_assert_null (mimesend_letter_build (letter, NULL));
}

static void
test_date (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (GDateTime) date = g_date_time_new_from_iso8601 ("2026-11-24T09:00:00.7-03:30", NULL);
  g_autoptr (GDateTime) got = NULL;
  g_autofree char *shown = NULL;
  g_autoptr (GMimeObject) tree = NULL;

  g_assert_null (mimesend_letter_get_date (letter));
  g_object_set (letter, "date", date, NULL);
  g_object_get (letter, "date", &got, NULL);
  shown = g_date_time_format_iso8601 (got);
  g_assert_cmpstr (shown, ==, "2026-11-24T09:00:00-03:30");
  mimesend_letter_set_date (letter, NULL);
  g_assert_null (mimesend_letter_get_date (letter));
  tree = mimesend_letter_build (letter, NULL);
  g_assert_nonnull (g_mime_message_get_date (GMIME_MESSAGE (tree)));
  g_assert_null (mimesend_letter_get_date (letter)); /* the one that was made is not a value of the letter */
}

/* Octets: what they are follows from the name, and they are attached as they are. */
static void
test_attach_bytes (void)
{
  static const struct
  {
    const char *octets, *name, *type, *header, *file_name;
  } rows[] = {
    { "\x89PNG", "p.png", NULL, "image/png; name=p.png", "p.png" },
    { "a\nb\r\n", "\xc3\xa4.txt", NULL, "text/plain; charset=us-ascii", "\xc3\xa4.txt" },
    { "\xc3\xa4\n", "a.txt", NULL, "text/plain; charset=utf-8", "a.txt" },
    { "\xe4\n", "a.csv", NULL, "text/csv; name=a.csv", "a.csv" },
    { "\xe4\n", "a.csv", "text/csv; charset=iso-8859-1", "text/csv; charset=iso-8859-1", "a.csv" },
    { "x", NULL, NULL, "application/octet-stream", NULL },
    { "x", NULL, "text/plain", "text/plain; charset=us-ascii", NULL },
    { "x", "dir/a.bin", "application/x-y", "application/x-y; name=a.bin", "a.bin" },
    { "", "empty", NULL, "application/octet-stream; name=empty", "empty" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendLetter) letter = letter_new ();
      g_autoptr (GBytes) bytes = g_bytes_new (rows[i].octets, strlen (rows[i].octets));
      g_autoptr (GMimeStream) got = g_mime_stream_mem_new ();
      g_autoptr (GMimeMessage) message = NULL;
      g_autofree char *text = NULL;
      GMimePart *part;
      GByteArray *array;

      must (mimesend_letter_attach_bytes (letter, bytes, rows[i].name, rows[i].type, &failure));
      message = build_and_read (letter, &text);
      part = GMIME_PART (
          g_mime_multipart_get_part (GMIME_MULTIPART (g_mime_message_get_mime_part (message)), 1));
      g_assert_true (
          g_str_has_prefix (g_mime_object_get_header (GMIME_OBJECT (part), "Content-Type"), rows[i].header));
      g_assert_cmpstr (g_mime_object_get_disposition (GMIME_OBJECT (part)), ==, "attachment");
      g_assert_cmpstr (g_mime_part_get_filename (part), ==, rows[i].file_name);
      g_mime_data_wrapper_write_to_stream (g_mime_part_get_content (part), got);
      array = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (got));
      g_assert_cmpmem (array->data, array->len, rows[i].octets, strlen (rows[i].octets));
    }
}

static void
test_attach_bytes_refused (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\xff\n", 2);
  static const struct
  {
    const char *name, *type;
  } rows[] = {
    { "\xff", NULL },
    { "a", "text" },
    { "a", "text/plain\r\nX: y" },
    { "a", "text/plain; charset=utf-8" },
    { "a", "multipart/mixed" },
    { "a", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].type);
      g_assert_false (mimesend_letter_attach_bytes (letter, bytes, rows[i].name, rows[i].type, &error));
      g_assert_nonnull (error);
    }
  g_assert_cmpuint (letter->attachments->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mime/letter-properties/defaults", test_defaults);
  g_test_add_func ("/mime/letter-properties/any-order", test_any_order);
  g_test_add_func ("/mime/letter-properties/addresses-can-be-set-again", test_addresses);
  g_test_add_func ("/mime/letter-properties/from", test_from);
  g_test_add_func ("/mime/letter-properties/taken-back", test_taken_back);
  g_test_add_func ("/mime/letter-properties/notify", test_notify);
  g_test_add_func ("/mime/letter-properties/wrong-value-is-not-built", test_wrong);
  g_test_add_func ("/mime/letter-properties/setter-refuses", test_setter_refuses);
  g_test_add_func ("/mime/letter-properties/letter-by-letter", test_letter_by_letter);
  g_test_add_func ("/mime/letter-properties/two-wrong", test_two_wrong);
  g_test_add_func ("/mime/letter-properties/huge", test_huge);
  g_test_add_func ("/mime/letter-properties/date", test_date);
  g_test_add_func ("/mime/letter-properties/attach-bytes", test_attach_bytes);
  g_test_add_func ("/mime/letter-properties/attach-bytes-refused", test_attach_bytes_refused);
  return g_test_run ();
}
