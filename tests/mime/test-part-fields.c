/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "media-types.h"
#include "mime/header.h"
#include "part-fixture.h"

static void
test_charset (void)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_autoptr (GMimeObject) part = NULL;
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;

  mimesend_part_builder_set_text (builder, "a long line of text with a caf\xe9 in it", -1);
  assert_build_fails (builder, MIMESEND_ERROR_CONTENT, "\\xe9");
  g_assert_false (mimesend_part_builder_set_charset (builder, "no-such-charset", &error));
  g_assert_nonnull (strstr (error->message, "no-such-charset"));
  assert_refused (error, MIMESEND_ERROR_CONTENT);
  mimesend_part_builder_set_parameter (builder, "charset", "no-such-charset", NULL);
  assert_build_fails (builder, MIMESEND_ERROR_CONTENT, "no-such-charset");
  mimesend_part_builder_set_parameter (builder, "charset", NULL, NULL);
  mimesend_part_builder_set_charset (builder, "us-ascii", NULL);
  assert_build_fails (builder, MIMESEND_ERROR_CONTENT, "us-ascii");
  mimesend_part_builder_set_charset (builder, "iso-8859-1", NULL);
  part = build (builder);
  g_assert_cmpstr (g_mime_object_get_content_type_parameter (part, "charset"), ==, "iso-8859-1");
  content = decoded (part);
  g_assert_cmpstr (content, ==, "a long line of text with a caf\xe9 in it");

  /* As a parameter of the type, and as a parameter. */
  mimesend_part_builder_set_charset (builder, NULL, NULL);
  mimesend_part_builder_set_content_type (builder, "text/plain; charset=iso-8859-15", NULL);
  g_clear_object (&part);
  part = build (builder);
  g_assert_cmpstr (g_mime_object_get_content_type_parameter (part, "charset"), ==, "iso-8859-15");
  mimesend_part_builder_set_content_type (builder, NULL, NULL);
  mimesend_part_builder_set_parameter (builder, "charset", "windows-1252", NULL);
  g_clear_object (&part);
  part = build (builder);
  g_assert_cmpstr (g_mime_object_get_content_type_parameter (part, "charset"), ==, "windows-1252");
}

/* A long text, so that the check crosses its blocks; and a character cut off at the end. */
static void
test_charset_of_long_text (void)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GMimeObject) part = NULL;

  for (guint i = 0; i < 30000; i++)
    g_string_append (text, "\xa4\xa2"); /* EUC-JP */
  mimesend_part_builder_set_charset (builder, "euc-jp", NULL);
  mimesend_part_builder_set_text (builder, text->str, (gssize)text->len);
  part = build (builder);
  mimesend_part_builder_set_text (builder, text->str, (gssize)text->len - 1);
  assert_build_fails (builder, MIMESEND_ERROR_CONTENT, "euc-jp");
}

static void
test_disposition (void)
{
  g_auto (File) file = file_new ("a.txt", "x");
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_autoptr (GMimeObject) inline_part = NULL;
  g_autoptr (GMimeObject) none = NULL;

  mimesend_part_builder_set_file (builder, file.path);
  mimesend_part_builder_set_disposition (builder, "inline", NULL);
  inline_part = build (builder);
  g_assert_cmpstr (g_mime_object_get_disposition (inline_part), ==, "inline");
  g_assert_cmpstr (g_mime_part_get_filename (GMIME_PART (inline_part)), ==, "a.txt");
  mimesend_part_builder_set_disposition (builder, "", NULL);
  none = build (builder);
  g_assert_null (g_mime_object_get_content_disposition (none));
  g_assert_cmpstr (g_mime_object_get_content_type_parameter (none, "name"), ==, "a.txt");
}

