/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `mimesend show`: what a stored message is made of. */
#pragma once

/* argv[0] is the name of the command; returns the exit code. */
int show_main (int argc, char **argv);
