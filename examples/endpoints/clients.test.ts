import { describe, expect, it } from 'vitest'
import { clientOf, rememberClient } from './clients.js'

const SOCKET = '198.51.100.1'

const clientBehind = (trustedProxies: number | undefined, forwarded: readonly string[]) => {
  const headers = new Headers()
  for (const field of forwarded) headers.append('x-forwarded-for', field)
  const request = new Request('https://go.pizza.example/u/x', { headers })
  const connection = { remoteAddress: SOCKET, ...(trustedProxies === undefined ? {} : { trustedProxies }) }
  return clientOf(rememberClient(request, connection))
}

describe('the client of a request', () => {
  it.each<[string, number | undefined, readonly string[], string]>([
    ['no proxy, and nothing said', undefined, [], SOCKET],
    ['no proxy, whatever is said', 0, ['192.0.2.1, 192.0.2.2'], SOCKET],
    ['one proxy', 1, ['192.0.2.1'], '192.0.2.1'],
    ['one proxy, before which a client wrote', 1, ['10.0.0.1, 127.0.0.1, 192.0.2.1'], '192.0.2.1'],
    ['one proxy that writes a field of its own', 1, ['10.0.0.1', '192.0.2.1'], '192.0.2.1'],
    ['two proxies', 2, ['10.0.0.1,192.0.2.1,198.51.100.9'], '192.0.2.1'],
    ['two proxies, of which the outer one was gone round', 2, ['192.0.2.1'], SOCKET],
    ['a proxy that says nothing', 1, [], SOCKET],
    ['a proxy that names nobody', 1, ['192.0.2.1, unknown'], SOCKET],
    ['a field that ends in nothing', 1, ['192.0.2.1,'], SOCKET],
    ['a proxy that writes the port', 1, ['192.0.2.1:4711'], '192.0.2.1'],
    ['a proxy that speaks IPv6', 1, ['2001:db8::1'], '2001:db8::1'],
    ['a proxy that speaks IPv6 with a port', 1, ['[2001:db8::1]:4711'], '2001:db8::1'],
  ])('is known behind %s', (_what, trustedProxies, forwarded, client) => {
    expect(clientBehind(trustedProxies, forwarded)).toBe(client)
  })

  it('is not known of a request that nobody remembered, and of a socket that is gone', () => {
    const request = new Request('https://go.pizza.example/u/x')
    expect(clientOf(request)).toBeNull()
    expect(clientOf(rememberClient(request, { remoteAddress: undefined, trustedProxies: 1 }))).toBeNull()
  })
})
