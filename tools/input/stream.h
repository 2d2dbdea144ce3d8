/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams over what was kept, and over what is still to come. */
#pragma once

#include <gmime/gmime.h>

#include "input/input.h"

/* Takes the octets out of keep. */
GMimeStream *stream_of_keep (Keep *keep);
GBytes *stream_bytes_of_keep (Keep *keep, GError **error);
/* No message may hold one, whatever the server offers. */
gboolean stream_check_nul (const Input *input, GBytes *bytes, Failure *failure);

/* Reads input as it comes, and takes it over. A producer that is silent for `seconds`, a read error, a file that was changed and a NUL
 * (which no message may hold) end it with an error; stream_raw_get_failure () says why, for our own exit
 * code. */
GInputStream *stream_new_raw (Input *input, guint seconds);
const Failure *stream_raw_get_failure (GInputStream *stream); /* NULL: none */
/* Once nothing reads it any more: says of a file that grew meanwhile how much of it was sent. */
void stream_raw_warn (GInputStream *stream);
