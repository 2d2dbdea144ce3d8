/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/encoded-word.h"

#include <gmime/gmime.h>
#include <string.h>

#include "mime/grapheme.h"

#define WORD_MAX 75 /* RFC 2047 2 */
#define AROUND                                                                                               \
  strlen ("=?UTF-8?B?"                                                                                       \
          "?=") /* octets of a word besides its text */
#define TEXT_MAX (WORD_MAX - AROUND)
#define WORTHY   12 /* octets; on a line with less room no word is begun */
#define BLANKS   " \t"

void
mimesend_fold_put (MimesendFold *self, const char *blank, gsize n_blank, const char *word, gsize n_word)
{
  gboolean encoded = g_strstr_len (word, (gssize)n_word, "=?") != NULL;

  /* The first line holds something, but for the sake of the limit that RFC 2047 sets. */
  if ((self->raw->len > 0 || encoded) && self->line > 0 &&
      self->line + n_blank + n_word > MIMESEND_LINE_WANTED)
    {
      g_string_append_c (self->raw, '\n');
      self->line = 0;
    }
  g_string_append_len (self->raw, blank, (gssize)n_blank);
  g_string_append_len (self->raw, word, (gssize)n_word);
  self->line += n_blank + n_word;
}

/* ── the words ── */

/* Allowed unencoded in a phrase (RFC 2047 5, rule 3); applied everywhere, as it does no harm. */
static gboolean
is_phrase_octet (guint8 c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!*+-/ ", c) != NULL);
}

static gsize
q_length (const char *text, gsize n)
{
  gsize length = 0;

  for (gsize i = 0; i < n; i++)
    length += is_phrase_octet ((guint8)text[i]) ? 1 : 3;
  return length;
}

static gsize
b_length (gsize n)
{
  return (n + 2) / 3 * 4;
}

static gsize
encoded_length (const char *text, gsize n, gboolean q)
{
  return q ? q_length (text, n) : b_length (n);
}

/* Q if it is shorter than base64, unless a group of characters would not fit one word in Q. */
static gboolean
choose_q (const char *text, gsize n)
{
  if (q_length (text, n) > b_length (n))
    return FALSE;
  for (gsize at = 0; at < n;)
    {
      gsize group = mimesend_grapheme_length (text + at, n - at);

      if (q_length (text + at, group) > TEXT_MAX)
        return FALSE;
      at += group;
    }
  return TRUE;
}

typedef gsize (*Unit) (const char *text, gsize n);

static gsize
character_length (const char *text, gsize n)
{
  return (gsize)(g_utf8_next_char (text) - text);
}

/* How many octets of the text fit `room`, in whole units, as a multiple of `multiple`; 0: not one unit. */
static gsize
word_capacity (const char *text, gsize n, gsize room, gboolean q, gsize multiple, Unit unit)
{
  gsize taken = 0, best = 0;

  while (taken < n)
    {
      taken += unit (text + taken, n - taken);
      if (encoded_length (text, taken, q) > room)
        break;
      if (taken % multiple == 0)
        best = taken;
    }
  return best;
}

static gsize
take_groups (const char *text, gsize n, gsize room, gboolean q, gsize multiple)
{
  return word_capacity (text, n, room, q, multiple, mimesend_grapheme_length);
}

/* The length of the next word's text, and its encoding. GMime up to 3.2.13 joins neighbouring words of one charset and
 * encoding before decoding, and stops at the padding of the first: so a base64 word that is followed by another has no
 * padding, or the next one is Q. Two groups that are too long for Q and whose lengths are no multiple of three stay whole
 * all the same: the words are valid. */
static gsize
choose_word (const char *text, gsize n, gsize room, gboolean after_padding, gboolean *q)
{
  gsize base64, whole, quoted;

  if (*q)
    return take_groups (text, n, room, TRUE, 1);
  base64 = take_groups (text, n, room, FALSE, 1);
  quoted = take_groups (text, n, room, TRUE, 1);
  *q = after_padding && quoted > 0;
  if (*q)
    return quoted;
  if (base64 == n)
    return n;
  whole = take_groups (text, n, room, FALSE, 3);
  if (whole < base64 / 2 && take_groups (text + base64, n - base64, TEXT_MAX, TRUE, 1) > 0)
    return base64;
  *q = quoted > whole;
  if (*q)
    return quoted;
  return whole > 0 ? whole : base64;
}

