import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../base/time.js'
import type { CampaignInput, CampaignPatch } from '../model/campaign.js'
import type { Ids } from '../ports/ids.js'
import { all, everyone, tag } from '../segmentation/builders.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createSequentialIds } from '../testing/sequential-ids.js'
import { createPizzeria, SCOPE, winBack } from './pizzeria.fixture.js'
import { codeOf, refusalOf } from './refusal.fixture.js'

type Pizzeria = ReturnType<typeof createPizzeria>

/** What a host without a type checker may pass. */
const loose = (input: unknown) => input as CampaignInput
const withField = (fields: Record<string, unknown>) => loose({ ...winBack(), ...fields })
const { coupon: _coupon, ...withoutCoupon } = winBack()

async function expectNothingStored({ kit }: Pizzeria): Promise<void> {
  expect((await kit.campaigns.list({ archived: true })).items).toEqual([])
  expect((await kit.journal.list()).items).toEqual([])
}

const REFUSED: readonly (readonly [string, CampaignInput, string])[] = [
  ['nothing at all', loose(undefined), 'INVALID_INPUT '],
  ['null', loose(null), 'INVALID_INPUT '],
  ['a list', loose([]), 'CAMPAIGN_TARGETING_REQUIRED audience'],
  ['a name of blanks', withField({ name: '  ' }), 'INVALID_INPUT name'],
  ['a name that is too long', withField({ name: 'x'.repeat(201) }), 'INVALID_INPUT name'],
  ['half a surrogate pair in the name', withField({ name: 'a\ud800' }), 'INVALID_INPUT name'],
  ['an unknown field', withField({ budget: 5 }), 'UNKNOWN_FIELD budget'],
  [
    'the key __proto__',
    loose(JSON.parse('{"name":"x","audience":"ALL","messages":{},"__proto__":{}}')),
    'UNKNOWN_FIELD __proto__',
  ],
  [
    'an unknown field further down',
    withField({ messages: { email: { subject: 'x', html: 'y', cc: 'z' } } }),
    'UNKNOWN_FIELD messages.email.cc',
  ],
  ['a type in capitals', withField({ type: 'WinBack' }), 'INVALID_INPUT type'],
  ['an unknown purpose', withField({ purpose: 'spam' }), 'INVALID_INPUT purpose'],
  ['the topic of all topics', withField({ topic: '*' }), 'INVALID_INPUT topic'],
  ['no audience', withField({ audience: undefined }), 'CAMPAIGN_TARGETING_REQUIRED audience'],
  ['an audience of null', withField({ audience: null }), 'CAMPAIGN_TARGETING_REQUIRED audience'],
  [
    'an audience that is no rule',
    withField({ audience: { type: 'nobody' } }),
    'CRITERIA_INVALID audience.type',
  ],
  [
    'an audience of no rules',
    withField({ audience: { type: 'all', of: [] } }),
    'CRITERIA_INVALID audience.of',
  ],
  [
    'a misplaced external rule',
    withField({ audience: { type: 'not', of: { type: 'eligibility', rule: 'r' } } }),
    'ELIGIBILITY_MISPLACED audience.of',
  ],
  ['no messages', withField({ messages: {} }), 'CAMPAIGN_CHANNEL_REQUIRED messages'],
  ['messages left out', withField({ messages: undefined }), 'CAMPAIGN_CHANNEL_REQUIRED messages'],
  ['messages of null', withField({ messages: null }), 'CAMPAIGN_CHANNEL_REQUIRED messages'],
  [
    'a message that is undefined',
    withField({ messages: { email: undefined } }),
    'CAMPAIGN_CHANNEL_REQUIRED messages',
  ],
  [
    'an unknown channel',
    withField({ messages: { pigeon: { body: 'coo' } } }),
    'UNKNOWN_FIELD messages.pigeon',
  ],
  [
    'a channel without adapter',
    withField({ messages: { sms: { body: 'Hello' } } }),
    'CAMPAIGN_CHANNEL_NOT_CONFIGURED messages.sms',
  ],
  [
    'an e-mail without body',
    withField({ messages: { email: { subject: 'x' } } }),
    'INVALID_INPUT messages.email',
  ],
  [
    'a subject of two lines',
    withField({ messages: { email: { subject: 'a\r\nBcc: all', html: 'x' } } }),
    'INVALID_INPUT messages.email.subject',
  ],
  [
    'a broken template',
    withField({ messages: { email: { subject: 'Hi', html: '{% if x %}' } } }),
    'TEMPLATE_INVALID messages.email.html',
  ],
  [
    'a broken template of a locale',
    withField({ messages: { email: { subject: 'Hi', html: 'x', locales: { de: { html: '{{ x' } } } } }),
    'TEMPLATE_INVALID messages.email.locales.de.html',
  ],
  [
    'a broken template of a variant',
    withField({
      experiment: { variants: [{ name: 'a' }, { name: 'b', messages: { email: { subject: '{{ x' } } }] },
    }),
    'TEMPLATE_INVALID experiment.variants[1].messages.email.subject',
  ],
  [
    'a link that is no web address',
    withField({ messages: { email: { subject: 'Hi', html: '<a href="javascript:alert(1)">x</a>' } } }),
    'LINK_NOT_ALLOWED messages.email.html',
  ],
  ['a QR code without coupon', withoutCoupon, 'COUPON_NOT_CONFIGURED messages.email.html'],
  [
    'a broken template of a language of a variant',
    withField({
      experiment: { variants: [{ name: 'a', messages: { email: { locales: { it: { text: '{{ x' } } } } }] },
    }),
    'TEMPLATE_INVALID experiment.variants[0].messages.email.locales.it.text',
  ],
  [
    'a first channel without message',
    withField({ delivery: { firstOf: ['email', 'sms'] } }),
    'INVALID_INPUT delivery.firstOf[1]',
  ],
  [
    'a first channel twice',
    withField({ delivery: { firstOf: ['email', 'email'] } }),
    'INVALID_INPUT delivery.firstOf',
  ],
  [
    'variants of one name',
    withField({ experiment: { variants: [{ name: 'a' }, { name: 'a' }] } }),
    'EXPERIMENT_INVALID experiment.variants',
  ],
  [
    'a variant named holdout',
    withField({ experiment: { variants: [{ name: 'holdout' }] } }),
    'INVALID_INPUT experiment.variants[0].name',
  ],
  [
    'nobody left for the variants',
    withField({ experiment: { variants: [{ name: 'a' }], holdout: 0.5, remainder: 0.5 } }),
    'EXPERIMENT_INVALID experiment.holdout',
  ],
  [
    'a variant with a message of its own channel',
    withField({ experiment: { variants: [{ name: 'a', messages: { sms: { body: 'x' } } }] } }),
    'INVALID_INPUT experiment.variants[0].messages.sms',
  ],
  [
    'a reward of more than all',
    withField({ coupon: { reward: { kind: 'percent', value: 130 } } }),
    'INVALID_INPUT coupon.reward.value',
  ],
  [
    'two ends of a coupon',
    withField({
      coupon: { reward: { kind: 'percent', value: 3 }, validFor: { days: 1 }, validUntil: SAMPLE_NOW },
    }),
    'INVALID_INPUT coupon.validUntil',
  ],
  [
    'a pace of nothing',
    withField({ pace: { email: { limit: 0, periodMs: 60_000 } } }),
    'INVALID_INPUT pace.email.limit',
  ],
  [
    'a pace of an unknown channel',
    withField({ pace: { fax: { limit: 1, periodMs: 60_000 } } }),
    'UNKNOWN_FIELD pace.fax',
  ],
  [
    'a zone that nobody knows',
    withField({ schedule: { type: 'once', at: '2026-04-01T09:00', zone: 'Mars/Olympus' } }),
    'TIME_ZONE_UNKNOWN schedule.zone',
  ],
  [
    'a day that the calendar lacks',
    withField({ schedule: { type: 'once', at: '2026-02-30T09:00' } }),
    'INVALID_INPUT schedule.at',
  ],
  [
    'weekdays of a month',
    withField({ schedule: { type: 'recurring', every: 'month', at: '09:00', weekdays: ['mon'] } }),
    'INVALID_INPUT schedule.weekdays',
  ],
  [
    'a start beside a schedule of one time',
    withField({ schedule: { type: 'once', at: '2026-04-01T09:00' }, startsAt: SAMPLE_NOW }),
    'INVALID_INPUT startsAt',
  ],
  [
    'an end before the start',
    withField({ startsAt: SAMPLE_NOW + DAY_MS, endsAt: SAMPLE_NOW }),
    'INVALID_INPUT endsAt',
  ],
  ['a start without offset', withField({ startsAt: '2026-04-01T09:00:00' }), 'INVALID_INPUT startsAt'],
  [
    'metadata that JSON cannot say',
    withField({ metadata: { at: new Date(0) } }),
    'INVALID_INPUT metadata.at',
  ],
  ['more retries than ten', withField({ maxRetries: 11 }), 'INVALID_INPUT maxRetries'],
  ['an unknown policy for doubts', withField({ inDoubt: 'ignore' }), 'INVALID_INPUT inDoubt'],
]

