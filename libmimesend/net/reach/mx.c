/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/reach/mx.h"

#include "mimesend-error.h"
#include "net/server/server.h"
#include "net/host.h"

#define HOSTS_MAX 20 /* a domain may name thousands, and each may time out */

typedef struct
{
  char *domain;
  guint16 port;
} Lookup;

static void
mx_lookup_free (gpointer data)
{
  Lookup *self = data;

  g_free (self->domain);
  g_free (self);
}

typedef struct
{
  const char *host; /* borrowed from the record */
  guint preference;
  guint32 chance; /* hosts of one preference are tried in random order (RFC 5321 5.1) */
} Exchanger;

static int
by_preference (gconstpointer a, gconstpointer b)
{
  const Exchanger *x = a, *y = b;

  if (x->preference != y->preference)
    return x->preference < y->preference ? -1 : 1;
  return x->chance < y->chance ? -1 : x->chance > y->chance;
}

static GPtrArray *
in_order (const Lookup *self, GList *records, GError **error)
{
  g_autoptr (GArray) hosts = g_array_new (FALSE, FALSE, sizeof (Exchanger));
  gboolean unusable = FALSE;
  GPtrArray *out;

  for (GList *l = records; l != NULL; l = l->next)
    {
      Exchanger one = { .chance = g_random_int () };
      guint16 preference;

      g_variant_get (l->data, "(q&s)", &preference, &one.host);
      one.preference = preference;
      if (*one.host == '\0' || g_str_equal (one.host, "."))
        continue;
      /* What the DNS says is untrusted text: an exchanger is a host name, never an address (RFC 5321 2.3.5, 5.1). */
      if (mimesend_host_is_name (one.host))
        g_array_append_val (hosts, one);
      else
        unusable = TRUE;
    }
  if (hosts->len == 0 && unusable)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_RESOLVE,
                   "the MX records of %s name no host that could be connected to", self->domain);
      return NULL;
    }
  if (hosts->len == 0)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_RESOLVE,
                   "the domain %s says that it takes no mail (null MX, RFC 7505)", self->domain);
      return NULL;
    }
  g_array_sort (hosts, by_preference);
  out = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < MIN (hosts->len, HOSTS_MAX); i++)
    g_ptr_array_add (out, g_network_address_new (g_array_index (hosts, Exchanger, i).host, self->port));
  return out;
}

static void
mx_looked_up_cb (GObject *resolver, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Lookup *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  GList *records = g_resolver_lookup_records_finish (G_RESOLVER (resolver), result, &error);
  GPtrArray *out;

  if (records == NULL && g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    {
      /* No MX, or no such domain: looking up its address will show which. */
      out = g_ptr_array_new_with_free_func (g_object_unref);
      g_ptr_array_add (out, g_network_address_new (self->domain, self->port));
      g_task_return_pointer (task, out, (GDestroyNotify)g_ptr_array_unref);
      return;
    }
  if (records == NULL)
    {
      if (error == NULL)
        g_set_error (&error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_INTERNAL, "the answer cannot be read");
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  out = in_order (self, records, &error);
  g_list_free_full (records, (GDestroyNotify)g_variant_unref);
  if (out == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, out, (GDestroyNotify)g_ptr_array_unref);
}

void
mimesend_mx_lookup_async (const char *domain,
                          guint16 port,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  Lookup *self = g_new0 (Lookup, 1);

  self->domain = g_strdup (domain);
  self->port = port;
  g_task_set_task_data (task, self, mx_lookup_free);
  g_resolver_lookup_records_async (resolver, domain, G_RESOLVER_RECORD_MX, cancellable, mx_looked_up_cb,
                                   task);
}

GPtrArray *
mimesend_mx_lookup_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
