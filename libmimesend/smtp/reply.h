/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Replies: octets in, whole replies out (RFC 5321 4.2, RFC 2034). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIMESEND_SMTP_LINE_MAX        8192
#define MIMESEND_SMTP_REPLY_MAX       65536
#define MIMESEND_SMTP_KEPT_MAX        8192 /* of its text, in an event */
#define MIMESEND_SMTP_EHLO_MAX        262144
#define MIMESEND_SMTP_REPLY_LINES_MAX 1000

typedef struct
{
  guint code;        /* 200 … 599 */
  char enhanced[16]; /* "2.1.5", or "" */
  char
      *text; /* the lines without code and enhanced code, joined by '\n'; octets as they came but never NUL */
  guint n_lines;
} MimesendSmtpReply;

typedef struct _MimesendSmtpReplyReader MimesendSmtpReplyReader;

typedef enum
{
  MIMESEND_SMTP_READ_MORE,  /* no whole reply yet */
  MIMESEND_SMTP_READ_REPLY, /* one is ready */
  MIMESEND_SMTP_READ_BROKEN /* no SMTP: see _get_fault () */
} MimesendSmtpReadStatus;

MimesendSmtpReplyReader *mimesend_smtp_reply_reader_new (void);
void mimesend_smtp_reply_reader_free (MimesendSmtpReplyReader *self);
void mimesend_smtp_reply_reader_push (MimesendSmtpReplyReader *self, const guint8 *octets, gsize n);
/* The next whole reply; *reply is overwritten, and to be cleared by the caller. `ehlo` lifts the bound on its size. */
MimesendSmtpReadStatus
mimesend_smtp_reply_reader_next (MimesendSmtpReplyReader *self, gboolean ehlo, MimesendSmtpReply *reply);
/* The same, but that its text is lent until the next call with the reader, and must not be cleared. */
MimesendSmtpReadStatus
mimesend_smtp_reply_reader_look (MimesendSmtpReplyReader *self, gboolean ehlo, MimesendSmtpReply *reply);
gsize mimesend_smtp_reply_reader_get_pending (
    MimesendSmtpReplyReader *self); /* octets not yet part of a reply given */
guint8
mimesend_smtp_reply_reader_first (MimesendSmtpReplyReader *self); /* the first octet of those, 0: none */
const char *mimesend_smtp_reply_reader_get_fault (MimesendSmtpReplyReader *self);

void mimesend_smtp_reply_clear (MimesendSmtpReply *self);

G_END_DECLS
