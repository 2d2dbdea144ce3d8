/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/delivery/program-delivery.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "octets/printable.h"
#include "client/drive/step-source.h"
#include "mimesend-error.h"
#include "net/reach/program.h"
#include "octets/crlf.h"

#define BLOCK  65536
#define KILLED 128 /* and the number of the signal */
#define WRITES 16

typedef struct
{
  const MimesendPolicy *policy;
  MimesendQueuedDelivery *order;
  MimesendDelivery *delivery; /* borrowed: the queued delivery's */

  MimesendProgram *program;
  GSource *source;
  GCancellable *waiting; /* its end is awaited from the start; NULL: there is no program */
  GError *given_up; /* why its end is awaited no more though it has the message, or part of it; else NULL */
  MimesendPiece piece;
  gsize piece_done;
  MimesendCrlf crlf;
  guint8 *block; /* octets that wait for the pipe */
  gsize block_length, block_sent;
  gboolean ended;    /* the content is */
  gboolean closed;   /* the program's input is closed: it has the whole message, or reads no more */
  gboolean over;     /* settled; only the program's exit is awaited */
  gboolean finished; /* … and until the content is free */
} Run;

static void run_step (gpointer data, MimesendWait *wait);

static void
run_wake (gpointer data)
{
  Run *self = data;

  mimesend_step_source_wake (self->source);
}

/* Completes the delivery once, as soon as the content is no longer read. */
static void
run_finish (Run *self)
{
  self->finished = TRUE;
  mimesend_queued_delivery_disconnect (self->order);
  mimesend_piece_clear (&self->piece);
  g_clear_pointer (&self->program, mimesend_program_free);
  if (!mimesend_delivery_leave (self->delivery))
    return; /* run_step () is woken */
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_clear_object (&self->waiting);
  g_clear_error (&self->given_up);
  g_free (self->block);
  self->order->done (self->delivery, self->order->data);
  mimesend_queued_delivery_free (self->order);
  g_free (self);
}

static void
run_fail (Run *self, MimesendOutcome outcome, GError *error)
{
  mimesend_delivery_settle (self->delivery, outcome, MIMESEND_STAGE_CONTENT, error->message, error);
  self->over = TRUE;
}

/* --- the outcome --- */

/* Which statuses say that another attempt may do better: EX_TEMPFAIL, EX_NOHOST (sendmails end with it when the name
 * service did not answer, too), and qmail's 111. The others of sysexits.h are verdicts. */
static gboolean
is_temporary (int exit_status)
{
  return exit_status == 75 || exit_status == 68 || exit_status == 111;
}

/* Only a program that has the whole message can have passed it on before it was killed. Success without having read all of
 * it cannot be verified. */
static MimesendOutcome
outcome_of_exit (int exit_status, gboolean unread)
{
  if (exit_status == 0)
    return unread ? MIMESEND_OUTCOME_IN_DOUBT : MIMESEND_OUTCOME_ACCEPTED;
  if (exit_status > KILLED)
    return unread ? MIMESEND_OUTCOME_DEFERRED : MIMESEND_OUTCOME_IN_DOUBT;
  return is_temporary (exit_status) ? MIMESEND_OUTCOME_DEFERRED : MIMESEND_OUTCOME_REFUSED;
}

static GError *
error_of (Run *self, MimesendOutcome outcome, int exit_status, gboolean unread, const char *words)
{
  MimesendError code = outcome == MIMESEND_OUTCOME_DEFERRED  ? MIMESEND_ERROR_DEFERRED
                       : outcome == MIMESEND_OUTCOME_REFUSED ? MIMESEND_ERROR_REFUSED
                                                             : MIMESEND_ERROR_IN_DOUBT;

  return g_error_new (MIMESEND_ERROR, code, "%s ended with status %d%s%s%s", self->policy->server->text,
                      exit_status, unread ? " before it had read the whole message" : "",
                      *words != '\0' ? ": " : "", words);
}

static void
run_judge (Run *self, int exit_status, const char *output)
{
  gboolean unread = !self->closed || !self->ended || self->block_sent < self->block_length;
  MimesendOutcome outcome = outcome_of_exit (exit_status, unread);
  g_autofree char *said = g_strchomp (g_strdup (output != NULL ? output : ""));
  g_autofree char *words = mimesend_printable_lines (said, 1024);

  mimesend_delivery_settle (
      self->delivery, outcome, MIMESEND_STAGE_END_OF_DATA, words,
      outcome == MIMESEND_OUTCOME_ACCEPTED ? NULL : error_of (self, outcome, exit_status, unread, words));
}

static void
child_ended_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Run *self = data;
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int exit_status = -1;
  gboolean ended = mimesend_program_wait_finish (self->program, result, &exit_status, &output, &error);

  if (ended && !self->over)
    run_judge (self, exit_status, output);
  else if (!self->over)
    {
      GError *reason = self->given_up != NULL ? g_steal_pointer (&self->given_up) : g_steal_pointer (&error);

      mimesend_delivery_settle (self->delivery, MIMESEND_OUTCOME_IN_DOUBT, MIMESEND_STAGE_END_OF_DATA,
                                reason->message, reason);
    }
  run_finish (self);
}

