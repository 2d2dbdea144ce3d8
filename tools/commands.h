/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands, one file each. Each reports its errors and returns the exit code. */
#pragma once

#include "input/message.h"
#include "output/report.h"

int send_run (const Options *options);
int build_run (const Options *options);
int probe_run (const Options *options);

/* Reports the result, as text and with --json as JSON. The exit code changes if standard output cannot be written. */
void send_tell (Report *report, const Message *message);

/* Prints what would be sent; FALSE: standard output cannot be written. */
gboolean dry_run_print (const Report *report, const Message *message);
