/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals: a handler writes the number into a pipe; a thread reads it and does what a handler must not. Handlers instead of
 * a blocked mask, so that child programs get the default action. */
#include "base/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/print.h"

#define REPLY_WAIT_MS 10000

typedef enum
{
  PHASE_PREPARING,
  PHASE_SENDING,
  PHASE_END_SENT,
  PHASE_DONE
} Phase;

static int pipe_fds[2] = { -1, -1 };
static GMutex mutex;
static Phase phase;
static int number_seen;
static GCancellable *cancellable;
static int terminal_fd = -1;
static struct termios terminal_saved;

static void
signal_handler (int number)
{
  guint8 octet = (guint8)number;
  int saved = errno;

  (void)!write (pipe_fds[1], &octet, 1); /* a full pipe holds enough signals already */
  errno = saved;
}

void
signals_die (int number)
{
  signal (number, SIG_DFL);
  kill (getpid (), number);
  for (;;)
    pause ();
}

static int
next_signal (int wait_ms)
{
  struct pollfd p = { .fd = pipe_fds[0], .events = POLLIN };
  guint8 octet = 0;
  int ready;

  while ((ready = poll (&p, 1, wait_ms)) < 0 && errno == EINTR)
    ;
  return ready > 0 && read (pipe_fds[0], &octet, 1) == 1 ? octet : 0;
}

static gpointer
signal_thread_cb (gpointer unused)
{
  for (;;)
    {
      int number = next_signal (-1);
      Phase then;

      g_mutex_lock (&mutex);
      then = phase;
      if (then == PHASE_PREPARING && terminal_fd >= 0)
        tcsetattr (terminal_fd, TCSANOW, &terminal_saved);
      if (number_seen == 0)
        number_seen = number;
      g_mutex_unlock (&mutex);

      if (then == PHASE_PREPARING)
        {
          print_note ("interrupted before sending: nobody has the message");
          signals_die (number);
        }
      if (then == PHASE_END_SENT)
        {
          print_note ("interrupted after the end of the message: waiting up to %d s for the server's reply",
                      REPLY_WAIT_MS / 1000);
          next_signal (REPLY_WAIT_MS); /* a second signal ends the wait */
        }
      g_cancellable_cancel (cancellable);
    }
  return NULL;
}

void
signals_start (void)
{
  static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
  struct sigaction action = { .sa_handler = signal_handler, .sa_flags = SA_RESTART };
  GThread *watcher;

  signal (SIGPIPE, SIG_IGN); /* an unread output is no failure of an accepted message */
  cancellable = g_cancellable_new ();
  if (pipe2 (pipe_fds, O_CLOEXEC | O_NONBLOCK) != 0)
    return; /* no pipe or thread: the default action stays */
  watcher = g_thread_try_new ("signals", signal_thread_cb, NULL, NULL);
  if (watcher == NULL)
    return;
  g_thread_unref (watcher);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      struct sigaction old;

      /* A signal that was ignored at the start (nohup, a shell's background job) stays ignored. */
      if (sigaction (numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
        sigaction (numbers[i], &action, NULL);
    }
}

GCancellable *
signals_get_cancellable (void)
{
  return cancellable;
}

static void
set_phase (Phase next)
{
  g_mutex_lock (&mutex);
  phase = next;
  g_mutex_unlock (&mutex);
}

void
signals_begin_sending (void)
{
  set_phase (PHASE_SENDING);
}

void
signals_note_end_of_data (void)
{
  set_phase (PHASE_END_SENT);
}

int
signals_end_sending (void)
{
  int number;

  g_mutex_lock (&mutex);
  phase = PHASE_DONE;
  number = number_seen;
  g_mutex_unlock (&mutex);
  return number;
}

void
signals_guard_terminal (int fd, const struct termios *saved)
{
  g_mutex_lock (&mutex);
  terminal_fd = saved != NULL ? fd : -1;
  if (saved != NULL)
    terminal_saved = *saved;
  g_mutex_unlock (&mutex);
}
