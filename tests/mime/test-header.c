/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/header.h"
#include "written.h"

static void
test_names (void)
{
  static const char *const bad[] = { "", "X:", "X Y", "X\tY", "X\rY", "X\nEvil", "X\x7f", "\xc3\xa4", ":" };
  g_autoptr (GError) error = NULL;
  g_autofree char *longest = g_strnfill (MIMESEND_HEADER_NAME_MAX, 'n');
  g_autofree char *longer = g_strnfill (MIMESEND_HEADER_NAME_MAX + 1, 'n');

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (mimesend_header_check_name (bad[i], &error));
      assert_refused (error, MIMESEND_ERROR_CONTENT);
    }
  g_assert_false (mimesend_header_check_name (longer, &error));
  assert_refused (error, MIMESEND_ERROR_CONTENT);
  g_assert_true (mimesend_header_check_name (longest, NULL));
  g_assert_true (mimesend_header_check_name ("X-Ticket", NULL));
  g_assert_true (mimesend_header_check_name ("!#$%&'*+-.^_`|~{}\"(),;<>@[]?=/\\", NULL));
}

/* Every octet alone, and every control of Unicode: the rule, written a second time. */
static void
test_values (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *longest = g_strnfill (100, 'v');

  for (guint c = 1; c < 0x3000; c++)
    {
      char value[8] = "";
      gboolean bad = (c < 32 && c != 9) || (c >= 127 && c < 160) || c == 0x2028 || c == 0x2029;

      value[g_unichar_to_utf8 (c, value)] = '\0';
      g_assert_true (mimesend_header_check_value ("value", value, 100, NULL) == !bad);
    }
  for (guint c = 128; c < 256; c++)
    {
      char value[2] = { (char)c, '\0' };

      g_assert_false (mimesend_header_check_value ("value", value, 100, &error));
      g_assert_nonnull (strstr (error->message, "\\x"));
      assert_refused (error, MIMESEND_ERROR_CONTENT);
    }
  g_assert_true (mimesend_header_check_value ("value", longest, 100, NULL));
  g_assert_false (mimesend_header_check_value ("value", longest, 99, &error));
  g_assert_nonnull (strstr (error->message, "value"));
  assert_refused (error, MIMESEND_ERROR_CONTENT);
}

static void
test_tokens (void)
{
  static const char *const bad[] = { "",       "a b",      "a/b", "a=b", "a;b", "a\"",
                                     "a\r\nb", "\xc3\xa4", "a*0", "a'",  "a%" };
  g_autofree char *longest = g_strnfill (40, 't');
  g_autofree char *longer = g_strnfill (41, 't');

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (mimesend_header_check_token ("token", bad[i], NULL));
  g_assert_true (mimesend_header_check_token ("token", longest, NULL));
  g_assert_false (mimesend_header_check_token ("token", longer, NULL));
}

static void
test_ids (void)
{
  static const char *const bad[] = { "",           "<>",    "a b@c", "a@b\r\nX: 1", "<a@b>x", "a@b>\r\n<c@d",
                                     "\xc3\xa4@b", "a\"@b", "@b",    "a@",          "a",      "a@b@c" };
  g_autofree char *id = mimesend_header_check_id ("id", "<a.b@example.com>", TRUE, NULL);
  g_autofree char *cid = mimesend_header_check_id ("id", "part1", FALSE, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (mimesend_header_check_id ("id", bad[i], TRUE, NULL));
  g_assert_cmpstr (id, ==, "a.b@example.com");
  g_assert_cmpstr (cid, ==, "part1");
}

static void
test_file_names (void)
{
  static const struct
  {
    const char *given, *safe, *ascii;
  } names[] = {
    { "report.pdf", "report.pdf", "report.pdf" },
    { "/etc/passwd", "passwd", "passwd" },
    { "../../x", "x", "x" },
    { "dir/", "unnamed", "unnamed" },
    { "", "unnamed", "unnamed" },
    { "..", "unnamed", "unnamed" },
    { "C:\\a\\b.txt", "C__a_b.txt", "C__a_b.txt" },
    { "a\r\nEvil: 1",
      "a\xef\xbf\xbd\xef\xbf\xbd"
      "Evil_ 1",
      "a__Evil_ 1" },
    { "x\xe2\x80\xaegpj.exe", "x\xef\xbf\xbdgpj.exe", "x_gpj.exe" },
    { "\xc3\xa4.txt", "\xc3\xa4.txt", "_.txt" },
    { "trailing. . ", "trailing", "trailing" },
    { " .hidden", ".hidden", ".hidden" },
    { "a\"b", "a\"b", "a_b" },
  };
  g_autofree char *longer = g_strnfill (256, 'n');

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *safe = mimesend_header_file_name ("name", names[i].given, NULL);
      g_autofree char *ascii = mimesend_header_file_name_ascii (safe);

      g_assert_cmpstr (safe, ==, names[i].safe);
      g_assert_cmpstr (ascii, ==, names[i].ascii);
    }
  g_assert_null (mimesend_header_file_name ("name", "a\xff", NULL));
  g_assert_null (mimesend_header_file_name ("name", longer, NULL));
}

