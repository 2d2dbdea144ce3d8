/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolver.h"

#include <string.h>

typedef GResolver TestResolver;
typedef GResolverClass TestResolverClass;
G_DEFINE_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

GString *asked;

static void
note (const char *name)
{
  g_string_append_printf (asked, "%s ", name);
}

/* GIO asks for each family by itself: the name is noted with the first. */
static GList *
addresses_of (const char *name, gboolean v6, GError **error)
{
  static const char *const table[][2] = {
    { "four.test", "127.0.0.1" },   { "two.test", "127.0.0.1" }, { "two.test", "::1" },
    { "backup.test", "127.0.0.1" }, { "own.test", "127.0.0.1" }, { "mapped.test", "::ffff:127.0.0.1" },
  };
  GList *list = NULL;

  if (!v6)
    note (name);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (name, table[i][0]) == 0 && v6 == (strchr (table[i][1], ':') != NULL))
      list = g_list_append (list, g_inet_address_new_from_string (table[i][1]));
  if (list == NULL && strcmp (name, "later.test") == 0)
    g_set_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, "no server answered");
  else if (list == NULL)
    g_set_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no such name");
  return list;
}

static void
free_addresses (gpointer data)
{
  g_list_free_full (data, g_object_unref);
}

/* "mute.test" is never answered: only cancelling ends it. */
static void
on_mute_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;

  g_task_return_error_if_cancelled (task);
  g_object_unref (task);
}

static void
lookup_async (GResolver *self,
              const char *name,
              GResolverNameLookupFlags flags,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  GList *list;

  if (strcmp (name, "mute.test") == 0)
    {
      g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_mute_cancelled), task);
      return;
    }
  list = addresses_of (name, (flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY) != 0, &error);
  if (list != NULL)
    g_task_return_pointer (task, list, free_addresses);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

static void
lookup_plain_async (GResolver *self,
                    const char *name,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  lookup_async (self, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable, callback, user_data);
}

static GList *
lookup_finish (GResolver *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
free_records (gpointer data)
{
  g_list_free_full (data, (GDestroyNotify)g_variant_unref);
}

static void
records_async (GResolver *self,
               const char *name,
               GResolverRecordType type,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  static const struct
  {
    const char *domain;
    guint16 preference;
    const char *host;
  } table[] = {
    { "both.test", 20, "backup.test" },
    { "both.test", 10, "gone.test" },
    { "null.test", 0, "." },
    { "null2.test", 0, "" },
  };
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  GList *list = NULL;

  if (g_str_has_suffix (name, "mute.test"))
    {
      g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_mute_cancelled), task);
      return;
    }
  g_assert_cmpint (type, ==, G_RESOLVER_RECORD_MX);
  g_string_append (asked, "MX:");
  note (name);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (name, table[i].domain) == 0)
      list = g_list_append (list,
                            g_variant_ref_sink (g_variant_new ("(qs)", table[i].preference, table[i].host)));
  if (list != NULL)
    g_task_return_pointer (task, list, free_records);
  else if (strcmp (name, "later.test") == 0)
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE,
                             "no server answered");
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no record");
  g_object_unref (task);
}

static void
test_resolver_init (TestResolver *self)
{
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  klass->lookup_by_name_async = lookup_plain_async;
  klass->lookup_by_name_finish = lookup_finish;
  klass->lookup_by_name_with_flags_async = lookup_async;
  klass->lookup_by_name_with_flags_finish = lookup_finish;
  klass->lookup_records_async = records_async;
  klass->lookup_records_finish = lookup_finish;
}
