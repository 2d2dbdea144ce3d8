/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The protocol core between a server and a caller who do anything in any order: from the front of the input comes what the
 * server says, from its back what happens next. A witness tells which outcomes can be true. Where nothing is chosen the
 * caller is sensible: says all that it may, then hears one line. */
#include "fuzz.h"

#include "smtp/client.h"
#include "../smtp/client-inside.h"
#include "witness.h"

#define ROUNDS 400

typedef struct
{
  FuzzInput input;
  MimesendSmtpClient *client;
  Witness *witness;
  gint64 now, deadline;
  guint n_submitted, n_settled, n_recipients, n_accepted, n_closed;
  guint recipients_of[WITNESS_MESSAGES]; /* how many, by message */
  guint pieces_of[WITNESS_MESSAGES];
  guint n_pieces, n_released;
  guint first_message; /* how it is submitted, once the session is ready */
  gboolean is_ready;
  guint n_asked, n_answered;
  GByteArray *unread; /* said by the server and lying in a buffer of the system */
} Fuzz;

static void
on_recipient (Fuzz *self, const MimesendSmtpEvent *event)
{
  g_assert_cmpuint (event->transaction, ==, self->n_settled + 1);
  g_assert_cmpuint (event->recipient, ==, self->n_recipients++);
  self->n_accepted += event->outcome == MIMESEND_SMTP_ACCEPTED;
  g_assert_true (event->again == MIMESEND_SMTP_AGAIN_NO || event->outcome == MIMESEND_SMTP_NOT_TRIED);
  witness_check (self->witness, (guint)event->transaction, event->recipient, event);
}

static void
on_settled (Fuzz *self, const MimesendSmtpEvent *event)
{
  g_assert_cmpuint (event->transaction, ==, ++self->n_settled);
  g_assert_cmpuint (event->transaction, <=, self->n_submitted);
  g_assert_cmpuint (self->n_recipients, ==, self->recipients_of[event->transaction]);
  g_assert_true ((event->outcome == MIMESEND_SMTP_ACCEPTED) == (self->n_accepted == self->n_recipients));
  g_assert_true (event->outcome != MIMESEND_SMTP_PARTIAL || self->n_accepted > 0);
  self->n_recipients = self->n_accepted = 0;
}

static void
read_events (Fuzz *self)
{
  MimesendSmtpEvent event;

  while (mimesend_smtp_client_next_event (self->client, &event))
    {
      g_assert_cmpuint (self->n_closed, ==, 0);
      if (event.failure != MIMESEND_SMTP_FAILURE_NONE)
        g_assert_true (event.reply != NULL || event.words != NULL);
      if (event.type == MIMESEND_SMTP_EVENT_RECIPIENT)
        on_recipient (self, &event);
      else if (event.type == MIMESEND_SMTP_EVENT_SETTLED)
        on_settled (self, &event);
      else if (event.type == MIMESEND_SMTP_EVENT_CLOSED)
        self->n_closed++;
      else if (event.type == MIMESEND_SMTP_EVENT_READY)
        self->is_ready = TRUE;
      else if (event.type == MIMESEND_SMTP_EVENT_ANSWERED)
        g_assert_cmpuint (++self->n_answered, ==, self->n_asked);
      else if (event.type == MIMESEND_SMTP_EVENT_CHALLENGE)
        g_assert_nonnull (event.mechanisms);
    }
}

static MimesendSmtpWant
turn (Fuzz *self)
{
  MimesendSmtpWant want = mimesend_smtp_client_poll (self->client, self->now, &self->deadline);

  g_assert_cmpint (self->deadline, >, self->now);
  read_events (self);
  g_assert_true ((want & MIMESEND_SMTP_WANT_CLOSE) != 0 ||
                 client_in_flight (self->client) == (self->n_settled < self->n_submitted));
  return want;
}

/* At most n octets leave. FALSE: none could. */
static gboolean
speak (Fuzz *self, gsize n)
{
  MimesendPiece pieces[3];
  guint n_pieces = mimesend_smtp_client_peek (self->client, pieces, G_N_ELEMENTS (pieces));
  gsize sent = 0;

  for (guint i = 0; i < n_pieces && sent < n; i++)
    {
      gsize step = MIN (pieces[i].length, n - sent);

      witness_sent (self->witness, pieces[i].data, step);
      sent += step;
    }
  mimesend_smtp_client_sent (self->client, sent);
  return sent > 0;
}

static void
say_ahead (Fuzz *self, gsize n)
{
  n = MIN (n, self->input.size);
  g_byte_array_append (self->unread, self->input.data, (guint)n);
  self->input.data += n;
  self->input.size -= n;
}

