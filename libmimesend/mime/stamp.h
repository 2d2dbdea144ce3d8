/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of Date and Message-ID of a message that brings none: the one place where they are made. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): now (RFC 5322 3.3), in the local zone; SOURCE_DATE_EPOCH in the environment: that second, in UTC, so that what
 * is built is the same everywhere. */
char *mimesend_stamp_date (void);

/* (transfer full): a new message id at that domain (RFC 5322 3.6.4), without angle brackets. */
char *mimesend_stamp_id (const char *domain);

/* The same at the domain of the first of these addresses (each nullable) that has one which serves; else at fallback, else (NULL)
 * at localhost.invalid. */
char *mimesend_stamp_id_for (const char *reverse_path, const char *from, const char *fallback);

G_END_DECLS
