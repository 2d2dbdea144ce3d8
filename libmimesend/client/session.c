/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One connection, many messages: the object that callers hold. */
#include "mimesend-session.h"

#include "client/ehlo-name.h"
#include "client/program-delivery.h"
#include "client/runner.h"
#include "content/gmime-init.h"
#include "mimesend-error.h"

struct _MimesendSession
{
  GObject parent;
  MimesendPolicy policy;
  MimesendRunner *runner;
  MimesendReceipt *last;
  int busy; /* atomic: a send is under way */
};

G_DEFINE_FINAL_TYPE (MimesendSession, mimesend_session, G_TYPE_OBJECT)

enum
{
  PROP_SERVER = 1,
  PROP_TIMEOUT,
  PROP_FINAL_TIMEOUT,
  PROP_DEADLINE,
  PROP_EHLO_NAME,
  PROP_SERVE_ACCEPTED,
  PROP_MAX_RECIPIENTS,
  PROP_PIPELINING,
  PROP_CHUNKING,
  PROP_WINDOW,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void
mimesend_session_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  MimesendSession *self = MIMESEND_SESSION (object);
  MimesendPolicy *policy = &self->policy;

  switch (id)
    {
    case PROP_SERVER:
      policy->server = g_value_dup_boxed (value);
      break;
    case PROP_TIMEOUT:
      policy->timeout_s = g_value_get_uint (value);
      break;
    case PROP_FINAL_TIMEOUT:
      policy->final_timeout_s = g_value_get_uint (value);
      break;
    case PROP_DEADLINE:
      policy->deadline_s = g_value_get_uint (value);
      break;
    case PROP_EHLO_NAME:
      g_free (policy->ehlo_name);
      policy->ehlo_name = g_value_dup_string (value);
      break;
    case PROP_SERVE_ACCEPTED:
      policy->serve_accepted = g_value_get_boolean (value);
      break;
    case PROP_MAX_RECIPIENTS:
      policy->max_recipients = g_value_get_uint (value);
      break;
    case PROP_PIPELINING:
      policy->pipelining = g_value_get_boolean (value);
      break;
    case PROP_CHUNKING:
      policy->chunking = g_value_get_boolean (value);
      break;
    case PROP_WINDOW:
      policy->window = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
mimesend_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  MimesendPolicy *policy = &MIMESEND_SESSION (object)->policy;

  switch (id)
    {
    case PROP_SERVER:
      g_value_set_boxed (value, policy->server);
      break;
    case PROP_TIMEOUT:
      g_value_set_uint (value, policy->timeout_s);
      break;
    case PROP_FINAL_TIMEOUT:
      g_value_set_uint (value, policy->final_timeout_s);
      break;
    case PROP_DEADLINE:
      g_value_set_uint (value, policy->deadline_s);
      break;
    case PROP_EHLO_NAME:
      g_value_set_string (value, policy->ehlo_name);
      break;
    case PROP_SERVE_ACCEPTED:
      g_value_set_boolean (value, policy->serve_accepted);
      break;
    case PROP_MAX_RECIPIENTS:
      g_value_set_uint (value, policy->max_recipients);
      break;
    case PROP_PIPELINING:
      g_value_set_boolean (value, policy->pipelining);
      break;
    case PROP_CHUNKING:
      g_value_set_boolean (value, policy->chunking);
      break;
    case PROP_WINDOW:
      g_value_set_uint (value, policy->window);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
mimesend_session_finalize (GObject *object)
{
  MimesendSession *self = MIMESEND_SESSION (object);

  mimesend_runner_free (self->runner);
  mimesend_server_unref (self->policy.server);
  g_free (self->policy.ehlo_name);
  if (self->policy.trace_destroy != NULL)
    self->policy.trace_destroy (self->policy.trace_data);
  mimesend_receipt_unref (self->last);
  G_OBJECT_CLASS (mimesend_session_parent_class)->finalize (object);
}

static void
mimesend_session_init (MimesendSession *self)
{
  self->policy.max_recipients = 100;
  self->policy.pipelining = TRUE;
  self->policy.chunking = TRUE;
  self->policy.window = 1;
  self->runner = mimesend_runner_new (&self->policy);
}

static void
mimesend_session_class_init (MimesendSessionClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = mimesend_session_set_property;
  object_class->get_property = mimesend_session_get_property;
  object_class->finalize = mimesend_session_finalize;

  /**
   * MimesendSession:server:
   *
   * Where to, with TLS policy, trust and login.
   */
  properties[PROP_SERVER] =
      g_param_spec_boxed ("server", NULL, NULL, MIMESEND_TYPE_SERVER, flags | G_PARAM_CONSTRUCT_ONLY);
  /**
   * MimesendSession:timeout:
   *
   * Seconds for each stage but the reply to the end of the data; 0: the times of RFC 5321 4.5.3.2.
   */
  properties[PROP_TIMEOUT] = g_param_spec_uint ("timeout", NULL, NULL, 0, 86400, 0, flags);
  /**
   * MimesendSession:final-timeout:
   *
   * Seconds for the reply to the end of the data; 0: 600. A shorter one makes duplicates.
   */
  properties[PROP_FINAL_TIMEOUT] = g_param_spec_uint ("final-timeout", NULL, NULL, 0, 86400, 0, flags);
  /**
   * MimesendSession:deadline:
   *
   * Seconds for one message in all; 0: none.
   */
  properties[PROP_DEADLINE] = g_param_spec_uint ("deadline", NULL, NULL, 0, 86400 * 7, 0, flags);
  /**
   * MimesendSession:ehlo-name:
   *
   * The name in EHLO: an FQDN or an address literal (RFC 5321 4.1.4); %NULL: found out.
   */
  properties[PROP_EHLO_NAME] = g_param_spec_string ("ehlo-name", NULL, NULL, NULL, flags);
  /**
   * MimesendSession:serve-accepted:
   *
   * Send to the recipients that the server accepts, as %MIMESEND_SEND_SERVE_ACCEPTED does for one message;
   * otherwise it is all or none of them.
   */
  properties[PROP_SERVE_ACCEPTED] = g_param_spec_boolean ("serve-accepted", NULL, NULL, FALSE, flags);
  /**
   * MimesendSession:max-recipients:
   *
   * Recipients of one transaction at most; a server's RCPTMAX (RFC 9422) wins.
   */
  properties[PROP_MAX_RECIPIENTS] = g_param_spec_uint ("max-recipients", NULL, NULL, 1, 1000, 100, flags);
  /**
   * MimesendSession:pipelining:
   *
   * Use PIPELINING (RFC 2920) where it is offered.
   */
  properties[PROP_PIPELINING] = g_param_spec_boolean ("pipelining", NULL, NULL, TRUE, flags);
  /**
   * MimesendSession:chunking:
   *
   * Use CHUNKING (RFC 3030) where it is offered.
   */
  properties[PROP_CHUNKING] = g_param_spec_boolean ("chunking", NULL, NULL, TRUE, flags);
  /**
   * MimesendSession:window:
   *
   * Messages in flight at most. A lost connection leaves as many in doubt.
   */
  properties[PROP_WINDOW] = g_param_spec_uint ("window", NULL, NULL, 1, 128, 1, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

/**
 * mimesend_session_new:
 * @server: where to
 *
 * Connects to nobody yet: the first message does.
 *
 * Returns: (transfer full): a session
 */
MimesendSession *
mimesend_session_new (MimesendServer *server)
{
  g_return_val_if_fail (server != NULL, NULL);
  return g_object_new (MIMESEND_TYPE_SESSION, "server", server, NULL);
}

/**
 * mimesend_session_get_server:
 * @self: a session
 *
 * Returns: (transfer none): its server
 */
MimesendServer *
mimesend_session_get_server (MimesendSession *self)
{
  return self->policy.server;
}

/**
 * mimesend_session_set_trace:
 * @self: a session
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): called for each line of the
 * dialogue; %NULL: off
 * @user_data: for @func
 * @destroy: (nullable): called with @user_data when it is needed no more
 *
 * Shows the dialogue (contract N6). Secrets are replaced by their kind and length. Called in the thread that
 * sends.
 */
void
mimesend_session_set_trace (MimesendSession *self,
                            MimesendTraceFunc func,
                            gpointer user_data,
                            GDestroyNotify destroy)
{
  if (self->policy.trace_destroy != NULL)
    self->policy.trace_destroy (self->policy.trace_data);
  self->policy.trace = func;
  self->policy.trace_data = user_data;
  self->policy.trace_destroy = destroy;
}

/* --- sending
 * ------------------------------------------------------------------------------------------------------------------
 */

/* The caller's mistakes, found before anybody is asked. Takes the session for the time of a send. */
static MimesendDelivery *
session_begin (MimesendSession *self,
               MimesendEnvelope *envelope,
               MimesendContent *content,
               MimesendSendFlags flags,
               gboolean never_block,
               GError **error)
{
  mimesend_gmime_init ();
  if (self->policy.ehlo_name != NULL && !mimesend_ehlo_name_is_valid (self->policy.ehlo_name))
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "ehlo-name: write a host name of letters, digits, hyphens and dots, or an address literal "
                   "like [192.0.2.1]");
      return NULL;
    }
  if (!g_atomic_int_compare_and_exchange (&self->busy, 0, 1))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PENDING,
                   "this session is sending already: use one session a thread, or wait for it");
      return NULL;
    }
  if (self->policy.serve_accepted)
    flags |= MIMESEND_SEND_SERVE_ACCEPTED;
  g_clear_pointer (&self->last, mimesend_receipt_unref);
  return mimesend_delivery_new (envelope, content, flags, never_block);
}

/* What the caller gets: a receipt whenever the server was asked, else the error; the receipt is kept for
 * those who want to know how far it came. */
static MimesendReceipt *
session_end (MimesendSession *self, MimesendDelivery *delivery, GError **error)
{
  const GError *failure = mimesend_delivery_get_error (delivery);

  self->last = mimesend_receipt_ref (mimesend_delivery_get_receipt (delivery));
  g_atomic_int_set (&self->busy, 0);
  if (failure != NULL)
    {
      g_propagate_error (error, g_error_copy (failure));
      return NULL;
    }
  return mimesend_receipt_ref (self->last);
}

static void
session_deliver (MimesendSession *self,
                 MimesendDelivery *delivery,
                 int io_priority,
                 GCancellable *cancellable,
                 MimesendOrderDone done,
                 gpointer data)
{
  if (self->policy.server->transport == MIMESEND_TRANSPORT_PROGRAM)
    mimesend_program_deliver (&self->policy, delivery, io_priority, cancellable, done, data);
  else
    mimesend_runner_add (self->runner, delivery, io_priority, cancellable, done, data);
}

typedef struct
{
  MimesendSession *session;
  MimesendReceipt *receipt;
  GError *error;
  gboolean done;
} Blocking;

static void
blocking_done (MimesendDelivery *delivery, gpointer data)
{
  Blocking *self = data;

  self->receipt = session_end (self->session, delivery, &self->error);
  self->done = TRUE;
}

/**
 * mimesend_session_send:
 * @self: a session
 * @envelope: from whom and to whom
 * @content: the message's octets
 * @flags: what else is wanted
 * @cancellable: (nullable): to give it up from elsewhere
 * @error: return location for a #GError
 *
 * Sends one message and waits. A refusal is an outcome, as a 404 is to libsoup: see the receipt, or turn it
 * into an error with mimesend_receipt_check ().
 *
 * Returns: (transfer full) (nullable): the receipt, whenever the server was asked; %NULL with @error when it
 * could not be: %MIMESEND_ERROR_ARGUMENT, RESOLVE, CONNECT, TLS, LOGIN, PROTOCOL, REFUSED or DEFERRED (the
 * greeting was), %G_IO_ERROR_CANCELLED, %G_IO_ERROR_PENDING
 */
MimesendReceipt *
mimesend_session_send (MimesendSession *self,
                       MimesendEnvelope *envelope,
                       MimesendContent *content,
                       MimesendSendFlags flags,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (GMainContext) context = NULL;
  Blocking blocking = { .session = self };
  MimesendDelivery *delivery;

  g_return_val_if_fail (MIMESEND_IS_SESSION (self) && envelope != NULL && MIMESEND_IS_CONTENT (content),
                        NULL);
  delivery = session_begin (self, envelope, content, flags, FALSE, error);
  if (delivery == NULL)
    return NULL;

  context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  session_deliver (self, delivery, G_PRIORITY_DEFAULT, cancellable, blocking_done, &blocking);
  /* An attempt to connect that was cancelled ends here too, so that nothing is left behind in the context. */
  while (!blocking.done || mimesend_runner_is_busy (self->runner))
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);

