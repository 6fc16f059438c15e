import { isIP } from 'node:net'

const CLIENTS = new WeakMap<Request, string>()

/** By what a server knows who asks it. */
export interface Connection {
  /** The other end of the socket. */
  readonly remoteAddress: string | undefined
  /**
   * Proxies of yours that every request comes through, each of which adds to `X-Forwarded-For` whom it has the request
   * from; whatever stands there besides, a client can make up. @default 0, and the field counts for nothing
   */
  readonly trustedProxies?: number
}

/** Remembers who sent a request, where no header that a client writes can say otherwise. */
export function rememberClient(request: Request, connection: Connection): Request {
  const address = addressOf(request, connection)
  if (address !== undefined) CLIENTS.set(request, address)
  return request
}

/** Who sent a request: what `createEndpoints` takes as `clientOf`. */
export function clientOf(request: Request): string | null {
  return CLIENTS.get(request) ?? null
}

/**
 * Counted from the right, since each proxy writes behind what it was given. What has not come through all of them, or names
 * no address where one of them should have written it, is of whoever is at the other end of the socket.
 */
function addressOf(
  { headers }: Request,
  { remoteAddress, trustedProxies = 0 }: Connection,
): string | undefined {
  if (trustedProxies === 0) return remoteAddress
  const forwarded = headers.get('x-forwarded-for')?.split(',') ?? []
  const named = withoutPort(forwarded.at(-trustedProxies)?.trim() ?? '')
  return isIP(named) === 0 ? remoteAddress : named
}

/** Some proxies write `192.0.2.1:4711` and `[2001:db8::1]:4711`. */
function withoutPort(text: string): string {
  const [, v6, v4] = /^(?:\[([^\]]+)\](?::\d+)?|(\d+(?:\.\d+){3}):\d+)$/.exec(text) ?? []
  return v6 ?? v4 ?? text
}
