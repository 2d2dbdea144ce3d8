/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The result of a probe, for people. */
#pragma once

#include <libmimesend/mimesend.h>

/* FALSE when it cannot be written. */
gboolean probe_text_print (MimesendProbeResult *result);
