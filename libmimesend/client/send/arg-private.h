/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conversions of the arguments of the sending macros. */
#pragma once

#include "mimesend-arg.h"

G_BEGIN_DECLS

MimesendServer *mimesend_arg_to_server (const MimesendArg *self, GError **error);
char **mimesend_arg_to_recipients (const MimesendArg *self); /* NULL-terminated; the envelope checks them */
MimesendContent *mimesend_arg_to_content (gsize n, const MimesendArg *messages, GError **error);

G_END_DECLS
