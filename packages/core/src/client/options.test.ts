import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { createManualClock } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { type CampaignKit, createCampaignKit } from './create-campaign-kit.js'
import type { CampaignKitOptions } from './options.js'
import { createPizzeria, SCOPE, winBack } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'

const KEY = 'a secret of the pizzeria, long enough'

const options = (more: Record<string, unknown> = {}): CampaignKitOptions =>
  ({
    storage: createMemoryStorage(),
    channels: {},
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: KEY }],
    ...more,
  }) as CampaignKitOptions

const refusal = (make: () => CampaignKit) => codeOf(async () => make())

describe('the options of a kit', () => {
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'INVALID_INPUT '],
    ['null', null, 'INVALID_INPUT '],
    ['an unknown one', options({ pace: 1 }), 'UNKNOWN_FIELD pace'],
    ['no storage', options({ storage: undefined }), 'INVALID_INPUT storage'],
    ['no channels', options({ channels: undefined }), 'INVALID_INPUT channels'],
    [
      'an unknown channel',
      options({ channels: { fax: createRecordingChannel() } }),
      'UNKNOWN_FIELD channels.fax',
    ],
    [
      'a channel under the name of another',
      options({ channels: { sms: createRecordingChannel() } }),
      'INVALID_INPUT channels.sms',
    ],
    ['a channel that is none', options({ channels: { email: {} } }), 'INVALID_INPUT channels.email'],
    ['no secrets', options({ secrets: undefined }), 'INVALID_INPUT secrets'],
    ['an empty list of secrets', options({ secrets: [] }), 'INVALID_INPUT secrets'],
    [
      'a secret that is not set',
      options({ secrets: [{ id: 'a', key: undefined }] }),
      'SECRET_INVALID secrets[0].key',
    ],
    ['a lease of no time', options({ leaseMs: 0 }), 'INVALID_INPUT leaseMs'],
    ['an access policy that is no function', options({ access: {} }), 'INVALID_INPUT access'],
    ['sinks that are no list', options({ sinks: {} }), 'INVALID_INPUT sinks'],
    ['a clock that is none', options({ clock: 'now' }), 'INVALID_INPUT clock'],
  ])('refuse %s', async (_what, given, refused) => {
    expect(await refusal(() => createCampaignKit(given as CampaignKitOptions))).toBe(refused)
  })

  it.each([
    'http://go.pizza.example',
    'https://go.pizza.example/path',
    'https://go.pizza.example/?x=1',
    'https://go.pizza.example/#x',
    'https://user@go.pizza.example',
    'https://:secret@go.pizza.example',
    'https://[::1]',
    'https://my_host.example',
    'ftp://go.pizza.example',
    'go.pizza.example',
    'javascript:alert(1)',
    '',
    7,
  ])('refuse the public URL %j', async (publicUrl) => {
    expect(await refusal(() => createCampaignKit(options({ publicUrl })))).toBe('INVALID_INPUT publicUrl')
  })

  it.each([
    ['https://go.pizza.example/', 'https://go.pizza.example/'],
    ['https://GO.Pizza.example:8443', 'https://go.pizza.example:8443/'],
    ['https://pizzeria-süd.example', 'https://xn--pizzeria-sd-2hb.example/'],
    ['http://localhost:3000', 'http://localhost:3000/'],
    ['http://127.0.0.1', 'http://127.0.0.1/'],
  ])('take the public URL %s, and links stand under it', async (publicUrl, origin) => {
    const { kit, welcome } = createPizzeria({ kit: { publicUrl } })
    await welcome(1)
    const { id } = await kit.campaigns.create(winBack())
    const { message } = await kit.campaigns.preview(id, { customerId: 'c-0' })
    const text = message.type === 'email' ? message.text : ''
    expect(text.toLowerCase()).toContain(`${origin}q/`)
    expect(JSON.stringify(message)).toContain(`${origin}u/`)
  })

  it('need not name any port: all have a default', async () => {
    const root = createCampaignKit(options())
    const kit = root.as(SCOPE)
    await kit.customers.upsert([{ id: 'c-1' }])
    expect((await kit.customers.get('c-1')).id).toBe('c-1')
    await root.worker().drain()
    await root.close()
  })

  it.each<[string, () => unknown, string]>([
    ['a zone that nobody knows', () => ({ timeZone: 'Mars/Olympus' }), 'TIME_ZONE_UNKNOWN tenants.timeZone'],
    ['an unknown setting', () => ({ zone: 'UTC' }), 'UNKNOWN_FIELD tenants.zone'],
    [
      'a holdout of everybody',
      () => ({ globalHoldout: { share: 1, salt: 'x' } }),
      'INVALID_INPUT tenants.globalHoldout.share',
    ],
    [
      'a holdout without salt',
      () => ({ globalHoldout: { share: 0.1 } }),
      'INVALID_INPUT tenants.globalHoldout.salt',
    ],
    ['a promise', async () => ({ timeZone: 'UTC' }), 'INVALID_INPUT tenants'],
  ])('refuse %s for a tenant when it is first used', async (_what, tenants, refused) => {
    const { kit } = createPizzeria({ kit: { tenants: tenants as () => object } })
    expect(
      await codeOf(() =>
        kit.audiences
          .reach('ALL', { channels: ['email'] })
          .then(() => kit.campaigns.create(winBack({ schedule: { type: 'once', at: '2026-03-09T09:00' } })))
          .then(({ id }) => kit.campaigns.launch(id)),
      ),
    ).toMatch(new RegExp(`^${refused.split(' ')[0]}`))
  })

  it('are asked for a tenant once', async () => {
    const asked: string[] = []
    const { kit, welcome } = createPizzeria({
      kit: {
        tenants: (tenant) => {
          asked.push(tenant)
          return {}
        },
      },
    })
    await welcome(2)
    await kit.audiences.reach('ALL', { channels: ['email'] })
    await kit.audiences.reach('ALL', { channels: ['email'] })
    expect(asked).toEqual(['pizzeria'])
  })
})

