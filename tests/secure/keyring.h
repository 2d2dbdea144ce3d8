/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A key ring of its own for a test program (keyring.sh), and other people's programs to check what comes of it. */
#pragma once

#include <glib.h>

/* Makes it and sets GNUPGHOME; FALSE: GnuPG is not there. To be called ahead of GPGME. */
gboolean keyring_open (void);
void keyring_close (void);

typedef struct
{
  const char *name;
  void (*run) (gconstpointer smime); /* a gboolean as a pointer */
} KeyringTest;

/* Adds each of them for PGP and for S/MIME: "/room/" makes /room/pgp/name and /room/smime/name. */
void keyring_add_tests (const char *room, const KeyringTest *tests, guint n);

/* A file in the key ring's folder. */
char *keyring_path (const char *name);

/* Runs a program, its arguments NULL-terminated, in that folder; its standard output, or NULL when it failed. */
GBytes *keyring_run (const char *program, ...) G_GNUC_NULL_TERMINATED;
void keyring_write (const char *name, const void *octets, gsize n);

/* TRUE once pinentry was started. */
gboolean keyring_was_asked (void);

/* The octets between a multipart/signed's first two boundaries, and its signature (decoded). */
void keyring_split (const char *message, gsize length, GBytes **signed_octets, GBytes **signature);

/* The signature is good: by gpg, or by gpgsm and openssl. */
void keyring_verify (gboolean smime, GBytes *signed_octets, GBytes *signature);