/* Cuts a group that is longer than a word at a character. */
static gsize
cut_group (const char *text, gsize n)
{
  gsize whole = word_capacity (text, n, TEXT_MAX, FALSE, 3, character_length);

  return whole > 0 ? whole : word_capacity (text, n, TEXT_MAX, FALSE, 1, character_length);
}

static void
append_word (GString *into, const char *text, gsize n, gboolean q)
{
  g_string_append_printf (into, "=?UTF-8?%c?", q ? 'Q' : 'B');
  if (!q)
    {
      g_autofree char *octets = g_base64_encode ((const guint8 *)text, n);

      g_string_append (into, octets);
    }
  for (gsize i = 0; q && i < n; i++)
    if (text[i] == ' ')
      g_string_append_c (into, '_');
    else if (is_phrase_octet ((guint8)text[i]))
      g_string_append_c (into, text[i]);
    else
      g_string_append_printf (into, "=%02X", (guint8)text[i]);
  g_string_append (into, "?=");
}

/* Puts encoded words, the first after `blank`. */
static void
put_encoded (MimesendFold *self, char blank, const char *text, gsize n)
{
  gboolean prefer_q = choose_q (text, n);
  gboolean padded = FALSE;

  while (n > 0)
    {
      gsize used = self->line + 1 + AROUND;
      gsize room = used < MIMESEND_LINE_WANTED ? MIN (MIMESEND_LINE_WANTED - used, TEXT_MAX) : 0;
      gboolean q = prefer_q;
      gsize taken = choose_word (text, n, room, padded, &q);
      g_autoptr (GString) word = NULL;

      if (taken < n && room < WORTHY)
        taken = 0;
      if (taken == 0 && self->line > 0)
        {
          g_string_append_c (self->raw, '\n');
          self->line = 0;
          continue;
        }
      if (taken == 0)
        taken = cut_group (text, n);
      word = g_string_new (NULL);
      append_word (word, text, taken, q);
      mimesend_fold_put (self, &blank, 1, word->str, word->len);
      padded = !q && taken % 3 != 0;
      blank = ' ';
      text += taken;
      n -= taken;
    }
}

/* ── text ── */

static gboolean
must_encode (const char *word, gsize n)
{
  if (n > MIMESEND_LINE_WANTED || g_strstr_len (word, (gssize)n, "=?") != NULL)
    return TRUE;
  for (gsize i = 0; i < n; i++)
    if ((guint8)word[i] >= 0x80)
      return TRUE;
  return FALSE;
}

/* Puts a run of words that have to be encoded, with the blanks between them and around them, except one on each side that
 * separates them from their neighbours. Returns the rest. */
static const char *
put_run (MimesendFold *self, const char *text)
{
  char blank = *text == '\t' ? '\t' : ' ';
  gsize n, behind, word;

  if (*text == ' ' || *text == '\t')
    text++;
  n = strspn (text, BLANKS);
  n += strcspn (text + n, BLANKS);
  while (TRUE)
    {
      behind = strspn (text + n, BLANKS);
      word = strcspn (text + n + behind, BLANKS);
      if (word == 0 || !must_encode (text + n + behind, word))
        break;
      n += behind + word;
    }
  if (word > 0)
    n += behind - 1;
  put_encoded (self, blank, text, n);
  return text + n;
}

static gboolean
put_words (MimesendFold *self, const char *text)
{
  gboolean encoded = FALSE;

  for (const char *at = text; *at != '\0';)
    {
      gsize blank = strspn (at, BLANKS);
      gsize word = strcspn (at + blank, BLANKS);

      encoded = must_encode (at + blank, word);
      if (encoded)
        {
          at = put_run (self, at);
          continue;
        }
      if (blank > 0)
        mimesend_fold_put (self, at, blank, at + blank, word);
      else
        mimesend_fold_put (self, " ", 1, at, word);
      at += blank + word;
    }
  return encoded;
}

void
mimesend_fold_put_text (MimesendFold *self, const char *text)
{
  put_words (self, text);
}

/* ── names ── */

