import { connect, createServer, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import createKnex, { type Knex } from 'knex'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createListener } from './listener.js'
import { startPostgres, type TestServer } from './postgres-server.fixture.js'
import { START_MS } from './test-storage.fixture.js'

let server: TestServer
let knex: Knex

beforeAll(async () => {
  server = await startPostgres()
  knex = server.connect()
}, START_MS)

afterAll(() => server.stop())

/** A knex that asks for its settings each time; none are good for a second connection. */
function openAsking() {
  let asked = 0
  const connection = async () => {
    asked += 1
    let uses = 0
    const expirationChecker = () => {
      uses += 1
      return uses > 1
    }
    return { connectionString: server.url, application_name: `asked ${asked}`, expirationChecker }
  }
  return createKnex({ client: 'pg', connection, pool: { min: 0, max: 2 } })
}

/** A way to the server that can fall silent: what is said on either side is heard no more, the end of it included. */
async function openWay() {
  const sockets: Socket[] = []
  const { hostname, port } = new URL(server.url)
  const way = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
    sockets.push(near, far)
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve))
  const address = way.address()
  const url = new URL(server.url)
  url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  return {
    url: url.href,
    fallSilent: () => {
      for (const socket of sockets) socket.unpipe().pause()
    },
    end: () => {
      for (const socket of sockets) socket.destroy()
      way.close()
    },
  }
}

it('a listener whose server has gone without a word is closed all the same', async () => {
  const way = await openWay()
  const far = createKnex({ client: 'pg', connection: way.url, pool: { min: 0, max: 1 } })
  const listener = createListener(far, {
    channel: 'campaignkit_test',
    heard: () => undefined,
    lost: () => undefined,
  })
  expect(await listener.open()).toBe(true)
  way.fallSilent()
  expect(await Promise.race([listener.close(), setTimeout(10_000, 'waits')])).not.toBe('waits')
  way.end()
  await far.destroy()
})

it.each([
  ['before any other connection', false],
  ['behind one whose settings have expired', true],
])('a listener over a knex that asks for its settings has those of now, %s', async (_when, isLater) => {
  const asking = openAsking()
  if (isLater) await asking.raw('select 1')
  const heard: string[] = []
  const listener = createListener(asking, {
    channel: 'campaignkit_test',
    heard: (payload) => void heard.push(payload),
    lost: () => undefined,
  })
  expect(await listener.open()).toBe(true)
  await knex.raw(`select pg_notify('campaignkit_test', 'news')`)
  await expect.poll(() => heard).toEqual(['news'])
  const { rows } = await knex.raw<{ rows: unknown[] }>(
    `select application_name as name from pg_stat_activity where query like 'listen "campaignkit_test"%'`,
  )
  expect(rows).toEqual([{ name: isLater ? 'asked 2' : 'asked 1' }])
  await listener.close()
  await asking.destroy()
})
