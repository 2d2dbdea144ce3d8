/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A peer that writes reply by reply is told at once that the last one has come, as long as more are due. How long the system
 * would put that off is no matter of a test: that it is told to hurry is. */
#include "async.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "test-sink.h"

static int n_hurried; /* atomic */

/* Stands in the place of the system's. */
int setsockopt (int fd, int level, int option, const void *value, socklen_t n);

int
setsockopt (int fd, int level, int option, const void *value, socklen_t n)
{
  if (level == IPPROTO_TCP && option == TCP_QUICKACK)
    g_atomic_int_inc (&n_hurried);
  return (int)syscall (SYS_setsockopt, fd, level, option, value, n);
}

static int
hurried_by (const char *server)
{
  g_autoptr (MimesendSession) session = session_to (server);
  Sent sent = { 0 };

  g_atomic_int_set (&n_hurried, 0);
  start_text (session, "Subject: x\n\nx\n", &sent);
  sent_await (&sent);
  assert_accepted (&sent);
  sent_clear (&sent);
  mimesend_session_close (session, NULL, NULL);
  return g_atomic_int_get (&n_hurried);
}

/* MAIL, RCPT and DATA left together, and the reply to MAIL comes alone. */
static void
test_replies_one_by_one (void)
{
  TestSink *sink = test_sink_start ("--hide", "CHUNKING", "--script", "* delay 5ms", NULL);

  g_assert_cmpint (hurried_by (test_sink_server (sink)), >=, 1);
  test_sink_stop (sink);
}

/* Each command waits for the reply to the one before it: no other one is held up. */
static void
test_lock_step (void)
{
  TestSink *sink = test_sink_start ("--hide", "PIPELINING", NULL);

  g_assert_cmpint (hurried_by (test_sink_server (sink)), ==, 0);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/acknowledge/replies-one-by-one-are-acknowledged-at-once",
                   test_replies_one_by_one);
  g_test_add_func ("/client/acknowledge/lock-step", test_lock_step);
  return g_test_run ();
}
