/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rooms behind the public functions, one by one.
 *
 *   core many PORT FILE N WINDOW [data]   the protocol core over a blocking socket: the octets of FILE, N times
 *   core hot PORT OCTETS                  a whole session, blocking, whose content is one hot block again and again:
 *                                         against `limits hot` this is what the step costs */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "content/content-pull.h"
#include "mimesend.h"
#include "smtp/client.h"

#define BLOCK 261924

static double
now (clockid_t clock)
{
  struct timespec t;

  clock_gettime (clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* --- the protocol core alone --- */

static int
connect_to (int port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM, 0), on = 1;

  address.sin_port = htons ((guint16)port);
  if (connect (fd, (struct sockaddr *)&address, sizeof address) != 0)
    g_error ("no connection");
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

static void
write_all (MimesendSmtpClient *client, int fd)
{
  MimesendPiece pieces[16];
  struct iovec vectors[16];
  guint n;

  while ((n = mimesend_smtp_client_peek (client, pieces, 16)) > 0)
    {
      gssize sent;

      for (guint i = 0; i < n; i++)
        vectors[i] = (struct iovec){ (gpointer)pieces[i].data, pieces[i].length };
      sent = writev (fd, vectors, (int)n);
      if (sent < 0)
        g_error ("the write failed");
      mimesend_smtp_client_sent (client, (gsize)sent);
    }
}

static guint
settle (MimesendSmtpClient *client)
{
  MimesendSmtpEvent event;
  guint n = 0;

  while (mimesend_smtp_client_next_event (client, &event))
    {
      if (event.type == MIMESEND_SMTP_EVENT_SETTLED)
        {
          if (event.outcome != MIMESEND_SMTP_ACCEPTED)
            g_error ("not accepted");
          n++;
        }
      if (event.type == MIMESEND_SMTP_EVENT_CLOSED)
        g_error ("closed");
    }
  return n;
}

static void
core_many (int port, const char *path, guint n, guint window, gboolean data)
{
  static const char *const to[] = { "reader0@example.net", NULL };
  MimesendSmtpTransaction transaction = { .reverse_path = "writer@example.com", .recipients = to };
  MimesendSmtpSetup setup = { .ehlo_name = "bench.example", .window = window, .no_chunking = data };
  MimesendSmtpClient *client = mimesend_smtp_client_new (&setup);
  int fd = connect_to (port);
  guint settled = 0, submitted = 0;
  static guint8 input[65536];
  char *octets;
  gsize length;

  if (!g_file_get_contents (path, &octets, &length, NULL))
    g_error ("%s cannot be read", path);
  transaction.size = (gint64)length;
  while (settled < n)
    {
      gssize got = recv (fd, input, sizeof input, settled > 0 || submitted > 0 ? MSG_DONTWAIT : 0);

      if (got < 0)
        {
          /* all that can leave has left: wait */
          mimesend_smtp_client_idle (client);
          write_all (client, fd);
          got = recv (fd, input, sizeof input, 0);
        }
      mimesend_smtp_client_receive (client, input, (gsize)MAX (got, 0));
      mimesend_smtp_client_poll (client, 0, NULL);
      settled += settle (client);
      mimesend_smtp_client_idle (client);
      write_all (client, fd);
      while (submitted < n && mimesend_smtp_client_submit (client, &transaction) != 0)
        submitted++;
      for (guint64 id; mimesend_smtp_client_content_due (client, &id) > 0;)
        {
          MimesendPiece piece = { .data = (const guint8 *)octets, .length = length };

          mimesend_smtp_client_supply (client, id, &piece);
          mimesend_smtp_client_end_content (client, id, NULL);
          while (submitted < n && mimesend_smtp_client_submit (client, &transaction) != 0)
            submitted++;
        }
      write_all (client, fd);
    }
  mimesend_smtp_client_free (client);
  close (fd);
  g_free (octets);
}

/* --- a session whose content costs nothing --- */

#define HOT_TYPE (hot_get_type ())
G_DECLARE_FINAL_TYPE (Hot, hot, BENCH, HOT, MimesendContent)

struct _Hot
{
  MimesendContent parent_instance;
  guint64 left;
  guint8 *block;
};

static void hot_pull_init (MimesendPullInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (Hot,
                               hot,
                               MIMESEND_TYPE_CONTENT,
                               G_IMPLEMENT_INTERFACE (MIMESEND_TYPE_PULL, hot_pull_init))

static void
keep (gpointer owner)
{
}

static MimesendPullStatus
hot_pull (MimesendPull *pull, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  Hot *self = BENCH_HOT (pull);

  if (self->left == 0)
    return MIMESEND_PULL_END;
  *piece = (MimesendPiece){ self->block, MIN (self->left, BLOCK), MIMESEND_PIECE_READY, keep, NULL };
  self->left -= piece->length;
  return MIMESEND_PULL_PIECE;
}

static void
hot_pull_init (MimesendPullInterface *iface)
{
  iface->pull = hot_pull;
}

static void
hot_finalize (GObject *object)
{
  g_free (BENCH_HOT (object)->block);
  G_OBJECT_CLASS (hot_parent_class)->finalize (object);
}

static void
hot_class_init (HotClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hot_finalize;
}

static void
hot_init (Hot *self)
{
  self->block = g_malloc (BLOCK);
  memset (self->block, 'A', BLOCK);
  for (gsize i = 76; i + 1 < BLOCK; i += 78)
    memcpy (self->block + i, "\r\n", 2);
}

static void
core_hot (const char *port, guint64 octets)
{
  static const char *const to[] = { "reader0@example.net", NULL };
  g_autofree char *url = g_strconcat ("127.0.0.1:", port, NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (url, NULL);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("writer@example.com", to, NULL);
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;
  Hot *content = g_object_new (HOT_TYPE, NULL);

  content->left = octets;
  g_object_set (session, "chunking", FALSE, NULL);
  receipt = mimesend_session_send (session, envelope, MIMESEND_CONTENT (content), 0, NULL, &error);
  if (receipt == NULL || mimesend_receipt_get_outcome (receipt) != MIMESEND_OUTCOME_ACCEPTED)
    g_error ("not accepted");
  g_object_unref (content);
}

int
main (int argc, char **argv)
{
  double began = now (CLOCK_MONOTONIC);

  if (argc >= 6 && strcmp (argv[1], "many") == 0)
    core_many (atoi (argv[2]), argv[3], (guint)atoi (argv[4]), (guint)atoi (argv[5]), argc > 6);
  else if (argc == 4 && strcmp (argv[1], "hot") == 0)
    core_hot (argv[2], g_ascii_strtoull (argv[3], NULL, 10));
  else
    return 64;
  g_print ("{\"seconds\": %.6f, \"cpu\": %.6f}\n", now (CLOCK_MONOTONIC) - began,
           now (CLOCK_PROCESS_CPUTIME_ID));
  return 0;
}