  if (blocking.error != NULL)
    g_propagate_error (error, blocking.error);
  return blocking.receipt;
}

static void
async_done (MimesendDelivery *delivery, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  MimesendReceipt *receipt = session_end (g_task_get_source_object (task), delivery, &error);

  if (receipt != NULL)
    g_task_return_pointer (task, receipt, (GDestroyNotify)mimesend_receipt_unref);
  else
    g_task_return_error (task, error);
}

/**
 * mimesend_session_send_async:
 * @self: a session
 * @envelope: from whom and to whom
 * @content: the message's octets
 * @flags: what else is wanted
 * @io_priority: of the main loop's source
 * @cancellable: (nullable): to give it up
 * @callback: (scope async) (closure user_data): called when it is over
 * @user_data: for @callback
 *
 * mimesend_session_send () in the thread-default main context, which it never blocks.
 */
void
mimesend_session_send_async (MimesendSession *self,
                             MimesendEnvelope *envelope,
                             MimesendContent *content,
                             MimesendSendFlags flags,
                             int io_priority,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  MimesendDelivery *delivery;

  g_return_if_fail (MIMESEND_IS_SESSION (self) && envelope != NULL && MIMESEND_IS_CONTENT (content));
  g_task_set_source_tag (task, mimesend_session_send_async);
  g_task_set_check_cancellable (task, FALSE); /* the receipt says more */
  delivery = session_begin (self, envelope, content, flags, TRUE, &error);
  if (delivery == NULL)
    g_task_return_error (task, error);
  else
    session_deliver (self, delivery, io_priority, cancellable, async_done, g_steal_pointer (&task));
}

