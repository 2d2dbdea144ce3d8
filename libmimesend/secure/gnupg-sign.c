/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secure/gnupg-sign.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mimesend-error.h"
#include "octets/printable.h"

#define STEP       262144    /* octets read and written at a time */
#define BUFFER     (1 << 20) /* octets on the way, as far as the system allows */
#define ANSWER_MAX (1 << 20) /* octets of a signature, with its certificates */

static const char what[] = "the letter cannot be signed";

typedef struct
{
  MimesendEngine *engine;
  GSubprocess *child;
  GSocket *in; /* its standard input */
  GBytes *signature;
  char *words; /* its standard error, with the lines of --status-fd */
} Signing;

static gboolean
signing_is_pgp (const Signing *self)
{
  return mimesend_engine_get_security (self->engine)->kind == MIMESEND_SECURITY_PGP;
}

/* ── the program ── */

/* Its input is a socket: who writes into a full one sleeps until half of it is free; at a pipe it is woken for each page. */
static gboolean
signing_spawn (Signing *self, const char *const *argv, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  int ends[2], size = BUFFER;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED, "%s: %s", what, g_strerror (errno));
      return FALSE;
    }
  setsockopt (ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  g_subprocess_launcher_take_stdin_fd (launcher, ends[1]);
  self->in = g_socket_new_from_fd (ends[0], error);
  if (self->in == NULL)
    {
      close (ends[0]);
      return FALSE;
    }
  self->child = g_subprocess_launcher_spawnv (launcher, argv, error);
  return self->child != NULL;
}

static gboolean
signing_start (Signing *self, gpgme_key_t signer, GError **error)
{
  gpgme_engine_info_t info = gpgme_ctx_get_engine_info (mimesend_engine_get_context (self->engine));
  gpgme_protocol_t protocol = signing_is_pgp (self) ? GPGME_PROTOCOL_OpenPGP : GPGME_PROTOCOL_CMS;
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();

  while (info != NULL && info->protocol != protocol)
    info = info->next;
  g_ptr_array_add (argv, info != NULL ? info->file_name : (char *)"gpg");
  if (info != NULL && info->home_dir != NULL)
    {
      g_ptr_array_add (argv, (char *)"--homedir");
      g_ptr_array_add (argv, info->home_dir);
    }
  for (const char *const *word =
           (const char *const[]){ "--batch", "--no-tty", "--status-fd", "2", "--output", "-", NULL };
       *word != NULL; word++)
    g_ptr_array_add (argv, (char *)*word);
  if (signing_is_pgp (self))
    {
      g_ptr_array_add (argv, (char *)"--armor");
      if (!mimesend_engine_get_security (self->engine)->prompts)
        {
          g_ptr_array_add (argv, (char *)"--pinentry-mode");
          g_ptr_array_add (argv, (char *)"error");
        }
    }
  if (signer != NULL)
    {
      g_ptr_array_add (argv, (char *)"--local-user");
      g_ptr_array_add (argv, signer->fpr);
    }
  g_ptr_array_add (argv, (char *)"--detach-sign");
  g_ptr_array_add (argv, NULL);
  return signing_spawn (self, (const char *const *)argv->pdata, error);
}

/* FALSE with error: reading failed. That the program left off reading is told by how it ended. */
static gboolean
signing_feed (
    Signing *self, MimesendEngineRead read, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autofree char *octets = g_malloc (STEP);
  gssize got = 0, sent = 0;

  while (sent >= 0 && (got = read (data, (guint8 *)octets, STEP, error)) > 0)
    for (gssize at = 0; at < got && sent >= 0; at += sent)
      sent = g_socket_send (self->in, octets + at, (gsize)(got - at), cancellable, NULL);
  g_socket_close (self->in, NULL);
  return got >= 0 && !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* (transfer full): all that comes, which is little. */
static GBytes *
read_answer (GInputStream *stream, GCancellable *cancellable)
{
  g_autofree char *octets = g_malloc (ANSWER_MAX);
  gsize n = 0;

  g_input_stream_read_all (stream, octets, ANSWER_MAX, &n, cancellable, NULL);
  return g_bytes_new (octets, n);
}

static gboolean
signing_finish (Signing *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) words = NULL;

  self->signature = read_answer (g_subprocess_get_stdout_pipe (self->child), cancellable);
  words = read_answer (g_subprocess_get_stderr_pipe (self->child), cancellable);
  self->words = g_strndup (g_bytes_get_data (words, NULL), g_bytes_get_size (words));
  return g_subprocess_wait (self->child, cancellable, error);
}

