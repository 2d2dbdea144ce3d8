/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "values/passing.h"

#include "mimesend-error.h"

gboolean
mimesend_error_is_passing (const GError *error)
{
  return g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT) ||
         g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_TIMED_OUT);
}