/* atext (RFC 5322 3.2.3), one blank between words. */
static gboolean
is_atoms (const char *phrase)
{
  const char *at = phrase;

  for (; *at != '\0'; at++)
    if (*at == ' ' ? at == phrase || at[-1] == ' ' || at[1] == '\0'
                   : !g_ascii_isalnum (*at) && strchr ("!#$%&'*+-/=?^_`{|}~", *at) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
has_word_to_encode (const char *text)
{
  for (text += strspn (text, BLANKS); *text != '\0'; text += strspn (text, BLANKS))
    {
      gsize word = strcspn (text, BLANKS);

      if (must_encode (text, word))
        return TRUE;
      text += word;
    }
  return FALSE;
}

static char *
quote_phrase (const char *phrase)
{
  GString *quoted = g_string_new ("\"");

  for (; *phrase != '\0'; phrase++)
    {
      if (*phrase == '"' || *phrase == '\\')
        g_string_append_c (quoted, '\\');
      g_string_append_c (quoted, *phrase);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

/* Puts a phrase on one line where it fits: not every reader, GMime 3.2.13 for one, unfolds quoted strings and atoms. */
static gboolean
put_in_one (MimesendFold *self, const char *phrase)
{
  gsize length = strlen (phrase);

  if (length >= MIMESEND_LINE_WANTED)
    return FALSE;
  mimesend_fold_put (self, " ", 1, phrase, length);
  return TRUE;
}

static gboolean
put_ascii_phrase (MimesendFold *self, const char *phrase)
{
  g_autofree char *quoted = NULL;

  if (has_word_to_encode (phrase))
    return FALSE;
  if (is_atoms (phrase))
    {
      if (!put_in_one (self, phrase))
        put_words (self, phrase);
      return TRUE;
    }
  quoted = quote_phrase (phrase);
  return put_in_one (self, quoted);
}

/* Puts atoms between encoded words. FALSE, and nothing is put: impossible, or too long for one line. */
static gboolean
put_mixed_phrase (MimesendFold *self, const char *phrase, gboolean *encoded)
{
  g_autofree char *ascii = g_strdup (phrase);
  g_autoptr (GString) raw = g_string_new (NULL);
  MimesendFold alone = { .raw = raw };

  for (char *at = ascii; *at != '\0'; at++)
    if ((guint8)*at >= 0x80)
      *at = 'x';
  if (!is_atoms (ascii))
    return FALSE;
  *encoded = put_words (&alone, phrase);
  return strchr (raw->str, '\n') == NULL && put_in_one (self, raw->str + 1);
}

gboolean
mimesend_fold_put_phrase (MimesendFold *self, const char *phrase)
{
  gboolean encoded;

  if (put_ascii_phrase (self, phrase))
    return FALSE;
  if (put_mixed_phrase (self, phrase, &encoded))
    return encoded;
  put_encoded (self, ' ', phrase, strlen (phrase));
  return TRUE;
}

/* ── decoding ── */

gsize
mimesend_encoded_word_length (const char *text)
{
  gsize charset, length;

  if (!g_str_has_prefix (text, "=?"))
    return 0;
  charset = 2 + strcspn (text + 2, "? \t");
  if (text[charset] != '?' || charset == 2 || text[charset + 1] == '\0' ||
      strchr ("bBqQ", text[charset + 1]) == NULL || text[charset + 2] != '?')
    return 0;
  length = charset + 3;
  length += strcspn (text + length, "? \t");
  return g_str_has_prefix (text + length, "?=") ? length + 2 : 0;
}

gboolean
mimesend_encoded_word_is_too_long (const char *text)
{
  for (; (text = strstr (text, "=?")) != NULL; text++)
    if (mimesend_encoded_word_length (text) > WORD_MAX)
      return TRUE;
  return FALSE;
}

char *
mimesend_encoded_words_decode (const char *text)
{
  GString *decoded = g_string_new (NULL);
  gboolean after_word = FALSE;

  while (*text != '\0')
    {
      gsize blank = strspn (text, BLANKS);
      gsize length = mimesend_encoded_word_length (text + blank);
      gboolean is_word = length > 0 && strchr (BLANKS, text[blank + length]) != NULL; /* or the end */
      g_autofree char *word = NULL;

      /* No blank goes between two encoded words (RFC 2047 6.2). */
      if (!(is_word && after_word))
        g_string_append_len (decoded, text, (gssize)blank);
      text += blank;
      if (!is_word)
        length = strcspn (text, BLANKS);
      word = g_strndup (text, length);
      if (is_word)
        {
          g_autofree char *alone = g_mime_utils_header_decode_text (NULL, word);

          g_string_append (decoded, alone);
        }
      else
        g_string_append (decoded, word);
      text += length;
      after_word = is_word;
    }
  return g_string_free (decoded, FALSE);
}