static void
close_input (Run *self)
{
  self->closed = TRUE;
  mimesend_program_end (self->program);
}

/* --- content → lines that end with LF, as a sendmail wants them --- */

static void
drop_returns (Run *self)
{
  gsize to = 0;

  /* After the CRLF pass every CR is followed by LF. */
  for (gsize i = 0; i < self->block_length; i++)
    if (self->block[i] != '\r')
      self->block[to++] = self->block[i];
  self->block_length = to;
}

static gboolean
next_piece (Run *self)
{
  g_autoptr (GError) error = NULL;

  mimesend_piece_clear (&self->piece);
  self->piece_done = 0;
  switch (mimesend_feed_next (mimesend_delivery_get_feed (self->delivery), BLOCK, &self->piece, &error))
    {
    case MIMESEND_PULL_PIECE:
      return TRUE;
    case MIMESEND_PULL_END:
      self->ended = TRUE;
      self->block_length = mimesend_crlf_finish (&self->crlf, self->block);
      drop_returns (self);
      return TRUE;
    case MIMESEND_PULL_FAILED:
      run_fail (self, MIMESEND_OUTCOME_NOT_TRIED, g_steal_pointer (&error));
      return FALSE;
    case MIMESEND_PULL_WAIT:
    default:
      return FALSE;
    }
}

/* FALSE: there is nothing to write now. */
static gboolean
fill_block (Run *self)
{
  self->block_length = self->block_sent = 0;
  while (self->block_length == 0 && !self->ended)
    {
      gsize n = MIN (self->piece.length - self->piece_done, BLOCK);
      gsize taken = 0;

      if (n == 0)
        {
          if (!next_piece (self))
            return FALSE;
          continue;
        }
      self->block_length =
          mimesend_crlf_convert (&self->crlf, self->piece.data + self->piece_done, n, self->block, &taken);
      self->piece_done += taken;
      if (taken < n)
        {
          run_fail (self, MIMESEND_OUTCOME_NOT_TRIED,
                    g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                                 "the content has a NUL octet: attach it (base64)"));
          return FALSE;
        }
      drop_returns (self);
    }
  return self->block_length > 0;
}

/* A pipe has no MSG_NOSIGNAL: the signal is held back for this thread, and taken if it came. */
static gssize
write_quietly (int fd, const guint8 *octets, gsize n)
{
  sigset_t pipe_signal, before, pending;
  const struct timespec at_once = { 0 };
  gssize written;
  int failure;

  sigemptyset (&pipe_signal);
  sigaddset (&pipe_signal, SIGPIPE);
  sigpending (&pending);
  pthread_sigmask (SIG_BLOCK, &pipe_signal, &before);
  written = write (fd, octets, n);
  failure = errno;
  if (written < 0 && failure == EPIPE && !sigismember (&pending, SIGPIPE))
    while (sigtimedwait (&pipe_signal, NULL, &at_once) < 0 && errno == EINTR)
      ;
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  errno = failure;
  return written;
}

/* FALSE: the pipe is full, or it is over. */
static gboolean
write_block (Run *self)
{
  gssize n = write_quietly (mimesend_program_get_fd (self->program), self->block + self->block_sent,
                            self->block_length - self->block_sent);

  if (n >= 0)
    {
      self->block_sent += (gsize)n;
      mimesend_delivery_count_octets (self->delivery, (gsize)n);
      return TRUE;
    }
  if (errno == EINTR)
    return TRUE;
  /* It reads no more: its exit status and output tell why. */
  if (errno != EAGAIN)
    close_input (self);
  return FALSE;
}

/* --- options of envelope and server --- */

static gboolean
refuse_demand (Run *self, MimesendError code, const char *fault)
{
  mimesend_delivery_settle (self->delivery, MIMESEND_OUTCOME_REFUSED, MIMESEND_STAGE_MAIL, fault,
                            g_error_new (MIMESEND_ERROR, code, "%s: %s", self->policy->server->text, fault));
  self->over = TRUE;
  return FALSE;
}

/* Options of the server that need a connection. */
static const char *
connection_fault (const MimesendServer *server)
{
  if (server->tls == MIMESEND_TLS_REQUIRED || server->tls == MIMESEND_TLS_IMPLICIT)
    return "TLS cannot be required of a program: its own configuration says how it sends";
  if (mimesend_server_logs_in (server))
    return "a program logs in by itself: the user and the secret belong into its own configuration";
  if (server->client_certificate != NULL)
    return "a program shows no certificate for its caller: it belongs into the program's own configuration";
  return NULL;
}

/* A program supports 8-bit octets and no extension: requests that change the meaning of sending are refused, others left
 * out with a warning. */