/* RFC 2047 as short as it can be: GMime 3.2.13 joins neighbouring words ahead of decoding, and stops at the padding of
 * the first. */
static char *
decode_words (const char *text)
{
  GString *out = g_string_new (NULL);
  gboolean after_word = FALSE;

  while (*text != '\0')
    {
      gsize blank = strspn (text, " \t\n");
      gsize length = strcspn (text + blank, " \t\n");
      g_auto (GStrv) parts = NULL;
      g_autofree char *word = g_strndup (text + blank, length);
      gboolean encoded;

      parts = g_strsplit (word, "?", -1);
      encoded = g_str_has_prefix (word, "=?") && g_strv_length (parts) == 5 && strcmp (parts[4], "=") == 0;
      if (!(encoded && after_word))
        g_string_append_len (out, text, (gssize)blank);
      text += blank + length;
      after_word = encoded;
      if (!encoded)
        {
          g_string_append (out, word);
          continue;
        }
      if (g_ascii_tolower (parts[2][0]) == 'b')
        {
          gsize n;
          g_autofree guchar *octets = g_base64_decode (parts[3], &n);

          g_string_append_len (out, (const char *)octets, (gssize)n);
          continue;
        }
      for (const char *p = parts[3]; *p != '\0'; p++)
        if (*p == '=')
          {
            g_string_append_c (out, (char)(g_ascii_xdigit_value (p[1]) * 16 + g_ascii_xdigit_value (p[2])));
            p += 2;
          }
        else
          g_string_append_c (out, *p == '_' ? ' ' : *p);
    }
  return g_string_free (out, FALSE);
}

static gboolean
same_but_for_blanks (const char *a, const char *b)
{
  for (;; a++, b++)
    {
      a += strspn (a, " \t\n");
      b += strspn (b, " \t\n");
      if (*a != *b || *a == '\0')
        return *a == *b;
    }
}

/* One header more than a bare part has, of the same name and value. */
static void
assert_reads_back (GMimeObject *part, const char *name, const char *value)
{
  g_autofree char *text = written (part);
  g_autoptr (GMimeMessage) message = read_back (text);
  GMimeObject *body = g_mime_message_get_mime_part (message);
  g_autofree char *back = decode_words (strstr (text, name) + strlen (name) + 1);
  int n = g_mime_header_list_get_count (g_mime_object_get_header_list (GMIME_OBJECT (message))) +
          g_mime_header_list_get_count (g_mime_object_get_header_list (body));

  g_assert_cmpint (n, ==, 2);
  g_assert_true (same_but_for_blanks (back, value));
}

/* Values of all kinds under names of all kinds: what is taken is written soundly and read back as it was. */
static void
test_append_property (void)
{
  static const char *const names[] = { "X-A",         "Subject",
                                       "Received",    "References",
                                       "In-Reply-To", "Resent-Message-ID",
                                       "Comments",    "Newsgroups",
                                       "Keywords",    "List-Unsubscribe",
                                       "ARC-Seal",    "DKIM-Signature",
                                       "Autocrypt",   "Content-Description" };
  static const char *const atoms[] = {
    "a",
    "word",
    " ",
    "  ",
    "\t",
    "\"",
    "(",
    ")",
    "<",
    ">",
    "@",
    ",",
    ";",
    ":",
    "=",
    "\\",
    "\xc3\xbc",
    "\xe6\xbc\xa2\xe5\xad\x97",
    "\xf0\x9f\x98\x80",
    "e\xcc\x81",
    "\xc2\xa0",
    "x@y.z",
    "<a@b>",
    "%",
    "*",
    "'",
    "?",
    "_",
    "longerwordlongerwordlongerwordlongerwordlongerwordlongerwordlongerwordlongerword"
  };
  guint taken = 0;

  for (guint round = 0; round < 20000; round++)
    {
      const char *name = names[g_test_rand_int_range (0, G_N_ELEMENTS (names))];
      g_autoptr (GString) value = g_string_new (NULL);
      g_autoptr (GMimeObject) part = GMIME_OBJECT (g_mime_part_new ());
      gint n = g_test_rand_int_range (1, round % 50 == 0 ? 200 : 20);

      while (n-- > 0)
        g_string_append (value, atoms[g_test_rand_int_range (0, G_N_ELEMENTS (atoms))]);
      if (!mimesend_header_append (part, name, value->str, NULL))
        {
          /* Only what cannot be written: non-ASCII in a field that GMime does not encode. */
          g_assert_false (g_str_is_ascii (value->str));
          g_assert_null (g_mime_object_get_header (part, name));
          continue;
        }
      taken++;
      assert_headers_are_sound (part, 998);
      g_strstrip (value->str);
      if (*value->str == '\0')
        continue;
      assert_reads_back (part, name, value->str);
    }
  g_assert_cmpuint (taken, >, 10000);
}

