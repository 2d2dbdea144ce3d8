/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "witness.h"

#include <stdio.h>

#include <string.h>

#include "smtp/reply.h"

typedef enum
{
  OTHER,
  HELLO, /* its reply may be long */
  MAIL,
  RCPT,
  DATA,
  CHUNK,
  END
} Kind;

typedef struct
{
  Kind kind;
  guint message, recipient;
} Due;

struct _Witness
{
  gboolean lmtp;
  enum
  {
    COMMANDS,
    MUTE, /* behind DATA: nothing may be said until it is answered */
    LINES,
    OCTETS
  } mode;
  GString *line;
  guint64 chunk_left;
  gboolean chunk_is_last;
  guint message;    /* that is being written */
  gboolean is_open; /* its MAIL was, and neither its end nor RSET */
  GQueue due;       /* of Due, the oldest first */
  MimesendSmtpReplyReader *reader;
  gboolean deaf;  /* a reply asked for more where there is no more: nothing behind it counts */
  guint heard[6]; /* replies by first digit */
  WitnessMessage messages[WITNESS_MESSAGES];
};

static void
expect (Witness *self, Kind kind, guint recipient)
{
  Due *due = g_new (Due, 1);

  *due = (Due){ kind, self->message, recipient };
  g_queue_push_tail (&self->due, due);
}

Witness *
witness_new (gboolean lmtp)
{
  Witness *self = g_new0 (Witness, 1);

  self->lmtp = lmtp;
  self->line = g_string_new (NULL);
  self->reader = mimesend_smtp_reply_reader_new ();
  g_queue_init (&self->due);
  expect (self, OTHER, 0); /* the greeting */
  return self;
}

void
witness_free (Witness *self)
{
  g_string_free (self->line, TRUE);
  mimesend_smtp_reply_reader_free (self->reader);
  g_queue_clear_full (&self->due, g_free);
  g_free (self);
}

/* Nothing of an answer to it may lie about by then, but for that of a refusal. */
static void
end_said (Witness *self)
{
  WitnessMessage *message = &self->messages[self->message];

  g_assert_false (message->end_said);
  if (g_queue_is_empty (&self->due) && mimesend_smtp_reply_reader_get_pending (self->reader) > 0)
    g_assert_true (strchr ("45", mimesend_smtp_reply_reader_first (self->reader)) != NULL);
  message->end_begun = message->end_said = TRUE;
  self->is_open = FALSE;
  expect (self, END, 0);
}

static void
chunk_said (Witness *self)
{
  self->mode = COMMANDS;
  if (self->chunk_is_last)
    end_said (self);
  else
    expect (self, CHUNK, 0);
}

static void
command_said (Witness *self)
{
  const char *line = self->line->str;
  guint number;
  char last[8] = "";

  if (sscanf (line, "MAIL FROM:<m%u@x.org>", &number) == 1)
    {
      g_assert_cmpuint (number, <, WITNESS_MESSAGES);
      g_assert_cmpuint (number, >, self->message);
      self->message = number;
      self->is_open = TRUE;
      expect (self, MAIL, 0);
    }
  else if (sscanf (line, "RCPT TO:<r%u@x.org>", &number) == 1)
    {
      g_assert_true (self->is_open);
      g_assert_cmpuint (number, <, WITNESS_RECIPIENTS);
      expect (self, RCPT, number);
    }
  else if (strcmp (line, "DATA") == 0)
    {
      self->mode = MUTE;
      expect (self, DATA, 0);
    }
  else if (strcmp (line, "BDAT 0 LAST") == 0 && !self->is_open)
    expect (self, OTHER, 0); /* whether it is known: nothing can come of it */
  else if (sscanf (line, "BDAT %" G_GUINT64_FORMAT " %7s", &self->chunk_left, last) >= 1)
    {
      g_assert_true (self->is_open);
      self->chunk_is_last = strcmp (last, "LAST") == 0;
      self->mode = OCTETS;
      if (self->chunk_left == 0)
        chunk_said (self);
    }
  else
    {
      self->is_open = self->is_open && strcmp (line, "RSET") != 0;
      expect (self, g_str_has_suffix (line, "LO [127.0.0.1]") ? HELLO : OTHER, 0);
    }
}

/* A line without its end. */
static void
line_said (Witness *self)
{
  if (self->mode == COMMANDS)
    command_said (self);
  else if (strcmp (self->line->str, ".") == 0)
    {
      self->mode = COMMANDS;
      end_said (self);
    }
  else
    g_assert_true (self->line->str[0] != '.' || self->line->str[1] == '.');
  g_string_truncate (self->line, 0);
}

void
witness_sent (Witness *self, const guint8 *octets, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      guint8 octet = octets[i];

      g_assert_cmpint (self->mode, !=, MUTE);
      if (self->mode == OCTETS)
        {
          if (--self->chunk_left == 0)
            chunk_said (self);
          continue;
        }
      g_assert_cmpuint (octet, !=, '\0');
      if (self->mode == LINES && octet == '.' && self->line->len == 0)
        self->messages[self->message].end_begun = TRUE; /* or a doubled dot: it may be the end */
      if (octet == '\n')
        {
          g_assert_true (self->line->len > 0 && self->line->str[self->line->len - 1] == '\r');
          g_string_truncate (self->line, self->line->len - 1);
          g_assert_null (strchr (self->line->str, '\r'));
          line_said (self);
        }
      else
        g_string_append_c (self->line, (char)octet);
    }
}

