/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A letter as the content of a message. */
#pragma once

#include "mimesend-content.h"
#include "mimesend-letter.h"

G_BEGIN_DECLS

/* The letter's tree, opened as lazy content. text (nullable): octets that become the letter's text part. */
MimesendContent *mimesend_letter_to_content (MimesendLetter *letter, MimesendContent *text, GError **error);

G_END_DECLS
