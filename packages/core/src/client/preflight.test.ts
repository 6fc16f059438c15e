import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import { perHour, perMinute } from '../model/pace.js'
import { everyone, segment, tag } from '../segmentation/builders.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createPizzeria, lapsedCustomer, SCOPE, winBack } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'

const email = (html: string, subject = 'Hi') => ({ messages: { email: { subject, html } } })

describe('preflight', () => {
  async function flight(
    more: Partial<CampaignInput>,
    options: Parameters<typeof createPizzeria>[0] = {},
    count = 100,
  ) {
    const pizzeria = createPizzeria(options)
    await pizzeria.welcome(count)
    const { id } = await pizzeria.kit.campaigns.create(winBack({ ...email('<p>Hello</p>'), ...more }))
    return pizzeria.kit.campaigns.preflight(id)
  }

  it('says what a launch would do, and changes nothing', async () => {
    const { kit, storage, welcome } = createPizzeria()
    await welcome(100)
    await kit.segments.save({ name: 'all of them', criteria: everyone() })
    const draft = await kit.campaigns.create(
      winBack({
        ...email('<p>Hello</p>'),
        experiment: {
          variants: [{ name: 'a' }, { name: 'b' }],
          holdout: 0.1,
          remainder: 0.2,
          minContacts: 80,
        },
      }),
    )
    const journal = (await kit.journal.list()).items.length
    const before = await kit.campaigns.preflight(draft.id)
    expect(before).toMatchObject({
      ready: true,
      funnel: { matched: 100, recipients: 70, holdout: 10, remainder: 20, excluded: {} },
      segments: { 'all of them': 100 },
      messages: { email: 70 },
      cost: [],
      findings: [],
    })
    expect(
      before.sizes.map(({ channel, variant, locale, clipped }) => [channel, variant, locale, clipped]),
    ).toEqual([
      ['email', 'a', null, false],
      ['email', 'b', null, false],
    ])
    expect(await kit.campaigns.preflight(draft.id)).toEqual(before)
    expect(await kit.campaigns.get(draft.id)).toEqual(draft)
    expect((await kit.journal.list()).items).toHaveLength(journal)
    expect(await storage.campaigns.runsOf({ ...SCOPE, tenant: 'pizzeria' as never }, draft.id)).toEqual([])
  })

  it('estimates cost and duration at the slowest of the paces', async () => {
    const priced = createRecordingChannel({ price: { amountMinor: 10, per: 100, currency: 'EUR' } })
    const at100 = await flight({}, { email: priced }, 101)
    expect(at100.cost).toEqual([{ amountMinor: 10, currency: 'EUR' }])
    // a hundred a minute, and half a percent that makes sure of it
    expect((at100.durationMs.email ?? 0) / 60_000).toBeCloseTo(1, 1)
    expect(at100.durationMs.email).toBeGreaterThanOrEqual(60_000)
    const slowly = await flight({ pace: { email: perHour(10) } }, {}, 11)
    expect((slowly.durationMs.email ?? 0) / 3_600_000).toBeCloseTo(1, 1)
    const shared = await flight({}, { email: createRecordingChannel({ accountPace: perMinute(10) }) }, 11)
    expect((shared.durationMs.email ?? 0) / 60_000).toBeCloseTo(1, 1)
    const tenant = await flight({}, { kit: { tenants: () => ({ pace: { email: perMinute(5) } }) } }, 6)
    expect((tenant.durationMs.email ?? 0) / 60_000).toBeCloseTo(1, 1)
    expect((await flight({}, {}, 1)).durationMs).toEqual({ email: 0 })
  })

  it('is what the run then costs and how long it takes', async () => {
    const priced = createRecordingChannel({ price: { amountMinor: 3, per: 7, currency: 'EUR' } })
    const { kit, root, clock, welcome } = createPizzeria({ email: priced })
    await welcome(230)
    const { id } = await kit.campaigns.create(winBack())
    const { cost, durationMs } = await kit.campaigns.preflight(id)
    const begun = clock.now()
    await kit.campaigns.launch(id)
    await root.worker().drain()
    expect((await kit.reports.campaign(id)).cost).toEqual(cost)
    expect(Math.abs(clock.now() - begun - (durationMs.email ?? 0)) / (durationMs.email ?? 1)).toBeLessThan(
      0.02,
    )
  })

  it('counts each channel of both, and the first of firstOf', async () => {
    const messages = { email: { subject: 'Hi', html: 'x' }, sms: { body: 'Hi' } }
    for (const [delivery, expected] of [
      ['each', { email: 4, sms: 2 }],
      [{ firstOf: ['sms', 'email'] }, { sms: 2, email: 2 }],
    ] as const) {
      const channels = { email: createRecordingChannel(), sms: createRecordingChannel({ kind: 'sms' }) }
      const { kit, welcome } = createPizzeria({ channels })
      await welcome(4, (number) =>
        number < 2 ? { addresses: { email: `a${number}@example.com`, phone: `+3933300000${number}` } } : {},
      )
      await kit.consents.record(
        [0, 1].map((number) => ({
          customerId: `c-${number}`,
          channel: 'sms',
          topic: 'offers',
          decision: 'granted',
          basis: 'form',
          obtainedAt: 1,
        })),
      )
      const { id } = await kit.campaigns.create(winBack({ messages, delivery: delivery as never }))
      expect((await kit.campaigns.preflight(id)).messages).toEqual(expected)
    }
  })

  it('finds variables that nobody supplies, at the place where they were written', async () => {
    const { ready, findings } = await flight({
      messages: {
        email: {
          subject: 'Hi {{ customer.frstName }}',
          html: '{{ customer.attributes.dish }} {{ coupon.code }}',
          locales: { de: { html: '{{ wer }}' } },
        },
      },
      experiment: { variants: [{ name: 'a' }, { name: 'b', messages: { email: { subject: '{{ was }}' } } }] },
    })
    expect(ready).toBe(false)
    expect(
      findings
        .filter(({ code }) => code === 'unknownVariable')
        .map(({ path, message }) => `${path}: ${message}`)
        .sort(),
    ).toEqual([
      'experiment.variants[1].messages.email.subject: {{ was }} is supplied by nobody',
      'messages.email.html: {{ customer.attributes.dish }} is supplied by nobody',
      'messages.email.locales.de.html: {{ wer }} is supplied by nobody',
      'messages.email.subject: {{ customer.frstName }} is supplied by nobody',
    ])
  })

  it('warns of a guarded attribute that nobody has, and refuses a name that can be nobody\u2019s', async () => {
    const { ready, findings } = await flight({
      messages: {
        email: {
          subject: 'Hi {{ customer.nick | default: "friend" }}',
          html: '{% if customer.nick %}<p>{{ customer.nick }}</p>{% endif %}',
        },
      },
    })
    expect(ready).toBe(true)
    expect(findings.map(({ severity, code, path }) => [severity, code, path])).toEqual([
      ['warning', 'nobodyHasValue', 'messages.email.subject'],
      ['warning', 'nobodyHasValue', 'messages.email.html'],
    ])
    const typo = await flight(email('{{ custmer.nick | default: "friend" }}'))
    expect(typo.ready).toBe(false)
    expect(typo.findings.map(({ code }) => code)).toEqual(['unknownVariable'])
  })

  it('does not know `data.` of a host that supplies none, and anything of one that does', async () => {
    const unknownOf = async (kit: Parameters<typeof createPizzeria>[0]) => {
      const made = createPizzeria(kit)
      await made.welcome(1)
      const { id } = await made.kit.campaigns.create(winBack(email('{{ data.shop }} {{ data }}')))
      const { findings } = await made.kit.campaigns.preflight(id)
      return findings.filter(({ code }) => code === 'unknownVariable').map(({ message }) => message)
    }
    expect(await unknownOf({})).toEqual(['{{ data.shop }} is supplied by nobody'])
    expect(await unknownOf({ kit: { templateData: async () => new Map() } })).toEqual([])
  })

  it('knows the attributes of the whole audience, and asks nobody outside of it', async () => {
    const { kit, welcome } = createPizzeria()
    await welcome(300, (number) => (number === 299 ? { id: 'z-last', attributes: { dish: 'Calzone' } } : {}))
    await kit.customers.upsert([{ id: 'a-stranger', attributes: { plate: 'x' } }])
    const { id } = await kit.campaigns.create(
      winBack(email('{{ customer.attributes.dish }} {{ customer.attributes.plate }}')),
    )
    const { findings } = await kit.campaigns.preflight(id)
    expect(findings.map(({ message }) => message)).toEqual([
      '{{ customer.attributes.plate }} is supplied by nobody',
    ])
  })

  it('warns of what Gmail clips and refuses what the provider does not take, by variant and locale', async () => {
    const long = `<p>${'x'.repeat(103 * 1_024)}</p>`
    const clipped = await flight({
      messages: { email: { subject: 'Hi', html: '<p>short</p>', locales: { de: { html: long } } } },
      experiment: { variants: [{ name: 'a' }, { name: 'b', messages: { email: { html: long } } }] },
    })
    expect(clipped.ready).toBe(true)
    expect(clipped.sizes.map(({ variant, locale, clipped: cut }) => [variant, locale, cut])).toEqual([
      ['a', null, false],
      ['a', 'de', true],
      ['b', null, true],
      ['b', 'de', true],
    ])
    expect(clipped.sizes[1]?.bytes).toBeGreaterThan(103 * 1_024)
    expect(clipped.findings.map(({ severity, code, path }) => [severity, code, path])).toEqual([
      ['warning', 'gmailClips', 'messages.email.locales.de.html'],
      ['warning', 'gmailClips', 'experiment.variants[1].messages.email.html'],
      ['warning', 'localeIncomplete', 'messages.email.locales.de'],
    ])
    const heavy = await flight(email(long), { email: createRecordingChannel({ maxMessageBytes: 10_000 }) })
    expect(heavy.ready).toBe(false)
    expect(heavy.findings).toContainEqual(
      expect.objectContaining({ severity: 'error', code: 'MESSAGE_TOO_LARGE', path: 'messages.email' }),
    )
  })

  it('reads every form of a message as people do, and says where a locale is half written', async () => {
    const { ready, findings } = await flight({
      messages: {
        email: {
          subject: 'Hi',
          preheader: 'Hi',
          html: '<img src="https://pizza.example/a.png"><p style="color:#999999">Come back</p>{{ qr }}',
          locales: {
            it: { subject: 'Ciao', preheader: 'Torna', html: '<p>Torna</p>' },
            de: { subject: 'Hallo', preheader: 'Komm wieder' },
            'de-AT': { html: '<p>Komm wieder</p>' },
          },
        },
      },
      qrEmbedding: 'data',
    })
    expect(ready).toBe(true)
    expect(findings.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
      'imageDroppedByGmail messages.email.html',
      'imageWithoutAlt messages.email.html',
      'localeIncomplete messages.email.locales.de',
      'lowContrast messages.email.html',
      'preheaderRepeatsSubject messages.email.preheader',
    ])
  })

  it('says when nobody is matched or reached', async () => {
    expect(await flight({ audience: tag('nobody') })).toMatchObject({
      ready: false,
      sizes: [],
      findings: [
        {
          severity: 'error',
          code: 'nobodyReached',
          path: 'audience',
          message: 'The audience matches nobody',
        },
      ],
    })
    const { kit } = createPizzeria()
    await kit.customers.upsert([lapsedCustomer(1)])
    const { id } = await kit.campaigns.create(winBack())
    const flown = await kit.campaigns.preflight(id)
    expect(flown).toMatchObject({
      ready: false,
      funnel: { matched: 1, recipients: 0, excluded: { noConsent: 1 } },
      messages: { email: 0 },
    })
    expect(flown.findings).toMatchObject([
      { code: 'nobodyReached', message: 'Nobody who is matched can be reached' },
    ])
    expect(flown.sizes).toHaveLength(1)
  })

  it('measures by a customer who can be reached, before one who cannot', async () => {
    const { kit, welcome } = createPizzeria()
    await welcome(1)
    const { id } = await kit.campaigns.create(winBack(email('<p>{{ customer.attributes.note }}</p>')))
    const before = (await kit.campaigns.preflight(id)).sizes[0]?.bytes ?? 0
    await kit.customers.upsert([
      lapsedCustomer(0, { id: 'a-first', attributes: { note: 'x'.repeat(9_000) } }),
    ])
    expect((await kit.campaigns.preflight(id)).sizes[0]?.bytes).toBe(before)
  })

  it('finds what fails to render, and passes on what the host throws', async () => {
    const broken = await flight(email('<a href="{{ customer.firstName }}">x</a>'))
    expect(broken.ready).toBe(false)
    expect(broken.findings).toMatchObject([
      { severity: 'error', code: 'TEMPLATE_RENDER_FAILED', path: expect.stringContaining('messages.email') },
    ])
    const templateData = () => Promise.reject(new RangeError('the host is away'))
    await expect(flight({}, { kit: { templateData } })).rejects.toThrow('the host is away')
  })

  it('tells of a draft what would stand in the way of its launch', async () => {
    const late = await flight({ startsAt: SAMPLE_NOW - DAY_MS })
    expect(late).toMatchObject({
      ready: false,
      findings: [{ severity: 'error', code: 'CAMPAIGN_START_IN_PAST', path: 'startsAt' }],
    })
    const volatile = await flight({}, { email: createRecordingChannel({ reachesPeople: true }) })
    expect(volatile.findings).toMatchObject([{ code: 'STORAGE_NOT_DURABLE', path: 'messages.email' }])
  })

  it('of a campaign under way looks at its pinned audience, and needs adapters', async () => {
    const storage = createMemoryStorage()
    const { kit, welcome } = createPizzeria({ storage })
    await welcome(3)
    await kit.segments.save({ name: 'friends', criteria: tag('pizza-lover') })
    const { id } = await kit.campaigns.create(winBack({ audience: segment('friends') }))
    await kit.campaigns.launch(id)
    await kit.segments.save({ name: 'friends', criteria: tag('other') }, 1)
    expect((await kit.campaigns.preflight(id)).funnel.matched).toBe(3)
    const without = createPizzeria({ storage, channels: {}, seed: 'other' })
    const flown = await without.kit.campaigns.preflight(id)
    expect(flown).toMatchObject({
      ready: false,
      cost: [],
      sizes: [],
      findings: [{ code: 'noAdapter', path: 'messages.email' }],
    })
  })

  it('is refused without campaign or segment, and stops when it is told to', async () => {
    const { kit, welcome } = createPizzeria()
    await welcome(1)
    const { id } = await kit.campaigns.create(winBack({ audience: segment('gone') }))
    expect(await codeOf(() => kit.campaigns.preflight('nothing'))).toBe('CAMPAIGN_NOT_FOUND')
    expect(await codeOf(() => kit.campaigns.preflight(id))).toMatch(/^SEGMENT_NOT_FOUND/)
    const other = await kit.campaigns.create(winBack({ name: 'other' }))
    expect(await codeOf(() => kit.campaigns.preflight(other.id, { signal: AbortSignal.abort() }))).toBe(
      'ABORTED',
    )
  })
})
