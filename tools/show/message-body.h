/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tree of a message: its parts, and what is unusual in them. */
#pragma once

#include "show/message.h"

/* FALSE: the octets of a part could not be read again. */
gboolean show_body_look (ShowMessage *self, GMimeMessage *message, Failure *failure);
