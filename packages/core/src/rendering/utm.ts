/** Parameters that tell a web analytics tool where a visit came from, by their names in an address. */
export type UtmParameters = Readonly<Record<`utm_${string}`, string>>

/**
 * Adds parameters to the query of a link. Those that it has already are left as they are, and so is all the rest of it.
 *
 * @param link - absolute, http or https
 */
export function withUtm(link: string, parameters: UtmParameters): string {
  const hash = link.indexOf('#')
  const address = hash < 0 ? link : link.slice(0, hash)
  const query = address.indexOf('?')
  const given = new Set(
    query < 0
      ? []
      : address
          .slice(query + 1)
          .split('&')
          .map((pair) => pair.split('=', 1)[0]?.toLowerCase()),
  )
  const added = Object.entries(parameters)
    .filter(([name]) => !given.has(name))
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  if (added.length === 0) return link
  const isOpen = query === address.length - 1 || address.endsWith('&')
  const joint = query < 0 ? '?' : isOpen ? '' : '&'
  return `${address}${joint}${added.join('&')}${hash < 0 ? '' : link.slice(hash)}`
}
