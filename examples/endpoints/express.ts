import { createServer, type Server } from 'node:http'
import express from 'express'
import { answer, type Serve } from './node-bridge.js'

/** An Express application with pages of its own that serves the links as well. */
export function createExpressServer(serve: Serve, publicUrl: string, trustedProxies = 0): Server {
  const app = express()
  // before every body parser: what express.json() or urlencoded() has read cannot be read again
  app.all(/^\/(?:[couqQps]\/[^/]+|r)$/, async (req, res) => {
    // the whole path: under app.use('/links', ...) req.url would lack its beginning
    req.url = req.originalUrl
    await answer(serve, publicUrl, req, res, trustedProxies)
  })
  app.use(express.json())
  app.get('/', (_req, res) => {
    res.send('the shop itself')
  })
  return createServer(app)
}
