/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fallback servers and retries of a server value. */
#include "net/server/server.h"

#include "mimesend-error.h"

#define NEXT_MAX 16

/**
 * mimesend_server_with_next:
 * @self: a server
 * @next: (nullable): another, with its own TLS policy and login; it may have a next one itself. %NULL: none
 * @error: return location for a #GError
 *
 * A copy with a fallback server: it is tried when this one cannot be reached, has no address, or refuses the connection in
 * its greeting, and only while no message was begun. A refused certificate or login, or a dialogue that is no SMTP, does
 * not lead to the fallback. A session stays with the server that it has reached; the receipt names it, and warns of those
 * tried before.
 *
 * Returns: (transfer full): a server, or %NULL with %MIMESEND_ERROR_ARGUMENT if either is a program, or there are more than
 * 16 servers
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
 * Returns: (nullable) (transfer none): the fallback server
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
 * @retry: (nullable): when to try again; %NULL: never, the default
 *
 * Changes how often and when a message is tried again.
 *
 * Returns: (transfer full): a copy with that policy, for sessions and for the functions that send to it. A session's own
 * (#MimesendSession:retry) takes precedence
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
