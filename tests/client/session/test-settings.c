/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each property of a session and of a pool has a getter and a setter that do the same as g_object_get () and g_object_set (),
 * and tell of a change once. */
#include <libmimesend/mimesend.h>
#include <string.h>

#include "../../secure/keys.h"

static void
count_notify (GObject *object, GParamSpec *spec, gpointer n)
{
  ++*(guint *)n;
}

/* Sets by function twice, and by property back: get is what the getter says of it. */
#define CHECK(object, name, type, set, get, other)                                                           \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    type at_first = get (object), read;                                                                      \
    guint n = 0;                                                                                             \
    gulong id = g_signal_connect (object, "notify::" name, G_CALLBACK (count_notify), &n);                   \
                                                                                                             \
    g_object_get (object, name, &read, NULL);                                                                \
    g_assert_true (read == at_first && at_first != (other));                                                 \
    set (object, other);                                                                                     \
    set (object, other);                                                                                     \
    g_assert_true (get (object) == (other));                                                                 \
    g_assert_cmpuint (n, ==, 1);                                                                             \
    g_object_get (object, name, &read, NULL);                                                                \
    g_assert_true (read == (other));                                                                         \
    g_object_set (object, name, at_first, NULL);                                                             \
    g_assert_true (get (object) == at_first);                                                                \
    g_assert_cmpuint (n, ==, 2);                                                                             \
    g_signal_handler_disconnect (object, id);                                                                \
    g_hash_table_add (seen, (gpointer)name);                                                                 \
  }                                                                                                          \
  G_STMT_END
#define SESSION(name, word, type, other)                                                                     \
  CHECK (session, name, type, mimesend_session_set_##word, mimesend_session_get_##word, other)
#define POOL(name, word, type, other)                                                                        \
  CHECK (pool, name, type, mimesend_pool_set_##word, mimesend_pool_get_##word, other)

/* A policy or counters: held by reference, and given back with NULL. */
#define CHECK_VALUE(object, name, word, Type, prefix, value)                                                 \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    g_autoptr (Type) made = value, read = NULL;                                                              \
                                                                                                             \
    g_assert_null (prefix##_get_##word (object));                                                            \
    prefix##_set_##word (object, made);                                                                      \
    g_assert_true (prefix##_get_##word (object) == made);                                                    \
    g_object_get (object, name, &read, NULL);                                                                \
    g_assert_true (read == made);                                                                            \
    prefix##_set_##word (object, NULL);                                                                      \
    g_assert_null (prefix##_get_##word (object));                                                            \
    g_object_set (object, name, made, NULL);                                                                 \
    g_assert_true (prefix##_get_##word (object) == made);                                                    \
    g_hash_table_add (seen, (gpointer)name);                                                                 \
  }                                                                                                          \
  G_STMT_END
#define CHECK_VALUES(object, prefix)                                                                         \
  CHECK_VALUE (object, "retry", retry, MimesendRetry, prefix, mimesend_retry_new (3));                       \
  CHECK_VALUE (object, "metrics", metrics, MimesendMetrics, prefix, mimesend_metrics_new ())

/* None was forgotten here. */
static void
all_seen (GObject *object, GHashTable *seen)
{
  guint n;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);

  for (guint i = 0; i < n; i++)
    g_assert_true (g_hash_table_contains (seen, specs[i]->name));
  g_assert_cmpuint (g_hash_table_size (seen), ==, n);
}

/* Signers are copied: what is done to the caller's array has no effect. */
static void
check_dkims (MimesendSession *session, GHashTable *seen)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static (KEYS_ED25519, strlen (KEYS_ED25519));
  MimesendDkim *dkim = mimesend_dkim_new ("example.com", "s", key, &error);
  g_autoptr (GPtrArray) dkims = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_dkim_unref),
                        read = NULL;

  g_assert_no_error (error);
  g_assert_null (mimesend_session_get_dkims (session));
  g_ptr_array_add (dkims, dkim);
  mimesend_session_set_dkims (session, dkims);
  g_ptr_array_set_size (dkims, 0);
  g_assert_cmpuint (mimesend_session_get_dkims (session)->len, ==, 1);
  g_object_get (session, "dkims", &read, NULL);
  g_assert_true (read == mimesend_session_get_dkims (session));
  mimesend_session_set_dkims (session, NULL);
  g_assert_null (mimesend_session_get_dkims (session));
  g_object_set (session, "dkims", read, NULL);
  g_assert_cmpuint (mimesend_session_get_dkims (session)->len, ==, 1);
  g_hash_table_add (seen, (gpointer) "dkims");
}

static void
test_session (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (MimesendServer) server = mimesend_server_new ("mail.example.com", NULL), got = NULL;
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  g_autofree char *name = NULL;

  SESSION ("timeout", timeout, double, 0.25);
  SESSION ("final-timeout", final_timeout, double, 900);
  SESSION ("deadline", deadline, double, 86400);
  SESSION ("noop-after", noop_after, double, -1);
  SESSION ("max-recipients", max_recipients, guint, 1000);
  SESSION ("window", window, guint, 128);
  SESSION ("pipelining", pipelining, gboolean, FALSE);
  SESSION ("chunking", chunking, gboolean, FALSE);
  CHECK_VALUES (session, mimesend_session);
  /* with keys: tests/secure */
  g_assert_null (mimesend_session_get_dkims (session));
  g_hash_table_add (seen, (gpointer) "dkims");
  g_assert_null (mimesend_session_get_ehlo_name (session));
  mimesend_session_set_ehlo_name (session, "mail.example.com");
  g_object_get (session, "ehlo-name", &name, "server", &got, NULL);
  g_assert_cmpstr (name, ==, "mail.example.com");
  g_assert_true (got == server && mimesend_session_get_server (session) == server);
  check_dkims (session, seen);
  g_hash_table_add (seen, (gpointer) "ehlo-name");
  g_hash_table_add (seen, (gpointer) "server");
  all_seen (G_OBJECT (session), seen);
}

static void
test_pool (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (MimesendServer) server = mimesend_server_new ("mail.example.com", NULL), got = NULL;
  g_autoptr (MimesendPool) pool = mimesend_pool_new (server);

  POOL ("connections", connections, guint, 1000);
  POOL ("messages", messages, guint, G_MAXUINT);
  POOL ("queue-size", queue_size, guint, 1);
  POOL ("idle-time", idle_time, double, 0.5);
  POOL ("rate", rate, double, 0.125);
  CHECK_VALUES (pool, mimesend_pool);
  g_object_get (pool, "server", &got, NULL);
  g_assert_true (got == server && mimesend_pool_get_server (pool) == server);
  g_hash_table_add (seen, (gpointer) "server");
  all_seen (G_OBJECT (pool), seen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/settings/session-accessors-agree-with-properties", test_session);
  g_test_add_func ("/client/settings/pool-accessors-agree-with-properties", test_pool);
  return g_test_run ();
}
