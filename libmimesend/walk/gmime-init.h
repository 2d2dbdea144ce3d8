/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls g_mime_init () once: callers that use this library alone need not. */
#pragma once

/* From any thread, as often as wanted. g_mime_shutdown () is never called: the application may use GMime too. */
void mimesend_gmime_init (void);