static void
test_fields (void)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_autoptr (GMimeObject) part = NULL;
  g_autoptr (GMimeObject) back = NULL;

  mimesend_part_builder_set_text (builder, "x\n", -1);
  mimesend_part_builder_set_parameter (builder, "format", "fixed", NULL);
  mimesend_part_builder_set_parameter (builder, "Format", "flowed", NULL);
  mimesend_part_builder_set_parameter (builder, "title",
                                       "Gr\xc3\xbc\xc3\x9f"
                                       "e",
                                       NULL);
  mimesend_part_builder_set_id (builder, "<part1@example.com>", NULL);
  mimesend_part_builder_set_description (builder,
                                         "Gr\xc3\xbc\xc3\x9f"
                                         "e",
                                         NULL);
  g_assert_true (mimesend_part_builder_add_header (builder, "Content-Language", "de", NULL));
  g_assert_true (mimesend_part_builder_add_header (builder, "Content-Language", "en", NULL));
  part = build (builder);
  assert_headers_are_sound (part, 998);
  back = read_back_part (part);
  g_assert_cmpstr (g_mime_object_get_content_type_parameter (back, "format"), ==, "flowed");
  g_assert_cmpstr (g_mime_object_get_content_type_parameter (back, "title"), ==,
                   "Gr\xc3\xbc\xc3\x9f"
                   "e");
  g_assert_cmpstr (g_mime_object_get_content_id (back), ==, "part1@example.com");
  g_assert_cmpstr (g_mime_part_get_content_description (GMIME_PART (back)), ==,
                   "Gr\xc3\xbc\xc3\x9f"
                   "e");
  g_assert_cmpint (g_mime_header_list_get_count (g_mime_object_get_header_list (back)), ==, 6);
}

