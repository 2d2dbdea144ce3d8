/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A dialogue with the receiver's core in memory: whole turns, and octet by octet, must give the same. */
#pragma once

#include "tools/sink/core.h"

#define DIALOGUE_NUL "\1" /* a NUL, in what the client says */
#define DIALOGUE_EOF "\2" /* a turn: the client closes its side */

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

typedef struct
{
  const char *name;
  SinkSetup setup;
  const char *client[12]; /* its turns: each waits for the replies to the one before */
  const char *server;     /* all that it answers, with LF for CRLF, and "[350 ms]" where it waits */
  const char *events;     /* a line each */
} Dialogue;

void dialogue_add (const Dialogue *dialogues, gsize n);
