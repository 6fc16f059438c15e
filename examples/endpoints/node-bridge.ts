import type { IncomingMessage, ServerResponse } from 'node:http'
import { rememberClient } from './clients.js'

/** A function from the web's Request to its Response. */
export type Serve = (request: Request) => Promise<Response>

/**
 * Answers a request of node:http, or of a framework that stands on it, by a web handler.
 *
 * The body must not have been read: a body parser that ran before has emptied it.
 *
 * @param publicUrl - the origin that customers see; the Host header is whatever a client writes
 * @param trustedProxies - how many proxies of yours every request comes through
 */
export async function answer(
  serve: Serve,
  publicUrl: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  trustedProxies = 0,
): Promise<void> {
  try {
    const { remoteAddress } = incoming.socket
    const request = rememberClient(requestOf(publicUrl, incoming), { remoteAddress, trustedProxies })
    const response = await serve(request)
    const bytes = new Uint8Array(await response.arrayBuffer())
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(bytes)
    // the rest of a body that was too large, so that the connection is good for the next request
    incoming.resume()
  } catch {
    // what no Request can be made of, such as TRACE
    outgoing.writeHead(400).end()
  }
}

function requestOf(publicUrl: string, incoming: IncomingMessage): Request {
  const { method = 'GET', url = '/' } = incoming
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
    for (const value of values) headers.append(name, value)
  }
  // a body that is not read to its end must not take the connection with it
  const body = method === 'GET' || method === 'HEAD' ? null : incoming.iterator({ destroyOnReturn: false })
  return new Request(publicUrl + url, { method, headers, body, duplex: 'half' })
}
