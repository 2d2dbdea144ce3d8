/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words that RFC 2047 allows, and readers of several kinds get out of them what went in. */
#include "mime/encoded-word.h"

#include "mime/addresses.h"
#include "mime/grapheme.h"
#include "mime/header.h"
#include "written.h"

/* A row of groups, none of which may be cut; every script in which GMime's folding finds no blank, and some more. */
static const char *const cjk[] = { "漢", "字", "仮", "名", "交", "じ", "り", "文", "。", "㐀", "𠮷", NULL };
static const char *const thai[] = {
  "ก", "ำ" /* alone: behind what it joins */, "น้ำ", "ที่", "ผู้", "ก็", "ไ", "ท", "ย", NULL
};
static const char *const cyrillic[] = { "П", "р", "и", "в", "е", "т", "Й", "и\xcc\x86", "щ", NULL };
static const char *const emoji[] = {
  "😀",       "👩‍👩‍👧‍👦",    "👍🏽", "❤️", "🏳️‍🌈", "🇩🇪", "🇯🇵",
  "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", NULL
};
static const char *const indic[] = { "क्ष", "नि", "र्द्ध", "மி", "ക്ക", "स्त्री", "হ্যাঁ", NULL };
static const char *const hangul[] = { "한", "국", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab",
                                      "\xea\xb0\x80\xe1\x86\xa8", NULL };
static const char *const marks[] = { "e\xcc\x81", "o\xcc\x88\xcc\x84", "q\xcc\xa3\xcc\x87",
                                     "Z",         "x\xe2\x83\x9d",     NULL };
static const char *const mixed[] = { "a", "Z", "9",  "=",  "?", "_",  "\"", "\\",        ",",  ".",  "(",
                                     "@", " ", "  ", "\t", "ü", "字", "😀",  "e\xcc\x81", "=?", "?=", NULL };

static const char *const *const alphabets[] = { cjk, thai, cyrillic, emoji, indic, hangul, marks, mixed };

static const char *const names[] = {
  "Subject", "Comments", "Content-Description", "X-A",
  "X-A-Field-With-A-Name-That-Leaves-Next-To-No-Room-On-Its-First-Line-At-All-Of-It"
};

