/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Several servers in order, and one more than once. */
#include "net/server/server.h"

#include "mimesend-error.h"

#define NEXT_MAX 16

/**
 * mimesend_server_with_next:
 * @self: a server
 * @next: (nullable): another, with its own TLS policy and login; it may have a next one itself. %NULL: none
 * @error: return location for a #GError
 *
 * A copy behind which another server stands: it is tried when this one cannot be reached, has no address, or will not
 * have us at its greeting, now or for good, and only while nothing was sent of what waits. A certificate, a login or a
 * dialogue that is no SMTP is no reason to go on. A session stays with the server that it has reached; the receipt names
 * it, and warns of those before it.
 *
 * Returns: (transfer full): a server, or %NULL with %MIMESEND_ERROR_ARGUMENT: a program is neither, and 16 are enough
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_next (MimesendServer *self, MimesendServer *next, GError **error)
{
  MimesendServer *changed;
  guint n = 1;

  g_return_val_if_fail (self != NULL, NULL);
  for (MimesendServer *one = next; one != NULL; one = one->next)
    if (++n > NEXT_MAX || one->transport == MIMESEND_TRANSPORT_PROGRAM)
      break;
  if (n > NEXT_MAX || (next != NULL && (next->transport == MIMESEND_TRANSPORT_PROGRAM ||
                                        self->transport == MIMESEND_TRANSPORT_PROGRAM)))
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   n > NEXT_MAX ? "server: a list has at most 16 servers"
                                : "server: a program stands alone: it cannot be one of several servers");
      return NULL;
    }
  changed = mimesend_server_copy (self);
  g_clear_pointer (&changed->next, mimesend_server_unref);
  changed->next = next != NULL ? mimesend_server_ref (next) : NULL;
  return changed;
}

/**
 * mimesend_server_get_next:
 * @self: a server
 *
 * Gets the server that is tried when this one cannot be reached, see mimesend_server_with_next().
 *
 * Returns: (nullable) (transfer none): the server behind it
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_get_next (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->next;
}

/**
 * mimesend_server_with_retry:
 * @self: a server
 * @retry: (nullable): when to try again; %NULL: never, as at first
 *
 * Changes how often and when a message is tried again.
 *
 * Returns: (transfer full): a copy whose sessions, and the functions that send to it, try again by that policy. A
 *   session's own (#MimesendSession:retry) wins
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_retry (MimesendServer *self, MimesendRetry *retry)
{
  MimesendServer *changed;

  g_return_val_if_fail (self != NULL, NULL);
  changed = mimesend_server_copy (self);
  g_clear_pointer (&changed->retry, mimesend_retry_unref);
  changed->retry = retry != NULL ? mimesend_retry_ref (retry) : NULL;
  return changed;
}
