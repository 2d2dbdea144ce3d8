/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is read of an iCalendar object, and what is refused. */
#include "mime/calendar.h"
#include "mimesend-error.h"

#include <string.h>

#define EVENT                                                                                                \
  "BEGIN:VEVENT\r\nUID:1\r\nORGANIZER;CN=\"Joe: x\":mailto:joe@example.com\r\nSUMMARY:s\r\nEND:VEVENT\r\n"
#define WHOLE(inside) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" inside "END:VCALENDAR\r\n"

static MimesendCalendar *
read_text (const char *text, gssize n, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, n < 0 ? strlen (text) : (gsize)n);

  return mimesend_calendar_new (bytes, error);
}

static void
test_reads_method (void)
{
  static const struct
  {
    const char *text, *method;
  } rows[] = {
    { WHOLE ("METHOD:REQUEST\r\n" EVENT), "REQUEST" },
    { WHOLE ("method:request\r\n" EVENT), "REQUEST" },
    { WHOLE ("METHOD;X-P=\"a:b\":CANCEL\r\n" EVENT), "CANCEL" },
    { WHOLE ("MET\r\n HOD:RE\r\n\tPLY\r\n" EVENT), "REPLY" },
    { "\xef\xbb\xbf" WHOLE ("METHOD:REQUEST\r\n" EVENT), "REQUEST" },
    { WHOLE (EVENT "METHOD:REQUEST\r\n"), "REQUEST" },
    { WHOLE ("METHOD:PUBLISH\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n"), "PUBLISH" },
    { WHOLE ("METHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VTIMEZONE\r\n" EVENT), "REQUEST" },
    { WHOLE ("METHOD:REQUEST\r\n" EVENT EVENT) "\r\n", "REQUEST" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendCalendar) calendar = read_text (rows[i].text, -1, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (calendar->method, ==, rows[i].method);
    }
}

static void
test_refuses_with_line (void)
{
  static const struct
  {
    const char *text;
    gssize n;
    const char *words;
  } rows[] = {
    { "", 0, "no END:VCALENDAR" },
    { "hello\r\n", -1, "line 1: BEGIN:VCALENDAR is wanted first" },
    { WHOLE (EVENT), -1, "has no METHOD" },
    { WHOLE ("METHOD:REQUEST\r\n"), -1, "has no event" },
    { WHOLE ("METHOD:REQUEST\r\nMETHOD:CANCEL\r\n" EVENT), -1, "line 4: a second METHOD" },
    { WHOLE ("METHOD:RE QUEST\r\n" EVENT), -1, "line 3: METHOD is not a word" },
    { WHOLE ("METHOD:REQUEST\"; x=y\r\n" EVENT), -1, "line 3: METHOD is not a word" },
    { WHOLE ("METHOD:\r\n" EVENT), -1, "line 3: METHOD is not a word" },
    { WHOLE ("METHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n"), -1,
      "line 4: what begins here has no ORGANIZER" },
    { WHOLE ("METHOD:REQUEST\r\n" EVENT "BEGIN:VEVENT\r\nUID:2\r\nEND:VEVENT\r\n"), -1,
      "line 9: what begins here has no ORGANIZER" },
    { WHOLE ("METHOD:REQUEST\r\nX:\xe9\r\n" EVENT), -1, "line 4: this is not UTF-8" },
    { WHOLE ("METHOD:REQUEST\r\nX:a\rb\r\n" EVENT), -1, "line 4: CR without LF" },
    { "BEGIN:VCALENDAR\rMETHOD:REQUEST\rEND:VCALENDAR\r", -1, "line 1: CR without LF" },
    { WHOLE ("METHOD:REQUEST\r\nX:a\x01\r\n" EVENT), -1, "line 4: a control character" },
    { "BEGIN:VCALENDAR\r\nX:a\0b\r\n", 24, "line 2: an octet of value 0" },
    { "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n" EVENT, -1, "no END:VCALENDAR" },
    { WHOLE ("METHOD:REQUEST\r\n" EVENT) "X:1\r\n", -1, "nothing behind END:VCALENDAR" },
    { WHOLE ("METHOD:REQUEST\r\n" EVENT) WHOLE ("METHOD:REQUEST\r\n" EVENT), -1, "one VCALENDAR is wanted" },
    { "END:VCALENDAR\r\n", -1, "line 1: " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (read_text (rows[i].text, rows[i].n, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
      if (strstr (error->message, rows[i].words) == NULL)
        g_error ("'%s' where '%s' is due", error->message, rows[i].words);
    }
}

static void
test_an_alarm_has_no_say (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendCalendar) calendar =
      read_text (WHOLE ("METHOD:REQUEST\r\nBEGIN:VEVENT\r\nBEGIN:VALARM\r\nORGANIZER:mailto:x@y."
                        "org\r\nMETHOD:AUDIO\r\nEND:VALARM\r\n"
                        "END:VEVENT\r\n"),
                 -1, &error);

  g_assert_null (calendar);
  g_assert_nonnull (strstr (error->message, "no ORGANIZER"));
}

static void
test_line_ends_become_crlf (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *lf = g_strdup (WHOLE ("METHOD:REQUEST\r\n" EVENT));
  g_autoptr (MimesendCalendar) calendar = NULL;
  gsize k = 0;

  for (gsize i = 0; lf[i] != '\0'; i++)
    if (lf[i] != '\r')
      lf[k++] = lf[i];
  calendar = read_text (lf, (gssize)k - 1, &error); /* and the last line has no end */
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (calendar->octets, NULL), g_bytes_get_size (calendar->octets),
                   WHOLE ("METHOD:REQUEST\r\n" EVENT), strlen (WHOLE ("METHOD:REQUEST\r\n" EVENT)));
}

/* Unfolded, both are the same; and no line is cut within a character. */
static void
test_a_fold_within_a_character_moves (void)
{
  static const char summary[] = "SUMMARY:caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 and so on, which goes on "
                                "for long enough to need a fold";

  for (gsize at = 1; at < sizeof summary - 1; at++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text =
          g_strdup_printf (WHOLE ("METHOD:REQUEST\r\n%.*s\r\n %s\r\n" EVENT), (int)at, summary, summary + at);
      g_autoptr (MimesendCalendar) calendar = read_text (text, -1, &error);
      g_autofree char *octets = NULL;
      gboolean cut = (summary[at] & 0xc0) == 0x80;
      GString *unfolded;

      g_assert_no_error (error);
      octets = g_strndup (g_bytes_get_data (calendar->octets, NULL), g_bytes_get_size (calendar->octets));
      g_assert_true (g_utf8_validate (octets, -1, NULL));
      if (!cut)
        g_assert_cmpstr (octets, ==, text);
      unfolded = g_string_new (octets);
      g_string_replace (unfolded, "\r\n ", "", 0);
      g_assert_nonnull (strstr (unfolded->str, summary));
      g_string_free (unfolded, TRUE);
    }
}

static void
test_refuses_what_is_too_large (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *octets = g_malloc (16 * 1024 * 1024 + 1);
  g_autoptr (GBytes) bytes = NULL;

  memset (octets, 'x', 16 * 1024 * 1024 + 1);
  bytes = g_bytes_new_static (octets, 16 * 1024 * 1024 + 1);
  g_assert_null (mimesend_calendar_new (bytes, &error));
  g_assert_nonnull (strstr (error->message, "16 MiB"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mime/calendar/reads-method", test_reads_method);
  g_test_add_func ("/mime/calendar/refuses-with-line", test_refuses_with_line);
  g_test_add_func ("/mime/calendar/alarm-has-no-say", test_an_alarm_has_no_say);
  g_test_add_func ("/mime/calendar/line-ends-become-crlf", test_line_ends_become_crlf);
  g_test_add_func ("/mime/calendar/fold-within-character-moves", test_a_fold_within_a_character_moves);
  g_test_add_func ("/mime/calendar/refuses-too-large", test_refuses_what_is_too_large);
  return g_test_run ();
}