/* RFC 2047 2 over the raw value. In what each encoded word has in it no character is cut. */
static void
assert_words (const char *name, const char *raw)
{
  g_auto (GStrv) lines = NULL;
  g_autofree char *whole = g_strconcat (name, ":", raw, NULL);

  lines = g_strsplit (whole, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    for (const char *at = lines[i]; (at = strstr (at, "=?")) != NULL;)
      {
        gsize length = mimesend_encoded_word_length (at);
        g_autofree char *word = g_strndup (at, length);
        g_autofree char *alone = NULL;

        g_assert_cmpuint (length, >, 12);
        g_assert_cmpuint (length, <=, 75);
        g_assert_cmpuint (strlen (lines[i]), <=, 76);
        g_assert_true (at > lines[i] && strchr (" \t", at[-1]) != NULL);
        g_assert_true (strchr (" \t", at[length]) != NULL); /* or the end */
        alone = g_mime_utils_header_decode_text (NULL, word);
        g_assert_true (g_utf8_validate (alone, -1, NULL));
        at += length;
      }
}

/* Each encoded word has whole groups in it, as the alphabet has them. */
static void
assert_groups (const char *const *alphabet, const char *raw)
{
  for (const char *at = raw; (at = strstr (at, "=?")) != NULL;)
    {
      gsize length = mimesend_encoded_word_length (at);
      g_autofree char *word = g_strndup (at, length);
      g_autofree char *alone = g_mime_utils_header_decode_text (NULL, word);
      const char *text = alone;

      while (*text != '\0')
        {
          gsize best = 0;

          for (guint i = 0; alphabet[i] != NULL; i++)
            if (g_str_has_prefix (text, alphabet[i]))
              best = MAX (best, strlen (alphabet[i]));
          g_assert_cmpuint (best, >, 0);
          text += best;
        }
      at += length;
    }
}

/* Unfolded (RFC 5322 2.2.3). */
static char *
unfold (const char *raw)
{
  g_auto (GStrv) lines = g_strsplit (raw, "\n", -1);

  return g_strjoinv ("", lines);
}

static char *
random_text (const char *const *alphabet, guint most)
{
  GString *text = g_string_new (NULL);
  guint n = (guint)g_test_rand_int_range (1, (gint)most);
  guint size = 0;

  while (alphabet[size] != NULL)
    size++;
  while (n-- > 0)
    g_string_append (text, alphabet[g_test_rand_int_range (0, (gint)size)]);
  return g_string_free (text, FALSE);
}

/* Families of 25 octets are too long for Q, and two of them no multiple of three: GMime 3.2.13 stops at the padding. */
static gboolean
is_beyond_gmime (const char *const *alphabet, const char *line)
{
  return alphabet == emoji && strstr (line, "=?= =?UTF-8?B?") != NULL;
}

static void
test_text (void)
{
  for (guint round = 0; round < 8000; round++)
    {
      const char *const *alphabet = alphabets[round % G_N_ELEMENTS (alphabets)];
      const char *name = names[(round / 8) % G_N_ELEMENTS (names)];
      g_autofree char *text = random_text (alphabet, round % 10 == 0 ? 400 : 40);
      g_autofree char *trimmed = mimesend_header_trim (text);
      g_autoptr (GError) error = NULL;
      g_autofree char *raw = mimesend_header_write (name, text, &error);
      g_autofree char *line = NULL;
      g_autofree char *back = NULL;
      g_autofree char *ours = NULL;

      g_assert_no_error (error);
      if (strstr (text, "=?") != NULL && g_str_is_ascii (text))
        continue; /* goes out as it came */
      assert_words (name, raw);
      if (alphabet != mixed && alphabet != thai)
        assert_groups (alphabet, raw);
      line = unfold (raw);
      back = g_mime_utils_header_decode_text (NULL, line + strspn (line, " "));
      if (!is_beyond_gmime (alphabet, line))
        g_assert_cmpstr (back, ==, trimmed);
      ours = mimesend_encoded_words_decode (line + strspn (line, " "));
      g_assert_cmpstr (ours, ==, trimmed);
    }
}

/* Names in an address field, and of a group: read back by GMime, one by one. */
static void
test_names (void)
{
  for (guint round = 0; round < 2000; round++)
    {
      const char *const *alphabet = alphabets[round % G_N_ELEMENTS (alphabets)];
      g_autoptr (InternetAddressList) list = internet_address_list_new ();
      g_autoptr (InternetAddressList) back = NULL;
      g_autofree char *raw = NULL;
      g_autofree char *line = NULL;
      guint n = (guint)g_test_rand_int_range (1, 6);

      for (guint i = 0; i < n; i++)
        {
          g_autofree char *text = random_text (alphabet, round % 10 == 0 ? 150 : 20);
          g_autofree char *name = mimesend_header_trim (text);
          g_autoptr (InternetAddress) address = NULL;

          address = internet_address_mailbox_new (name, "somebody.with.a.long.name@mail.example.com");
          if (i % 3 == 2)
            {
              InternetAddress *group = internet_address_group_new (*name != '\0' ? name : "x");

              internet_address_group_add_member (INTERNET_ADDRESS_GROUP (group), address);
              g_set_object (&address, group);
              g_object_unref (group);
            }
          internet_address_list_add (list, address);
        }
      raw = mimesend_header_write_addresses ("To", list);
      assert_words ("To", raw);
      line = unfold (raw);
      back = internet_address_list_parse (NULL, line);
      g_assert_cmpint (internet_address_list_length (back), ==, (gint)n);
      for (guint i = 0; i < n; i++)
        {
          const char *name = internet_address_get_name (internet_address_list_get_address (list, (gint)i));
          const char *read = internet_address_get_name (internet_address_list_get_address (back, (gint)i));

          if (!is_beyond_gmime (alphabet, line))
            g_assert_cmpstr (name != NULL ? name : "", ==, read != NULL ? read : "");
        }
    }
}

static void
test_graphemes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (alphabets); i++)
    for (guint j = 0; alphabets[i][j] != NULL; j++)
      {
        const char *group = alphabets[i][j];
        g_autofree char *behind = g_strconcat (group, "x", NULL);

        if (alphabets[i] == mixed)
          continue;
        g_assert_cmpuint (mimesend_grapheme_length (group, strlen (group)), ==, strlen (group));
        g_assert_cmpuint (mimesend_grapheme_length (behind, strlen (behind)), ==, strlen (group));
        g_assert_cmpuint (mimesend_grapheme_length (behind + strlen (group), 1), ==, 1);
      }
  /* Pairs of regional indicators from the first on: the third opens another. */
  g_assert_cmpuint (mimesend_grapheme_length ("🇩🇪🇯🇵", 16), ==, 8);
  g_assert_cmpuint (mimesend_grapheme_length ("", 0), ==, 0);
}

