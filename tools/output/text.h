/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report as text. */
#pragma once

#include "base/print.h"
#include "output/report.h"

void print_failure (const Failure *failure);
/* Prints the result. The line of success goes to standard output unless --json is set. */
void print_report (const Report *report);
