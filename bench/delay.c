/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A proxy for one connection after another that holds back every octet, in each direction, for a time.
 *
 *   delay PORT MILLISECONDS     the port to connect to is the first line of its output */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SLOTS 4096 /* reads under way in one direction */
#define READ  65536

typedef struct
{
  double due;
  size_t begin, end;
  char octets[READ];
} Slot;

typedef struct
{
  int from, to;
  int ended;
  unsigned head, n;
  Slot *slots;
} Way;

static double
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
take (Way *self, double delay)
{
  Slot *slot = &self->slots[(self->head + self->n) % SLOTS];
  ssize_t got = recv (self->from, slot->octets, READ, MSG_DONTWAIT);

  if (got < 0 && errno == EAGAIN)
    return;
  slot->begin = 0;
  slot->end = got > 0 ? (size_t)got : 0;
  slot->due = now () + delay;
  self->ended = got <= 0;
  self->n++;
}

static void
give (Way *self)
{
  while (self->n > 0 && self->slots[self->head].due <= now ())
    {
      Slot *slot = &self->slots[self->head];
      ssize_t sent;

      if (slot->end == 0)
        shutdown (self->to, SHUT_WR);
      else
        {
          sent = send (self->to, slot->octets + slot->begin, slot->end - slot->begin,
                       MSG_NOSIGNAL | MSG_DONTWAIT);
          if (sent < 0 && errno == EAGAIN)
            {
              slot->due = now () + 0.001;
              return;
            }
          slot->begin += sent > 0 ? (size_t)sent : slot->end - slot->begin;
          if (slot->begin < slot->end)
            return;
        }
      self->head = (self->head + 1) % SLOTS;
      self->n--;
    }
}

static void
carry (int a, int b, double delay)
{
  static Slot slots[2][SLOTS];
  Way ways[2] = { { .from = a, .to = b, .slots = slots[0] }, { .from = b, .to = a, .slots = slots[1] } };

  while (!(ways[0].ended && ways[1].ended && ways[0].n == 0 && ways[1].n == 0))
    {
      struct pollfd fds[2];
      double first = now () + 1, left;
      struct timespec wait;

      for (int i = 0; i < 2; i++)
        {
          int open = !ways[i].ended && ways[i].n < SLOTS;

          fds[i] = (struct pollfd){ open ? ways[i].from : -1, POLLIN, 0 };
          if (ways[i].n > 0 && ways[i].slots[ways[i].head].due < first)
            first = ways[i].slots[ways[i].head].due;
        }
      left = first - now () > 0 ? first - now () : 0;
      wait = (struct timespec){ (time_t)left, (long)(1e9 * (left - (double)(time_t)left)) };
      ppoll (fds, 2, &wait, NULL);
      for (int i = 0; i < 2; i++)
        {
          if (fds[i].revents != 0)
            take (&ways[i], delay);
          give (&ways[i]);
        }
    }
}

int
main (int argc, char **argv)
{
  struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) },
                     there = here;
  socklen_t n = sizeof here;
  int listener = socket (AF_INET, SOCK_STREAM, 0), on = 1;

  if (argc != 3)
    return 64;
  there.sin_port = htons ((uint16_t)atoi (argv[1]));
  if (bind (listener, (struct sockaddr *)&here, n) != 0 || listen (listener, 8) != 0 ||
      getsockname (listener, (struct sockaddr *)&here, &n) != 0)
    return 1;
  printf ("%d\n", ntohs (here.sin_port));
  fflush (stdout);
  for (;;)
    {
      int a = accept (listener, NULL, NULL), b = socket (AF_INET, SOCK_STREAM, 0);

      if (a < 0 || b < 0 || connect (b, (struct sockaddr *)&there, sizeof there) != 0)
        return 1;
      setsockopt (a, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      setsockopt (b, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      carry (a, b, 1e-3 * atof (argv[2]));
      close (a);
      close (b);
    }
}
