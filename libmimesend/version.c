/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The version of the library that is linked. */
#include "mimesend-version.h"

/**
 * mimesend_get_major_version:
 *
 * Gets the major number of the version that runs, which may be later than MIMESEND_MAJOR_VERSION, against which the program was
 * compiled.
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
 * Gets the minor number of the version that runs.
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
 * Gets the micro number of the version that runs.
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
