/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses that are known already, as something to connect to. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* (element-type GSocketAddress): copied. They are given out by turns of their families, in their order else (RFC 8305 4). */
GSocketConnectable *mimesend_address_list_new (GPtrArray *addresses);

G_END_DECLS
