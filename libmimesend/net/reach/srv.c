/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/reach/srv.h"

#include "mimesend-error.h"
#include "net/server/server.h"
#include "net/host.h"

#define HOSTS_MAX 20 /* a domain may name thousands, and each may time out */
#define SERVICES  2

static const char *const services[SERVICES] = { "submissions", "submission" };

typedef struct
{
  char *domain;
  GArray *targets[SERVICES];
  guint n_waited_for;
  gboolean not_offered; /* a target of "." was seen: "decidedly not available" */
  gboolean unusable;    /* a target that is no host name was seen */
  GError *error;        /* the resolver's error */
} Lookup;

static void
target_clear (gpointer data)
{
  g_free (((MimesendSrvTarget *)data)->host);
}

static GArray *
targets_new (void)
{
  GArray *targets = g_array_new (FALSE, FALSE, sizeof (MimesendSrvTarget));

  g_array_set_clear_func (targets, target_clear);
  return targets;
}

static void
srv_lookup_free (gpointer data)
{
  Lookup *self = data;

  for (guint i = 0; i < SERVICES; i++)
    g_clear_pointer (&self->targets[i], g_array_unref);
  g_clear_error (&self->error);
  g_free (self->domain);
  g_free (self);
}

/* By priority, those of weight 0 first (RFC 2782): these are chosen when 0 is drawn. */
static int
by_priority (gconstpointer a, gconstpointer b)
{
  const MimesendSrvTarget *x = a, *y = b;

  if (x->priority != y->priority)
    return x->priority < y->priority ? -1 : 1;
  return (x->weight != 0) - (y->weight != 0);
}

/* The first of n whose running sum of weights is not below a number drawn from 0 to their sum. */
static guint
draw_by_weight (const MimesendSrvTarget *targets, guint n)
{
  guint64 sum = 0, drawn;
  guint i = 0;

  for (guint k = 0; k < n; k++)
    sum += targets[k].weight;
  drawn = (guint64)(g_random_double () * (double)(sum + 1));
  for (sum = targets[0].weight; sum < drawn && i + 1 < n; sum += targets[i].weight)
    i++;
  return i;
}

void
mimesend_srv_order (MimesendSrvTarget *targets, guint n, guint wanted)
{
  if (n == 0)
    return; /* the array may be NULL */
  qsort (targets, n, sizeof *targets, by_priority);
  for (guint i = 0; i < MIN (n, wanted); i++)
    {
      guint same = 1;
      guint chosen;
      MimesendSrvTarget first;

      while (i + same < n && targets[i + same].priority == targets[i].priority)
        same++;
      chosen = i + draw_by_weight (targets + i, same);
      /* The earlier ones move up, so that those of weight 0 stay first. */
      first = targets[chosen];
      for (guint k = chosen; k > i; k--)
        targets[k] = targets[k - 1];
      targets[i] = first;
    }
}

static void
take_records (Lookup *self, guint service, GList *records)
{
  GArray *targets = self->targets[service];

  for (GList *l = records; l != NULL; l = l->next)
    {
      MimesendSrvTarget one = { .implicit = service == 0 };
      guint16 priority, weight;
      const char *host;

      g_variant_get (l->data, "(qqq&s)", &priority, &weight, &one.port, &host);
      one.priority = priority;
      one.weight = weight;
      if (*host == '\0' || g_str_equal (host, "."))
        self->not_offered = TRUE;
      /* What the DNS says is untrusted text: a target is a host name, never an address (RFC 2782, "Target"). */
      else if (one.port == 0 || !mimesend_host_is_name (host))
        self->unusable = TRUE;
      else
        {
          one.host = g_strdup (host);
          g_array_append_val (targets, one);
        }
    }
  mimesend_srv_order ((MimesendSrvTarget *)(void *)targets->data, targets->len, HOSTS_MAX);
}

static GError *
why_none (Lookup *self)
{
  if (self->error != NULL)
    return g_steal_pointer (&self->error);
  if (self->not_offered)
    return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_RESOLVE,
                        "the domain %s says that it has no server for submission (SRV, RFC 6186)",
                        self->domain);
  if (self->unusable)
    return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_RESOLVE,
                        "the SRV records of %s name no host that could be connected to", self->domain);
  return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_RESOLVE,
                      "the domain %s names no server for submission (SRV, RFC 6186): ask who runs it, and "
                      "write smtps://HOST or smtp://HOST",
                      self->domain);
}

/* Orders the targets: implicit TLS before STARTTLS, whatever their priorities (RFC 8314 3). */
static void
srv_complete (GTask *task)
{
  Lookup *self = g_task_get_task_data (task);
  GArray *all = targets_new ();

  for (guint i = 0; i < SERVICES; i++)
    for (guint k = 0; k < self->targets[i]->len && all->len < HOSTS_MAX; k++)
      {
        MimesendSrvTarget one = g_array_index (self->targets[i], MimesendSrvTarget, k);

        one.host = g_strdup (one.host);
        g_array_append_val (all, one);
      }
  if (all->len > 0)
    g_task_return_pointer (task, g_steal_pointer (&all), (GDestroyNotify)g_array_unref);
  else
    g_task_return_error (task, why_none (self));
  g_clear_pointer (&all, g_array_unref);
}

static void
srv_looked_up (GTask *task, guint service, GResolver *resolver, GAsyncResult *result)
{
  Lookup *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  GList *records = g_resolver_lookup_records_finish (resolver, result, &error);

  if (records != NULL)
    take_records (self, service, records);
  else if (error != NULL && self->error == NULL &&
           !g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    self->error = g_steal_pointer (&error);
  g_list_free_full (records, (GDestroyNotify)g_variant_unref);
  if (--self->n_waited_for == 0)
    srv_complete (task);
  g_object_unref (task);
}

static void
submissions_looked_up_cb (GObject *resolver, GAsyncResult *result, gpointer task)
{
  srv_looked_up (task, 0, G_RESOLVER (resolver), result);
}

static void
submission_looked_up_cb (GObject *resolver, GAsyncResult *result, gpointer task)
{
  srv_looked_up (task, 1, G_RESOLVER (resolver), result);
}

void
mimesend_srv_lookup_async (const char *domain,
                           MimesendSrvServices wanted,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  static const GAsyncReadyCallback looked_ups[SERVICES] = { submissions_looked_up_cb,
                                                            submission_looked_up_cb };
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  Lookup *self = g_new0 (Lookup, 1);

  self->domain = g_strdup (domain);
  g_task_set_task_data (task, self, srv_lookup_free);
  for (guint i = 0; i < SERVICES; i++)
    {
      g_autofree char *name = g_strdup_printf ("_%s._tcp.%s", services[i], domain);

      self->targets[i] = targets_new ();
      if ((wanted & 1 << i) == 0)
        continue;
      self->n_waited_for++;
      g_resolver_lookup_records_async (resolver, name, G_RESOLVER_RECORD_SRV, cancellable, looked_ups[i],
                                       g_object_ref (task));
    }
}

GArray *
mimesend_srv_lookup_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