/* A group that is longer than a word is cut between characters; nothing is lost. */
static void
test_long_group (void)
{
  g_autoptr (GString) text = g_string_new ("e");
  g_autofree char *raw = NULL;
  g_autofree char *line = NULL;
  g_autofree char *back = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append (text, "\xcc\x81");
  raw = mimesend_header_write ("Subject", text->str, NULL);
  assert_words ("Subject", raw);
  line = unfold (raw);
  back = g_mime_utils_header_decode_text (NULL, line + 1);
  g_assert_cmpstr (back, ==, text->str);
}

/* A word of ASCII that is longer than a line is encoded where people read, and left alone where programs do. */
static void
test_long_ascii (void)
{
  for (gsize n = 60; n < 300; n++)
    {
      g_autofree char *word = g_strnfill (n, 'a');
      g_autofree char *subject = mimesend_header_write ("Subject", word, NULL);
      g_autofree char *other = mimesend_header_write ("List-Unsubscribe", word, NULL);
      g_autofree char *plain = g_strdup_printf (" %s\n", word);
      g_autofree char *line = unfold (subject);
      g_autofree char *back = g_mime_utils_header_decode_text (NULL, line + strspn (line, " "));

      assert_words ("Subject", subject);
      g_assert_cmpstr (back, ==, word);
      g_assert_cmpstr (other, ==, plain);
      if (n > 76)
        g_assert_cmpstr (subject, !=, plain);
    }
}

/* Encoded words that came with the value: as they are, but for those that are too long. */
static void
test_given (void)
{
  static const struct
  {
    const char *value, *raw;
  } as_given[] = {
    { "=?utf-8?q?Gr=C3=BC=C3=9Fe?= x", " =?utf-8?q?Gr=C3=BC=C3=9Fe?= x\n" },
    { "=?iso-8859-1?Q?Gr=FC=DFe?=", " =?iso-8859-1?Q?Gr=FC=DFe?=\n" },
    { "=?nothing", " =?nothing\n" },
  };
  g_autofree char *text = g_strnfill (300, 'x');
  g_autofree char *long_word = g_strdup_printf ("a =?utf-8?q?=C3=BC%s?= =?utf-8?b?4pyT?= b", text);
  g_autofree char *wanted = g_strdup_printf ("a \xc3\xbc%s\xe2\x9c\x93 b", text);

  for (gsize i = 0; i < G_N_ELEMENTS (as_given); i++)
    {
      g_autofree char *raw = mimesend_header_write ("Subject", as_given[i].value, NULL);

      g_assert_cmpstr (raw, ==, as_given[i].raw);
    }
  for (gsize i = 0; i < 4; i++)
    {
      g_autofree char *raw = mimesend_header_write (names[i], long_word, NULL);
      g_autofree char *line = unfold (raw);
      g_autofree char *back = g_mime_utils_header_decode_text (NULL, line + 1);

      assert_words (names[i], raw);
      g_assert_cmpstr (back, ==, wanted);
    }
}

static void
test_word_length (void)
{
  g_assert_cmpuint (mimesend_encoded_word_length ("=?utf-8?q?x?= y"), ==, 13);
  g_assert_cmpuint (mimesend_encoded_word_length ("=?utf-8?Q?"
                                                  "?="),
                    ==, 12);
  g_assert_cmpuint (mimesend_encoded_word_length ("=?utf-8*en?B?YQ==?="), ==, 19);
  g_assert_cmpuint (mimesend_encoded_word_length ("=?utf-8?x?x?="), ==, 0);
  g_assert_cmpuint (mimesend_encoded_word_length ("=??q?x?="), ==, 0);
  g_assert_cmpuint (mimesend_encoded_word_length ("=?utf-8?q?a b?="), ==, 0);
  g_assert_cmpuint (mimesend_encoded_word_length ("=?utf-8?q?a"), ==, 0);
  g_assert_cmpuint (mimesend_encoded_word_length ("=?utf-8?"), ==, 0);
  g_assert_cmpuint (mimesend_encoded_word_length ("=?"), ==, 0);
  g_assert_cmpuint (mimesend_encoded_word_length (""), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mimesend_mime_init ();
  g_test_add_func ("/mime/encoded-word/encodes-text", test_text);
  g_test_add_func ("/mime/encoded-word/encodes-names", test_names);
  g_test_add_func ("/mime/encoded-word/keeps-graphemes-together", test_graphemes);
  g_test_add_func ("/mime/encoded-word/cuts-long-cluster-at-characters", test_long_group);
  g_test_add_func ("/mime/encoded-word/encodes-long-ascii-words", test_long_ascii);
  g_test_add_func ("/mime/encoded-word/keeps-given-words", test_given);
  g_test_add_func ("/mime/encoded-word/measures-words", test_word_length);
  return g_test_run ();
}