static void
test_headers_with_a_setter (void)
{
  static const char *const names[] = { "Content-Type",        "content-type", "Content-Transfer-Encoding",
                                       "Content-Disposition", "Content-ID",   "Content-Description",
                                       "MIME-Version" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();

      g_autoptr (GMimeObject) part = NULL;
      g_autoptr (GError) error = NULL;

      mimesend_part_builder_set_text (builder, "x", -1);
      g_assert_false (mimesend_part_builder_add_header (builder, names[i], "x", &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
      g_assert_nonnull (strstr (error->message, "is set by"));
      part = build (builder); /* nothing was changed */
      g_assert_nonnull (part);
    }
}

/* A value that no header may have is refused by its setter, and the one of before stays. */
static void
test_setters_refuse (void)
{
  typedef gboolean (*Setter) (MimesendPartBuilder *, const char *, GError **);
  static const struct
  {
    Setter set;
    const char *right, *wrong;
  } rows[] = {
    { mimesend_part_builder_set_content_type, "text/x-a", "text/a\r\nX: y" },
    { mimesend_part_builder_set_charset, "us-ascii", "us\nascii" },
    { mimesend_part_builder_set_disposition, "inline", "in line" },
    { mimesend_part_builder_set_name, "a.txt", "\xff" },
    { mimesend_part_builder_set_id, "a@b", "<a b>" },
    { mimesend_part_builder_set_description, "one", "one\ntwo" },
  };
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_autoptr (GMimeObject) part = NULL;
  g_autofree char *octets = NULL;

  mimesend_part_builder_set_text (builder, "x", -1);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL, none = NULL;

      g_assert_true (rows[i].set (builder, rows[i].right, &none));
      g_assert_no_error (none);
      g_assert_false (rows[i].set (builder, rows[i].wrong, &error));
      g_assert_nonnull (error);
    }
  g_assert_true (mimesend_part_builder_set_parameter (builder, "x", "1", NULL));
  g_assert_false (mimesend_part_builder_set_parameter (builder, "x", "1\n2", NULL));
  g_assert_false (mimesend_part_builder_set_parameter (builder, "x y", "1", NULL));
  part = build (builder);
  octets = g_mime_object_to_string (part, NULL);
  g_assert_nonnull (strstr (octets, "Content-Type: text/x-a; charset=us-ascii; x=1"));
  g_assert_nonnull (strstr (octets, "Content-Disposition: inline; filename=a.txt"));
  g_assert_nonnull (strstr (octets, "Content-Id: <a@b>"));
  g_assert_nonnull (strstr (octets, "Content-Description: one\n"));
}

/* Every key × every hostile value: an error, or harmless. */
static void
test_hostile (void)
{
  typedef gboolean (*Setter) (MimesendPartBuilder *, const char *, GError **);
  static const Setter setters[] = { mimesend_part_builder_set_content_type, mimesend_part_builder_set_charset,
                                    mimesend_part_builder_set_disposition, mimesend_part_builder_set_id,
                                    mimesend_part_builder_set_description };

  for (gsize i = 0; i <= G_N_ELEMENTS (hostile_values); i++)
    {
      const char *value = i < G_N_ELEMENTS (hostile_values) ? hostile_values[i] : HARMLESS_VALUE;

      for (gsize kind = 0; kind < G_N_ELEMENTS (setters) + 4; kind++)
        {
          g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
          g_autoptr (GMimeObject) part = NULL;
          g_autofree char *name_with_type = g_strconcat ("text/plain; x=\"", value, "\"", NULL);
          gboolean taken = TRUE;

          mimesend_part_builder_set_text (builder, "x", -1);
          if (kind < G_N_ELEMENTS (setters))
            taken = setters[kind](builder, value, NULL);
          else if (kind == G_N_ELEMENTS (setters))
            taken = mimesend_part_builder_set_parameter (builder, "x", value, NULL);
          else if (kind == G_N_ELEMENTS (setters) + 1)
            taken = mimesend_part_builder_set_parameter (builder, value, "x", NULL);
          else if (kind == G_N_ELEMENTS (setters) + 2)
            taken = mimesend_part_builder_add_header (builder, value, "x", NULL);
          else
            taken = mimesend_part_builder_set_content_type (builder, name_with_type, NULL);
          part = mimesend_part_builder_build (builder, NULL);
          g_assert_true (i == G_N_ELEMENTS (hostile_values) || part == NULL || !taken);
          if (part != NULL)
            assert_headers_are_sound (part, 998);
        }
    }
}

/* Names of attachments: whatever they are, the header is sound, and the name that comes back is the one that was made
 * safe; in RFC 2231's form and in that of RFC 2047. */
static void
test_file_names (void)
{
  static const char *const names[] = {
    "plain.txt",
    "with blank.txt",
    "quote\".txt",
    "it's 100%.txt",
    "semi;colon=x.txt",
    "Gr\xc3\xbc\xc3\x9f"
    "e.txt",
    "\xe6\xbc\xa2\xe5\xad\x97.txt",
    "\xf0\x9f\x98\x80.txt",
    "a\r\nX-Evil: 1",
    "a\x1b[2J.txt",
    "x\xe2\x80\xaetxt.exe",
    "\xe5\x98\x8aX-Evil_ 1",
    "*.txt",
    "name*0.txt",
    "=?utf-8?q?x?=.txt",
    "a\tb.txt",
    "\xe2\x80\xa8.txt",
    ".profile",
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789."
    "txt",
    "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"
    "\xc3\xbc"
    "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"
    "\xc3\xbc.txt",
  };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (names); i++)
    {
      g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
      g_autoptr (GMimeObject) part = NULL;
      g_autoptr (GMimeObject) back = NULL;
      const char *safe;

      mimesend_part_builder_set_text (builder, "x\n", -1);
      mimesend_part_builder_set_disposition (builder, i % 2 == 0 ? "attachment" : "", NULL);
      mimesend_part_builder_set_name (builder, names[i / 2], NULL);
      part = build (builder);
      assert_headers_are_sound (part, 998);
      safe = g_mime_part_get_filename (GMIME_PART (part));
      g_assert_null (strpbrk (safe, "\r\n\x1b/\\:"));
      back = read_back_part (part);
      g_assert_cmpstr (g_mime_part_get_filename (GMIME_PART (back)), ==, safe);
      g_assert_cmpint (g_mime_header_list_get_count (g_mime_object_get_header_list (back)), ==,
                       i % 2 == 0 ? 3 : 2);
    }
}

