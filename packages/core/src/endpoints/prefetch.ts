/**
 * Whether a browser fetches ahead of its user, or for a preview: nobody has seen or followed anything yet. `Sec-Purpose`
 * is of the Fetch standard, the others are of older browsers.
 */
export function isPrefetch({ headers }: Request): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some((name) =>
    /\b(?:prefetch|prerender|preview)\b/i.test(headers.get(name) ?? ''),
  )
}
