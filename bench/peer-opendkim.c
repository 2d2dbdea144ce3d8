/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* peer-opendkim LETTER KEY rsa|ed25519 N: signs the same ready letter N times by libopendkim. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <stdbool.h>

#include <opendkim/dkim.h>

#include "measure.h"

static char *
read_file (const char *path, size_t *length)
{
  FILE *file = fopen (path, "rb");
  char *octets = malloc (1 << 20);

  *length = file != NULL ? fread (octets, 1, (1 << 20) - 1, file) : 0;
  octets[*length] = '\0';
  if (file != NULL)
    fclose (file);
  return octets;
}

/* The fields are separated by CRLF, none is folded. */
static int
sign_one (DKIM_LIB *library, const char *letter, size_t length, const char *key, dkim_alg_t algorithm)
{
  DKIM_STAT status;
  DKIM *dkim = dkim_sign (library, (const unsigned char *)"bench", NULL, (dkim_sigkey_t)key,
                          (const unsigned char *)"s", (const unsigned char *)"example.com",
                          DKIM_CANON_RELAXED, DKIM_CANON_RELAXED, algorithm, -1, &status);
  const char *at = letter, *end = letter + length;
  unsigned char *field;
  size_t n;

  if (dkim == NULL)
    return -1;
  for (const char *next; (next = strstr (at, "\r\n")) != at && next != NULL; at = next + 2)
    dkim_header (dkim, (unsigned char *)at, (size_t)(next - at));
  at += 2;
  status = dkim_eoh (dkim);
  if (status == DKIM_STAT_OK)
    status = dkim_body (dkim, (unsigned char *)at, (size_t)(end - at));
  if (status == DKIM_STAT_OK)
    status = dkim_eom (dkim, NULL);
  if (status == DKIM_STAT_OK)
    status = dkim_getsighdr_d (dkim, 16, &field, &n);
  dkim_free (dkim);
  return status == DKIM_STAT_OK ? 0 : -1;
}

int
main (int argc, char **argv)
{
  DKIM_LIB *library = dkim_init (NULL, NULL);
  size_t length, key_length;
  char *letter, *key;
  double began;

  if (argc < 5 || library == NULL)
    return 64;
  letter = read_file (argv[1], &length);
  key = read_file (argv[2], &key_length);
  began = now (CLOCK_MONOTONIC);
  for (int i = atoi (argv[4]); i > 0; i--)
    if (sign_one (library, letter, length, key,
                  strcmp (argv[3], "rsa") == 0 ? DKIM_SIGN_RSASHA256 : DKIM_SIGN_ED25519SHA256) != 0)
      return 1;
  printf ("{\"seconds\": %.6f, \"cpu\": %.6f, \"kib\": %ld}\n", now (CLOCK_MONOTONIC) - began,
          now (CLOCK_PROCESS_CPUTIME_ID), peak_kib ());
  return 0;
}
