import { createMemoryStorage } from '@campaignkit/adapter-memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CampaignKitError } from '../base/error.js'
import type { Storage } from '../ports/storage/storage.js'
import { createManualClock } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createCampaignKit } from './create-campaign-kit.js'

type Append = Storage['events']['append']

/** A kit whose storage lets a hand see each batch of events before it is written. */
function openShop(hand: (sizes: readonly string[], tenant: string) => void | Promise<void> = () => {}) {
  const memory = createMemoryStorage()
  const batches: (readonly string[])[] = []
  const append: Append = async (scope, events) => {
    const keys = events.map(({ key }) => key.replace('tracked:', ''))
    batches.push(keys)
    await hand(keys, scope.tenant)
    return memory.events.append(scope, events)
  }
  const root = createCampaignKit({
    storage: overridden(memory, { events: overridden(memory.events, { append }) }),
    channels: {},
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of at least 16 characters' }],
    clock: createManualClock(),
  })
  const kitOf = (tenant: string, id = 'u-17') => root.as({ tenant, actor: { id, kind: 'user' } })
  return { kit: kitOf('pizzeria'), kitOf, batches }
}

const visit = (key: string) => ({ key, type: 'visit', customerId: 'c-1' })

describe('events that are tracked one by one', () => {
  it('go at once when nothing is under way, and together when something is', async () => {
    const { kit, batches } = openShop()
    const outcomes = await Promise.all(['a', 'b', 'c', 'd'].map((key) => kit.events.track(visit(key))))
    expect(batches).toEqual([['a'], ['b', 'c', 'd']])
    expect(outcomes).toEqual(Array.from({ length: 4 }, () => ({ recorded: 1, repeated: 0 })))
    await kit.events.track(visit('e'))
    expect(batches[2]).toEqual(['e'])
  })

  it('go a thousand together at most', async () => {
    const { kit, batches } = openShop()
    await Promise.all(Array.from({ length: 2_100 }, (_, at) => kit.events.track(visit(`e-${at}`))))
    expect(batches.map(({ length }) => length)).toEqual([1, 1_000, 1_000, 99])
  })

  it('have outcomes of their own: the first of a key has recorded it', async () => {
    const { kit } = openShop()
    const calls = ['a', 'b', 'b', 'a'].map((key) => kit.events.track(visit(key)))
    expect((await Promise.all(calls)).map(({ recorded }) => recorded)).toEqual([1, 1, 0, 0])
  })

  it('are refused alone, with the path of their own call', async () => {
    const { kit } = openShop()
    const calls = await Promise.allSettled([
      kit.events.track(visit('a')),
      kit.events.track(visit('b')),
      kit.events.track({ ...visit('c'), campaignId: 'nowhere' }),
      kit.events.track({ ...visit('d'), type: '' }),
      kit.events.track(visit('e')),
    ])
    expect(calls.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ])
    expect(calls[2]).toMatchObject({ reason: { code: 'CAMPAIGN_NOT_FOUND', path: '[0].campaignId' } })
    expect(calls[3]).toMatchObject({ reason: { code: 'INVALID_INPUT', path: '[0].type' } })
  })

  it('fail together when the storage is away, without being asked for one by one', async () => {
    const away = new CampaignKitError('STORAGE_FAILED', 'The database is away', { retry: 'later' })
    const { kit, batches } = openShop(() => {
      throw away
    })
    const calls = await Promise.allSettled(['a', 'b', 'c'].map((key) => kit.events.track(visit(key))))
    for (const call of calls) expect(call).toMatchObject({ reason: { code: 'STORAGE_FAILED' } })
    expect(batches).toEqual([['a'], ['b', 'c']])
    const again = await kit.events.track(visit('d')).catch(({ code }) => code)
    expect(again).toBe('STORAGE_FAILED')
  })

  it('never go with those of another tenant or actor', async () => {
    const seen: string[] = []
    const { kitOf } = openShop((keys, tenant) => void seen.push(`${tenant}: ${keys.join(' ')}`))
    const kits = [kitOf('pizzeria'), kitOf('trattoria'), kitOf('pizzeria', 'u-18')]
    await Promise.all(
      ['a', 'b'].flatMap((key) => kits.map((kit, at) => kit.events.track(visit(`${key}${at}`)))),
    )
    expect(seen.sort()).toEqual([
      'pizzeria: a0',
      'pizzeria: a2',
      'pizzeria: b0',
      'pizzeria: b2',
      'trattoria: a1',
      'trattoria: b1',
    ])
  })

  it('are each recorded or refused as if they had come alone, whichever the storage will not have', async () => {
    const call = fc.record({ key: fc.nat({ max: 30 }), bad: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 60 }), async (calls) => {
        const { kit } = openShop((keys) => {
          if (keys.some((key) => key.startsWith('bad'))) throw new RangeError('not this one')
        })
        const told = await Promise.allSettled(
          calls.map(({ key, bad }) => kit.events.track(visit(bad ? `bad-${key}` : `${key}`))),
        )
        const known = new Set<string>()
        const expected = calls.map(({ key, bad }) => {
          const recorded = known.has(`${key}`) ? 0 : 1
          if (!bad) known.add(`${key}`)
          return bad ? 'refused' : { recorded, repeated: 1 - recorded }
        })
        expect(told.map((call) => (call.status === 'fulfilled' ? call.value : 'refused'))).toEqual(expected)
      }),
      { seed: 17, numRuns: 60 },
    )
  })
})
