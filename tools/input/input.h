/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files and standard input, as they are named on the command line. */
#pragma once

#include "base/failure.h"
#include "input/keep.h"
#include "libmimesend/walk/file-watch.h"

typedef struct
{
  const char *option; /* "--text": what messages call it */
  char *name;         /* "'notes.txt'" or "standard input" */
  int fd;             /* −1: not open */
  gboolean regular;
  gboolean terminal;
  gint64 size;      /* of a regular file, when it was opened */
  gboolean watched; /* it had octets then, from where it stood: so many are read, and no more */
  MimesendFileWatch watch;
} Input;

#define INPUT_INIT                                                                                           \
  {                                                                                                          \
    .fd = -1                                                                                                 \
  }

/* path "-" is standard input. A directory, or what cannot be opened, is EXIT_CODE_NO_INPUT. */
gboolean input_open (Input *self, const char *option, const char *path, Failure *failure);
/* Always a file, even one that is called "-". */
gboolean input_open_file (Input *self, const char *option, const char *path, Failure *failure);
/* Tells a person at a terminal how to end what is about to be read. */
void input_hint (const Input *self);
/* Up to n octets; 0: the end. −1 with a failure: it cannot be read, or is a file that became shorter, or was written otherwise
 * than at its end, since it was opened. */
gssize input_read (Input *self, void *buffer, gsize n, Failure *failure);
/* Has it been read to its end, and is there more of it by now? */
gboolean input_has_grown (const Input *self);
void input_warn_of_growth (const Input *self);
/* To the end; charset NULL: octets of any kind. NULL on failure. */
Keep *input_keep (Input *self, const char *charset, Failure *failure);
/* To the end, as UTF-8: octets that are none become U+FFFD, and a warning says how many. */
Keep *input_keep_mended (Input *self, Failure *failure);
/* Until the first octet is there, or the end: no server should wait for a program that has not begun. */
void input_wait (const Input *self);
void input_close (Input *self);
