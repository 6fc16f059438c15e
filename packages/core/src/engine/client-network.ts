const IPV4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/i

/**
 * The part of an address that one client cannot change at will: IPv4 whole, of IPv6 the first 64 bits; anything else is
 * taken as it is.
 */
export function networkOf(client: string): string {
  const [, ipv4] = IPV4.exec(client) ?? []
  if (ipv4 !== undefined) return ipv4
  const address = client.replace(/^\[|\](?::\d+)?$|%.*$/g, '').toLowerCase()
  return /^[0-9a-f:]*:[0-9a-f:]*$/.test(address) ? `${firstGroups(address).join(':')}::/64` : client
}

function firstGroups(address: string): readonly string[] {
  const [front = '', back] = address.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const shown = groups(front)
  const behind = back === undefined ? [] : groups(back)
  const left = Math.max(0, 8 - shown.length - behind.length)
  const all = [...shown, ...Array.from({ length: left }, () => '0'), ...behind]
  return all.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''))
}
