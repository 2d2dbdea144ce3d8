/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The error domain of the library. */
#include "mimesend-error.h"

/**
 * mimesend_error_quark:
 *
 * Gets the error domain of this library, see %MIMESEND_ERROR.
 *
 * Returns: the domain of #MimesendError
 *
 * Since: 0.1
 */
/* Blanks would be part of the name. */
/* clang-format off */
G_DEFINE_QUARK (mimesend-error-quark, mimesend_error)
/* clang-format on */