describe('creating a campaign', () => {
  it('stores a draft with its defaults, a salt and a handle of its own, and tells journal and listeners', async () => {
    const { kit, root, clock } = createPizzeria()
    const heard: unknown[] = []
    root.on('campaign.status', ({ from, to }) => heard.push([from, to]))
    const created = await kit.campaigns.create(winBack({ objective: 'Bring them back' }))
    expect(created).toMatchObject({
      status: 'draft',
      version: 1,
      digest: null,
      pinnedAudience: null,
      pinnedStrata: null,
      placements: [],
      startsAt: null,
      launchedAt: null,
      createdAt: clock.now(),
      content: {
        type: 'general',
        purpose: 'marketing',
        topic: 'offers',
        delivery: 'each',
        maxRetries: 3,
        inDoubt: 'hold',
      },
    })
    expect(created.handle).toMatch(/^[0-9A-HJKMNP-TV-Z]{6}$/)
    expect(created.salt).toMatch(/^[0-9a-f]{32}$/)
    expect(await kit.campaigns.get(created.id)).toEqual(created)
    expect((await kit.journal.list()).items).toMatchObject([
      {
        action: 'campaign.create',
        actor: SCOPE.actor,
        subject: { type: 'campaign', id: created.id },
        before: null,
        after: { name: 'We miss you' },
      },
    ])
    expect(heard).toEqual([[null, 'draft']])
  })

  it.each(REFUSED)('refuses %s and stores nothing', async (_what, input, refused) => {
    const pizzeria = createPizzeria()
    expect(await codeOf(() => pizzeria.kit.campaigns.create(input))).toBe(refused)
    await expectNothingStored(pizzeria)
  })

  it('takes everyone() for a targeting rule, and the older shapes for the same tree', async () => {
    const { kit } = createPizzeria()
    const audiences = [everyone(), 'ALL', 'Pizza-Lover , vip', { tags: 'vip' }] as const
    const stored = await Promise.all(
      audiences.map((audience, index) => kit.campaigns.create(winBack({ name: `c${index}`, audience }))),
    )
    expect(stored.map(({ content }) => content.audience)).toEqual([
      { type: 'everyone' },
      { type: 'everyone' },
      { type: 'tags', match: 'any', tags: ['pizza-lover', 'vip'] },
      { type: 'tags', match: 'any', tags: ['vip'] },
    ])
  })

  it('keeps names unique for a tenant and free for another', async () => {
    const { kit, root } = createPizzeria()
    await kit.campaigns.create(winBack())
    expect(await codeOf(() => kit.campaigns.create(winBack()))).toBe('CAMPAIGN_NAME_TAKEN name')
    expect((await kit.journal.list()).items).toHaveLength(1)
    const other = root.as({ ...SCOPE, tenant: 'trattoria' })
    expect(await other.campaigns.create(winBack())).toMatchObject({ content: { name: 'We miss you' } })
  })

  it('is not changed by what the caller does with the input afterwards', async () => {
    const { kit } = createPizzeria()
    const metadata = { season: 'spring' }
    const { id } = await kit.campaigns.create(winBack({ metadata }))
    metadata.season = 'winter'
    expect((await kit.campaigns.get(id)).content.metadata).toEqual({ season: 'spring' })
  })
})