static void
signing_clear (Signing *self)
{
  if (self->child != NULL)
    g_subprocess_force_exit (self->child);
  g_clear_object (&self->child);
  g_clear_object (&self->in);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_free (self->words);
}

/* ── what it said ── */

/* The word after the keyword in a line of --status-fd; NULL: there is no such line. Counted from 0. */
static char *
status_word (const Signing *self, const char *keyword, guint index)
{
  g_autofree char *start = g_strdup_printf ("[GNUPG:] %s ", keyword);
  g_auto (GStrv) lines = g_strsplit (self->words, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], start))
      {
        g_auto (GStrv) words = g_strsplit (lines[i] + strlen (start), " ", -1);

        return index < g_strv_length (words) ? g_strdup (words[index]) : NULL;
      }
  return NULL;
}

/* Its last words for people. */
static char *
last_words (const Signing *self)
{
  g_auto (GStrv) lines = g_strsplit (self->words, "\n", -1);
  const char *last = "it did not say why";

  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0' && !g_str_has_prefix (lines[i], "[GNUPG:]"))
      last = lines[i];
  return mimesend_printable_lines (last, 300);
}

static char *
name_hash (const Signing *self, const char *number)
{
  const char *name = number != NULL ? gpgme_hash_algo_name ((gpgme_hash_algo_t)atoi (number)) : NULL;
  g_autofree char *lower = name != NULL ? g_ascii_strdown (name, -1) : NULL;

  if (lower == NULL)
    return NULL;
  if (signing_is_pgp (self))
    return g_strconcat ("pgp-", lower, NULL);
  /* "sha-256", but "md5". */
  if (g_str_has_prefix (lower, "sha") && g_ascii_isdigit (lower[3]))
    return g_strconcat ("sha-", lower + 3, NULL);
  return g_steal_pointer (&lower);
}

static gboolean
signing_judge (Signing *self, char **micalg, GError **error)
{
  g_autofree char *number = status_word (self, "SIG_CREATED", 2);
  g_autofree char *failure = status_word (self, "FAILURE", 1);
  g_autofree char *words = NULL;

  *micalg = name_hash (self, number);
  if (g_subprocess_get_successful (self->child) && *micalg != NULL && g_bytes_get_size (self->signature) > 0)
    return TRUE;
  g_clear_pointer (micalg, g_free);
  if (failure != NULL)
    return mimesend_engine_fail (self->engine, what, (gpgme_error_t)strtoul (failure, NULL, 10), error);
  words = last_words (self);
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED, "%s: %s", what, words);
  return FALSE;
}

GBytes *
mimesend_gnupg_sign (MimesendEngine *engine,
                     gpgme_key_t signer,
                     MimesendEngineRead read,
                     gpointer data,
                     GCancellable *cancellable,
                     char **micalg,
                     GError **error)
{
  Signing self = { .engine = engine };
  GBytes *signature = NULL;
  MimesendPipeGuard guard;

  mimesend_pipe_guard_begin (&guard);
  if (signing_start (&self, signer, error) && signing_feed (&self, read, data, cancellable, error) &&
      signing_finish (&self, cancellable, error) && signing_judge (&self, micalg, error))
    signature = g_bytes_ref (self.signature);
  signing_clear (&self);
  mimesend_pipe_guard_end (&guard);
  return signature;
}
