/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The result of a probe, for programs (docs/json.md). */
#pragma once

#include <libmimesend/mimesend.h>

/* (transfer floating): one server of the object, a{sv}. */
GVariant *probe_json_new (MimesendProbeResult *result);
