/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/drive/login.h"

#include <string.h>

#include "client/drive/job.h"
#include "octets/printable.h"
#include "mimesend-error.h"
#include "net/sasl/sasl.h"

#define WORDS_MAX 256 /* octets of a refusal in a note */

/* The data of one step, owned by the job while it runs. */
typedef struct
{
  MimesendServer *server;
  guint attempt;
  MimesendSasl *sasl;
  GBytes *challenge;
  gboolean garbled;
  GBytes *response;
  MimesendSaslStatus status;
  GError *error;
} Step;

struct _MimesendLogin
{
  MimesendServer *server;
  gboolean is_protected;
  gboolean loopback;
  guint attempt;
  GBytes *binding;
  const char *binding_type;
  void (*wake) (gpointer data);
  gpointer data;

  char *server_words;
  MimesendSasl *sasl;
  const char *mechanism;
  char **offered;
  gboolean first; /* AUTH was not sent yet */
  gboolean ended; /* no other mechanism may be tried */
  gboolean changed_secret;
  GPtrArray *notes; /* of char *, about mechanisms that failed; NULL: none */
  MimesendJob *job;
  GError *failure;      /* the failure of the current mechanism; NULL: none so far */
  gboolean failure_due; /* the failure is to be passed to the core */
};

static void
step_free (gpointer data)
{
  Step *self = data;

  mimesend_server_unref (self->server);
  mimesend_sasl_free (self->sasl);
  g_clear_pointer (&self->challenge, g_bytes_unref);
  g_clear_pointer (&self->response, g_bytes_unref);
  g_clear_error (&self->error);
  g_free (self);
}

static void
step_work (gpointer data)
{
  Step *self = data;

  if (mimesend_sasl_needs_secret (self->sasl))
    {
      char *secret = mimesend_server_ask (self->server, self->attempt, &self->error);

      self->status = MIMESEND_SASL_ENDED;
      if (secret == NULL)
        return;
      mimesend_sasl_set_secret (self->sasl, secret);
      explicit_bzero (secret, strlen (secret));
      g_free (secret);
    }
  self->status = self->garbled
                     ? mimesend_sasl_step_garbled (self->sasl, &self->response, &self->error)
                     : mimesend_sasl_step (self->sasl, self->challenge, &self->response, &self->error);
}

MimesendLogin *
mimesend_login_new (MimesendServer *server,
                    gboolean is_protected,
                    gboolean loopback,
                    guint attempt,
                    MimesendTls *tls,
                    void (*wake) (gpointer data),
                    gpointer data)
{
  MimesendLogin *self = g_new0 (MimesendLogin, 1);

  self->server = mimesend_server_ref (server);
  self->is_protected = is_protected;
  self->loopback = loopback;
  self->attempt = attempt;
  self->binding = tls != NULL ? mimesend_tls_get_binding (tls, &self->binding_type) : NULL;
  self->wake = wake;
  self->data = data;
  return self;
}

void
mimesend_login_free (MimesendLogin *self)
{
  if (self == NULL)
    return;
  mimesend_job_free (self->job);
  mimesend_sasl_free (self->sasl);
  mimesend_server_unref (self->server);
  g_clear_pointer (&self->binding, g_bytes_unref);
  g_free (self->server_words);
  g_strfreev (self->offered);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_clear_error (&self->failure);
  g_free (self);
}

static void
login_fail (MimesendLogin *self, GError *error)
{
  g_clear_error (&self->failure);
  self->failure = error;
  self->failure_due = TRUE;
}

/* Credentials are sent only under TLS or to loopback, unless the caller allowed it explicitly. */
static gboolean
login_choose (MimesendLogin *self, const char *const *offered, GError **error)
{
  gboolean may_be_clear = self->is_protected || self->loopback || self->server->cleartext_login;
  MimesendSaslSetup setup = {
    .login = self->server->login,
    .password = self->server->password,
    .host = self->server->tls_name,
    .port = self->server->port,
    .may_be_clear = may_be_clear,
    .in_words = self->server->cleartext_login,
    .is_protected = self->is_protected || self->loopback,
    .is_verified = self->is_protected,
    .is_token = self->server->is_token,
    .later = self->server->asker != NULL,
    .client_certificate = self->server->client_certificate != NULL,
    .mechanisms = (const char *const *)self->server->mechanisms,
    .binding = self->binding,
    .binding_type = self->binding_type,
  };

  if (!may_be_clear)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN,
                   "%s offers no TLS, and a password would go out in the clear: nothing was sent. "
                   "Use smtps://, or allow a cleartext login in words",
                   self->server->text);
      return FALSE;
    }
  g_strfreev (self->offered);
  self->offered = g_strdupv ((char **)offered);
  self->sasl = mimesend_sasl_new (&setup, error);
  if (self->sasl == NULL)
    return FALSE;
  self->mechanism = mimesend_sasl_choose (self->sasl, offered, error);
  self->first = TRUE;
  return self->mechanism != NULL;
}

