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
