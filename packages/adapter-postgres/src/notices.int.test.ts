import { setTimeout } from 'node:timers/promises'
import type { Announcements, CampaignId } from '@campaignkit/core/adapter'
import { sampleScope } from '@campaignkit/core/testing'
import type { Knex } from 'knex'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createAnnouncer } from './announcements.js'
import { Database } from './database.js'
import { createNotices } from './notices.js'
import { createPool } from './pool.js'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

let test: TestStorage

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterAll(() => test.stop())

const scope = sampleScope('pizzeria')

/** A process as far as it tells others. */
function openProcess(knex: Knex) {
  const notices = createNotices(knex, new Database(createPool(knex)), test.schema)
  return { notices, announcer: createAnnouncer(notices) }
}

/** What tells campaigns apart here. */
let campaigns = 0

/** Waits for the change of a campaign, and has it told meanwhile. */
async function heardOf(announcements: Announcements, tell: (ids: readonly CampaignId[]) => void) {
  campaigns += 1
  const id = `campaign-${campaigns}` as CampaignId
  const seen = await announcements.sequence(scope, id)
  const stop = new AbortController()
  const changed = announcements.changed(scope, id, seen, stop.signal).then(
    () => true,
    () => false,
  )
  tell([id])
  const told = await Promise.race([changed, setTimeout(5_000, false)])
  stop.abort()
  return told
}

it('whoever hears goes on hearing this process when another kit on the storage is closed', async () => {
  const { notices, announcer } = openProcess(test.server.connect({ connections: 2 }))
  const tell = (ids: readonly CampaignId[]) => announcer.announce(scope, ids)
  expect(await heardOf(announcer, tell)).toBe(true)
  await notices.close()
  expect(await heardOf(announcer, tell)).toBe(true)
  await notices.close()
})

it('other processes are heard again as soon as somebody new hears', async () => {
  const { notices } = openProcess(test.server.connect({ connections: 2 }))
  const other = openProcess(test.server.connect({ connections: 2 }))
  notices.hear(() => undefined)
  await notices.close()
  const heard: (string | null)[] = []
  const unhear = notices.hear((subject) => heard.push(subject))
  await expect.poll(() => heard).toEqual([null])
  other.notices.tell('news')
  await expect.poll(() => heard).toEqual([null, 'news'])
  unhear()
  await Promise.all([notices.close(), other.notices.close()])
})
