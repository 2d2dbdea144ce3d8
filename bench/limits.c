/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the machine allows: the same dialogue and the same octets by the barest loops there are.
 *
 *   limits read FILE PORT       read () and write () of a file that is ready for the wire
 *   limits hot FILE PORT        as many octets, written again and again from one hot buffer
 *   limits sendfile FILE PORT
 *   limits gnutls FILE PORT     read () and gnutls_record_send ()
 *
 * [--block OCTETS]: of one write; 261924 was measured best, 65536 is a trap on loopback */
#include <arpa/inet.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int fd;
static gnutls_session_t tls;

static void
die (const char *what)
{
  perror (what);
  exit (1);
}

static double
now (clockid_t clock)
{
  struct timespec t;

  clock_gettime (clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
put (const char *octets, size_t n)
{
  while (n > 0)
    {
      ssize_t sent = tls != NULL ? gnutls_record_send (tls, octets, n) : write (fd, octets, n);

      if (sent < 0)
        die ("write");
      octets += sent;
      n -= (size_t)sent;
    }
}

/* Asks, and reads one reply to its last line. */
static void
ask (const char *line)
{
  char buffer[4096];
  size_t fill = 0;

  put (line, strlen (line));
  for (;;)
    {
      ssize_t got = tls != NULL ? gnutls_record_recv (tls, buffer + fill, sizeof buffer - fill)
                                : read (fd, buffer + fill, sizeof buffer - fill);
      const char *last = buffer;

      if (got <= 0)
        die ("read");
      fill += (size_t)got;
      if (buffer[fill - 1] != '\n')
        continue;
      for (size_t i = 0; i + 1 < fill; i++)
        if (buffer[i] == '\n')
          last = buffer + i + 1;
      if (last[3] == ' ')
        return;
    }
}

static void
shake_hands (void)
{
  gnutls_certificate_credentials_t credentials;

  gnutls_certificate_allocate_credentials (&credentials);
  gnutls_init (&tls, GNUTLS_CLIENT);
  gnutls_set_default_priority (tls);
  gnutls_credentials_set (tls, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_transport_set_int (tls, fd);
  if (gnutls_handshake (tls) < 0)
    die ("handshake");
}

static void
send_content (const char *mode, int file, size_t total, size_t block)
{
  char *buffer = malloc (block);
  ssize_t n;

  memset (buffer, 'A', block);
  if (strcmp (mode, "sendfile") == 0)
    while (sendfile (fd, file, NULL, 1 << 30) > 0)
      ;
  else if (strcmp (mode, "hot") == 0)
    for (size_t left = total; left > 0; left -= (size_t)n)
      {
        n = (ssize_t)(left < block ? left : block);
        put (buffer, (size_t)n);
      }
  else
    while ((n = read (file, buffer, block)) > 0)
      put (buffer, (size_t)n);
  free (buffer);
}

int
main (int argc, char **argv)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  size_t block = 261924;
  struct stat st;
  int file, on = 1;
  double began;

  if (argc != 4 && argc != 6)
    return 64;
  if (argc == 6)
    block = strtoul (argv[5], NULL, 10);
  file = open (argv[2], O_RDONLY);
  if (file < 0 || fstat (file, &st) != 0)
    die (argv[2]);
  address.sin_port = htons ((uint16_t)atoi (argv[3]));
  began = now (CLOCK_MONOTONIC);
  fd = socket (AF_INET, SOCK_STREAM, 0);
  if (connect (fd, (struct sockaddr *)&address, sizeof address) != 0)
    die ("connect");
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (strcmp (argv[1], "gnutls") == 0)
    shake_hands ();
  ask ("");
  ask ("EHLO bench.example\r\n");
  ask ("MAIL FROM:<a@example.com>\r\n");
  ask ("RCPT TO:<b@example.com>\r\n");
  ask ("DATA\r\n");
  send_content (argv[1], file, (size_t)st.st_size, block);
  ask ("\r\n.\r\n");
  printf ("{\"seconds\": %.6f, \"cpu\": %.6f}\n", now (CLOCK_MONOTONIC) - began,
          now (CLOCK_PROCESS_CPUTIME_ID));
  return 0;
}
