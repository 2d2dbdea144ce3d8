/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message's header, encrypted with its part (RFC 9788). */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* (transfer full): the part with the message's header fields, to be encrypted; the message's own subject becomes "[...]". */
GMimeObject *mimesend_hide_subject (GMimeMessage *message, GMimeObject *part);

G_END_DECLS
