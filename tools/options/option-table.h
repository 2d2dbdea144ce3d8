/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of the commands, as a table. */
#pragma once

#include <glib.h>

typedef enum
{
  OPTION_FLAG,
  OPTION_TEXT,    /* UTF-8, whatever the locale says */
  OPTION_OCTETS,  /* a file name or a command */
  OPTION_PATH,    /* a file name that may begin with "~" */
  OPTION_SECONDS, /* 1 to 604800, --hold to 999999999 */
  OPTION_TEXTS,   /* may be repeated */
  OPTION_ITEM     /* may be repeated, and the order among its kind matters */
} OptionKind;

typedef struct
{
  const char *label; /* as messages call it */
  const char *name;  /* without "--"; NULL: none */
  char letter;       /* 0: none */
  OptionKind kind;
  gsize offset;         /* into Options */
  int item;             /* ItemKind */
  gboolean once;        /* a second one would silently lose the first: refused */
  gboolean address;     /* none begins with '-': that is an option in its place, '-t -i' of sendmail's */
  const char *argument; /* for the help */
  const char *help;
} OptionSpec;

/* Ends with an entry whose label is NULL. An entry without a kind of its own (name and letter missing) is a
 * heading. */
extern const OptionSpec option_table[];
