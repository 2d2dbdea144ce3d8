/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `mimesend sink`: a receiver for tests and demos. argv[0] is its own name; returns the exit code. */
#pragma once

int sink_main (int argc, char **argv);
