/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/lookup.h"

#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

typedef struct
{
  char *host; /* the name, as A-labels */
  guint16 port;
} Question;

static void
lookup_question_free (gpointer data)
{
  Question *self = data;

  g_free (self->host);
  g_free (self);
}

/* Maps getaddrinfo ()'s errors to GIO's. */
static int
code_of (int ret)
{
  switch (ret)
    {
    case EAI_AGAIN:
      return G_RESOLVER_ERROR_TEMPORARY_FAILURE;
    case EAI_NONAME:
#ifdef EAI_NODATA
    case EAI_NODATA:
#endif
#ifdef EAI_ADDRFAMILY
    case EAI_ADDRFAMILY:
#endif
      return G_RESOLVER_ERROR_NOT_FOUND;
    default:
      return G_RESOLVER_ERROR_INTERNAL;
    }
}

static GPtrArray *
list_new (void)
{
  return g_ptr_array_new_with_free_func (g_object_unref);
}

static void
return_list (GTask *task, const char *host, GPtrArray *list)
{
  if (list->len > 0)
    {
      g_task_return_pointer (task, list, (GDestroyNotify)g_ptr_array_unref);
      return;
    }
  g_ptr_array_unref (list);
  g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND,
                           "Error resolving '%s': no address", host);
}

static void
lookup_thread_cb (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Question *question = task_data;
  const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
  struct addrinfo *found = NULL;
  int ret = getaddrinfo (question->host, NULL, &hints, &found);
  GPtrArray *list;

  if (ret != 0)
    {
      g_task_return_new_error (task, G_RESOLVER_ERROR, code_of (ret), "Error resolving '%s': %s",
                               question->host, gai_strerror (ret));
      return;
    }
  list = list_new ();
  for (struct addrinfo *one = found; one != NULL; one = one->ai_next)
    {
      GSocketAddress *address;

      if (one->ai_family == AF_INET)
        ((struct sockaddr_in *)one->ai_addr)->sin_port = g_htons (question->port);
      else if (one->ai_family == AF_INET6)
        ((struct sockaddr_in6 *)one->ai_addr)->sin6_port = g_htons (question->port);
      else
        continue;
      address = g_socket_address_new_from_native (one->ai_addr, one->ai_addrlen);
      if (address != NULL)
        g_ptr_array_add (list, address);
    }
  freeaddrinfo (found);
  return_list (task, question->host, list);
}

static void
resolver_answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Question *question = g_task_get_task_data (task);
  GError *error = NULL;
  GList *found = g_resolver_lookup_by_name_finish (G_RESOLVER (object), result, &error);
  GPtrArray *list;

  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  list = list_new ();
  for (GList *link = found; link != NULL; link = link->next)
    g_ptr_array_add (list, g_inet_socket_address_new (link->data, question->port));
  g_resolver_free_addresses (found);
  return_list (task, question->host, list);
}

static gboolean
is_system (GResolver *resolver)
{
  return strcmp (G_OBJECT_TYPE_NAME (resolver), "GThreadedResolver") == 0;
}

/* As AI_ADDRCONFIG does: finds whether there is an address other than the loopback's. */
static void
note_family (const struct sockaddr *address, gboolean *four, gboolean *six)
{
  if (address != NULL && address->sa_family == AF_INET)
    *four |= (g_ntohl (((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24) != 127;
  else if (address != NULL && address->sa_family == AF_INET6)
    *six |= !IN6_IS_ADDR_LOOPBACK (&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}

gboolean
mimesend_lookup_may_find_more (void)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  gboolean four = FALSE, six = FALSE;
  struct ifaddrs *all = NULL;

  if (!is_system (resolver) || getifaddrs (&all) != 0)
    return FALSE;
  for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next)
    note_family (one->ifa_addr, &four, &six);
  freeifaddrs (all);
  return !four || !six;
}

void
mimesend_lookup_async (const char *host,
                       guint16 port,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  question->host = g_hostname_is_non_ascii (host) ? g_hostname_to_ascii (host) : g_strdup (host);
  question->port = port;
  g_task_set_task_data (task, question, lookup_question_free);
  if (question->host == NULL)
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "Invalid hostname");
  else if (!is_system (resolver))
    g_resolver_lookup_by_name_async (resolver, question->host, cancellable, resolver_answered_cb,
                                     g_steal_pointer (&task));
  else
    {
      g_task_set_return_on_cancel (task, TRUE); /* getaddrinfo () itself cannot be cancelled */
      g_task_run_in_thread (task, lookup_thread_cb);
    }
}

GPtrArray *
mimesend_lookup_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
