/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inputs that the command line names: files and standard input. */
#pragma once

#include "base/failure.h"
#include "input/keep.h"
#include "libmimesend/walk/file-watch.h"

typedef struct
{
  const char *option; /* the option, for messages: "--text" */
  char *name;         /* "'notes.txt'" or "standard input" */
  int fd;             /* −1: not open */
  gboolean regular;
  gboolean terminal;
  gint64 size;      /* size of a regular file when it was opened, in octets */
  gboolean watched; /* it had octets then, from where it stood: so many are read, and no more */
  MimesendFileWatch watch;
} Input;

#define INPUT_INIT                                                                                           \
  {                                                                                                          \
    .fd = -1                                                                                                 \
  }

/* path "-" is standard input. EXIT_CODE_NO_INPUT for a directory, or if it cannot be opened. */
gboolean input_open (Input *self, const char *option, const char *path, Failure *failure);
/* As input_open (), but "-" is a file of that name. */
gboolean input_open_file (Input *self, const char *option, const char *path, Failure *failure);
/* On a terminal, prints how to end the input. */
void input_hint (const Input *self);
/* Up to n octets; 0: the end. −1 with a failure: it cannot be read, or is a file that became shorter, or was written otherwise
 * than at its end, since it was opened. */
gssize input_read (Input *self, void *buffer, gsize n, Failure *failure);
/* Has it been read to its end, and is there more of it by now? */
gboolean input_has_grown (const Input *self);
void input_warn_of_growth (const Input *self);
/* Reads to the end. charset NULL: any octets. NULL on failure. */
Keep *input_keep (Input *self, const char *charset, Failure *failure);
/* To the end, as UTF-8: octets that are none become U+FFFD, and a warning says how many. */
Keep *input_keep_mended (Input *self, Failure *failure);
/* Waits for the first octet or the end: no connection is made for a producer that has not started. */
void input_wait (const Input *self);
void input_close (Input *self);
