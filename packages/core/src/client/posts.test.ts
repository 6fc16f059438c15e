import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import { everyone } from '../segmentation/builders.js'
import { failsFirst } from '../testing/faults.js'
import { createFaultyChannel } from '../testing/faulty-channel.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createPizzeria, winBack } from './pizzeria.fixture.js'
import { createSendingWorld, type SendingOptions, timesTaken } from './sending.fixture.js'

const POST = { title: 'Two for one', body: 'On {{ now | date: "%A" }}', placement: ['page', 'group'] }

/** A campaign that writes to nobody. */
const billboard = (more: Partial<CampaignInput> = {}): CampaignInput => ({
  name: 'Two for one',
  audience: everyone(),
  messages: { social: POST },
  ...more,
})

const network = (options: SendingOptions = {}) =>
  createSendingWorld({
    social: { capabilities: { price: { amountMinor: 50, per: 1, currency: 'EUR' } } },
    ...options,
  })

async function launched(world: ReturnType<typeof network>, campaign: CampaignInput) {
  const { id } = await world.kit.campaigns.create(campaign)
  await world.kit.campaigns.launch(id)
  await world.root.worker().drain()
  return id
}

describe('a campaign over a public channel', () => {
  it('is put up once a placement, for nobody in particular', async () => {
    const world = network()
    await world.invite(3)
    const id = await launched(world, billboard())
    expect(world.social.accepted.map(({ message }) => [message.to, message.content])).toEqual(
      ['page', 'group'].map((placement) => [
        placement,
        expect.objectContaining({ type: 'notice', title: 'Two for one', placement }),
      ]),
    )
    const { items } = await world.kit.campaigns.deliveries(id)
    expect(items).toHaveLength(2)
    for (const each of items)
      expect(each).toMatchObject({ customerId: null, addressKey: null, arm: 'public', status: 'sent' })
    const [run] = await world.kit.campaigns.runs(id)
    const members = await world.storage.audience.list(
      { tenant: 'pizzeria' as never, actor: { id: 'u', kind: 'user', roles: [] } },
      run?.id as never,
      {},
      { cursor: null, limit: 10 },
    )
    expect(members.items).toEqual([])
    expect((await world.kit.campaigns.get(id)).status).toBe('completed')
  })

  it('takes the name of the channel for the placement when it names none', async () => {
    const world = network()
    const { placement: _several, ...post } = POST
    await launched(world, billboard({ messages: { social: post } }))
    expect([...timesTaken(world.social)]).toEqual([['social', 1]])
  })

  it('goes beside messages to customers, whichever of their channels works', async () => {
    const world = network()
    await world.invite(2)
    const { messages } = winBack()
    const both = { ...messages, sms: { body: 'Come back' }, social: POST }
    const id = await launched(world, winBack({ messages: both, delivery: { firstOf: ['email', 'sms'] } }))
    expect(timesTaken(world.social)).toEqual(
      new Map([
        ['page', 1],
        ['group', 1],
      ]),
    )
    expect([world.email.accepted.length, world.sms.accepted.length]).toEqual([2, 0])
    const report = await world.kit.reports.campaign(id)
    expect([report.audience.matched, report.audience.recipients]).toEqual([2, 2])
    expect(report.counts.sent).toBe(4)
    expect(report.deliveries.sent).toBe(4)
    expect(report.channels.map(({ channel, counts }) => [channel, counts.sent])).toEqual(
      [
        ['email', 2],
        ['social', 2],
        ['sms', 0],
      ].toSorted(([left], [right]) => order(left) - order(right)),
    )
    expect(report.channels.find(({ channel }) => channel === 'social')?.cost).toEqual([
      { amountMinor: 100, currency: 'EUR' },
    ])
  })

  it('beside an experiment is in no arm, and tells that those who are held out see it', async () => {
    const world = network()
    await world.invite(10)
    const experiment = { variants: [{ name: 'a' }, { name: 'b' }], holdout: 0.2, minContacts: 1 }
    const input = winBack({ messages: { ...winBack().messages, social: POST }, experiment })
    const { id } = await world.kit.campaigns.create(input)
    const { findings, posts, messages } = await world.kit.campaigns.preflight(id)
    expect(findings.map(({ severity, code, path }) => [severity, code, path])).toContainEqual([
      'warning',
      'heldOutSeePublic',
      'experiment.holdout',
    ])
    expect(posts.map(({ placement }) => placement)).toEqual(['page', 'group'])
    expect(messages).toEqual({ email: 8, social: 2 })
    await world.kit.campaigns.launch(id)
    await world.root.worker().drain()
    const report = await world.kit.reports.campaign(id)
    expect(report.arms.map(({ arm, counts }) => [arm, counts.sent])).toEqual([
      ['a', 4],
      ['b', 4],
      ['holdout', 0],
    ])
    expect(report.counts.sent).toBe(10)
  })

  it('is put up once in each run of a recurring campaign', async () => {
    const world = network()
    const schedule = {
      type: 'recurring',
      every: 'day',
      at: '09:00',
      zone: 'UTC',
      until: SAMPLE_NOW + 3 * DAY_MS,
    } as const
    const { id } = await world.kit.campaigns.create(billboard({ schedule }))
    await world.kit.campaigns.launch(id)
    await world.root.worker().drain({ until: SAMPLE_NOW + 9 * DAY_MS })
    const runs = await world.kit.campaigns.runs(id)
    expect(runs.length).toBeGreaterThan(1)
    expect(timesTaken(world.social)).toEqual(
      new Map([
        ['page', runs.length],
        ['group', runs.length],
      ]),
    )
    expect((await world.kit.campaigns.get(id)).status).toBe('completed')
  })

  it('is put up once however often its network has to be asked, and held where nobody knows', async () => {
    const busy = network({ social: { faultOf: failsFirst(2, { outcome: 'transient', code: 'busy' }) } })
    await launched(busy, billboard())
    expect(Math.max(...timesTaken(busy.social).values())).toBe(1)
    const lost = network({
      social: { faultOf: () => ({ outcome: 'unknown', code: 'timeout', taken: true }) },
    })
    const id = await launched(lost, billboard())
    expect(timesTaken(lost.social)).toEqual(
      new Map([
        ['page', 1],
        ['group', 1],
      ]),
    )
    const { items } = await lost.kit.campaigns.deliveries(id, { status: 'held' })
    await lost.kit.campaigns.settleHeld(
      id,
      items.map((each) => each.id),
      { as: 'sent', reason: 'seen there' },
    )
    expect((await lost.kit.campaigns.progress(id)).counts.sent).toBe(2)
  })

  it('suppresses no address and denies nobody anything, whatever the network says of it', async () => {
    const gone = network({
      social: { faultOf: () => ({ outcome: 'permanent', code: 'gone', suppress: true }) },
    })
    const failed = await launched(gone, billboard())
    expect((await gone.kit.campaigns.progress(failed)).counts.failed).toBe(2)
    const world = network()
    const id = await launched(world, billboard())
    const [first] = (await world.kit.campaigns.deliveries(id)).items
    const receipts = (['displayed', 'clicked', 'complained', 'unsubscribed', 'bounced'] as const).map(
      (type) => ({
        key: `n-${type}`,
        type,
        at: world.clock.now(),
        deliveryId: first?.id ?? ('' as never),
      }),
    )
    await world.kit.events.ingest([...receipts, ...receipts])
    const { counts, channels } = await world.kit.reports.campaign(id)
    expect([counts.impressions, counts.clicks]).toEqual([1, 1])
    expect(channels.map(({ channel }) => channel)).toEqual(['social'])
    const { items } = await world.kit.journal.list({})
    expect(items.filter(({ action }) => /consents|suppress/.test(action))).toEqual([])
  })

  it('hinders no erasure and is erased with nobody', async () => {
    const world = network()
    await world.invite(2)
    const id = await launched(world, winBack({ messages: { ...winBack().messages, social: POST } }))
    await world.kit.customers.erase(['c-0', 'c-1'], 'asked')
    const { items } = await world.kit.campaigns.deliveries(id)
    expect(items.filter(({ placement }) => placement !== null)).toHaveLength(2)
  })

  it('ends with its campaign, and is not put up after the end', async () => {
    const world = network()
    const { id } = await world.kit.campaigns.create(billboard())
    await world.kit.campaigns.launch(id)
    await world.kit.campaigns.pause(id).catch(() => undefined)
    await world.kit.campaigns.cancel(id, 'a mistake')
    await world.root.worker().drain()
    expect(world.social.attempted).toEqual([])
    const { counts, total } = await world.kit.campaigns.progress(id)
    expect(counts.cancelled).toBe(total)
  })

  it('pauses the campaign when the channel is no longer public, before anybody is written to', async () => {
    const storage = network().storage
    const world = network({ storage })
    const { id } = await world.kit.campaigns.create(billboard())
    await world.kit.campaigns.launch(id)
    const social = createFaultyChannel({
      clock: world.clock,
      faultOf: () => null,
      capabilities: { kind: 'social' },
    })
    const { root } = createPizzeria({
      storage,
      channels: { social },
      kit: { clock: world.clock },
      seed: 'later',
    })
    await root.worker().drain()
    expect(social.attempted).toEqual([])
    const { status, statusReason } = await world.kit.campaigns.get(id)
    expect([status, statusReason]).toEqual(['paused', 'CHANNEL_MISCONFIGURED'])
  })
})