/**
 * mimesend_session_send_finish:
 * @self: a session
 * @result: what the callback got
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (nullable): as mimesend_session_send ()
 */
MimesendReceipt *
mimesend_session_send_finish (MimesendSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * mimesend_session_close:
 * @self: a session
 * @cancellable: (nullable): not to wait
 * @error: return location for a #GError
 *
 * Says QUIT and waits for the reply, five seconds at most. What was accepted stays accepted, whatever comes.
 * The next message connects again.
 *
 * Returns: %TRUE; %FALSE with %G_IO_ERROR_PENDING while a message is under way
 */
gboolean
mimesend_session_close (MimesendSession *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMainContext) context = NULL;

  if (!g_atomic_int_compare_and_exchange (&self->busy, 0, 1))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PENDING, "this session is sending: close it afterwards");
      return FALSE;
    }
  context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  mimesend_runner_quit (self->runner);
  while (mimesend_runner_is_busy (self->runner) && !g_cancellable_is_cancelled (cancellable))
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  mimesend_runner_free (self->runner);
  self->runner = mimesend_runner_new (&self->policy);
  g_atomic_int_set (&self->busy, 0);
  return TRUE;
}

/**
 * mimesend_session_get_last_receipt:
 * @self: a session
 *
 * How the last message stood, also where no receipt was returned because the session failed before it could
 * ask: which server and peer, whether TLS stood.
 *
 * Returns: (transfer none) (nullable): it, until the next message
 */
MimesendReceipt *
mimesend_session_get_last_receipt (MimesendSession *self)
{
  return self->last;
}
