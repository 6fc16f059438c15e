import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DeliveryId } from '../base/ids.js'
import { HOUR_MS } from '../base/time.js'
import { RECEIPT_TYPES, type Receipt } from '../model/receipt.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createPizzeria, LAPSED, SCOPE } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'

const RUNS = process.env.CAMPAIGNKIT_LONG === '1' ? 500 : 40

const recording = () => createRecordingChannel({ receipts: RECEIPT_TYPES, receiptWindowMs: HOUR_MS })

/** A campaign that was sent to some customers, with the ids of the deliveries. */
async function sentTo(count: number) {
  const email = recording()
  const pizzeria = createPizzeria({ email })
  await pizzeria.welcome(count)
  const { id } = await pizzeria.runCampaign({ tracking: { clicks: true, opens: true } })
  const { items } = await pizzeria.kit.campaigns.deliveries(id)
  return { ...pizzeria, id, deliveryIds: items.map((delivery) => delivery.id), deliveries: items }
}

let made = 0
const receipt = (
  deliveryId: DeliveryId | undefined,
  type: Receipt['type'],
  more: Partial<Receipt> = {},
): Receipt => {
  made += 1
  return {
    key: `k-${made}`,
    type,
    at: SAMPLE_NOW + made,
    ...(deliveryId === undefined ? {} : { deliveryId }),
    ...more,
  }
}

