// SPDX-License-Identifier: LGPL-2.1-or-later
// gjs calls _init () when Mimesend is imported. The description of GMime 3.2 names a function that the library does not
// export (g_mime_object_type_registry_init): the first use of GMime.Object throws, and every use after it works.

/* exported _init */
function _init() {
    try {
        imports.gi.GMime.Object;
    } catch {}
}
