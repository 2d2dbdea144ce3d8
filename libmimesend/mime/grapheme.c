/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/grapheme.h"

#define JOINER 0x200d
#define VIRAMA 9 /* the combining class of viramas */

static gboolean
is_regional_indicator (gunichar c)
{
  return c >= 0x1f1e6 && c <= 0x1f1ff;
}

/* Characters that extend the one before them. */
static gboolean
is_extending (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_NON_SPACING_MARK:
    case G_UNICODE_ENCLOSING_MARK:
    case G_UNICODE_SPACING_MARK:
      return TRUE;
    default:
      break;
    }
  return c == JOINER || c == 0x200c         /* ZWNJ */
         || c == 0x0e33 || c == 0x0eb3      /* the vowel AM of Thai and Lao */
         || c == 0xff9e || c == 0xff9f      /* halfwidth voiced sound marks */
         || (c >= 0x1f3fb && c <= 0x1f3ff)  /* skin tones */
         || (c >= 0xe0020 && c <= 0xe007f); /* tags */
}

/* Syllables of Hangul: leading consonants, vowels, trailing consonants. */
static gboolean
joins_jamo (gunichar before, gunichar c)
{
  GUnicodeBreakType left = g_unichar_break_type (before), right = g_unichar_break_type (c);

  switch (right)
    {
    case G_UNICODE_BREAK_HANGUL_L_JAMO:
    case G_UNICODE_BREAK_HANGUL_LV_SYLLABLE:
    case G_UNICODE_BREAK_HANGUL_LVT_SYLLABLE:
      return left == G_UNICODE_BREAK_HANGUL_L_JAMO;
    case G_UNICODE_BREAK_HANGUL_V_JAMO:
      return left == G_UNICODE_BREAK_HANGUL_L_JAMO || left == G_UNICODE_BREAK_HANGUL_V_JAMO ||
             left == G_UNICODE_BREAK_HANGUL_LV_SYLLABLE;
    case G_UNICODE_BREAK_HANGUL_T_JAMO:
      return left == G_UNICODE_BREAK_HANGUL_V_JAMO || left == G_UNICODE_BREAK_HANGUL_T_JAMO ||
             left == G_UNICODE_BREAK_HANGUL_LV_SYLLABLE || left == G_UNICODE_BREAK_HANGUL_LVT_SYLLABLE;
    default:
      return FALSE;
    }
}

static gboolean
grapheme_goes_on (gunichar before, gunichar c)
{
  if (is_extending (c) || joins_jamo (before, c))
    return TRUE;
  if (before == JOINER)
    return !g_unichar_isspace (c);
  return g_unichar_combining_class (before) == VIRAMA && g_unichar_isalpha (c);
}

gsize
mimesend_grapheme_length (const char *text, gsize n)
{
  const char *end = text + n, *at = text;
  gunichar before;

  if (n == 0)
    return 0;
  before = g_utf8_get_char (at);
  at = g_utf8_next_char (at);
  if (at < end && is_regional_indicator (before) && is_regional_indicator (g_utf8_get_char (at)))
    {
      before = g_utf8_get_char (at);
      at = g_utf8_next_char (at);
    }
  while (at < end && grapheme_goes_on (before, g_utf8_get_char (at)))
    {
      before = g_utf8_get_char (at);
      at = g_utf8_next_char (at);
    }
  return (gsize)(at - text);
}
