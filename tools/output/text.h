/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people read of a report. */
#pragma once

#include "base/print.h"
#include "output/report.h"

void print_failure (const Failure *failure);
/* What became of the message. The line of success goes to standard output unless --json is there. */
void print_report (const Report *report);