describe('what is put in public', () => {
  it('is explained, gate by gate, and to a customer as nothing that was ever theirs', async () => {
    const world = network()
    await world.invite(1)
    const { id } = await world.kit.campaigns.create(billboard())
    const before = await world.kit.campaigns.explainPost(id, { channel: 'social' })
    expect([before.sent, before.placement, before.steps.map(({ stage }) => stage)]).toEqual([
      false,
      'page',
      ['campaign'],
    ])
    await world.kit.campaigns.launch(id)
    const waiting = await world.kit.campaigns.explainPost(id, { channel: 'social' })
    expect(waiting.steps.at(-1)).toMatchObject({ stage: 'gate', code: 'notYetDue' })
    await world.root.worker().drain()
    const trace = await world.kit.campaigns.explainPost(id, { channel: 'social', placement: 'group' })
    expect(trace.sent).toBe(true)
    expect(trace.steps.map(({ stage, code }) => [stage, code])).toEqual([
      ['campaign', 'completed'],
      ['gate', 'notApplicable'],
      ['permit', 'due'],
      ['attempt', 'accepted'],
      ['delivery', 'sent'],
    ])
    const ofCustomer = await world.kit.campaigns.explain(id, 'c-0')
    expect(ofCustomer.steps.at(-1)).toMatchObject({ passed: 'no', code: 'PUBLIC_HAS_NO_CUSTOMER' })
    for (const [choice, path] of [
      [{ channel: 'email' }, 'channel'],
      [{ channel: 'social', placement: 'wall' }, 'placement'],
    ] as const)
      await expect(world.kit.campaigns.explainPost(id, choice)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        path,
      })
  })

  it('is previewed without a customer, and tested on nobody', async () => {
    const world = network()
    await world.invite(1)
    const mixed = winBack({ messages: { ...winBack().messages, social: POST } })
    const { id } = await world.kit.campaigns.create(mixed)
    const preview = await world.kit.campaigns.preview(id, { channel: 'social' })
    expect(preview).toMatchObject({ to: 'page', variant: 'public', message: { placement: 'page' } })
    await expect(world.kit.campaigns.preview(id, { channel: 'email' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      path: 'customerId',
    })
    await expect(
      world.kit.campaigns.sendTest(id, { channel: 'social', to: ['page'], customerId: 'c-0' }),
    ).rejects.toMatchObject({ code: 'PUBLIC_HAS_NO_CUSTOMER', path: 'channel' })
    expect(world.social.attempted).toEqual([])
    await expect(
      world.kit.audiences.reach(everyone(), { channels: ['email', 'social'] }),
    ).rejects.toMatchObject({
      code: 'PUBLIC_HAS_NO_CUSTOMER',
      path: 'channels[1]',
    })
  })

  const personal: readonly (readonly [string, string, CampaignInput])[] = [
    ['PUBLIC_HAS_NO_CUSTOMER', 'audience', billboard({ audience: winBack().audience })],
    ['PUBLIC_HAS_NO_COUPON', 'coupon', billboard({ coupon: { reward: { kind: 'percent', value: 30 } } })],
    [
      'PUBLIC_HAS_NO_EXPERIMENT',
      'experiment',
      billboard({ experiment: { variants: [{ name: 'a' }], holdout: 0.1 } }),
    ],
    [
      'PUBLIC_HAS_NO_CUSTOMER',
      'messages.social.locales',
      billboard({ messages: { social: { ...POST, locales: { de: { title: 'Zwei für eins' } } } } }),
    ],
    [
      'PUBLIC_HAS_NO_CUSTOMER',
      'messages.social.body',
      billboard({
        messages: { social: { ...POST, body: 'Dear {{ customer.firstName | default: "you" }}' } },
      }),
    ],
    [
      'PUBLIC_HAS_NO_CUSTOMER',
      'messages.social.data.order',
      billboard({ messages: { social: { ...POST, data: { order: '{{ data.order }}' } } } }),
    ],
    [
      'PUBLIC_HAS_NO_COUPON',
      'messages.social.body',
      winBack({ messages: { ...winBack().messages, social: { ...POST, body: '{{ coupon.code }}' } } }),
    ],
    [
      'PUBLIC_HAS_NO_CUSTOMER',
      'delivery.firstOf[1]',
      winBack({
        messages: { ...winBack().messages, social: POST },
        delivery: { firstOf: ['email', 'social'] },
      }),
    ],
    [
      'PUBLIC_HAS_NO_EXPERIMENT',
      'experiment.variants[1].messages.social',
      winBack({
        messages: { ...winBack().messages, social: POST },
        experiment: { variants: [{ name: 'a' }, { name: 'b', messages: { social: { title: 'One' } } }] },
      }),
    ],
  ]

  it.each(personal)('is refused with %s at %s', async (code, path, input) => {
    const { kit } = network()
    const { id } = await kit.campaigns.create(input)
    const { ready, findings } = await kit.campaigns.preflight(id)
    expect(ready).toBe(false)
    const found = findings.filter((each) => each.code === code && each.path === path)
    expect(found).toHaveLength(1)
    await expect(kit.campaigns.launch(id)).rejects.toMatchObject({ code, path })
    expect((await kit.campaigns.get(id)).status).toBe('draft')
  })

  it('is refused in several places where a channel goes to customers', async () => {
    const social = createRecordingChannel({ kind: 'social' })
    const { kit } = createPizzeria({ channels: { social } })
    const { id } = await kit.campaigns.create(billboard())
    await expect(kit.campaigns.launch(id)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      path: 'messages.social.placement',
    })
  })

  it('goes over no channel that writes to an address', () => {
    const email = createRecordingChannel({ addressing: 'public' })
    expect(() => createPizzeria({ channels: { email } })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'channels.email.capabilities.addressing' }),
    )
  })
})

function order(channel: unknown): number {
  return ['email', 'sms', 'social'].indexOf(String(channel))
}
