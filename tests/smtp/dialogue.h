/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One dialogue being run. Its format is told in test-dialogues.c. */
#pragma once

#include "smtp/client.h"

#include <setjmp.h>

typedef enum
{
  WHOLE,
  LINES,
  OCTETS
} Mode;

typedef struct
{
  GPtrArray *pieces; /* of GBytes */
  GArray *flags;
  guint next;
  gsize offset;
  char *failure;
  gboolean waits; /* behind the last piece nothing comes, not even the end */
} Content;

typedef struct
{
  const char *file;
  guint line;
  Mode mode;
  MimesendSmtpClient *client;
  MimesendSmtpSetup setup;
  char *ehlo_name;
  GPtrArray *contents; /* of Content, by transaction − 1 */
  GString *spoken;     /* the server's octets not yet given */
  GString *events, *expected;
  GString *said; /* by the client, for messages */
  gint64 now;
  guint n_settled, n_recipients, n_closed;
  gboolean enough; /* what the client says after the last line is not looked at */
  jmp_buf out;     /* of a dialogue that failed */
} Run;

G_NORETURN void dialogue_fail (Run *run, const char *words, const char *more);

/* dialogue-client.c: the client is given, and asked for, octets */
MimesendSmtpWant dialogue_turn (Run *run);
void dialogue_flush_spoken (Run *run);
gboolean dialogue_supply_one (Run *run); /* FALSE: no content is wanted */
void dialogue_expect_said (Run *run, const char *octets, gsize n);

/* dialogue-steps.c */
void dialogue_run_lines (Run *run, char **lines);
void dialogue_content_free (gpointer content);
