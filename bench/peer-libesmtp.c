/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libESMTP: peer-libesmtp HOST:PORT FILE N, all messages in one session; the file is ready for the wire. */
#include <stddef.h>

#include <fcntl.h>
#include <libesmtp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define STEP 65536

static const char *octets;
static size_t length;

typedef struct
{
  size_t at;
} Place;

/* LEN NULL: begin again. */
static const char *
next (void **context, int *len, void *unused)
{
  Place *place = *context;
  size_t step;

  (void)unused;
  if (place == NULL)
    place = *context = calloc (1, sizeof *place);
  if (len == NULL)
    {
      place->at = 0;
      return NULL;
    }
  step = length - place->at < STEP ? length - place->at : STEP;
  place->at += step;
  *len = (int)step;
  return octets + place->at - step;
}

int
main (int argc, char **argv)
{
  smtp_session_t session = smtp_create_session ();
  struct stat st;
  int fd;

  if (argc != 4 || (fd = open (argv[2], O_RDONLY)) < 0 || fstat (fd, &st) != 0)
    return 64;
  length = (size_t)st.st_size;
  octets = mmap (NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
  smtp_set_server (session, argv[1]);
  for (int i = atoi (argv[3]); i > 0; i--)
    {
      smtp_message_t message = smtp_add_message (session);

      smtp_set_reverse_path (message, "writer@example.com");
      smtp_add_recipient (message, "reader0@example.net");
      smtp_set_messagecb (message, next, NULL);
    }
  if (!smtp_start_session (session))
    {
      char words[256];

      fprintf (stderr, "%s\n", smtp_strerror (smtp_errno (), words, sizeof words));
      return 1;
    }
  return 0;
}
