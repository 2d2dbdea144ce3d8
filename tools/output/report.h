/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All that is known at the end, for people (text.c) and for programs (json.c). */
#pragma once

#include "base/asked.h"

typedef struct
{
  const Options *options;
  Failure failure;          /* of our own checks: the server was not asked, or the content failed */
  MimesendServer *server;   /* NULL: not known */
  char **recipients;        /* NULL: not known */
  const char *reverse_path; /* the message's, as the next two: lent, NULL where there is none */
  MimesendContent *content;
  GMimeObject *tree;
  char *message_id;         /* NULL: none, or the caller's own */
  MimesendReceipt *receipt; /* NULL: the server was not asked */
  GError *error;            /* why it could not be asked */
  const char *not_sent;     /* a reason that is no failure: "the text is empty" */
  ExitCode code;
} Report;

#define REPORT_INIT                                                                                          \
  {                                                                                                          \
    .failure = FAILURE_INIT                                                                                  \
  }

void report_clear (Report *self);
/* The recipients that the message may safely be sent to again. */
char **report_get_retry (const Report *self);
const char *report_get_outcome (const Report *self);
/* Microseconds; 0: the stage was not passed. */
gint64 report_stage_us (MimesendReceipt *receipt, MimesendStage stage);