/* At most n octets of the server's, those that lie about first. */
static void
hear (Fuzz *self, gsize n)
{
  FuzzInput lying = { self->unread->data, self->unread->len };
  gsize taken;
  g_autofree guint8 *block = fuzz_take (lying.size > 0 ? &lying : &self->input, n, &taken);

  if (taken == 0)
    return;
  if (self->unread->len > 0)
    g_byte_array_remove_range (self->unread, 0, (guint)taken);
  witness_received (self->witness, block, taken);
  mimesend_smtp_client_receive (self->client, block, taken);
}

/* To be said only where it is true. */
static void
say_idle (Fuzz *self)
{
  if (self->unread->len == 0)
    mimesend_smtp_client_idle (self->client);
}

static gsize
line_ahead (const Fuzz *self)
{
  const guint8 *end = self->input.size > 0 ? memchr (self->input.data, '\n', self->input.size) : NULL;

  return end != NULL ? (gsize)(end - self->input.data) + 1 : self->input.size;
}

static void
on_release (gpointer data)
{
  (*(guint *)data)++;
}

static void
supply (Fuzz *self, guint64 id, guint how)
{
  static const char *const texts[] = {
    "Subject: x\r\n\r\nhello\r\n", "x\r\n.\r\nQUIT\r\n", ".\r", "\n.\n", "\xc3\xb6\r\n.", "a\rb\n"
  };
  g_autoptr (GError) error = g_error_new_literal (g_quark_from_static_string ("fuzz"), 0, "it fails");
  MimesendPiece piece = { 0 };

  if (how >= 64 || id == 0 || self->pieces_of[id % WITNESS_MESSAGES]++ > how % 4)
    {
      mimesend_smtp_client_end_content (self->client, id, how >= 96 && how < 112 ? error : NULL);
      return;
    }
  piece.data = (const guint8 *)texts[how % G_N_ELEMENTS (texts)];
  piece.length = strlen ((const char *)piece.data);
  piece.flags = how % G_N_ELEMENTS (texts) == 0 ? MIMESEND_PIECE_READY : MIMESEND_PIECE_PLAIN;
  if (how & 8)
    {
      piece.release = on_release;
      piece.owner = &self->n_released;
      self->n_pieces++;
    }
  mimesend_smtp_client_supply (self->client, id, &piece);
}

static void
submit (Fuzz *self, guint how)
{
  static const char *const sets[][WITNESS_RECIPIENTS + 1] = {
    { "r0@x.org", NULL },
    { "r0@x.org", "r1@x.org", NULL },
    { "r0@x.org", "r1@x.org", "r2@x.org", "r3@x.org", NULL },
    { "r0@x.org", "bad\r\none", "r2@x.org", NULL }
  };
  g_autofree char *path = g_strdup_printf (how & 128 ? "m%u@x\r\nQUIT" : "m%u@x.org", self->n_submitted + 1);
  const char *const *to = sets[how & 3];
  MimesendSmtpTransaction transaction = { .reverse_path = path,
                                          .recipients = to,
                                          .all_or_nothing = (how & 4) != 0,
                                          .eight_bit_as_is = (how & 8) != 0,
                                          .may_block = (how & 16) != 0,
                                          .smtputf8 = (how & 96) == 96,
                                          .trial = (how & 96) == 64,
                                          .size = (how & 32) != 0 ? 24 : -1 };

  if (self->n_submitted + 1 >= WITNESS_MESSAGES)
    return;
  if (mimesend_smtp_client_submit (self->client, &transaction) == 0)
    return;
  self->n_submitted++;
  self->recipients_of[self->n_submitted] = g_strv_length ((char **)to);
}

/* Without a message, and none begins ahead of the answer. */
static void
ask (Fuzz *self, guint how)
{
  if (mimesend_smtp_client_question (self->client, (MimesendSmtpQuestion)(how & 1)))
    self->n_asked++;
  if (self->n_asked > self->n_answered)
    g_assert_false (mimesend_smtp_client_has_room (self->client, FALSE));
}

static void
change_manner (Fuzz *self, guint how)
{
  const MimesendSmtpManner manner = { .window = how & 7,
                                      .mail_max = how & 32 ? how >> 6 : 0,
                                      .no_chunking = (how & 8) != 0,
                                      .unproven = (how & 16) != 0 };

  mimesend_smtp_client_set_manner (self->client, &manner);
}

/* All that may be said is said. */
static void
be_sensible (Fuzz *self)
{
  static const guint8 secret[] = "secret";

  while (self->unread->len > 0)
    hear (self, G_MAXSIZE);
  for (guint i = 0; i < 64; i++)
    {
      guint64 id = 0;
      MimesendSmtpWant want;

      say_idle (self);
      want = turn (self);
      if (self->is_ready && self->n_submitted == 0)
        submit (self, self->first_message);
      if (want & MIMESEND_SMTP_WANT_TLS)
        mimesend_smtp_client_tls_done (self->client, NULL);
      else if (want & MIMESEND_SMTP_WANT_AUTH)
        {
          g_autoptr (GBytes) response = g_bytes_new_static (secret, sizeof secret - 1);

          mimesend_smtp_client_auth_step (self->client, "PLAIN", response, TRUE, NULL);
        }
      else if (mimesend_smtp_client_content_due (self->client, &id) > 0)
        supply (self, id, 0);
      else if (!speak (self, G_MAXSIZE))
        return;
    }
}

