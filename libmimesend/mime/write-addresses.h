/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes address lists as header fields. */
#pragma once

#include <gmime/gmime.h>

#include "mime/encoded-word.h"

G_BEGIN_DECLS

/* Puts the list, folded: names as encoded words where necessary, domains as A-labels. */
void mimesend_addresses_put (MimesendFold *into, InternetAddressList *list);

G_END_DECLS
