import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { allowAll } from '../access/policy.js'
import type { CustomerId } from '../base/ids.js'
import { addressKeyOf, addressKeysOf } from '../consent/address-key.js'
import { createPhone } from '../defaults/phone.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { ConsentInput } from '../model/consent.js'
import { createManualClock, SAMPLE_NOW } from '../testing/manual-clock.js'
import { sampleScope } from '../testing/samples.js'
import { createSequentialIds } from '../testing/sequential-ids.js'
import type { EngineContext, EngineSettings } from './context.js'
import {
  consentHistory,
  recordConsents,
  type SuppressionInput,
  suppressAddresses,
  unsuppressAddresses,
} from './record-consents.js'

type Secret = EngineSettings['secrets'][number]

const scope = sampleScope()
const older: Secret = { id: '2025', key: 'an older secret of the host' }
const current: Secret = { id: '2026', key: 'the current secret of the host' }

function newContext(
  parts: Partial<EngineContext> = {},
  secrets: readonly [Secret, ...Secret[]] = [current],
): EngineContext {
  const settings: Partial<EngineSettings> = { secrets }
  const context: Partial<EngineContext> = {
    storage: createMemoryStorage(),
    clock: createManualClock(),
    ids: createSequentialIds(),
    phone: createPhone(),
    access: allowAll,
    settings: settings as EngineSettings,
    ...parts,
  }
  return context as EngineContext
}

async function journalOf(context: EngineContext) {
  return (await context.storage.journal.list(scope, {}, { cursor: null, limit: 100 })).items
}

async function suppressionsOf(context: EngineContext, channel: ChannelKind, address: string) {
  return context.storage.consents.suppressed(scope, addressKeysOf([current, older], channel, address))
}

const granted: ConsentInput = {
  customerId: 'c-1',
  channel: 'email',
  topic: 'offers',
  decision: 'granted',
  basis: 'sign-up form',
  obtainedAt: '2026-01-01T00:00:00Z',
}
const denied: ConsentInput = {
  ...granted,
  decision: 'denied',
  basis: 'asked at the till',
  obtainedAt: SAMPLE_NOW,
}

describe('recording consents', () => {
  it('keeps every piece of evidence once, in order of its time, whatever the order of the calls', async () => {
    const context = newContext()
    await recordConsents(context, scope, [denied])
    await recordConsents(context, scope, [granted, denied])
    const history = await consentHistory(context, scope, 'c-1')
    expect(history.map(({ decision, obtainedAt }) => [decision, obtainedAt])).toEqual([
      ['granted', Date.UTC(2026, 0, 1)],
      ['denied', SAMPLE_NOW],
    ])
    const [standing] = await context.storage.consents.standing(scope, ['c-1' as CustomerId])
    expect(standing?.decision).toBe('denied')
  })

  it('journals counts, without the customers', async () => {
    const context = newContext()
    await recordConsents(context, scope, [granted, denied, { ...granted, customerId: 'c-2', topic: '*' }])
    expect(await journalOf(context)).toMatchObject([
      {
        action: 'consents.record',
        subject: { type: 'customers', id: 'all' },
        after: { granted: 2, denied: 1 },
      },
    ])
    expect(JSON.stringify(await journalOf(context))).not.toContain('c-2')
  })

  it.each([
    ['INVALID_INPUT', '[1].obtainedAt', { ...granted, obtainedAt: '2026-02-30T00:00:00Z' }],
    ['INVALID_INPUT', '[1].channel', { ...granted, channel: 'pigeon' }],
    ['INVALID_INPUT', '[1].topic', { ...granted, topic: 'Big Offers' }],
    ['INVALID_INPUT', '[1].basis', { ...granted, basis: ' ' }],
    ['UNKNOWN_FIELD', '[1].by', { ...granted, by: 'x' }],
  ])('refuses with %s at %s and stores nothing of the call', async (code, path, wrong) => {
    const context = newContext()
    const inputs = [granted, wrong as ConsentInput]
    await expect(recordConsents(context, scope, inputs)).rejects.toMatchObject({ code, path })
    expect(await consentHistory(context, scope, 'c-1')).toEqual([])
  })

  it('does nothing for an empty list and has no history of a stranger', async () => {
    const context = newContext()
    await recordConsents(context, scope, [])
    expect(await journalOf(context)).toEqual([])
    expect(await consentHistory(context, scope, 'nobody')).toEqual([])
  })

  it('keeps tenants apart', async () => {
    const context = newContext()
    await recordConsents(context, sampleScope('other'), [granted])
    expect(await consentHistory(context, scope, 'c-1')).toEqual([])
  })
})

