/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The version of the library: macros at compile time, functions at run time, availability macros. */
#pragma once

#include <glib.h>
#include <libmimesend/mimesend-version-numbers.h>

G_BEGIN_DECLS

/**
 * MIMESEND_CHECK_VERSION:
 * @major: the major number
 * @minor: the minor number
 * @micro: the micro number
 *
 * Whether the headers are of the given version or later. mimesend_get_major_version() and the like return the version at
 * run time.
 *
 * Since: 0.1
 */
#define MIMESEND_CHECK_VERSION(major, minor, micro)                                                          \
  (MIMESEND_MAJOR_VERSION > (major) ||                                                                       \
   (MIMESEND_MAJOR_VERSION == (major) && MIMESEND_MINOR_VERSION > (minor)) ||                                \
   (MIMESEND_MAJOR_VERSION == (major) && MIMESEND_MINOR_VERSION == (minor) &&                                \
    MIMESEND_MICRO_VERSION >= (micro)))

/**
 * MIMESEND_VERSION_0_1:
 *
 * Version 0.1, as `MIMESEND_VERSION_MAX_ALLOWED` takes it.
 *
 * Since: 0.1
 */
#define MIMESEND_VERSION_0_1 (G_ENCODE_VERSION (0, 1))

/**
 * MIMESEND_VERSION_MAX_ALLOWED:
 *
 * The latest version whose functions a program may use: the program defines it before it includes the headers, as
 * `MIMESEND_VERSION_0_1` or another of these. Using a later function then gives a warning. If it is not defined, all are
 * allowed.
 *
 * Since: 0.1
 */
#ifndef MIMESEND_VERSION_MAX_ALLOWED
#define MIMESEND_VERSION_MAX_ALLOWED (G_ENCODE_VERSION (MIMESEND_MAJOR_VERSION, MIMESEND_MINOR_VERSION))
#endif

/**
 * MIMESEND_AVAILABLE_IN_0_1:
 *
 * Marks what version 0.1 added. What has no such mark is in all versions.
 *
 * Since: 0.1
 */
#if MIMESEND_VERSION_MAX_ALLOWED < MIMESEND_VERSION_0_1
#define MIMESEND_AVAILABLE_IN_0_1 G_UNAVAILABLE (0, 1)
#else
#define MIMESEND_AVAILABLE_IN_0_1
#endif

MIMESEND_AVAILABLE_IN_0_1
guint mimesend_get_major_version (void);
MIMESEND_AVAILABLE_IN_0_1
guint mimesend_get_minor_version (void);
MIMESEND_AVAILABLE_IN_0_1
guint mimesend_get_micro_version (void);

G_END_DECLS