static gboolean
run_is_possible (Run *self)
{
  const MimesendSmtpCapabilities offered = { .offered = MIMESEND_SMTP_8BITMIME | MIMESEND_SMTP_SMTPUTF8 };
  MimesendSmtpParameters parameters = mimesend_delivery_get_parameters (self->delivery, &offered);
  const char *fault = connection_fault (self->policy->server);

  if (fault != NULL)
    return refuse_demand (self, MIMESEND_ERROR_ARGUMENT, fault);
  fault = mimesend_smtp_parameters_fault (&parameters, &offered, FALSE);
  return fault == NULL || refuse_demand (self, MIMESEND_ERROR_UNSUPPORTED, fault);
}

/* --- the step --- */

static void
check_given_up (Run *self)
{
  GError *reason = self->over ? NULL : mimesend_queued_delivery_reason (self->order);

  if (reason == NULL)
    return;
  if (!self->closed)
    run_fail (self, MIMESEND_OUTCOME_NOT_TRIED, reason);
  else
    {
      g_clear_error (&self->given_up);
      self->given_up = reason;
      g_cancellable_cancel (self->waiting); /* in doubt: child_ended_cb () says so */
    }
}

/* Settles before the program exits: kills it before closing its input, so that it never takes the end of the pipe for the
 * end of the message. */
static void
run_leave (Run *self)
{
  if (self->waiting == NULL)
    run_finish (self);
  else
    g_cancellable_cancel (self->waiting);
}

static void
run_start (Run *self)
{
  MimesendDelivery *delivery = self->delivery;
  GError *error = NULL;

  self->program = mimesend_program_start ((const char *const *)self->policy->server->argv,
                                          mimesend_delivery_get_reverse_path (delivery),
                                          mimesend_delivery_get_recipients (delivery), &error);
  if (self->program != NULL)
    {
      self->waiting = g_cancellable_new ();
      mimesend_program_wait_async (self->program, self->waiting, child_ended_cb, self);
      return;
    }
  mimesend_delivery_settle (delivery, MIMESEND_OUTCOME_NOT_TRIED, MIMESEND_STAGE_CONNECT, error->message,
                            error);
  self->over = TRUE;
}

/* Starts the program unless the message must not be sent. FALSE: its header is not read yet. */
static gboolean
look_and_start (Run *self, MimesendWait *wait)
{
  GError *error = NULL;

  switch (mimesend_delivery_look (self->delivery, &error))
    {
    case MIMESEND_PULL_WAIT:
      wait->deadline_us = MIN (wait->deadline_us, mimesend_delivery_get_look_until (self->delivery));
      return FALSE;
    case MIMESEND_PULL_FAILED:
      run_fail (self, MIMESEND_OUTCOME_NOT_TRIED, error);
      return TRUE;
    default:
      run_start (self);
      return TRUE;
    }
}

static void
run_step (gpointer data, MimesendWait *wait)
{
  Run *self = data;
  gboolean blocked = FALSE;

  if (self->finished)
    {
      run_finish (self);
      return;
    }
  check_given_up (self);
  wait->deadline_us = self->order->given_up || self->over ? G_MAXINT64 : self->order->deadline_us;
  if (self->program == NULL && !self->over && !look_and_start (self, wait))
    {
      wait->fd = -1;
      return;
    }
  for (guint i = 0; i < WRITES && !self->over && !self->closed && !blocked; i++)
    {
      if (self->block_sent < self->block_length)
        blocked = !write_block (self);
      else if (self->ended)
        close_input (self);
      else if (!fill_block (self) && !self->ended)
        break;
      wait->again = i + 1 == WRITES;
    }
  if (self->over)
    {
      run_leave (self);
      return;
    }
  blocked = blocked && !self->closed;
  wait->fd = blocked ? mimesend_program_get_fd (self->program) : -1;
  wait->condition = blocked ? G_IO_OUT : 0;
}

void
mimesend_program_deliver (const MimesendPolicy *policy,
                          MimesendDelivery *delivery,
                          int io_priority,
                          GCancellable *cancellable,
                          MimesendDeliveryDone done,
                          gpointer data)
{
  Run *self = g_new0 (Run, 1);
  GError *error = NULL;

  self->policy = policy;
  self->delivery = delivery;
  self->order = mimesend_queued_delivery_new (delivery, policy->deadline_us, done, data);
  self->block = g_malloc (2 * BLOCK + 128);
  mimesend_crlf_init (&self->crlf, FALSE);
  self->source = mimesend_step_source_new (run_step, self, io_priority);
  mimesend_queued_delivery_watch (self->order, cancellable, self->source);
  mimesend_delivery_describe (delivery, policy, NULL);
  if (!run_is_possible (self))
    return;
  if (!mimesend_delivery_open (delivery, MIMESEND_WIRE_8BITMIME | MIMESEND_WIRE_SMTPUTF8, run_wake, self,
                               &error))
    {
      run_fail (self, MIMESEND_OUTCOME_NOT_TRIED, error);
    }
}
