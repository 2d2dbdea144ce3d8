/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receiver of the benchmarks: takes everything and keeps nothing, one connection after another. All replies to what
 * one read brought leave in one write. It counts how long it had to wait for octets: where it hardly had to, it says
 * that it was the bottleneck, since then the figure is its own and not the sender's.
 *
 *   fast-sink [--spin US] [--no-chunking] [--binarymime] [--tls CERTIFICATE KEY]
 *
 * The port is the first line of its output, one JSON object a connection follows. */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BUFFER (1 << 20)

enum
{
  LINES,
  DATA,
  CHUNK,
  OVER
};

typedef struct
{
  int fd;
  gnutls_session_t tls;
  int state;
  uint64_t chunk_left;
  int chunk_last;
  int content_begins; /* DATA: the next octet is the first of its first line */
  uint64_t octets, messages;
  double waited;
  char replies[BUFFER];
  size_t n_replies;
  char buffer[BUFFER];
} Peer;

static double spin;
static const char *hello;
static gnutls_certificate_credentials_t credentials;

static double
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
put (Peer *self, const char *octets, size_t n)
{
  while (n > 0)
    {
      ssize_t sent = self->tls != NULL ? gnutls_record_send (self->tls, octets, n)
                                       : send (self->fd, octets, n, MSG_NOSIGNAL);

      if (sent < 0)
        return; /* the next read tells */
      octets += sent;
      n -= (size_t)sent;
    }
}

static void
flush (Peer *self)
{
  put (self, self->replies, self->n_replies);
  self->n_replies = 0;
}

static void
reply (Peer *self, const char *text)
{
  size_t n = strlen (text);

  if (self->n_replies + n > BUFFER)
    flush (self);
  memcpy (self->replies + self->n_replies, text, n);
  self->n_replies += n;
}

/* What has come; looks again and again for `spin` seconds before it sleeps, since being woken costs more than the octets
 * do. */
static ssize_t
take (Peer *self, char *octets, size_t n)
{
  double began;
  ssize_t got;

  if (self->tls != NULL)
    return gnutls_record_recv (self->tls, octets, n);
  got = recv (self->fd, octets, n, MSG_DONTWAIT);
  if (got >= 0 || errno != EAGAIN)
    return got;
  began = now ();
  while ((got = recv (self->fd, octets, n, MSG_DONTWAIT)) < 0 && errno == EAGAIN && now () - began < spin)
    ;
  if (got < 0 && errno == EAGAIN)
    got = recv (self->fd, octets, n, 0);
  self->waited += now () - began;
  return got;
}

static void
command (Peer *self, const char *line)
{
  if (strncasecmp (line, "EHLO", 4) == 0)
    reply (self, hello);
  else if (strncasecmp (line, "DATA", 4) == 0)
    {
      self->state = DATA;
      self->content_begins = 1;
      reply (self, "354 go\r\n");
    }
  else if (strncasecmp (line, "BDAT ", 5) == 0)
    {
      char *end;

      self->chunk_left = strtoull (line + 5, &end, 10);
      self->chunk_last = strncasecmp (end, " LAST", 5) == 0;
      self->state = CHUNK;
    }
  else if (strncasecmp (line, "QUIT", 4) == 0)
    {
      self->state = OVER;
      reply (self, "221 bye\r\n");
    }
  else
    reply (self, "250 ok\r\n");
}

/* The line of one dot in DATA; NULL: not there yet. */
static const char *
find_dot (const Peer *self, const char *at, const char *end)
{
  if (self->content_begins && end - at >= 3 && memcmp (at, ".\r\n", 3) == 0)
    return at;
  for (const char *dot = at; (dot = memchr (dot, '.', (size_t)(end - dot))) != NULL; dot++)
    if (dot - at >= 2 && end - dot >= 3 && dot[-1] == '\n' && dot[-2] == '\r' && dot[1] == '\r' &&
        dot[2] == '\n')
      return dot;
  return NULL;
}

