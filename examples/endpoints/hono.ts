import type { Server } from 'node:http'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { type Context, Hono } from 'hono'
import { rememberClient } from './clients.js'
import type { Serve } from './node-bridge.js'

/** A Hono application with pages of its own that serves the links as well: it speaks Request and Response itself. */
export function createHonoServer(serve: Serve, _publicUrl: string, trustedProxies = 0): Server {
  const app = new Hono<{ Bindings: HttpBindings }>()
  const answer = (c: Context) =>
    serve(rememberClient(c.req.raw, { remoteAddress: getConnInfo(c).remote.address, trustedProxies }))
  // no csrf() of Hono's on these paths: mail providers unsubscribe from no origin, and the links are the secret
  app.all('/:kind{[couqQps]}/:text', answer)
  app.all('/r', answer)
  app.get('/', (c) => c.text('the shop itself'))
  return createAdaptorServer(app) as Server
}
