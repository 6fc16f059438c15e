import type { Server } from 'node:http'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { rememberClient } from './clients.js'
import type { Serve } from './node-bridge.js'

/** A Hono application with pages of its own that serves the links as well: it speaks Request and Response itself. */
export function createHonoServer(serve: Serve): Server {
  const app = new Hono<{ Bindings: HttpBindings }>()
  // no csrf() of Hono's on these paths: mail providers unsubscribe from no origin, and the links are the secret
  app.all('/:kind{[couqQps]}/:text', (c) => serve(rememberClient(c.req.raw, getConnInfo(c).remote.address)))
  app.all('/r', (c) => serve(rememberClient(c.req.raw, getConnInfo(c).remote.address)))
  app.get('/', (c) => c.text('the shop itself'))
  return createAdaptorServer(app) as Server
}