/* How many of the octets are done with. */
static size_t
parse (Peer *self, const char *at, size_t n)
{
  const char *begin = at, *end = at + n;

  for (;;)
    {
      if (self->state == CHUNK)
        {
          size_t step =
              (uint64_t)(end - at) < self->chunk_left ? (size_t)(end - at) : (size_t)self->chunk_left;

          at += step;
          self->chunk_left -= step;
          if (self->chunk_left > 0)
            break;
          self->messages += (uint64_t)self->chunk_last;
          self->state = LINES;
          reply (self, "250 ok\r\n");
        }
      else if (self->state == DATA)
        {
          const char *dot = find_dot (self, at, end);

          if (dot == NULL)
            {
              if (end - at > 4) /* the end mark may stand across this read and the next */
                {
                  at = end - 4;
                  self->content_begins = 0;
                }
              break;
            }
          at = dot + 3;
          self->messages++;
          self->state = LINES;
          reply (self, "250 ok\r\n");
        }
      else if (self->state == OVER)
        break;
      else
        {
          const char *lf = memchr (at, '\n', (size_t)(end - at));

          if (lf == NULL)
            break;
          command (self, at);
          at = lf + 1;
        }
    }
  return (size_t)(at - begin);
}

static void
serve (Peer *self)
{
  double began = 0, end = 0; /* of the octets that came */
  size_t kept = 0;

  put (self, "220 sink\r\n", 10);
  for (;;)
    {
      ssize_t got = take (self, self->buffer + kept, BUFFER - kept);
      size_t done;

      if (got <= 0)
        break;
      end = now ();
      if (began == 0)
        {
          began = end;
          self->waited = 0;
        }
      self->octets += (uint64_t)got;
      kept += (size_t)got;
      done = parse (self, self->buffer, kept);
      kept -= done;
      memmove (self->buffer, self->buffer + done, kept);
      flush (self);
      if (kept == BUFFER || self->state == OVER)
        break; /* no line is so long */
    }
  printf ("{\"first\": %.6f, \"octets\": %llu, \"messages\": %llu, \"seconds\": %.6f, \"waited\": %.6f, "
          "\"bottleneck\": %s}\n",
          began, (unsigned long long)self->octets, (unsigned long long)self->messages, end - began,
          self->waited,
          self->tls == NULL && end - began > 0.05 && self->waited < 0.05 * (end - began) ? "true" : "false");
  fflush (stdout);
}

static int
listen_anywhere (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t n = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || bind (fd, (struct sockaddr *)&address, n) != 0 || listen (fd, 64) != 0 ||
      getsockname (fd, (struct sockaddr *)&address, &n) != 0)
    {
      perror ("fast-sink");
      exit (1);
    }
  printf ("%d\n", ntohs (address.sin_port));
  fflush (stdout);
  return fd;
}

static gnutls_session_t
shake_hands (int fd)
{
  gnutls_session_t tls;
  int status;

  gnutls_init (&tls, GNUTLS_SERVER);
  gnutls_set_default_priority (tls);
  gnutls_credentials_set (tls, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_transport_set_int (tls, fd);
  do
    status = gnutls_handshake (tls);
  while (status < 0 && !gnutls_error_is_fatal (status));
  if (status < 0)
    fprintf (stderr, "fast-sink: %s\n", gnutls_strerror (status));
  return tls;
}

int
main (int argc, char **argv)
{
  const char *chunking = "250-CHUNKING\r\n", *binary = "";
  static char text[256];
  static Peer self;
  int listener;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--spin") == 0 && i + 1 < argc)
      spin = 1e-6 * atof (argv[++i]);
    else if (strcmp (argv[i], "--no-chunking") == 0)
      chunking = "";
    else if (strcmp (argv[i], "--binarymime") == 0)
      binary = "250-BINARYMIME\r\n";
    else if (strcmp (argv[i], "--tls") == 0 && i + 2 < argc)
      {
        gnutls_certificate_allocate_credentials (&credentials);
        if (gnutls_certificate_set_x509_key_file (credentials, argv[i + 1], argv[i + 2],
                                                  GNUTLS_X509_FMT_PEM) < 0)
          return 1;
        i += 2;
      }
    else
      return 64;
  snprintf (text, sizeof text, "250-sink\r\n250-PIPELINING\r\n%s%s250-SIZE 0\r\n250 8BITMIME\r\n", chunking,
            binary);
  hello = text;
  listener = listen_anywhere ();
  for (;;)
    {
      int fd = accept (listener, NULL, NULL), on = 1;

      if (fd < 0)
        continue;
      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      memset (&self, 0, offsetof (Peer, replies));
      self.fd = fd;
      self.n_replies = 0;
      self.tls = credentials != NULL ? shake_hands (fd) : NULL;
      serve (&self);
      if (self.tls != NULL)
        {
          gnutls_bye (self.tls, GNUTLS_SHUT_WR);
          gnutls_deinit (self.tls);
        }
      close (fd);
    }
}
