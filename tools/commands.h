/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file a command. Each says what went wrong and returns what the process ends with. */
#pragma once

#include "input/message.h"
#include "output/report.h"

int send_run (const Options *options);
int build_run (const Options *options);
int probe_run (const Options *options);

/* For people, and with --json for programs. The code changes when standard output cannot be written. */
void send_tell (Report *report, const Message *message);

/* What would be sent, on standard output; FALSE when it cannot be written. */
gboolean dry_run_print (const Report *report, const Message *message);
