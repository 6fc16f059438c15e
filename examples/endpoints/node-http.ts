import { createServer, type Server } from 'node:http'
import { answer, type Serve } from './node-bridge.js'

/** A server of node:http that serves nothing but the links. */
export function createNodeServer(serve: Serve, publicUrl: string): Server {
  return createServer((incoming, outgoing) => {
    // behind a proxy of yours: the last entry of x-forwarded-for, which the proxy itself has written
    void answer(serve, publicUrl, incoming, outgoing)
  })
}
