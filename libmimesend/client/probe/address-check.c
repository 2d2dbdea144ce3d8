/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks whether an address is certainly unusable: yes, no, or unknown, since an unreachable server proves nothing. */
#include "mimesend-address.h"

#include <string.h>

#include "values/envelope-private.h"
#include "client/probe/vrfy.h"
#include "mimesend-error.h"
#include "net/reach/mx.h"

#define FLAGS_KNOWN (MIMESEND_ADDRESS_CHECK_DNS | MIMESEND_ADDRESS_CHECK_VRFY)

typedef struct
{
  GPtrArray *hosts;
  GError *error;
  gboolean done;
} Lookup;

static void
mx_found_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Lookup *self = data;

  self->hosts = mimesend_mx_lookup_finish (result, &self->error);
  self->done = TRUE;
}

static void
look_up (Lookup *self, const char *domain, GCancellable *cancellable)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  mimesend_mx_lookup_async (domain, 25, cancellable, mx_found_cb, self);
  while (!self->done)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
}

/* A domain without MX is its own mail host if it has an address (RFC 5321 5.1). */
static MimesendAddressVerdict
has_address (const char *domain, GCancellable *cancellable, char **why)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autoptr (GError) error = NULL;
  GList *addresses = g_resolver_lookup_by_name (resolver, domain, cancellable, &error);

  if (addresses != NULL)
    {
      g_resolver_free_addresses (addresses);
      return MIMESEND_ADDRESS_PERHAPS;
    }
  *why = g_strdup (error->message);
  return g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND) ? MIMESEND_ADDRESS_BAD
                                                                               : MIMESEND_ADDRESS_UNKNOWN;
}

static MimesendAddressVerdict
check_dns (const char *domain, GPtrArray **hosts, GCancellable *cancellable, char **why)
{
  Lookup lookup = { 0 };

  look_up (&lookup, domain, cancellable);
  if (lookup.hosts == NULL)
    {
      MimesendAddressVerdict verdict = g_error_matches (lookup.error, MIMESEND_ERROR, MIMESEND_ERROR_RESOLVE)
                                           ? MIMESEND_ADDRESS_BAD
                                           : MIMESEND_ADDRESS_UNKNOWN;

      *why = g_strdup (lookup.error->message);
      g_error_free (lookup.error);
      return verdict;
    }
  *hosts = lookup.hosts;
  if (lookup.hosts->len == 1 && G_IS_NETWORK_ADDRESS (lookup.hosts->pdata[0]) &&
      g_ascii_strcasecmp (g_network_address_get_hostname (lookup.hosts->pdata[0]), domain) == 0)
    return has_address (domain, cancellable, why);
  return MIMESEND_ADDRESS_PERHAPS;
}

static MimesendAddressVerdict
check_vrfy (GPtrArray *hosts, const char *address, GCancellable *cancellable, char **why)
{
  for (guint i = 0; i < hosts->len; i++)
    {
      g_clear_pointer (why, g_free);
      switch (mimesend_vrfy (hosts->pdata[i], address, cancellable, why))
        {
        case MIMESEND_VRFY_BOGUS:
          return MIMESEND_ADDRESS_BAD;
        case MIMESEND_VRFY_PERHAPS:
          return MIMESEND_ADDRESS_PERHAPS;
        case MIMESEND_VRFY_NO_ANSWER:
        default:
          break;
        }
    }
  return MIMESEND_ADDRESS_UNKNOWN;
}

/**
 * mimesend_address_check:
 * @address: a bare address
 * @flags: what to ask besides the grammar of RFC 5321
 * @cancellable: (nullable): a #GCancellable
 * @why: (out) (optional) (nullable) (transfer full): why it is bad, or why it could not be told
 * @error: return location for a #GError
 *
 * Is an address certainly bogus? No server is asked unless @flags say so, and a server that cannot be reached is
 * no proof. Blocks.
 *
 * A verdict is an answer, whatever it is, and sets no error: that an address is bad, or that servers could not be asked, is
 * told by @why. @error is set only when the check itself was not done.
 *
 * Returns: the verdict; %MIMESEND_ADDRESS_UNKNOWN with @error set to %G_IO_ERROR_CANCELLED where it was cancelled before
 *   there was one
 *
 * Since: 0.1
 */
MimesendAddressVerdict
mimesend_address_check (const char *address,
                        MimesendAddressCheckFlags flags,
                        GCancellable *cancellable,
                        char **why,
                        GError **error)
{
  g_autoptr (GError) fault = NULL;
  g_autoptr (GPtrArray) hosts = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *domain = NULL;
  MimesendAddressVerdict verdict = MIMESEND_ADDRESS_PERHAPS;
  const char *at;

  g_return_val_if_fail (address != NULL, MIMESEND_ADDRESS_BAD);
  g_return_val_if_fail ((flags & ~FLAGS_KNOWN) == 0, MIMESEND_ADDRESS_BAD);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), MIMESEND_ADDRESS_BAD);
  if (why != NULL)
    *why = NULL;
  at = strrchr (address, '@');
  if (!mimesend_envelope_check_mailbox ("address", address, &fault))
    {
      verdict = MIMESEND_ADDRESS_BAD;
      reason = g_strdup (fault->message);
    }
  else if (flags != MIMESEND_ADDRESS_CHECK_SYNTAX && at != NULL && at[1] != '[')
    {
      domain = g_hostname_to_ascii (at + 1);
      verdict = check_dns (domain != NULL ? domain : at + 1, &hosts, cancellable, &reason);
      if (verdict == MIMESEND_ADDRESS_PERHAPS && (flags & MIMESEND_ADDRESS_CHECK_VRFY) &&
          g_str_is_ascii (address))
        verdict = check_vrfy (hosts, address, cancellable, &reason);
    }
  if (verdict == MIMESEND_ADDRESS_UNKNOWN)
    g_cancellable_set_error_if_cancelled (cancellable, error);
  if (why != NULL && verdict != MIMESEND_ADDRESS_PERHAPS)
    *why = g_steal_pointer (&reason);
  return verdict;
}
