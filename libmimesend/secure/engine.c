/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secure/engine.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "mimesend-error.h"

#define IO_BUFFER "262144" /* octets; GPGME's own are 512 */

struct _MimesendEngine
{
  MimesendSecurity *security;
  gpgme_ctx_t context;
};

/* ── a context ── */

static void
init_gpgme (void)
{
  static gsize done;

  if (!g_once_init_enter (&done))
    return;
  gpgme_check_version (NULL);
  gpgme_set_locale (NULL, LC_CTYPE, setlocale (LC_CTYPE, NULL));
  g_once_init_leave (&done, 1);
}

static gboolean
is_pgp (MimesendEngine *self)
{
  return self->security->kind == MIMESEND_SECURITY_PGP;
}

static gboolean
fail_without_engine (MimesendEngine *self, gpgme_error_t code, GError **error)
{
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED,
               "%s, which makes %s, cannot be used: %s. Install GnuPG (package %s)",
               is_pgp (self) ? "gpg" : "gpgsm", is_pgp (self) ? "PGP/MIME" : "S/MIME", gpgme_strerror (code),
               is_pgp (self) ? "gpg" : "gpgsm");
  return FALSE;
}

static gboolean
engine_open (MimesendEngine *self, GError **error)
{
  gpgme_protocol_t protocol = is_pgp (self) ? GPGME_PROTOCOL_OpenPGP : GPGME_PROTOCOL_CMS;
  gpgme_error_t code;

  init_gpgme ();
  code = gpgme_engine_check_version (protocol);
  if (code == 0)
    code = gpgme_new (&self->context);
  if (code == 0)
    code = gpgme_set_protocol (self->context, protocol);
  if (code != 0)
    return fail_without_engine (self, code, error);
  gpgme_set_armor (self->context, is_pgp (self));
  /* gpgsm does not know it: see keys.c. */
  if (!self->security->prompts && is_pgp (self))
    gpgme_set_pinentry_mode (self->context, GPGME_PINENTRY_MODE_ERROR);
  return TRUE;
}

MimesendEngine *
mimesend_engine_new (MimesendSecurity *security, GError **error)
{
  MimesendEngine *self = g_new0 (MimesendEngine, 1);

  self->security = mimesend_security_ref (security);
  if (engine_open (self, error))
    return self;
  mimesend_engine_free (self);
  return NULL;
}

void
mimesend_engine_free (MimesendEngine *self)
{
  if (self == NULL)
    return;
  if (self->context != NULL)
    gpgme_release (self->context);
  mimesend_security_unref (self->security);
  g_free (self);
}

gpgme_ctx_t
mimesend_engine_get_context (MimesendEngine *self)
{
  return self->context;
}

MimesendSecurity *
mimesend_engine_get_security (MimesendEngine *self)
{
  return self->security;
}

/* ── SIGPIPE ── */

/* GPGME writes to pipes of processes that may have ended. This thread alone does not hear of that by signal. */
void
mimesend_pipe_guard_begin (MimesendPipeGuard *self)
{
  sigset_t set, before;

  sigpending (&set);
  self->pending = sigismember (&set, SIGPIPE) == 1;
  sigemptyset (&set);
  sigaddset (&set, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &set, &before);
  self->blocked = sigismember (&before, SIGPIPE) == 1;
}

void
mimesend_pipe_guard_end (MimesendPipeGuard *self)
{
  static const struct timespec at_once = { 0, 0 };
  sigset_t set;
  int saved = errno;

  sigemptyset (&set);
  sigaddset (&set, SIGPIPE);
  while (!self->pending && sigtimedwait (&set, NULL, &at_once) < 0 && errno == EINTR)
    ;
  if (!self->blocked)
    pthread_sigmask (SIG_UNBLOCK, &set, NULL);
  errno = saved;
}

/* ── octets in and out ── */

typedef struct
{
  MimesendEngineRead read;
  gpointer data;
  MimesendSpool *out; /* NULL: what is written is dropped */
  GError *error;
} Flow;

static gssize
flow_read (void *handle, void *buffer, size_t size)
{
  Flow *self = handle;
  gssize got = self->error == NULL ? self->read (self->data, buffer, size, &self->error) : -1;

  if (got < 0)
    errno = EIO;
  return got;
}

static gssize
flow_write (void *handle, const void *buffer, size_t size)
{
  Flow *self = handle;

  if (self->error == NULL &&
      (self->out == NULL || mimesend_spool_add (self->out, buffer, size, &self->error)))
    return (gssize)size;
  errno = EIO;
  return -1;
}