describe('suppressing addresses', () => {
  it('keeps a key under the current secret, the reason and the instant, and never the address', async () => {
    const context = newContext()
    await suppressAddresses(context, scope, [
      { channel: 'email', address: ' Ada@Mail.Example', reason: 'complained' },
      { channel: 'sms', address: '+39 06 1234 5678', reason: 'requested' },
    ])
    expect(await suppressionsOf(context, 'email', 'ada@mail.example')).toEqual([
      {
        channel: 'email',
        addressKey: addressKeyOf(current, 'email', 'ada@mail.example'),
        reason: 'complained',
        since: SAMPLE_NOW,
      },
    ])
    expect(await suppressionsOf(context, 'sms', '+390612345678')).toMatchObject([{ channel: 'sms' }])
    expect(await journalOf(context)).toMatchObject([
      { action: 'addresses.suppress', after: { addresses: 2 } },
    ])
    expect(JSON.stringify(await journalOf(context))).not.toMatch(/ada|39/i)
  })

  it('keeps the first reason', async () => {
    const context = newContext()
    const address = 'ada@mail.example'
    await suppressAddresses(context, scope, [{ channel: 'email', address, reason: 'bounced' }])
    await suppressAddresses(context, scope, [{ channel: 'email', address, reason: 'requested' }])
    expect(await suppressionsOf(context, 'email', address)).toMatchObject([{ reason: 'bounced' }])
  })

  it('takes suppressions back under every secret, on that channel alone', async () => {
    const storage = createMemoryStorage()
    const address = 'ada@mail.example'
    await suppressAddresses(newContext({ storage }, [older]), scope, [
      { channel: 'email', address, reason: 'requested' },
    ])
    const context = newContext({ storage }, [current, older])
    await suppressAddresses(context, scope, [{ channel: 'email', address, reason: 'requested' }])
    await suppressAddresses(context, scope, [{ channel: 'in-app', address, reason: 'requested' }])
    expect(await suppressionsOf(context, 'email', address)).toHaveLength(2)
    await unsuppressAddresses(
      context,
      scope,
      [{ channel: 'email', address: 'ADA@mail.example' }],
      'asked for it at the till',
    )
    expect(await suppressionsOf(context, 'email', address)).toEqual([])
    expect(await suppressionsOf(context, 'in-app', address)).toHaveLength(1)
    expect((await journalOf(context)).at(-1)).toMatchObject({
      action: 'addresses.unsuppress',
      reason: 'asked for it at the till',
      after: { addresses: 1 },
    })
  })

  it.each([
    ['ADDRESS_INVALID', '[1].address', { channel: 'email', address: 'nobody', reason: 'requested' }],
    ['ADDRESS_INVALID', '[1].address', { channel: 'whatsapp', address: '06 1234 5678', reason: 'requested' }],
    ['INVALID_INPUT', '[1].address', { channel: 'push', address: ' ', reason: 'requested' }],
    ['INVALID_INPUT', '[1].reason', { channel: 'email', address: 'a@b.example', reason: 'spite' }],
    [
      'UNKNOWN_FIELD',
      '[1].since',
      { channel: 'email', address: 'a@b.example', reason: 'requested', since: 0 },
    ],
  ])('refuses with %s at %s and stores nothing of the call', async (code, path, wrong) => {
    const context = newContext()
    const right: SuppressionInput = { channel: 'email', address: 'ada@mail.example', reason: 'requested' }
    const inputs = [right, wrong as SuppressionInput]
    await expect(suppressAddresses(context, scope, inputs)).rejects.toMatchObject({ code, path })
    expect(await suppressionsOf(context, 'email', 'ada@mail.example')).toEqual([])
    expect(await journalOf(context)).toEqual([])
  })

  it('refuses to take back without a reason or an address', async () => {
    const context = newContext()
    const right = { channel: 'email', address: 'ada@mail.example' } as const
    await expect(unsuppressAddresses(context, scope, [right], ' ')).rejects.toMatchObject({ path: 'reason' })
    await expect(
      unsuppressAddresses(context, scope, [{ ...right, address: 'x' }], 'because'),
    ).rejects.toMatchObject({ code: 'ADDRESS_INVALID', path: '[0].address' })
  })

  it('does nothing for an empty list', async () => {
    const context = newContext()
    await suppressAddresses(context, scope, [])
    await unsuppressAddresses(context, scope, [], 'because')
    expect(await journalOf(context)).toEqual([])
  })
})

describe('an actor without leave', () => {
  it('neither records nor reads consents, neither suppresses nor takes back', async () => {
    const asked: string[] = []
    const context = newContext({
      access: (_scope, action) => {
        asked.push(action)
        return false
      },
    })
    const forbidden = { code: 'FORBIDDEN' }
    await expect(recordConsents(context, scope, [granted])).rejects.toMatchObject(forbidden)
    await expect(consentHistory(context, scope, 'c-1')).rejects.toMatchObject(forbidden)
    await expect(suppressAddresses(context, scope, [])).rejects.toMatchObject(forbidden)
    await expect(unsuppressAddresses(context, scope, [], 'because')).rejects.toMatchObject(forbidden)
    expect(asked).toEqual(['consent.write', 'customer.read', 'consent.write', 'consent.write'])
  })
})
