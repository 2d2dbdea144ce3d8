/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The version of the library that is linked. */
#include "mimesend-version.h"

/**
 * mimesend_get_major_version:
 *
 * Gets the major version of the library in use, which may be later than MIMESEND_MAJOR_VERSION of the headers.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
mimesend_get_major_version (void)
{
  return MIMESEND_MAJOR_VERSION;
}

/**
 * mimesend_get_minor_version:
 *
 * Gets the minor version of the library in use.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
mimesend_get_minor_version (void)
{
  return MIMESEND_MINOR_VERSION;
}

/**
 * mimesend_get_micro_version:
 *
 * Gets the micro version of the library in use.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
mimesend_get_micro_version (void)
{
  return MIMESEND_MICRO_VERSION;
}
