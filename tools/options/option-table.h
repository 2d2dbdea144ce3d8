/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of the commands, as a table. */
#pragma once

#include <glib.h>

typedef enum
{
  OPTION_FLAG,
  OPTION_TEXT,    /* UTF-8 in any locale */
  OPTION_OCTETS,  /* a file name or a command */
  OPTION_PATH,    /* a file name that may begin with "~" */
  OPTION_SECONDS, /* 1 to 604800, --hold to 999999999 */
  OPTION_TEXTS,   /* may be repeated */
  OPTION_ITEM     /* may be repeated; the order matters */
} OptionKind;

typedef struct
{
  const char *label; /* its name in messages */
  const char *name;  /* without "--"; NULL: none */
  char letter;       /* 0: none */
  OptionKind kind;
  gsize offset;     /* offset in Options */
  int item;         /* ItemKind */
  gboolean once;    /* a second one is refused instead of silently replacing the first */
  gboolean address; /* a value that begins with '-' is refused: it is an option, as in sendmail's '-t -i' */
  const char *argument; /* the name of the value in --help */
  const char *help;
} OptionSpec;

/* Ends with an entry whose label is NULL. An entry without name and letter is a heading. */
extern const OptionSpec option_table[];
