/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fields of a header in their signed forms, and which of them are signed. */
#include "secure/dkim-header.h"
#include "mimesend-error.h"
#include "verify.h"

#include <string.h>

static char *
form_of (MimesendDkimForm form, const char *block)
{
  MimesendDkimHeader header;
  GString *out = g_string_new (NULL);

  g_assert_true (mimesend_dkim_header_init (&header, (const guint8 *)block, strlen (block), NULL));
  for (guint i = 0; i < header.fields->len; i++)
    mimesend_dkim_append_field (out, form, &g_array_index (header.fields, MimesendDkimField, i));
  mimesend_dkim_header_clear (&header);
  return g_string_free (out, FALSE);
}

/* RFC 6376 3.4.5 */
static void
test_example (void)
{
  const char *block = "A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n";
  g_autofree char *relaxed = form_of (MIMESEND_DKIM_RELAXED, block);
  g_autofree char *simple = form_of (MIMESEND_DKIM_SIMPLE, block);

  g_assert_cmpstr (relaxed, ==, "a:X\r\nb:Y Z\r\n");
  g_assert_cmpstr (simple, ==, "A: X\r\nB : Y\t\r\n\tZ  \r\n");
}

static void
test_odd_fields (void)
{
  g_autofree char *relaxed = form_of (
      MIMESEND_DKIM_RELAXED, "Empty:\r\nBlank: \t \r\nX-:y:z: \r\n folded\r\n\t\r\n  more \r\nLast:no end");

  g_assert_cmpstr (relaxed, ==, "empty:\r\nblank:\r\nx-:y:z: folded more\r\nlast:no end");
}

static void
test_random (void)
{
  static const char *const words[] = { " ", "\t", "\r\n ", "\r\n\t", "a", "B", ":", "=", ";" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (6376);

  for (guint i = 0; i < 5000; i++)
    {
      g_autoptr (GString) field = g_string_new (g_rand_boolean (rand) ? "Name:" : "NAME \t:");
      g_autofree char *ours = NULL;
      g_autofree char *reference = NULL;

      for (gint n = g_rand_int_range (rand, 0, 20); n > 0; n--)
        g_string_append (field, words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
      g_string_append (field, "\r\n");
      ours = form_of (MIMESEND_DKIM_RELAXED, field->str);
      reference = verify_relaxed_field (field->str);
      g_assert_cmpstr (ours, ==, reference);
    }
}

/* What a server may take for the end of the header is not signed. */
static void
test_no_fields (void)
{
  static const struct
  {
    const char *block, *words;
  } rows[] = {
    { "From joe@example.com Tue Nov 24 12:00:00 2026\r\nFrom: x\r\n", "line 1" },
    { " blank first\r\nFrom: x\r\n", "line 1" },
    { "From: x\r\nno field\r\n", "line 2" },
    { "From: x\r\n y\r\n: no name\r\n", "line 3" },
    { "\357\273\277From: x\r\n", "line 1" },
    { "From: x\r\nNam\303\251: y\r\n", "line 2" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      MimesendDkimHeader header;
      g_autoptr (GError) error = NULL;

      g_assert_false (
          mimesend_dkim_header_init (&header, (const guint8 *)rows[i].block, strlen (rows[i].block), &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
      g_assert_nonnull (strstr (error->message, rows[i].words));
    }
}

static char *
names_for (MimesendDkimNames *names, const char *block, char **signed_form)
{
  MimesendDkimHeader header;
  g_autoptr (GPtrArray) list = NULL;
  GString *out = g_string_new (NULL);
  char *joined;

  g_assert_true (mimesend_dkim_header_init (&header, (const guint8 *)block, strlen (block), NULL));
  list = mimesend_dkim_names_of (names, &header);
  mimesend_dkim_append_signed (out, MIMESEND_DKIM_RELAXED, &header, list);
  mimesend_dkim_header_clear (&header);
  *signed_form = g_string_free (out, FALSE);
  g_ptr_array_add (list, NULL);
  joined = g_strjoinv (":", (char **)list->pdata);
  return joined;
}

static void
test_default_names (void)
{
  MimesendDkimNames *names = mimesend_dkim_names_new ();
  g_autofree char *text = NULL;
  g_autofree char *bare_text = NULL;
  g_autofree char *full = names_for (names,
                                     "Received: a\r\nFrom: f\r\nSubject: s\r\nReferences: r\r\nDate: d\r\n"
                                     "Resent-To: 1\r\nResent-To: 2\r\nX-Other: x\r\n",
                                     &text);
  g_autofree char *bare = names_for (names, "From: f\r\n", &bare_text);

  g_assert_cmpstr (
      full, ==,
      "From:From:To:Cc:Subject:Subject:Date:Date:Reply-To:MIME-Version:Content-Type:"
      "Content-Transfer-Encoding:List-Unsubscribe:List-Unsubscribe-Post:References:Resent-To:Resent-To");
  /* the last of a name comes first (RFC 6376 5.4.2) */
  g_assert_cmpstr (text, ==,
                   "from:f\r\nsubject:s\r\ndate:d\r\nreferences:r\r\nresent-to:2\r\nresent-to:1\r\n");
  g_assert_cmpstr (bare, ==,
                   "From:From:To:Cc:Subject:Reply-To:MIME-Version:Content-Type:Content-Transfer-Encoding:"
                   "List-Unsubscribe:List-Unsubscribe-Post");
  mimesend_dkim_names_unref (names);
}

static void
test_chosen_names (void)
{
  const char *const signed_names[] = { "from", "X-A", "x-a", NULL };
  const char *const oversigned[] = { "Date", "X-A", NULL };
  g_autoptr (GError) error = NULL;
  MimesendDkimNames *names = mimesend_dkim_names_new_for (signed_names, oversigned, &error);
  g_autofree char *text = NULL;
  g_autofree char *list = NULL;

  g_assert_no_error (error);
  list = names_for (names, "From: f\r\nX-a: 1\r\nTo: t\r\n", &text);
  g_assert_cmpstr (list, ==, "Date:X-A:X-A:from");
  g_assert_cmpstr (text, ==, "x-a:1\r\nfrom:f\r\n");
  mimesend_dkim_names_unref (names);
}

static void
test_refused_names (void)
{
  static const char *const never[] = {
    "",         "a b",         "a:",  "a;b",        "caf\303\251",   "a\r\nb",
    "Received", "return-path", "bcc", "Resent-Bcc", "DKIM-signature"
  };
  const char *const no_from[] = { "Subject", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (never); i++)
    {
      const char *const names[] = { "From", never[i], NULL };
      g_autoptr (GError) error = NULL;

      g_assert_null (mimesend_dkim_names_new_for (names, NULL, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
      g_assert_true (g_str_is_ascii (error->message) && strchr (error->message, '\n') == NULL);
    }
  g_assert_null (mimesend_dkim_names_new_for (no_from, NULL, NULL));
  g_assert_null (mimesend_dkim_names_new_for (NULL, NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secure/dkim-header/example", test_example);
  g_test_add_func ("/secure/dkim-header/odd-fields", test_odd_fields);
  g_test_add_func ("/secure/dkim-header/random", test_random);
  g_test_add_func ("/secure/dkim-header/no-fields", test_no_fields);
  g_test_add_func ("/secure/dkim-header/default-names", test_default_names);
  g_test_add_func ("/secure/dkim-header/chosen-names", test_chosen_names);
  g_test_add_func ("/secure/dkim-header/refused-names", test_refused_names);
  return g_test_run ();
}
