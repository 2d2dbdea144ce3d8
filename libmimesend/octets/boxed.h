/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The macro that defines a boxed type. It stands on the lowest floor for the types of all others; nothing here uses it. */
#pragma once

#include <glib-object.h>

/* G_DEFINE_BOXED_TYPE without its union, which -pedantic refuses. */
#define MIMESEND_DEFINE_BOXED(Type, prefix)                                                                  \
  GType prefix##_get_type (void)                                                                             \
  {                                                                                                          \
    static gsize type;                                                                                       \
                                                                                                             \
    if (g_once_init_enter (&type))                                                                           \
      g_once_init_leave (&type, g_boxed_type_register_static (#Type, (GBoxedCopyFunc)prefix##_ref,           \
                                                              (GBoxedFreeFunc)prefix##_unref));              \
    return type;                                                                                             \
  }
