/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A header's value in the making, line by line, and the encoded words (RFC 2047) in it.
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
  GString *raw; /* what follows the colon; owned by the caller, which ends the last line */
  gsize line;   /* octets on the line so far, the field's name included */
} MimesendFold;

/* The blank and the word behind it, on a line of their own if this one would become too long. */
void mimesend_fold_put (MimesendFold *self, const char *blank, gsize n_blank, const char *word, gsize n_word);

/* Unstructured text (RFC 5322 2.2.1) in UTF-8: its blanks as they are, and encoded words where something has to be one. */
void mimesend_fold_put_text (MimesendFold *self, const char *text);

/* A display name (phrase, RFC 5322 3.2.5) in UTF-8: atoms, a quoted string or encoded words. TRUE: the last is an encoded
 * word, which no special may follow without a blank (RFC 2047 5). */
gboolean mimesend_fold_put_phrase (MimesendFold *self, const char *phrase);

/* How long is the encoded word that begins here? 0: none does. */
gsize mimesend_encoded_word_length (const char *text);

/* Is there an encoded word of more than 75 octets in it? */
gboolean mimesend_encoded_word_is_too_long (const char *text);

/* The text with its encoded words decoded, each on its own; free with g_free (). */
char *mimesend_encoded_words_decode (const char *text);

G_END_DECLS