/* Parameters as long as they may be: no line over the limit, all of it back. */
static void
test_long_parameter (void)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_autofree char *name = g_strnfill (40, 'n');
  g_autoptr (GString) value = g_string_new (NULL);
  g_autoptr (GMimeObject) part = NULL;
  g_autoptr (GMimeObject) back = NULL;

  for (guint i = 0; i < 250; i++)
    g_string_append (value, i % 2 == 0 ? "\xc3\xa4" : "b c");
  mimesend_part_builder_set_text (builder, "x", -1);
  mimesend_part_builder_set_parameter (builder, name, value->str, NULL);
  part = build (builder);
  assert_headers_are_sound (part, 998);
  back = read_back_part (part);
  g_assert_cmpstr (g_mime_object_get_content_type_parameter (back, name), ==, value->str);
}

/* A part of that type is made, written and read back under its name. */
static void
assert_type_goes (const char *type)
{
  const char *octets = "Subject: x\n\nbody\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (octets, strlen (octets));
  g_autoptr (GError) error = NULL;
  g_autoptr (GMimeObject) part = NULL;
  g_autoptr (GMimeObject) back = NULL;
  g_autofree char *read = NULL;
  GMimeContentType *parsed;

  if (g_str_has_prefix (type, "multipart/"))
    {
      parsed = mimesend_header_parse_type (type, &error);
      g_assert_no_error (error);
      g_object_unref (parsed);
      return;
    }
  part = mimesend_part_new_bytes (bytes, type, &error);
  g_assert_no_error (error);
  back = read_back_part (part);
  read = g_mime_content_type_get_mime_type (g_mime_object_get_content_type (back));
  g_assert_cmpstr (read, ==, type);
}

/* Those of this machine too, where shared-mime-info and media-types are installed: a name is a line's first word. */
static void
assert_types_of_file (const char *path)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    {
      g_test_message ("there is no %s", path);
      return;
    }
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      lines[i][strcspn (lines[i], " \t")] = '\0';
      if (*lines[i] != '\0' && *lines[i] != '#')
        assert_type_goes (lines[i]);
    }
}

static void
test_media_types (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (media_types); i++)
    assert_type_goes (media_types[i]);
  assert_types_of_file ("/usr/share/mime/types");
  assert_types_of_file ("/etc/mime.types");
}

/* RFC 6838 4.2: 127 octets each; what is named by parameters and dispositions is shorter. */
static void
test_type_lengths (void)
{
  g_autofree char *longest = g_strnfill (127, 't');
  g_autofree char *longer = g_strnfill (128, 't');
  g_autofree char *both = g_strdup_printf ("%s/%s", longest, longest);
  g_autofree char *type_too_long = g_strdup_printf ("%s/x", longer);
  g_autofree char *subtype_too_long = g_strdup_printf ("x/%s", longer);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr (GError) error = NULL;

  assert_type_goes (both);
  g_assert_null (mimesend_part_new_bytes (bytes, type_too_long, &error));
  g_assert_nonnull (strstr (error->message, "127"));
  assert_refused (error, MIMESEND_ERROR_CONTENT);
  g_assert_null (mimesend_part_new_bytes (bytes, subtype_too_long, &error));
  assert_refused (error, MIMESEND_ERROR_CONTENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mime/part/checks-charset-of-long-text", test_charset_of_long_text);
  g_test_add_func ("/mime/part/refuses-headers-with-a-setter", test_headers_with_a_setter);
  g_test_add_func ("/mime/part/setters-refuse", test_setters_refuse);
  g_test_add_func ("/mime/part/refuses-hostile-values", test_hostile);
  g_test_add_func ("/mime/part/file-names-are-safe", test_file_names);
  g_test_add_func ("/mime/part/refuses-long-parameter", test_long_parameter);
  g_test_add_func ("/seed/N2/charset", test_charset);
  g_test_add_func ("/seed/N2/disposition", test_disposition);
  g_test_add_func ("/seed/N2/fields", test_fields);
  g_test_add_func ("/mime/part/accepts-registered-media-types", test_media_types);
  g_test_add_func ("/mime/part/limits-type-lengths", test_type_lengths);
  return g_test_run ();
}
