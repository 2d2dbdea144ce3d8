/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/reach/discover.h"

#include "net/reach/mx.h"
#include "net/reach/srv.h"

/* The certificate must name the mail domain (RFC 6186 6, RFC 7817 3): an attacker who forges DNS answers may name any host
 * here, and get a certificate for it as well. Nor does a target on loopback lower anything: the port is the DNS's choice,
 * and any user of this machine may listen there. */
static MimesendServer *
server_for_target (const MimesendServer *from, const MimesendSrvTarget *target)
{
  MimesendServer *self = mimesend_server_copy (from);

  g_clear_pointer (&self->srv, g_free);
  g_free (self->host);
  self->host = g_strdup (target->host);
  self->port = target->port;
  self->port_given = TRUE;
  self->found = self->found_by_srv = TRUE;
  if (from->tls_word != MIMESEND_TLS_WORD_EXPLICIT)
    self->tls = target->implicit ? MIMESEND_TLS_IMPLICIT : MIMESEND_TLS_REQUIRED;
  self->tls_word = MIMESEND_TLS_WORD_EXPLICIT;
  return mimesend_server_complete (self);
}

static MimesendServer *
server_for_exchanger (const MimesendServer *from, const char *host)
{
  MimesendServer *self = mimesend_server_copy (from);

  g_clear_pointer (&self->mx, g_free);
  g_free (self->host);
  self->host = g_strdup (host);
  self->found = TRUE;
  return mimesend_server_complete (self);
}

/* Takes the server; its fallback is `next`. */
static MimesendServer *
put_ahead (MimesendServer *self, MimesendServer *next)
{
  g_clear_pointer (&self->next, mimesend_server_unref);
  self->next = next;
  return self;
}

static MimesendServer *
server_behind_mx (const MimesendServer *asked)
{
  return asked->next != NULL ? mimesend_server_ref (asked->next) : NULL;
}

static void
targets_found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const MimesendServer *asked = g_task_get_task_data (task);
  GError *error = NULL;
  GArray *targets = mimesend_srv_lookup_finish (result, &error);
  MimesendServer *first;

  if (targets == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  first = server_behind_mx (asked);
  for (guint i = targets->len; i-- > 0;)
    first = put_ahead (server_for_target (asked, &g_array_index (targets, MimesendSrvTarget, i)), first);
  g_array_unref (targets);
  g_task_return_pointer (task, first, (GDestroyNotify)mimesend_server_unref);
}

static void
exchangers_found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const MimesendServer *asked = g_task_get_task_data (task);
  GError *error = NULL;
  GPtrArray *hosts = mimesend_mx_lookup_finish (result, &error);
  MimesendServer *first;

  if (hosts == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  first = server_behind_mx (asked);
  for (guint i = hosts->len; i-- > 0;)
    first = put_ahead (server_for_exchanger (asked, g_network_address_get_hostname (hosts->pdata[i])), first);
  g_ptr_array_unref (hosts);
  g_task_return_pointer (task, first, (GDestroyNotify)mimesend_server_unref);
}

/* An explicit TLS policy of the caller's selects one of the two services. */
static MimesendSrvServices
services_of (const MimesendServer *server)
{
  if (server->tls_word != MIMESEND_TLS_WORD_EXPLICIT)
    return MIMESEND_SRV_SUBMISSIONS | MIMESEND_SRV_SUBMISSION;
  return server->tls == MIMESEND_TLS_IMPLICIT ? MIMESEND_SRV_SUBMISSIONS : MIMESEND_SRV_SUBMISSION;
}

void
mimesend_discover_async (MimesendServer *server,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, mimesend_server_ref (server), (GDestroyNotify)mimesend_server_unref);
  if (server->srv != NULL)
    mimesend_srv_lookup_async (server->srv, services_of (server), cancellable, targets_found_cb, task);
  else
    mimesend_mx_lookup_async (server->mx, server->port, cancellable, exchangers_found_cb, task);
}

MimesendServer *
mimesend_discover_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