describe('receipts', () => {
  it('are counted, told and joined into their delivery', async () => {
    const { kit, root, id, deliveryIds } = await sentTo(2)
    const heard: string[] = []
    root.on('events.recorded', ({ events }) => heard.push(...events.map(({ type }) => type)))
    const opened = receipt(deliveryIds[0], 'opened')
    const outcome = await kit.events.ingest([
      receipt(deliveryIds[0], 'delivered'),
      opened,
      receipt(deliveryIds[1], 'clicked', { url: 'https://pizza.example' }),
    ])
    expect(outcome).toEqual({ recorded: 3, repeated: 0, unknown: 0 })
    expect(heard).toEqual(['delivered', 'opened', 'clicked'])
    expect((await kit.campaigns.deliveries(id)).items[0]?.receipts).toMatchObject({ opened: opened.at })
    expect((await kit.reports.campaign(id)).counts).toMatchObject({
      sent: 2,
      delivered: 1,
      opened: 1,
      clicks: 1,
    })
  })

  it('are found by the id that the provider gave the message', async () => {
    const { kit, id, deliveries } = await sentTo(2)
    const providerMessageId = deliveries[1]?.providerMessageId ?? ''
    expect(providerMessageId).not.toBe('')
    expect(await kit.events.ingest([receipt(undefined, 'delivered', { providerMessageId })])).toMatchObject({
      recorded: 1,
    })
    expect((await kit.campaigns.deliveries(id)).items[1]?.receipts).toHaveProperty('delivered')
    expect((await kit.campaigns.deliveries(id)).items[0]?.receipts).not.toHaveProperty('delivered')
  })

  it('that fit nothing never stop the rest', async () => {
    const { kit, id, deliveryIds } = await sentTo(1)
    const odd = [
      null,
      undefined,
      7,
      'delivered',
      {},
      { key: 'x' },
      { ...receipt(deliveryIds[0], 'opened'), at: Number.NaN },
      { ...receipt(deliveryIds[0], 'opened'), type: 'exploded' },
      { ...receipt(deliveryIds[0], 'opened'), key: '' },
      { ...receipt(deliveryIds[0], 'opened'), machine: 'yes' },
      { ...receipt(deliveryIds[0], 'opened'), surprise: 1 },
      receipt('nothing' as DeliveryId, 'opened'),
      receipt(undefined, 'opened'),
      receipt(undefined, 'opened', { providerMessageId: 'nothing' }),
      receipt('__proto__' as DeliveryId, 'opened'),
    ] as Receipt[]
    const good = receipt(deliveryIds[0], 'delivered')
    expect(await kit.events.ingest([...odd, good])).toEqual({ recorded: 1, repeated: 0, unknown: odd.length })
    expect((await kit.reports.campaign(id)).counts).toMatchObject({ delivered: 1, opened: 0 })
    expect(await kit.events.ingest([])).toEqual({ recorded: 0, repeated: 0, unknown: 0 })
  })

  it('must come as a list of at most ten thousand', async () => {
    const { kit } = await sentTo(1)
    for (const given of [undefined, null, {}, 'x'])
      expect(await codeOf(() => kit.events.ingest(given as never))).toMatch(/^INVALID_INPUT/)
    expect(
      await codeOf(() =>
        kit.events.ingest(Array.from({ length: 10_001 }, () => receipt(undefined, 'opened'))),
      ),
    ).toMatch(/^INVALID_INPUT/)
  })

  it('that repeat say so, within a batch and after it', async () => {
    const { kit, id, deliveryIds } = await sentTo(1)
    const opened = receipt(deliveryIds[0], 'opened')
    expect(await kit.events.ingest([opened, opened])).toEqual({ recorded: 1, repeated: 1, unknown: 0 })
    expect(await kit.events.ingest([opened])).toEqual({ recorded: 0, repeated: 1, unknown: 0 })
    expect((await kit.reports.campaign(id)).counts.opened).toBe(1)
  })

  it('of machines are counted apart', async () => {
    const { kit, id, deliveryIds } = await sentTo(3)
    await kit.events.ingest([
      receipt(deliveryIds[0], 'opened', { machine: true }),
      receipt(deliveryIds[1], 'opened'),
      receipt(deliveryIds[1], 'opened'),
      receipt(deliveryIds[2], 'clicked', { machine: true }),
    ])
    expect((await kit.reports.campaign(id)).counts).toMatchObject({
      opened: 1,
      openedWithMachines: 2,
      clicks: 0,
    })
  })

  it.each(RECEIPT_TYPES)('that say %s change permissions only where they must', async (type) => {
    const { kit, deliveryIds } = await sentTo(1)
    const journal = (await kit.journal.list()).items.length
    await kit.events.ingest([receipt(deliveryIds[0], type)])
    const { excluded } = await kit.audiences.reach(LAPSED, { channels: ['email'] })
    const news = await kit.audiences.reach(LAPSED, { channels: ['email'], topic: 'news' })
    const expected =
      { bounced: { suppressed: 1 }, complained: { suppressed: 1 }, unsubscribed: { consentDenied: 1 } }[
        type as string
      ] ?? {}
    expect(excluded).toEqual(expected)
    const denies = type === 'complained' || type === 'unsubscribed'
    expect((await kit.consents.history('c-0')).filter(({ decision }) => decision === 'denied')).toMatchObject(
      denies ? [{ topic: '*', channel: 'email', obtainedAt: SAMPLE_NOW + made }] : [],
    )
    if (type === 'unsubscribed') expect(news.excluded).toEqual({ consentDenied: 1 })
    const actions = (await kit.journal.list()).items.slice(journal).map(({ action }) => action)
    expect(actions).toEqual([
      ...(type === 'bounced' || type === 'complained' ? ['addresses.suppress'] : []),
      ...(denies ? ['consents.deny'] : []),
    ])
    expect(JSON.stringify((await kit.journal.list()).items.slice(journal))).not.toContain('ada0')
  })

  it('are found by any of the forms that the id may have been stored in', async () => {
    const { kit, id, deliveries } = await sentTo(2)
    const stored = deliveries[1]?.providerMessageId ?? ''
    const given = receipt(undefined, 'delivered', { providerMessageIds: ['other', stored, 'another'] })
    expect(await kit.events.ingest([given])).toMatchObject({ recorded: 1 })
    expect((await kit.campaigns.deliveries(id)).items[1]?.receipts).toHaveProperty('delivered')
  })

  it('are found by the id of the message where no delivery has the id they name', async () => {
    const { kit, id, deliveries } = await sentTo(2)
    const [first, second] = deliveries
    const providerMessageIds = [second?.providerMessageId ?? '']
    const of = (deliveryId: string) => receipt(deliveryId as DeliveryId, 'delivered', { providerMessageIds })
    expect(await kit.events.ingest([of('of-somebody-else'), of(first?.id ?? '')])).toMatchObject({
      recorded: 2,
    })
    const told = (await kit.campaigns.deliveries(id)).items.map(({ receipts }) => Object.keys(receipts))
    expect(told).toEqual([['delivered'], ['delivered']])
  })

  const deniedTopics = async (type: Receipt['type'], topic: string | null) => {
    const { kit, deliveryIds } = await sentTo(1)
    await kit.events.ingest([receipt(deliveryIds[0], type, { topic })])
    return (await kit.consents.history('c-0'))
      .filter(({ decision }) => decision === 'denied')
      .map((record) => record.topic)
  }

  it.each<[Receipt['type'], string | null, string]>([
    ['unsubscribed', 'news', 'news'],
    ['unsubscribed', '*', '*'],
    ['unsubscribed', null, 'offers'],
    ['complained', 'news', '*'],
  ])('that say %s of the topic %s deny %s and no more', async (type, topic, denied) => {
    expect(await deniedTopics(type, topic)).toEqual([denied])
  })

  it('that say resubscribed allow what they name, and nothing when they name nothing', async () => {
    const { kit, deliveryIds } = await sentTo(1)
    const reachable = async (topic: string) =>
      (await kit.audiences.reach(LAPSED, { channels: ['email'], topic })).reachable
    await kit.events.ingest([receipt(deliveryIds[0], 'unsubscribed')])
    await kit.events.ingest([receipt(deliveryIds[0], 'resubscribed')])
    expect(await reachable('offers')).toBe(0)
    await kit.events.ingest([receipt(deliveryIds[0], 'resubscribed', { topic: null })])
    expect([await reachable('offers'), await reachable('news')]).toEqual([1, 0])
    await kit.events.ingest([receipt(deliveryIds[0], 'resubscribed', { topic: 'news' })])
    expect(await reachable('news')).toBe(1)
    expect((await kit.journal.list()).items.at(-1)).toMatchObject({ action: 'consents.grant' })
  })

  it('that are older than a new consent do not take it back', async () => {
    const { kit, deliveryIds } = await sentTo(1)
    await kit.consents.record([
      {
        customerId: 'c-0',
        channel: 'email',
        topic: 'offers',
        decision: 'granted',
        basis: 'at the till',
        obtainedAt: SAMPLE_NOW + 9 * HOUR_MS,
      },
    ])
    await kit.events.ingest([receipt(deliveryIds[0], 'unsubscribed', { at: SAMPLE_NOW + HOUR_MS })])
    expect((await kit.audiences.reach(LAPSED, { channels: ['email'] })).reachable).toBe(1)
  })

  it('give the same counts, states and permissions in every order and repetition', async () => {
    const said = fc.record({
      delivery: fc.nat(3),
      type: fc.constantFrom(...RECEIPT_TYPES),
      at: fc.nat(5),
      machine: fc.boolean(),
      byMessageId: fc.boolean(),
      stranger: fc.constantFrom(false, false, false, true),
    })
    const plan = fc
      .array(said, { minLength: 1, maxLength: 12 })
      .chain((list) =>
        fc.tuple(
          fc.constant(list),
          fc.shuffledSubarray([...list.keys(), ...list.keys()], { minLength: 2 * list.length }),
          fc.nat(4),
        ),
      )
    await fc.assert(
      fc.asyncProperty(plan, async ([list, order, cut]) => {
        const stateAfter = async (indices: readonly number[], size: number) => {
          const world = await sentTo(4)
          const receipts = list.map(
            ({ delivery, type, at, machine, byMessageId, stranger }, index): Receipt => {
              const target = world.deliveries[delivery]
              const place = stranger
                ? { deliveryId: 'stranger' as DeliveryId }
                : byMessageId
                  ? { providerMessageId: target?.providerMessageId ?? '' }
                  : { deliveryId: target?.id ?? ('' as DeliveryId) }
              return { key: `r-${index}`, type, at: SAMPLE_NOW + at, machine, ...place }
            },
          )
          for (let from = 0; from < indices.length; from += size) {
            await world.kit.events.ingest(
              indices.slice(from, from + size).map((index) => receipts[index] as Receipt),
            )
          }
          const scope = { ...SCOPE, tenant: 'pizzeria' as never }
          const keys = world.deliveries.flatMap(({ addressKey }) => (addressKey === null ? [] : [addressKey]))
          const counters = await world.storage.events.counters(scope, world.id)
          return {
            counters: counters.map((counter) => JSON.stringify(counter)).sort(),
            deliveries: (await world.kit.campaigns.deliveries(world.id)).items,
            consents: await Promise.all(
              [0, 1, 2, 3].map((number) => world.kit.consents.history(`c-${number}`)),
            ),
            suppressed: (await world.storage.consents.suppressed(scope, keys))
              .map(({ channel, addressKey }) => `${channel} ${addressKey}`)
              .sort(),
          }
        }
        const once = await stateAfter([...list.keys()], list.length)
        expect(await stateAfter(order, cut + 1)).toEqual(once)
      }),
      { numRuns: RUNS, seed: 2_026 },
    )
  }, 60_000)
})
