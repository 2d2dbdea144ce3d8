/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mimesend-error.h"

/**
 * mimesend_error_quark:
 *
 * Returns: the domain of #MimesendError
 */
G_DEFINE_QUARK (mimesend - error - quark, mimesend_error)
