/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Address lists as fields of a header. */
#pragma once

#include <gmime/gmime.h>

#include "mime/encoded-word.h"

G_BEGIN_DECLS

/* The list as a header has it, folded, names as encoded words where they have to be, domains as A-labels. */
void mimesend_addresses_put (MimesendFold *into, InternetAddressList *list);

G_END_DECLS