describe('editing a draft', () => {
  it('replaces the fields of the patch, removes those of null and keeps the rest', async () => {
    const { kit } = createPizzeria()
    const draft = await kit.campaigns.create(
      winBack({ objective: 'Bring them back', startsAt: SAMPLE_NOW + DAY_MS }),
    )
    const edited = await kit.campaigns.edit(
      draft.id,
      { name: 'Come back', objective: null, startsAt: null, audience: tag('vip') },
      1,
    )
    expect(edited).toMatchObject({
      version: 2,
      startsAt: null,
      content: { name: 'Come back', messages: draft.content.messages },
    })
    expect(edited.content).not.toHaveProperty('objective')
    expect(edited).toMatchObject({ handle: draft.handle, salt: draft.salt, createdAt: draft.createdAt })
    expect((await kit.journal.list()).items.at(-1)).toMatchObject({
      action: 'campaign.edit',
      before: { version: 1, content: { name: 'We miss you' } },
      after: { version: 2, content: { name: 'Come back' } },
    })
  })

  it.each<[string, unknown, string]>([
    ['an unknown field', { budget: 1 }, 'UNKNOWN_FIELD budget'],
    ['the removal of the audience', { audience: null }, 'CAMPAIGN_TARGETING_REQUIRED audience'],
    ['the removal of the name', { name: null }, 'INVALID_INPUT name'],
    ['the removal of every message', { messages: {} }, 'CAMPAIGN_CHANNEL_REQUIRED messages'],
    [
      'the removal of the coupon that a template shows',
      { coupon: null },
      'COUPON_NOT_CONFIGURED messages.email.html',
    ],
    [
      'a broken template',
      { messages: { email: { subject: '{{', html: 'x' } } },
      'TEMPLATE_INVALID messages.email.subject',
    ],
    ['the name of another', { name: 'Other' }, 'CAMPAIGN_NAME_TAKEN name'],
    ['no patch at all', null, 'INVALID_INPUT patch'],
    ['a patch that is a text', 'name', 'INVALID_INPUT patch'],
    ['a patch that is a list', [], 'INVALID_INPUT patch'],
  ])('refuses %s and changes nothing', async (_what, patch, refused) => {
    const { kit } = createPizzeria()
    await kit.campaigns.create(winBack({ name: 'Other' }))
    const draft = await kit.campaigns.create(winBack())
    expect(await codeOf(() => kit.campaigns.edit(draft.id, patch as CampaignPatch, 1))).toBe(refused)
    expect(await kit.campaigns.get(draft.id)).toEqual(draft)
    expect((await kit.journal.list()).items).toHaveLength(2)
  })

  it('refuses a version that is not the present one, or none', async () => {
    const { kit } = createPizzeria()
    const { id } = await kit.campaigns.create(winBack())
    const refused = await refusalOf(() => kit.campaigns.edit(id, { name: 'x' }, 2))
    expect(refused).toMatchObject({
      code: 'VERSION_CONFLICT',
      details: { expected: 2, actual: 1 },
      retry: 'later',
    })
    expect(await codeOf(() => kit.campaigns.edit(id, { name: 'x' }, undefined as never))).toBe(
      'VERSION_CONFLICT',
    )
    expect(await codeOf(() => kit.campaigns.edit('nothing', { name: 'x' }, 1))).toBe('CAMPAIGN_NOT_FOUND')
  })

  it('lets one of two edits at once win', async () => {
    const { kit } = createPizzeria()
    const { id } = await kit.campaigns.create(winBack())
    const edits = await Promise.allSettled([
      kit.campaigns.edit(id, { name: 'Left' }, 1),
      kit.campaigns.edit(id, { name: 'Right' }, 1),
    ])
    expect(edits.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const lost = edits.find((edit) => edit.status === 'rejected')
    expect(lost?.reason).toMatchObject({ code: 'VERSION_CONFLICT' })
    expect(await kit.campaigns.get(id)).toMatchObject({ version: 2 })
    expect((await kit.journal.list()).items).toHaveLength(2)
  })

  it('refuses what another overtook between reading and writing', async () => {
    const memory = createMemoryStorage()
    let overtake: (() => Promise<unknown>) | null = null
    const campaigns = overridden(memory.campaigns, {
      async get(scope, id) {
        const read = await memory.campaigns.get(scope, id)
        const first = overtake
        overtake = null
        await first?.()
        return read
      },
    })
    const { kit } = createPizzeria({ storage: overridden(memory, { campaigns }) })
    const other = createPizzeria({ storage: memory, seed: 'other' }).kit
    const { id } = await kit.campaigns.create(winBack())
    overtake = () => other.campaigns.edit(id, { name: 'Faster' }, 1)
    expect(await codeOf(() => kit.campaigns.edit(id, { name: 'Slower' }, 1))).toBe('VERSION_CONFLICT')
    expect(await kit.campaigns.get(id)).toMatchObject({ version: 2, content: { name: 'Faster' } })
  })

  it('is over once the campaign was scheduled or launched, whatever version is named', async () => {
    const { kit } = createPizzeria()
    const { id } = await kit.campaigns.create(winBack({ startsAt: SAMPLE_NOW + DAY_MS }))
    const scheduled = await kit.campaigns.schedule(id)
    expect(await codeOf(() => kit.campaigns.edit(id, { name: 'x' }, scheduled.version))).toBe(
      'CAMPAIGN_IMMUTABLE',
    )
    expect(await codeOf(() => kit.campaigns.edit(id, { name: 'x' }, 1))).toBe('CAMPAIGN_IMMUTABLE')
  })
})

describe('cloning a campaign', () => {
  it('makes a draft of the same content under another name, with handle and salt of its own and no dates', async () => {
    const { kit } = createPizzeria()
    const source = await kit.campaigns.create(
      winBack({ startsAt: SAMPLE_NOW + DAY_MS, endsAt: SAMPLE_NOW + 9 * DAY_MS }),
    )
    await kit.campaigns.schedule(source.id)
    const clone = await kit.campaigns.clone(source.id, 'We still miss you')
    expect(clone).toMatchObject({
      status: 'draft',
      version: 1,
      startsAt: null,
      digest: null,
      pinnedAudience: null,
      pinnedStrata: null,
      placements: [],
    })
    const { startsAt: _start, endsAt: _end, ...content } = source.content
    expect(clone.content).toEqual({ ...content, name: 'We still miss you' })
    expect(clone.handle).not.toBe(source.handle)
    expect(clone.salt).not.toBe(source.salt)
    expect(clone.id).not.toBe(source.id)
  })

  it('leaves a schedule of one time out and keeps a recurring one without its end', async () => {
    const { kit } = createPizzeria()
    const once = await kit.campaigns.create(winBack({ schedule: { type: 'once', at: '2026-03-05T09:00' } }))
    const weekly = { type: 'recurring', every: 'week', at: '09:00' } as const
    const recurring = await kit.campaigns.create(
      winBack({ name: 'weekly', schedule: { ...weekly, until: SAMPLE_NOW + DAY_MS } }),
    )
    expect((await kit.campaigns.clone(once.id, 'a')).content).not.toHaveProperty('schedule')
    expect((await kit.campaigns.clone(recurring.id, 'b')).content.schedule).toEqual(weekly)
  })

  it('needs a name that is free', async () => {
    const { kit } = createPizzeria()
    const source = await kit.campaigns.create(winBack())
    expect(await codeOf(() => kit.campaigns.clone(source.id, 'We miss you'))).toBe('CAMPAIGN_NAME_TAKEN name')
    expect(await codeOf(() => kit.campaigns.clone(source.id, undefined as never))).toBe('INVALID_INPUT name')
    expect(await codeOf(() => kit.campaigns.clone('nothing', 'x'))).toBe('CAMPAIGN_NOT_FOUND')
  })
})

describe('templates of two tenants', () => {
  it('stay apart even when their campaigns have equal ids', async () => {
    const others = createSequentialIds()
    const ids: Ids = { next: (kind) => (kind === 'campaign' ? 'same' : others.next(kind)) }
    const { kit, root } = createPizzeria({ storage: createMemoryStorage(), kit: { ids } })
    const other = root.as({ ...SCOPE, tenant: 'trattoria' })
    await kit.customers.upsert([{ id: 'c-1' }])
    await other.customers.upsert([{ id: 'c-1' }])
    const say = (subject: string) =>
      winBack({ audience: all(tag('a')), messages: { email: { subject, html: 'x' } } })
    await kit.campaigns.create(say('Pizza'))
    await other.campaigns.create(say('Pasta'))
    expect((await kit.campaigns.preview('same', { customerId: 'c-1' })).message).toMatchObject({
      subject: 'Pizza',
    })
    expect((await other.campaigns.preview('same', { customerId: 'c-1' })).message).toMatchObject({
      subject: 'Pasta',
    })
  })
})
