/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A GSocketConnectable of addresses that are known already. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* (element-type GSocketAddress): copied. Their families alternate; otherwise their order is kept (RFC 8305 4). */
GSocketConnectable *mimesend_address_list_new (GPtrArray *addresses);

G_END_DECLS
