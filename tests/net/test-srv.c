/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order of SRV targets (RFC 2782). What the DNS may answer is in tests/reach. */
#include <glib.h>

#include "net/reach/srv.h"

#define DRAWS 10000

/* Priority first, whatever the weights; nothing is lost, nothing is doubled. */
static void
priority (void)
{
  MimesendSrvTarget targets[1000];
  gboolean seen[1000] = { FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    targets[i] = (MimesendSrvTarget){ .priority = (i * 7) % 13, .weight = i % 5, .port = (guint16)i };
  mimesend_srv_order (targets, G_N_ELEMENTS (targets), G_N_ELEMENTS (targets));
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_assert_true (i == 0 || targets[i - 1].priority <= targets[i].priority);
      g_assert_false (seen[targets[i].port]);
      seen[targets[i].port] = TRUE;
    }
  mimesend_srv_order (NULL, 0, 20);
}

/* How often each of n comes first. */
static void
count_firsts (const guint *weights, guint n, guint *firsts)
{
  g_random_set_seed (1);
  for (guint k = 0; k < DRAWS; k++)
    {
      MimesendSrvTarget targets[4];

      for (guint i = 0; i < n; i++)
        targets[i] = (MimesendSrvTarget){ .weight = weights[i], .port = (guint16)i };
      mimesend_srv_order (targets, n, 1);
      firsts[targets[0].port]++;
    }
}

/* In proportion; a weight of 0 has "a very small chance" beside others, and an equal one among its own. */
static void
weight (void)
{
  const guint one_to_three[] = { 100, 300 };
  const guint with_zero[] = { 1000, 0, 1000 };
  const guint largest[] = { 65535, 65535, 65535, 65535 };
  guint firsts[3][4] = { { 0 } };

  count_firsts (one_to_three, 2, firsts[0]);
  g_assert_cmpuint (firsts[0][0], >, DRAWS / 5);
  g_assert_cmpuint (firsts[0][0], <, DRAWS * 3 / 10);
  count_firsts (with_zero, 3, firsts[1]);
  g_assert_cmpuint (firsts[1][1], <, DRAWS / 100);
  count_firsts (largest, 4, firsts[2]);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (firsts[2][i], >, DRAWS / 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/srv/orders-by-priority", priority);
  g_test_add_func ("/net/srv/chooses-by-weight", weight);
  return g_test_run ();
}