static void
login_start (MimesendLogin *self, GBytes *challenge, gboolean garbled)
{
  Step *step = g_new0 (Step, 1);
  GError *error = NULL;

  step->server = mimesend_server_ref (self->server);
  step->attempt = self->attempt;
  step->sasl = g_steal_pointer (&self->sasl);
  step->challenge = challenge != NULL ? g_bytes_ref (challenge) : NULL;
  step->garbled = garbled;
  g_clear_pointer (&self->job, mimesend_job_free);
  self->job = mimesend_job_start (step_work, step, step_free, self->wake, self->data, &error);
  if (self->job != NULL)
    return;
  self->sasl = g_steal_pointer (&step->sasl);
  step_free (step);
  self->ended = TRUE; /* another mechanism would need a thread, too */
  g_prefix_error (&error, "login: ");
  login_fail (self, error);
}

/* Notes the use of a weaker mechanism than the server offers (see mimesend_sasl_choose ()). */
static void
note_change (MimesendLogin *self, const char *from, const char *why)
{
  gboolean unbound = g_str_has_suffix (from, "-PLUS");

  if (self->notes == NULL)
    self->notes = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (
      self->notes,
      g_strdup_printf ("the login by %s did not do (%s): %s was tried%s", from, why, self->mechanism,
                       unbound ? ", not bound to TLS: the server's certificate was verified" : ""));
}

/* reply: the refusal of the mechanism in use; NULL: it failed on this side. FALSE: there is none to go on with. */
static gboolean
login_choose_again (MimesendLogin *self, const MimesendSmtpReply *reply)
{
  const char *from = self->mechanism, *next;
  g_autofree char *why = NULL;

  next = self->ended ? NULL : mimesend_sasl_choose (self->sasl, (const char *const *)self->offered, NULL);
  if (next == NULL)
    return FALSE;
  if (reply != NULL)
    {
      g_autofree char *text = mimesend_printable_lines (reply->text, WORDS_MAX);

      why = g_strdup_printf ("%u %s%s%s", reply->code, reply->enhanced, reply->enhanced[0] != '\0' ? " " : "",
                             text);
    }
  self->mechanism = next;
  note_change (self, from, why != NULL ? why : self->failure != NULL ? self->failure->message : "given up");
  g_clear_error (&self->failure);
  self->first = TRUE;
  return TRUE;
}

static void
login_begin (MimesendLogin *self, const MimesendSmtpEvent *event)
{
  GError *error = NULL;
  gboolean again = self->mechanism != NULL;

  if (again ? login_choose_again (self, event->reply) : login_choose (self, event->mechanisms, &error))
    login_start (self, NULL, FALSE);
  else if (!again || self->failure == NULL)
    login_fail (self, error != NULL ? error
                                    : g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_LOGIN,
                                                   "login: no other mechanism may be tried"));
  else
    self->failure_due = TRUE; /* what it was already is the reason */
}

void
mimesend_login_challenge (MimesendLogin *self, const MimesendSmtpEvent *event)
{
  if (event->challenge == NULL)
    login_begin (self, event);
  else if (self->sasl != NULL)
    login_start (self, event->challenge, event->garbled);
}

static void
login_answer (MimesendLogin *self, Step *step, MimesendSmtpClient *core)
{
  const char *mechanism = self->first ? self->mechanism : NULL;

  self->sasl = g_steal_pointer (&step->sasl);
  self->ended |= step->status == MIMESEND_SASL_ENDED;
  self->changed_secret = mimesend_sasl_changes_secret (self->sasl);
  g_free (self->server_words);
  self->server_words = g_strdup (mimesend_sasl_get_server_words (self->sasl));
  if (step->status == MIMESEND_SASL_FAILED || step->status == MIMESEND_SASL_ENDED)
    {
      gboolean named = !self->first;

      login_fail (self, g_steal_pointer (&step->error));
      /* before AUTH there is no exchange to cancel */
      if (!named && login_choose_again (self, NULL))
        {
          self->failure_due = FALSE;
          login_start (self, NULL, FALSE);
        }
      return;
    }
  self->first = FALSE;
  mimesend_smtp_client_auth_step (core, mechanism, step->response, step->status == MIMESEND_SASL_PROVEN,
                                  NULL);
}

gboolean
mimesend_login_step (MimesendLogin *self, MimesendSmtpClient *core)
{
  gboolean did = FALSE;

  if (self->job != NULL && mimesend_job_is_done (self->job))
    {
      MimesendJob *job = g_steal_pointer (&self->job);

      login_answer (self, mimesend_job_get_data (job), core);
      mimesend_job_free (job);
      did = TRUE;
    }
  if (self->failure_due)
    {
      self->failure_due = FALSE;
      mimesend_smtp_client_auth_step (core, NULL, NULL, FALSE, self->failure);
      did = TRUE;
    }
  return did;
}

const char *
mimesend_login_get_mechanism (MimesendLogin *self)
{
  return self->mechanism;
}

const GError *
mimesend_login_get_failure (MimesendLogin *self)
{
  return self->failure;
}

const GPtrArray *
mimesend_login_get_notes (MimesendLogin *self)
{
  return self->notes;
}

const char *
mimesend_login_get_server_words (MimesendLogin *self)
{
  return self->server_words;
}

gboolean
mimesend_login_changed_secret (MimesendLogin *self)
{
  return self->changed_secret;
}
