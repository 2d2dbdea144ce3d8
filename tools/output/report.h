/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report: all that is known at the end, printed by text.c and json.c. */
#pragma once

#include "base/asked.h"

typedef struct
{
  const Options *options;
  Failure failure;        /* from the command's own checks: the server was not asked, or the content failed */
  MimesendServer *server; /* NULL: unknown */
  char **recipients;      /* NULL: unknown */
  const char *reverse_path; /* borrowed from the message, like the next two; NULL: none */
  MimesendContent *content;
  GMimeObject *tree;
  char *message_id;         /* NULL: none, or the message has its own */
  MimesendReceipt *receipt; /* NULL: the server was not asked */
  GError *error;            /* why the server could not be asked */
  const char *not_sent;     /* why nothing was sent, without a failure: "the text is empty" */
  ExitCode code;
} Report;

#define REPORT_INIT                                                                                          \
  {                                                                                                          \
    .failure = FAILURE_INIT                                                                                  \
  }

void report_clear (Report *self);
/* (transfer full): the recipients to which it is safe to send again. */
char **report_get_retry (const Report *self);
const char *report_get_outcome (const Report *self);
/* Microseconds; 0: the stage was not passed. */
gint64 report_stage_us (MimesendReceipt *receipt, MimesendStage stage);
