/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams of buffered input, and of input that is read while it is sent. */
#pragma once

#include <gmime/gmime.h>

#include "input/input.h"

/* Takes the octets from keep. */
GMimeStream *stream_of_keep (Keep *keep);
GBytes *stream_bytes_of_keep (Keep *keep, GError **error);
/* Fails if the octets contain a NUL, which no message may. */
gboolean stream_check_nul (const Input *input, GBytes *bytes, Failure *failure);

/* Reads input as it comes; takes ownership. A producer that is silent for `seconds`, a read error, a file that changed, and a
 * NUL are errors; stream_raw_get_failure () returns the reason, for the exit code. */
GInputStream *stream_new_raw (Input *input, guint seconds);
const Failure *stream_raw_get_failure (GInputStream *stream); /* NULL: none */
/* To be called after the last read: warns if the file has grown, and how much of it was sent. */
void stream_raw_warn (GInputStream *stream);