/* LMTP: a reply for each that was accepted; one where there is none. TRUE: there are more to come. */
static gboolean
end_replied (Witness *self, WitnessMessage *message, guint code)
{
  guint next = message->n_ends, last = 0;

  if (!self->lmtp)
    {
      message->end[0] = code;
      return FALSE;
    }
  for (guint i = 0; i < WITNESS_RECIPIENTS; i++)
    if (message->rcpt[i] / 100 == 2)
      last = i;
  while (next < last && message->rcpt[next] / 100 != 2)
    next++;
  message->end[next] = code;
  message->n_ends = next + 1;
  if (code != 421) /* which says nothing of the message */
    return next < last;
  for (; next <= last; next++) /* it is for those behind as well: nothing more will come */
    message->end[next] = code;
  return FALSE;
}

/* What left behind the command that it answers is not carried out, as long as no other reply says that it was. */
static void
bid_farewell (Witness *self, const Due *answered)
{
  guint from = answered->kind == END ? answered->message + 1 : answered->message;

  for (guint i = from; i < WITNESS_MESSAGES; i++)
    self->messages[i].bidden_farewell = TRUE;
}

/* A message that was refused in part, and then accepted, says that the replies are not to be trusted. */
static void
contradict (Witness *self, guint message)
{
  for (guint i = message + 1; i < WITNESS_MESSAGES; i++)
    self->messages[i].contradicted = TRUE;
}

static gboolean
tells_nothing (const Witness *self, const MimesendSmtpReply *reply)
{
  return reply->code == 421 &&
         (self->lmtp || strcmp (reply->enhanced, "4.3.2") == 0 || strncmp (reply->enhanced, "4.4.", 4) == 0);
}

static void
on_reply (Witness *self, const MimesendSmtpReply *reply)
{
  guint code = reply->code;
  Due *due = g_queue_peek_head (&self->due);
  WitnessMessage *message;

  self->heard[code / 100]++;
  if (due == NULL)
    return; /* unasked: the client must see that by itself */
  if (code == 421)
    bid_farewell (self, due);
  message = &self->messages[due->message];
  self->deaf |= code / 100 == 3 && due->kind >= MAIL && due->kind != DATA;
  if (due->kind == RCPT)
    message->rcpt[due->recipient] = code;
  else if (due->kind == DATA)
    self->mode = code == 354 ? LINES : COMMANDS;
  else if (due->kind == MAIL || due->kind == CHUNK)
    message->spoilt |= code / 100 != 2;
  if (due->kind == END)
    message->end_tells_nothing |= tells_nothing (self, reply);
  if (due->kind == END && code / 100 == 2 && message->spoilt)
    contradict (self, due->message);
  if (due->kind == END && end_replied (self, message, code))
    return;
  g_free (g_queue_pop_head (&self->due));
}

void
witness_received (Witness *self, const guint8 *octets, gsize n)
{
  MimesendSmtpReply reply = { 0 };
  const Due *due;

  mimesend_smtp_reply_reader_push (self->reader, octets, n);
  while (due = g_queue_peek_head (&self->due),
         !self->deaf && mimesend_smtp_reply_reader_next (self->reader, due != NULL && due->kind == HELLO,
                                                         &reply) == MIMESEND_SMTP_READ_REPLY)
    {
      on_reply (self, &reply);
      mimesend_smtp_reply_clear (&reply);
    }
}

gboolean
witness_heard (const Witness *self, guint class_digit)
{
  return self->heard[class_digit] > 0;
}

void
witness_check (const Witness *self, guint n, guint recipient, const MimesendSmtpEvent *event)
{
  const WitnessMessage *message = &self->messages[n];
  guint rcpt = message->rcpt[recipient], end = message->end[self->lmtp ? recipient : 0];

  switch (event->outcome)
    {
    case MIMESEND_SMTP_ACCEPTED:
      g_assert_true (message->end_said && !message->spoilt);
      g_assert_cmpuint (rcpt / 100, ==, 2);
      g_assert_cmpuint (end / 100, ==, 2);
      break;
    case MIMESEND_SMTP_IN_DOUBT:
      g_assert_true (message->end_begun);
      break;
    case MIMESEND_SMTP_REFUSED:
      g_assert_true (witness_heard (self, 5) || event->failure == MIMESEND_SMTP_FAILURE_UNSUPPORTED);
      break;
    case MIMESEND_SMTP_DEFERRED:
      g_assert_true (witness_heard (self, 4));
      break;
    default:
      g_assert_cmpint (event->outcome, ==, MIMESEND_SMTP_NOT_TRIED);
    }
  if (event->again != MIMESEND_SMTP_AGAIN_NO)
    {
      g_assert_cmpint (event->outcome, ==, MIMESEND_SMTP_NOT_TRIED);
      g_assert_true (!message->end_said || message->spoilt || message->bidden_farewell || end / 100 == 5);
      g_assert_cmpuint (end / 100, !=, 2);
      return;
    }
  /* One that says 421 to a recipient, and then goes on, has said both. */
  if (message->bidden_farewell && (event->outcome == MIMESEND_SMTP_IN_DOUBT || end / 100 != 2))
    return;
  if (message->contradicted && event->outcome == MIMESEND_SMTP_IN_DOUBT)
    return;
  /* Once the whole message is theirs, only their answer tells what became of it. */
  if (message->end_said && !message->spoilt && rcpt / 100 == 2)
    g_assert_cmpint (event->outcome, ==,
                     end / 100 == 2                             ? MIMESEND_SMTP_ACCEPTED
                     : end == 421 && message->end_tells_nothing ? MIMESEND_SMTP_IN_DOUBT
                     : end / 100 == 4                           ? MIMESEND_SMTP_DEFERRED
                     : end / 100 == 5                           ? MIMESEND_SMTP_REFUSED
                                                                : MIMESEND_SMTP_IN_DOUBT);
}
