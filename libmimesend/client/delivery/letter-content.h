/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A letter as the envelope and the content of a message. */
#pragma once

#include "mimesend-content.h"
#include "mimesend-envelope.h"
#include "mimesend-letter.h"

G_BEGIN_DECLS

/* The envelope that the letter's fields name (Bcc among them, which no header does), and its tree as lazy content. `text`
 * (nullable): octets that become the letter's text part. The letter is changed by it: callers give a copy of their own. */
gboolean mimesend_letter_open (MimesendLetter *letter,
                               MimesendContent *text,
                               MimesendEnvelope **envelope,
                               MimesendContent **content,
                               GError **error);

/* The same for a letter of the caller's as it is, which keeps the Message-ID and the date that were made for it, and nothing
 * else. `ehlo_name` (nullable): the host's name for a Message-ID, where nothing in the letter has a domain. */
gboolean mimesend_letter_open_copy (MimesendLetter *letter,
                                    const char *ehlo_name,
                                    MimesendEnvelope **envelope,
                                    MimesendContent **content,
                                    GError **error);

G_END_DECLS