static void
caller_errs (Fuzz *self, guint how)
{
  g_autoptr (GError) error = g_error_new_literal (g_quark_from_static_string ("fuzz"), 0, "it fails");
  g_autoptr (GBytes) response = g_bytes_new_static (how & 8 ? "" : "secret", how & 8 ? 0 : 6);
  gboolean bad = (how & 16) != 0;

  switch (how % 8)
    {
    case 0:
      mimesend_smtp_client_quit (self->client);
      break;
    case 1:
      mimesend_smtp_client_abort (self->client, "enough");
      break;
    case 2:
      mimesend_smtp_client_write_failed (self->client, "broken pipe");
      break;
    case 3:
      mimesend_smtp_client_receive (self->client, NULL, 0);
      break;
    case 4:
      mimesend_smtp_client_tls_done (self->client, bad ? error : NULL);
      break;
    case 5:
      mimesend_smtp_client_auth_step (self->client, bad ? NULL : "PLAIN", response, (how & 32) != 0,
                                      (how & 64) != 0 ? error : NULL);
      break;
    case 6:
      if (self->deadline < G_MAXINT64)
        self->now = self->deadline;
      break;
    default:
      self->now += how * (gint64)G_USEC_PER_SEC;
    }
}

static void
do_something (Fuzz *self)
{
  guint what = fuzz_choose (&self->input, 16);
  guint64 id = 0;

  switch (what)
    {
    case 1:
      hear (self, 1 + fuzz_choose (&self->input, 64));
      break;
    case 2:
      say_idle (self);
      break;
    case 3:
      speak (self, 1 + fuzz_choose (&self->input, 32));
      break;
    case 4:
      submit (self, fuzz_choose (&self->input, 256));
      break;
    case 5:
    case 6:
      if (mimesend_smtp_client_content_due (self->client, &id) > 0 || what == 6)
        supply (self, id, fuzz_choose (&self->input, 128));
      break;
    case 7:
      caller_errs (self, fuzz_choose (&self->input, 128));
      break;
    case 8:
      say_idle (self);
      turn (self);
      speak (self, G_MAXSIZE);
      break;
    case 9:
      say_ahead (self, 1 + fuzz_choose (&self->input, 64));
      break;
    case 10:
      ask (self, fuzz_choose (&self->input, 2));
      break;
    case 11:
      change_manner (self, fuzz_choose (&self->input, 256));
      break;
    default:
      be_sensible (self);
      hear (self, line_ahead (self));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Fuzz self = { .input = { data, size }, .now = 1, .deadline = G_MAXINT64 };
  guint first = fuzz_choose (&self.input, 256), second = fuzz_choose (&self.input, 256);
  MimesendSmtpSetup setup = { .ehlo_name = "[127.0.0.1]",
                              .lmtp = first & 1,
                              .starttls = (MimesendSmtpStarttls)(first >> 1 & 3) % 3,
                              .login = (first & 8) != 0,
                              .no_pipelining = (first & 32) != 0,
                              .trace = (first & 64) != 0,
                              .unproven = (first & 128) != 0,
                              .window = second & 7,
                              .rcpt_group = second >> 3 & 3,
                              .chunk = (second & 32) != 0 ? 128 : 0,
                              .refusals_max = second >> 6 };
  gboolean is_reply;
  char *line;

  fuzz_init ();
  self.client = mimesend_smtp_client_new (&setup);
  self.unread = g_byte_array_new ();
  self.witness = witness_new (setup.lmtp);
  self.first_message = fuzz_choose (&self.input, 256);
  for (guint i = 0; i < ROUNDS && self.n_closed == 0 && self.input.size > 0; i++)
    {
      do_something (&self);
      turn (&self);
    }
  if (self.n_closed == 0)
    {
      be_sensible (&self);
      mimesend_smtp_client_receive (self.client, NULL, 0);
      turn (&self);
    }
  g_assert_cmpint (mimesend_smtp_client_poll (self.client, self.now, NULL), ==, MIMESEND_SMTP_WANT_CLOSE);
  g_assert_cmpuint (self.n_closed, ==, 1);
  g_assert_cmpuint (self.n_settled, ==, self.n_submitted);
  while ((line = mimesend_smtp_client_next_trace (self.client, &is_reply)) != NULL)
    g_free (line);
  mimesend_smtp_client_free (self.client);
  g_assert_cmpuint (self.n_pieces, ==, self.n_released);
  g_byte_array_unref (self.unread);
  witness_free (self.witness);
  return 0;
}
