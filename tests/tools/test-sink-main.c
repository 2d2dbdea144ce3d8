/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receiver alone, for its own tests. */
#include "tools/sink/sink.h"

int
main (int argc, char **argv)
{
  return sink_main (argc, argv);
}