static void
test_append_hostile (void)
{
  g_autoptr (GMimeObject) part = GMIME_OBJECT (g_mime_part_new ());
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (hostile_values); i++)
    {
      g_assert_false (mimesend_header_append (part, "X-A", hostile_values[i], &error));
      assert_refused (error, MIMESEND_ERROR_CONTENT);
      g_assert_false (mimesend_header_append (part, hostile_values[i], "value", &error));
      assert_refused (error, MIMESEND_ERROR_CONTENT);
      g_assert_false (mimesend_header_set_parameter (part, "p", hostile_values[i], &error));
      assert_refused (error, MIMESEND_ERROR_CONTENT);
      g_assert_false (mimesend_header_set_parameter (part, hostile_values[i], "value", &error));
      assert_refused (error, MIMESEND_ERROR_CONTENT);
      g_assert_false (mimesend_header_set_disposition (part, hostile_values[i], &error));
      assert_refused (error, MIMESEND_ERROR_CONTENT);
      g_assert_false (mimesend_header_set_content_id (part, hostile_values[i], &error));
      assert_refused (error, MIMESEND_ERROR_CONTENT);
    }
  g_assert_cmpint (g_mime_header_list_get_count (g_mime_object_get_header_list (part)), ==, 1);
}

/* What an encoded word hides is looked at too. */
static void
test_append_encoded_word (void)
{
  g_autoptr (GMimeObject) part = GMIME_OBJECT (g_mime_part_new ());

  g_assert_false (mimesend_header_append (part, "Subject", "=?utf-8?q?a=0d=0aBcc:_x?=", NULL));
  g_assert_false (mimesend_header_append (part, "X-A", "=?utf-8?B?YQ==?= =?utf-8?B?DQo=?=", NULL));
  g_assert_true (mimesend_header_append (part, "Subject", "=?utf-8?q?a=C3=A4?=", NULL));
}

/* URLs and ids are not made encoded words, long as they are, and no line grows over the limit. */
static void
test_append_long_words (void)
{
  g_autoptr (GMimeObject) part = GMIME_OBJECT (g_mime_part_new ());
  g_autofree char *word = g_strnfill (900, 'u');
  g_autofree char *url = g_strdup_printf ("<https://example.com/%s>", word);
  g_autofree char *longer = g_strnfill (1000, 'u');
  g_autofree char *text = NULL;

  g_assert_true (mimesend_header_append (part, "List-Unsubscribe", url, NULL));
  text = g_mime_object_get_headers (part, NULL);
  g_assert_nonnull (strstr (text, url));
  g_assert_false (mimesend_header_append (part, "List-Unsubscribe", longer, NULL));
  g_assert_true (mimesend_header_append (part, "Subject", longer, NULL));
  assert_headers_are_sound (part, 998);
}

static void
test_types (void)
{
  static const char *const bad[] = { "",
                                     "text",
                                     "text/",
                                     "/plain",
                                     "text plain/x",
                                     "text/plain\r\nX-Evil: 1",
                                     "te xt/plain",
                                     "text/pla\"in",
                                     "text/plain; a=\"\r\n\"",
                                     "text/plain; a=\"=?utf-8?q?=0d=0a?=\"",
                                     "text/plain; a*=utf-8''%0D%0AX-Evil%3A",
                                     "text/plain; charset",
                                     "text/plain; charset=",
                                     "text/plain; charset= ; a=b",
                                     "text/plain; =utf-8",
                                     "text/plain; charset=\"utf-8",
                                     "text/plain; charset=\"utf-8\\\"",
                                     "text/plain; charset=\"utf-8\"x",
                                     "text/plain; format" };
  GMimeContentType *type;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (mimesend_header_parse_type (bad[i], NULL));
  type = mimesend_header_parse_type (" Text/Plain; charset=iso-8859-1", NULL);
  g_assert_true (g_mime_content_type_is_type (type, "text", "plain"));
  g_assert_cmpstr (g_mime_content_type_get_parameter (type, "charset"), ==, "iso-8859-1");
  g_object_unref (type);
  type = mimesend_header_parse_type ("text/calendar;method=REQUEST ; component=\"a;\\\"b\\\\\" ; empty=\"\";",
                                     NULL);
  g_assert_cmpstr (g_mime_content_type_get_parameter (type, "method"), ==, "REQUEST");
  g_assert_cmpstr (g_mime_content_type_get_parameter (type, "component"), ==, "a;\"b\\");
  g_object_unref (type);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mimesend_mime_init ();
  g_test_add_func ("/mime/header/checks-names", test_names);
  g_test_add_func ("/mime/header/checks-values", test_values);
  g_test_add_func ("/mime/header/checks-tokens", test_tokens);
  g_test_add_func ("/mime/header/checks-ids", test_ids);
  g_test_add_func ("/mime/header/makes-file-names-safe", test_file_names);
  g_test_add_func ("/mime/header/appended-values-decode-to-the-same", test_append_property);
  g_test_add_func ("/mime/header/refuses-hostile-values", test_append_hostile);
  g_test_add_func ("/mime/header/keeps-encoded-words", test_append_encoded_word);
  g_test_add_func ("/mime/header/keeps-long-urls", test_append_long_words);
  g_test_add_func ("/mime/header/checks-content-types", test_types);
  return g_test_run ();
}
