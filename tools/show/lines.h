/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The octets of a message file, looked at line by line, as no parser hands them on. */
#pragma once

#include <glib.h>

typedef struct
{
  guint64 count;
  guint64 first; /* the line of the first one, counted from 1; 0: there is none */
} ShowPlace;

typedef struct
{
  guint64 octets, lines;
  guint64 longest;        /* octets of the longest line, without its end */
  ShowPlace crlf, lf, cr; /* line ends; cr: one without LF behind it */
  ShowPlace nul;
  ShowPlace too_long;         /* lines over 998 octets (RFC 5322 2.1.1) */
  ShowPlace header_eight_bit; /* lines of the header with octets above 127 */
  ShowPlace no_field;         /* lines of the header that are neither a field nor the rest of one */
  ShowPlace blank_colon;      /* fields with a blank ahead of the colon (RFC 5322 4.5.8) */
  guint64 begin;              /* octets ahead of the message: a byte order mark, or a line of an mbox */
  gboolean from_line;         /* the first line begins with "From ", as an mbox has it */
  gboolean byte_order_mark;
  gboolean header_ended; /* by an empty line */
  gboolean last_ended;   /* the last line has an end */
} ShowLines;

typedef struct _ShowLooker ShowLooker;

ShowLooker *show_looker_new (void);
void show_looker_push (ShowLooker *self, const guint8 *octets, gsize n);
/* Frees the looker. */
void show_looker_finish (ShowLooker *self, ShowLines *lines);
