import type { AddressKey, PlannedMembership } from '@campaignkit/core/adapter'
import {
  sampleCampaign,
  sampleJournalEntry,
  sampleMember,
  sampleRun,
  sampleScope,
} from '@campaignkit/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestStorage, START_MS, type TestStorage } from './test-storage.fixture.js'

let test: TestStorage

beforeAll(async () => {
  test = await openTestStorage()
}, START_MS)

afterAll(() => test.stop())

const scope = sampleScope()

const planned = (customerId: string, addressKey: string): PlannedMembership => {
  const { rank: _rank, ...member } = sampleMember({
    customerId,
    channels: ['email'],
    arm: null,
    exclusion: null,
  })
  return { ...member, lane: '', addressKeys: [addressKey as AddressKey] }
}

describe('the numbers that stand for addresses', () => {
  it('leave an address to each of two whose first numbers are the same by chance, and to one of two who share it', async () => {
    const { storage, knex, schema } = test
    const run = sampleRun()
    const campaign = sampleCampaign({ status: 'active' })
    await storage.campaigns.insert(scope, campaign, sampleJournalEntry({ id: 'entry-1' }))
    const started = { ...campaign, version: campaign.version + 1 }
    await storage.campaigns.update(
      scope,
      started,
      campaign.version,
      sampleJournalEntry({ id: 'entry-2' }),
      run,
    )
    const moved = { ...run, freeze: { phase: 'settling' as const }, version: run.version + 1 }
    await storage.freezing.append(scope, moved, [
      planned('a', 'key-1'),
      planned('b', 'key-2'),
      planned('c', 'key-3'),
      planned('d', 'key-3'),
    ])
    await knex.raw(
      `update "${schema}".planned_members set claims = array_fill(1::bigint, array[cardinality(claims)])`,
    )
    await storage.freezing.settleAddresses(scope, moved)
    const slices = await storage.freezing.sizes(scope, run.id)
    const excluded = slices.reduce((sum, slice) => sum + slice.excluded, 0)
    const newcomers = slices.reduce((sum, slice) => sum + (slice.newcomers[''] ?? 0), 0)
    expect({ excluded, newcomers }).toEqual({ excluded: 1, newcomers: 3 })
  })
})
