/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The client's core joined to the receiver's in memory, under virtual time: ten minutes cost nothing. */
#pragma once

#include "smtp/client.h"
#include "tools/sink/core.h"

typedef struct
{
  char *octets; /* what is supplied */
  gsize n;
  char **recipients;
  gboolean ready; /* octets are in order already, and said to be */
  gboolean fails; /* the content fails behind its last octet */
  /* what the client said of it */
  guint64 id;
  gboolean settled, again;
  MimesendSmtpOutcome outcome;
  MimesendSmtpOutcome *outcomes;
  gsize supplied;
} PairMessage;

typedef struct
{
  GByteArray *octets;
  char **recipients;
  gboolean by_bdat;
} PairStored;

typedef struct
{
  MimesendSmtpSetup setup;
  SinkSetup sink;
  GRand *rand;
  gsize split; /* at most so many octets move at once; 0: all */
  gboolean all_or_nothing;
  gboolean trial;             /* each is sent as one whose form failed before */
  gboolean seven_bit;         /* 8-bit octets are not to pass without 8BITMIME */
  const char *plain_response; /* what PLAIN says */
  gsize n_plain_response;
  gint64 cut_up, cut_down; /* the connection is cut after so many octets; −1: never */
  guint allowed;           /* SinkViolations that are no fault */
} PairOptions;

typedef struct
{
  PairOptions options;
  MimesendSmtpClient *client;
  SinkCore *core;
  GByteArray *up, *down; /* on their way */
  gint64 n_up, n_down;   /* delivered so far */
  gint64 now, began;
  GPtrArray *messages; /* of PairMessage */
  guint submitted, settled, in_flight_max;
  GPtrArray *stored; /* of PairStored */
  GByteArray *receiving;
  char **receiving_for;
  gboolean receiving_bdat;
  gboolean up_closed, down_closed; /* the end was delivered */
  gboolean cut, sink_closes, sink_wants_tls, ready, closed, quit;
  MimesendSmtpFailure failure;
  MimesendSmtpStage stage;
} Pair;

Pair *pair_new (const PairOptions *options);
void pair_free (Pair *self);
PairMessage *pair_add (Pair *self, const char *octets, gsize n, const char *const *recipients);
void pair_run (Pair *self); /* until the session is closed */

/* What the receiver must have got: line ends CRLF, the last one too. */
GByteArray *pair_expected (const PairMessage *message);
