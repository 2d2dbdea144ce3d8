/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folds a header's value line by line, and makes and reads encoded words (RFC 2047).
 *
 * GMime's own folding makes encoded words of any length out of text without blanks. Here one has at most 75 octets, and a
 * line with one in it at most 76 (RFC 2047 2). No character is cut (RFC 2047 5), and no group of characters that readers see
 * as one, unless it alone is too long for a word. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIMESEND_LINE_WANTED 76 /* RFC 2047 2, and RFC 5322 2.1.1: lines of at most 78 */

typedef struct
{
  GString *raw; /* the value; owned by the caller, which ends the last line */
  gsize line;   /* octets of the current line, the field's name included */
} MimesendFold;

/* Puts blank and word, on a new line if this one would become too long. */
void mimesend_fold_put (MimesendFold *self, const char *blank, gsize n_blank, const char *word, gsize n_word);

/* Puts unstructured text (RFC 5322 2.2.1) in UTF-8: blanks are kept, words are encoded where necessary. */
void mimesend_fold_put_text (MimesendFold *self, const char *text);

/* Puts a display name (phrase, RFC 5322 3.2.5) in UTF-8: atoms, a quoted string or encoded words. TRUE: it ends with an
 * encoded word, which no special may follow without a blank (RFC 2047 5). */
gboolean mimesend_fold_put_phrase (MimesendFold *self, const char *phrase);

/* The length of the encoded word that text begins with; 0: none. */
gsize mimesend_encoded_word_length (const char *text);

/* Whether it contains an encoded word of more than 75 octets. */
gboolean mimesend_encoded_word_is_too_long (const char *text);

/* The text with its encoded words decoded, each on its own; free with g_free (). */
char *mimesend_encoded_words_decode (const char *text);

G_END_DECLS
