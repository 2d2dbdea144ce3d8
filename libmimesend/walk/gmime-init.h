/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GMime needs g_mime_init () once. Whoever programs with us alone should not have to know. */
#pragma once

/* From any thread, as often as wanted. g_mime_shutdown () is never called: the application may use GMime too. */
void mimesend_gmime_init (void);