describe('a kit', () => {
  it.each<[string, unknown, string]>([
    ['no scope', undefined, 'INVALID_INPUT '],
    ['no actor', { tenant: 'pizzeria' }, 'INVALID_INPUT actor'],
    ['a tenant without name', { ...SCOPE, tenant: '' }, 'INVALID_INPUT tenant'],
    [
      'an unknown kind of actor',
      { tenant: 'p', actor: { id: 'x', kind: 'cat' } },
      'INVALID_INPUT actor.kind',
    ],
    ['an unknown field', { ...SCOPE, admin: true }, 'UNKNOWN_FIELD admin'],
  ])('is for nobody with %s', async (_what, scope, refused) => {
    const { root } = createPizzeria()
    expect(await codeOf(async () => root.as(scope as never))).toBe(refused)
  })

  it('refuses settings of a worker that it does not know', async () => {
    const { root } = createPizzeria()
    expect(await codeOf(async () => root.worker({ threads: 2 } as never))).toBe('UNKNOWN_FIELD threads')
    expect(await codeOf(async () => root.worker({ concurrency: 0 }))).toBe('INVALID_INPUT concurrency')
  })

  it('tells listeners until they stop, and survives one that throws', async () => {
    const lines: unknown[] = []
    const logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (...line: unknown[]) => lines.push(line),
    }
    const { kit, root } = createPizzeria({ kit: { logger } })
    const heard: string[] = []
    root.on('campaign.status', () => {
      throw new Error('ada@example.com')
    })
    root.on('campaign.status', () => {
      throw 'ada@example.com' as never
    })
    const stop = root.on('campaign.status', ({ to }) => heard.push(to))
    await kit.campaigns.create(winBack())
    stop()
    await kit.campaigns.create(winBack({ name: 'other' }))
    expect(heard).toEqual(['draft'])
    expect(lines).toHaveLength(4)
    expect(JSON.stringify(lines)).not.toContain('ada@')
  })

  it('lets go of channels and storage, even when a channel fails to', async () => {
    const closed: string[] = []
    const memory = createMemoryStorage()
    const storage = overridden(memory, {
      close: async () => {
        closed.push('storage')
      },
    })
    const good = {
      ...createRecordingChannel(),
      close: async () => {
        closed.push('email')
      },
    }
    await createPizzeria({ storage, email: good }).root.close()
    expect(closed).toEqual(['email', 'storage'])
    const bad = { ...createRecordingChannel(), close: () => Promise.reject(new Error('stuck')) }
    await expect(createPizzeria({ storage, email: bad }).root.close()).rejects.toThrow('stuck')
    expect(closed).toEqual(['email', 'storage', 'storage'])
    await createPizzeria({ kit: { clock: createManualClock() } }).root.close()
  })
})
