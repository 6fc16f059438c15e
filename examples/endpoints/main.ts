/** The links of a message on a server: `npx tsx examples/endpoints/main.ts [node-http|express|hono] [port] [trusted proxies]`. */
import process from 'node:process'
import { createExpressServer } from './express.js'
import { createHonoServer } from './hono.js'
import { createNodeServer } from './node-http.js'
import { createPizzeria } from './pizzeria.js'

const SERVERS = { 'node-http': createNodeServer, express: createExpressServer, hono: createHonoServer }

const [name = 'node-http', port = '8080', trustedProxies = '0'] = process.argv.slice(2)
const createServer = Object.entries(SERVERS).find(([known]) => known === name)?.[1]
if (createServer === undefined) throw new Error(`No such server: ${name}`)
const publicUrl = `http://localhost:${port}`
const { serve, links, kit, askForNews } = await createPizzeria(publicUrl)
createServer(serve, publicUrl, Number(trustedProxies)).listen(Number(port), () => {
  for (const [what, link] of Object.entries(links)) console.log(`${what}: ${link}`)
})
console.log(`confirm: ${await askForNews()}`)
const { key } = await kit.coupons.tillKey({ till: 'till-3', expiresInDays: 1 })
console.log(`till: curl -H 'authorization: Bearer ${key}' -H 'content-type: application/json' \\
  -d '{"code":"${links.coupon}","key":"receipt-1"}' ${publicUrl}/r`)
