declare const brand: unique symbol

/** A string that was parsed at the edge and may not be mixed up with other strings. */
export type Brand<Name extends string> = string & { readonly [brand]: Name }
