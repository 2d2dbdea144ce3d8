/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text with places for values: what comes of it, and what is refused. */
#include "octets/pattern.h"

#include <string.h>

static const char *const names[] = { "name", "amount", "first name", NULL };

static char *
fill (const char *text, gboolean html, const char *name, const char *amount, const char *first)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendPattern) pattern = mimesend_pattern_new (text, strlen (text), names, html, &error);
  const char *const values[] = { name, amount, first };
  GString *filled = g_string_new (NULL);

  g_assert_no_error (error);
  mimesend_pattern_fill (pattern, values, filled);
  return g_string_free (filled, FALSE);
}

static void
test_fills_in_values (void)
{
  static const struct
  {
    const char *text;
    gboolean html;
    const char *wanted;
  } rows[] = {
    { "", FALSE, "" },
    { "plain } text {", FALSE, "plain } text {" },
    { "{{name}}", FALSE, "A&B <\"'>" },
    { "{{name}}", TRUE, "A&amp;B &lt;&quot;&#39;&gt;" },
    { "{{{name}}}", TRUE, "A&B <\"'>" },
    { "{{{name}}}", FALSE, "A&B <\"'>" },
    { "Dear {{ first name }}, {{amount}}.", FALSE, "Dear , 12." },
    { "{{amount}}{{amount}}", FALSE, "1212" },
    { "a{{#amount}}b{{/amount}}c", FALSE, "abc" },
    { "a{{#first name}}b{{amount}}{{/first name}}c", FALSE, "ac" },
    { "{{#amount}}{{#name}}x{{/name}}y{{/amount}}", FALSE, "xy" },
    { "{{#first name}}{{#name}}x{{/name}}y{{/first name}}z", FALSE, "z" },
    { "1\n{{#amount}}\n2\n{{/amount}}\n3\n", FALSE, "1\n2\n3\n" },
    { "1\r\n  {{#amount}}  \r\n2\r\n\t{{/amount}}\r\n3\r\n", FALSE, "1\r\n2\r\n3\r\n" },
    { "1\n{{#first name}}\n2\n{{/first name}}\n3", FALSE, "1\n3" },
    { "{{#amount}}\n2\n{{/amount}}", FALSE, "2\n" },
    { "x {{#amount}}\n2 {{/amount}}\n3", FALSE, "x \n2 \n3" },
    { "\xc3\xb6{{amount}}\xe2\x82\xac", FALSE,
      "\xc3\xb6"
      "12\xe2\x82\xac" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *got = fill (rows[i].text, rows[i].html, "A&B <\"'>", "12", i % 2 == 0 ? "" : NULL);

      g_assert_cmpstr (got, ==, rows[i].wanted);
    }
}

/* What a value holds is not looked at again. */
static void
test_values_are_no_patterns (void)
{
  g_autofree char *got = fill ("{{name}}{{amount}}", FALSE, "{{amount}}", "{{#name}}", "");

  g_assert_cmpstr (got, ==, "{{amount}}{{#name}}");
}

static void
test_refuses_with_line (void)
{
  static const struct
  {
    const char *text;
    MimesendPatternError code;
    const char *words;
  } rows[] = {
    { "a\nb {{name", MIMESEND_PATTERN_UNCLOSED, "line 2: '{{'" },
    { "{{{name}}", MIMESEND_PATTERN_UNCLOSED, "line 1: '{{{'" },
    { "a\n\n{{nmae}}", MIMESEND_PATTERN_UNKNOWN, "line 3: there is no field 'nmae'" },
    { "{{Name}}", MIMESEND_PATTERN_UNKNOWN, "'Name'" },
    { "{{#nmae}}{{/nmae}}", MIMESEND_PATTERN_UNKNOWN, "'nmae'" },
    { "{{}}", MIMESEND_PATTERN_WRONG, "name of a field" },
    { "{{# }}", MIMESEND_PATTERN_WRONG, "name of a field" },
    { "{{name\n}}", MIMESEND_PATTERN_UNKNOWN, NULL },
    { "{{na{me}}", MIMESEND_PATTERN_WRONG, "name of a field" },
    { "{{/name}}", MIMESEND_PATTERN_WRONG, "did not begin" },
    { "{{#name}}{{#amount}}{{/name}}{{/amount}}", MIMESEND_PATTERN_WRONG, "does not enclose" },
    { "{{#name}}\n{{amount}}\n", MIMESEND_PATTERN_UNCLOSED,
      "line 3: the text ends within a section, which {{/...}} ends: name" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      if (rows[i].words == NULL)
        {
          /* blanks and line ends around a name are nothing */
          g_autofree char *got = fill (rows[i].text, FALSE, "x", "", "");

          g_assert_cmpstr (got, ==, "x");
          continue;
        }
      g_assert_null (mimesend_pattern_new (rows[i].text, strlen (rows[i].text), names, FALSE, &error));
      g_assert_true (g_error_matches (error, MIMESEND_PATTERN_ERROR, (int)rows[i].code));
      if (strstr (error->message, rows[i].words) == NULL)
        g_error ("'%s' where '%s' is due", error->message, rows[i].words);
    }
}

static void
test_tells_a_pattern (void)
{
  g_assert_true (mimesend_pattern_is_one ("a{{b", 4));
  g_assert_false (mimesend_pattern_is_one ("a{{b", 2));
  g_assert_false (mimesend_pattern_is_one ("a{b}{c}", 7));
  g_assert_false (mimesend_pattern_is_one ("", 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/octets/pattern/fills-in-values", test_fills_in_values);
  g_test_add_func ("/octets/pattern/values-are-no-patterns", test_values_are_no_patterns);
  g_test_add_func ("/octets/pattern/refuses-with-line", test_refuses_with_line);
  g_test_add_func ("/octets/pattern/tells-a-pattern", test_tells_a_pattern);
  return g_test_run ();
}