static struct gpgme_data_cbs callbacks_in = { .read = flow_read };
static struct gpgme_data_cbs callbacks_out = { .write = flow_write };

/* ── errors ── */

static gboolean
is_locked (gpgme_err_code_t code)
{
  return code == GPG_ERR_NO_PIN_ENTRY || code == GPG_ERR_PIN_ENTRY || code == GPG_ERR_NO_PASSPHRASE ||
         code == GPG_ERR_BAD_PASSPHRASE || code == GPG_ERR_CANCELED || code == GPG_ERR_FULLY_CANCELED ||
         code == GPG_ERR_NO_AGENT || code == GPG_ERR_TIMEOUT;
}

gboolean
mimesend_engine_fail (MimesendEngine *self, const char *what, gpgme_error_t code, GError **error)
{
  if (is_locked (gpgme_err_code (code)))
    g_set_error (
        error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED,
        "%s: the signing key is locked by a passphrase, and %s. Unlock it first: use it once with %s, "
        "or preset its passphrase in gpg-agent",
        what, self->security->prompts ? "none was given" : "GnuPG may not ask for it here",
        is_pgp (self) ? "gpg" : "gpgsm");
  else
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED, "%s: %s", what, gpgme_strerror (code));
  return FALSE;
}

/* The failure of the octets themselves says more than what GnuPG makes of it. */
static gboolean
flow_judge (
    MimesendEngine *self, Flow *flow, const char *what, gpgme_error_t code, gboolean enough, GError **error)
{
  if (flow->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&flow->error));
      return FALSE;
    }
  if (code == 0 && enough)
    return TRUE;
  return mimesend_engine_fail (self, what, code != 0 ? code : gpgme_error (GPG_ERR_GENERAL), error);
}

/* ── encrypting ── */

static gboolean
set_signer (MimesendEngine *self, gpgme_key_t signer)
{
  gpgme_signers_clear (self->context);
  return signer == NULL || gpgme_signers_add (self->context, signer) == 0;
}

static gpgme_error_t
run_encryption (MimesendEngine *self, gpgme_key_t *keys, Flow *flow)
{
  gpgme_encrypt_flags_t flags = 0;
  gboolean signs = self->security->signs && is_pgp (self);
  gpgme_data_t in = NULL, out = NULL;
  MimesendPipeGuard guard;
  gpgme_error_t code;

  if (self->security->hides_recipients)
    flags |= GPGME_ENCRYPT_THROW_KEYIDS;
  code = gpgme_data_new_from_cbs (&in, &callbacks_in, flow);
  if (code == 0)
    code = gpgme_data_new_from_cbs (&out, &callbacks_out, flow);
  if (code == 0)
    {
      gpgme_data_set_flag (in, "io-buffer-size", IO_BUFFER);
      gpgme_data_set_flag (out, "io-buffer-size", IO_BUFFER);
      mimesend_pipe_guard_begin (&guard);
      code = (signs ? gpgme_op_encrypt_sign : gpgme_op_encrypt) (self->context, keys, flags, in, out);
      mimesend_pipe_guard_end (&guard);
    }
  if (in != NULL)
    gpgme_data_release (in);
  if (out != NULL)
    gpgme_data_release (out);
  return code;
}

gboolean
mimesend_engine_encrypt (MimesendEngine *self,
                         gpgme_key_t *keys,
                         gpgme_key_t signer,
                         MimesendEngineRead read,
                         gpointer data,
                         MimesendSpool *out,
                         GError **error)
{
  static const char what[] = "the letter cannot be encrypted";
  Flow flow = { .read = read, .data = data, .out = out };
  gpgme_encrypt_result_t result;
  gpgme_error_t code;

  if (!set_signer (self, signer))
    return mimesend_engine_fail (self, what, gpgme_error (GPG_ERR_UNUSABLE_SECKEY), error);
  code = run_encryption (self, keys, &flow);
  result = gpgme_op_encrypt_result (self->context);
  /* Never in part: not even where GnuPG would go on without a recipient. */
  if (flow.error == NULL && code == 0 && result != NULL && result->invalid_recipients != NULL)
    code = gpgme_error (GPG_ERR_UNUSABLE_PUBKEY);
  return flow_judge (self, &flow, what, code, TRUE, error);
}
