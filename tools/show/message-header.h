/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header of a message: the fields that are shown, and what is unusual in it. */
#pragma once

#include "show/message.h"

void show_header_look (ShowMessage *self, GMimeMessage *message);
