/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fields that a content lacks are added once, in its header, wherever it is parted. */
#include "client/delivery/missing-headers.h"

#include <string.h>

#include "content/content-pull.h"
#include "mimesend-error.h"

#define BOM "\xef\xbb\xbf"

static MimesendContent *
content_of (const char *text, gsize a, gsize b)
{
  MimesendContent *content = mimesend_content_new ();
  g_autoptr (GBytes) first = g_bytes_new (text, a);
  g_autoptr (GBytes) second = g_bytes_new (text + a, b - a);
  g_autoptr (GBytes) third = g_bytes_new (text + b, strlen (text + b));

  mimesend_content_add_bytes (content, first, NULL);
  mimesend_content_add_bytes (content, second, NULL);
  mimesend_content_add_bytes (content, third, NULL);
  return content;
}

static char *
read_all (MimesendContent *content, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (;;)
    {
      g_autoptr (GBytes) bytes = mimesend_content_read_bytes (content, 4096, NULL, error);

      if (bytes == NULL)
        return NULL;
      if (g_bytes_get_size (bytes) == 0)
        return g_string_free (g_steal_pointer (&text), FALSE);
      g_string_append_len (text, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
    }
}

/* What was added, as letters, where it stands; its lines end with CRLF, those of the texts here do not. */
static char *
shown (const char *text)
{
  static const char *const names[] = { "Date: ", "Message-ID: <", "MIME-Version: 1.0\r" };
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at++)
    {
      const char *end = strchr (at, '\n');
      guint i = 0;

      while (i < G_N_ELEMENTS (names) && !g_str_has_prefix (at, names[i]))
        i++;
      if (i < G_N_ELEMENTS (names) && end != NULL && end[-1] == '\r')
        {
          g_string_append_c (out, "DIV"[i]);
          at = end;
        }
      else
        g_string_append_c (out, *at == '\r' ? 'R' : *at == '\n' ? '|' : *at);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* D, I and V: a field that was added. R: CR, |: LF. */
static const struct
{
  const char *text;
  const char *becomes;
} rows[] = {
  { "Subject: x\n\nhi\n", "DIVSubject: x||hi|" },
  { "date: now\nmessage-id: <1@x>\nmime-version: 1.0\n\nhi\n",
    "date: now|message-id: <1@x>|mime-version: 1.0||hi|" },
  /* RFC 5322 4.5 */
  { "From  : a@example.com\n\nhi\n", "DIVFrom  : a@example.com||hi|" },
  { "Subject\t: x\nDate \t: now\n\nhi\n", "IVSubject\t: x|Date \t: now||hi|" },
  { "MESSAGE-ID : <1@x>\nMIME-Version\t:1.0\nDATE :x\n\n",
    "MESSAGE-ID : <1@x>|MIME-Version\t:1.0|DATE :x||" },
  /* mbox */
  { "From joe Mon Sep 17\nSubject: x\n\nhi\n", "From joe Mon Sep 17|DIVSubject: x||hi|" },
  { "From joe\nDate: x\n\nhi\n", "From joe|IVDate: x||hi|" },
  { ">From joe\n>From jim\nSubject: x\n\nhi\n", ">From joe|>From jim|DIVSubject: x||hi|" },
  { "From joe\n\nhi\n", "From joe|DIV|hi|" },
  { "From nobody\nI know.\n", "DIVR|From nobody|I know.|" },
  /* a byte order mark */
  { BOM "Subject: x\n\nhi\n", "DIV" BOM "Subject: x||hi|" },
  { BOM "Date: x\n\nhi\n", "IV" BOM "Date: x||hi|" },
  { BOM "From joe\nSubject: x\n\n", BOM "From joe|DIVSubject: x||" },
  /* folded */
  { "Subject:\n x\n Date: no\n\tDate: no\n \nDate: y\n\n", "IVSubject:| x| Date: no|\tDate: no| |Date: y||" },
  /* no body, no header, nothing */
  { "Subject: x\n", "DIVSubject: x|" },
  { "Subject: x", "DIVSubject: x" },
  { "Date: x\n", "IVDate: x|" },
  { "only a body\n", "DIVR|only a body|" },
  { "only a body: no\n", "DIVR|only a body: no|" },
  { " Date: x\n\n", "DIVR| Date: x||" },
  { "Date", "DIVR|Date" },
  { "", "DIVR|" },
  { "\nhi\n", "DIV|hi|" },
  { "\nDate: x\n", "DIV|Date: x|" },
  { "Subject: x\nno field\nDate: x\n\nhi\n", "DIVSubject: x|no field|Date: x||hi|" },
  { "X-Date: x\nDat: x\nDatee: x\nMessage: x\n\n", "DIVX-Date: x|Dat: x|Datee: x|Message: x||" },
  /* the sender refuses a bare CR, at the place where it was */
  { "Subject: x\rDate: x\r\rhi\r", "Subject: xRDate: xRRhiR" },
  { "Subject : x\rBcc: y\n\n", "Subject : xRBcc: y||" },
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize a = 0, n = strlen (rows[i].text); a <= n; a++)
      for (gsize b = a; b <= n; b++)
        {
          g_autoptr (MimesendContent) content = content_of (rows[i].text, a, b);
          g_autoptr (MimesendContent) added = mimesend_missing_headers_new (content, "joe@example.com");
          g_autoptr (GError) error = NULL;
          g_autofree char *text = read_all (added, &error);
          g_autofree char *again = NULL, *seen = NULL;

          g_assert_no_error (error);
          seen = shown (text);
          g_assert_cmpstr (seen, ==, rows[i].becomes);
          /* once more, as for a second transaction */
          g_assert_true (mimesend_pull_rewind (MIMESEND_PULL (added)));
          again = read_all (added, &error);
          g_assert_no_error (error);
          g_assert_cmpstr (again, ==, text);
        }
}

/* A header of any length that may be kept; what stands at its end was seen, too. */
static void
test_long (void)
{
  static const guint numbers[] = { 100, 2000, 30000 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (MimesendContent) content = NULL;
      g_autoptr (MimesendContent) added = NULL;
      g_autofree char *got = NULL;

      for (guint k = 0; k < numbers[i]; k++)
        g_string_append_printf (text, "Received: from a.example by b.example; number %u\r\n", k);
      g_string_append (text, "Date: now\r\nMIME-Version : 1.0\r\nMessage-ID: <1@x>\r\n\r\nhi\r\n");
      content = content_of (text->str, 1000, text->len - 10);
      added = mimesend_missing_headers_new (content, "joe@example.com");
      got = read_all (added, NULL);
      g_assert_cmpstr (got, ==, text->str);
    }
}

static void
test_too_long (void)
{
  g_autofree char *value = g_strnfill (5 << 20, 'x');
  g_autofree char *text = g_strconcat ("Subject: ", value, "\n\nhi\n", NULL);
  gsize n = strlen (text);
  g_autoptr (MimesendContent) content = content_of (text, n - 5, n - 2);
  g_autoptr (MimesendContent) added = mimesend_missing_headers_new (content, "joe@example.com");
  g_autoptr (GError) error = NULL;
  g_autofree char *got = read_all (added, &error);

  g_assert_null (got);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
}

/* They are made as those of a letter are. */
static void
test_reproducible (void)
{
  static const struct
  {
    const char *reverse_path, *domain;
  } senders[] = { { "joe@EXAMPLE.com", "example.com" }, { "joe@ex\xc3\xa4mple.org", "xn--exmple-cua.org" } };

  g_assert_true (g_setenv ("SOURCE_DATE_EPOCH", "1000000000", TRUE));
  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    {
      g_autoptr (MimesendContent) content = content_of ("Subject: x\n\nhi\n", 1, 2);
      g_autoptr (MimesendContent) added = mimesend_missing_headers_new (content, senders[i].reverse_path);
      g_autofree char *text = read_all (added, NULL);
      g_autofree char *end = g_strdup_printf ("@%s>\r\n", senders[i].domain);

      g_assert_true (g_str_has_prefix (text, "Date: Sun, 09 Sep 2001 01:46:40 +0000\r\nMessage-ID: <"));
      g_assert_nonnull (strstr (text, end));
    }
  g_unsetenv ("SOURCE_DATE_EPOCH");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/missing-headers/adds-what-is-missing", test_rows);
  g_test_add_func ("/client/missing-headers/honours-source-date-epoch", test_reproducible);
  g_test_add_func ("/client/missing-headers/reads-long-header", test_long);
  g_test_add_func ("/client/missing-headers/refuses-too-long-header", test_too_long);
  return g_test_run ();
}
