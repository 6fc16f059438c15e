import { createServer, type Server } from 'node:http'
import { answer, type Serve } from './node-bridge.js'

/** A server of node:http that serves nothing but the links. */
export function createNodeServer(serve: Serve, publicUrl: string, trustedProxies = 0): Server {
  return createServer((incoming, outgoing) => {
    void answer(serve, publicUrl, incoming, outgoing, trustedProxies)
  })
}
