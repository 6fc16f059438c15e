import { createMemoryStorage } from '@campaignkit/adapter-memory'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressKeysOf } from '../consent/address-key.js'
import type { KeyedAddress } from '../model/customer.js'
import type { PageRequestInput } from '../model/page.js'
import { entriesOf, type SealablePath } from '../model/sealed.js'
import type { Storage } from '../ports/storage/storage.js'
import { everyone } from '../segmentation/builders.js'
import { createFaultyChannel } from '../testing/faulty-channel.js'
import { createManualClock, SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import type { TenantKit } from './kit.js'
import type { CampaignKitOptions } from './options.js'
import { createPizzeria, SCOPE, winBack } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'

const OLD = { id: '2025', key: 'the secret of last year, long enough' }
const NEW = { id: '2026a', key: 'a secret of the pizzeria, long enough' }
const FIELDS: readonly SealablePath[] = ['addresses.email', 'firstName', 'attributes.born']
const ROTATED: CampaignKitOptions['secrets'] = [NEW, OLD]
const CODE = /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/

function shopWith(
  secrets: CampaignKitOptions['secrets'],
  storage: Storage = createMemoryStorage(),
  kit: Partial<CampaignKitOptions> = {},
) {
  const seed = secrets.map(({ id }) => id).join(' ')
  return createPizzeria({ storage, seed, kit: { secrets, tenants: () => ({ sealed: FIELDS }), ...kit } })
}

async function resealAll({ maintenance }: TenantKit, limit = 100) {
  const total = { resealed: 0, unopened: 0, calls: 0 }
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof maintenance.reseal>> = await maintenance.reseal({ cursor, limit })
    total.resealed += page.resealed
    total.unopened += page.unopened
    total.calls += 1
    cursor = page.nextCursor
  } while (cursor !== null)
  return total
}

/** Customers and coupons of last year: five people with three sealed values each, and a coupon. */
async function lastYear(kit: Partial<CampaignKitOptions> = {}) {
  const before = shopWith([OLD], createMemoryStorage(), kit)
  await before.welcome(5, (number) => ({ attributes: { born: 1815 + number } }))
  const { id } = await before.runCampaign()
  const codes = before.outbox.sent.map(({ content }) => CODE.exec(JSON.stringify(content))?.[0] ?? '')
  return { ...before, id, codes }
}

const seals = async (storage: Storage) => {
  const customers = await storage.customers.scan(SCOPE as never, { after: null, limit: 100 })
  return customers.flatMap(({ sealed }) => entriesOf(sealed).map(([, { seal }]) => seal))
}

describe('after the secrets were rotated, resealing', () => {
  it('takes everything to the current secret, so that the older one can go', async () => {
    const { storage, codes } = await lastYear()
    const rotated = shopWith(ROTATED, storage)
    expect(await resealAll(rotated.kit)).toEqual({ resealed: 5 * 3 + 5, unopened: 0, calls: 2 })
    expect((await seals(storage)).every((seal) => seal.startsWith('2026a.'))).toBe(true)
    const after = shopWith([NEW], storage)
    expect(await after.kit.customers.get('c-3', { open: true })).toMatchObject({
      firstName: 'Ada3',
      addresses: { email: 'ada3@example.com' },
      attributes: { born: 1818 },
    })
    expect((await after.runCampaign({ name: 'this year' })).status).toBe('completed')
    expect(after.outbox.sent).toHaveLength(5)
    expect((await after.kit.coupons.redeem(codes[0] ?? '', { by: 'till', key: 'r' })).outcome).toBe(
      'redeemed',
    )
  })

  it('makes the keys of sealed addresses anew, so that planning opens nothing', async () => {
    const { storage } = await lastYear()
    await resealAll(shopWith(ROTATED, storage).kit)
    const [customer] = await storage.customers.get(SCOPE as never, ['c-0' as never])
    const keys = customer?.sealed?.['addresses.email']?.addressKeys ?? []
    expect(keys.map((key) => key.split(':')[0])).toEqual(['2026a', '2025'])
    const shut = { seal: () => 'k.', open: () => expect.fail('was opened') }
    const { kit } = shopWith([NEW], storage, { cipher: shut })
    expect((await kit.audiences.reach(everyone(), { channels: ['email'] })).matched).toBe(5)
  })

  it('lets a coupon that waits for its retry be sent without the older secret', async () => {
    const clock = createManualClock({ auto: true })
    const busy = createFaultyChannel({ clock, faultOf: () => ({ outcome: 'transient', code: 'busy' }) })
    const before = createPizzeria({ email: busy, kit: { clock, secrets: [OLD] } })
    await before.welcome(3)
    const { id } = await before.kit.campaigns.create(winBack())
    await before.kit.campaigns.launch(id)
    await before.root.worker().drain({ until: SAMPLE_NOW + 10_000 })
    expect([busy.attempted.length, busy.accepted.length]).toEqual([3, 0])
    await resealAll(shopWith(ROTATED, before.storage).kit)
    const after = shopWith([NEW], before.storage)
    await after.root.worker().drain()
    expect(after.outbox.sent).toHaveLength(3)
  })

  it('goes a page a call, and on from its cursor in any process', async () => {
    const { storage } = await lastYear()
    const pages: (readonly [number, string | null])[] = []
    let cursor: string | null = null
    do {
      const { kit } = shopWith(ROTATED, storage)
      const page: Awaited<ReturnType<typeof kit.maintenance.reseal>> = await kit.maintenance.reseal({
        cursor,
        limit: 2,
      })
      pages.push([page.resealed, page.nextCursor?.split(':')[0] ?? null])
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(pages).toEqual([
      [6, 'customers'],
      [6, 'customers'],
      [3, 'coupons'],
      [2, 'coupons'],
      [2, 'coupons'],
      [1, null],
    ])
  })

  it('changes nothing the second time, and writes to the journal how much it changed alone', async () => {
    const { storage } = await lastYear()
    const { kit } = shopWith(ROTATED, storage)
    const before = (await kit.journal.list()).items.length
    await resealAll(kit)
    expect(await resealAll(kit)).toEqual({ resealed: 0, unopened: 0, calls: 2 })
    const entries = (await kit.journal.list()).items.slice(before)
    expect(entries.map(({ action, subject, after }) => [action, subject.type, after])).toEqual([
      ['customers.reseal', 'customers', { seals: 15 }],
      ['coupons.reseal', 'coupons', { seals: 5 }],
    ])
    expect(JSON.stringify(entries)).not.toMatch(/Ada|c-\d|@|18\d\d/)
  })

  it('counts what does not open and leaves it as it is', async () => {
    const { storage } = await lastYear()
    const { kit } = shopWith([NEW], storage)
    await kit.customers.upsert([{ id: 'c-0', firstName: 'Eva' }])
    const before = await seals(storage)
    expect(await resealAll(kit)).toEqual({ resealed: 0, unopened: 14 + 5, calls: 2 })
    expect(await seals(storage)).toEqual(before)
  })

  it('fails with what a cipher of the host throws, and stores nothing', async () => {
    const { storage } = await lastYear()
    const broken = {
      seal: () => 'k.x',
      open: () => {
        throw new Error('the vault is away')
      },
    }
    const { kit } = shopWith(ROTATED, storage, { cipher: broken })
    const before = await seals(storage)
    await expect(kit.maintenance.reseal()).rejects.toThrow('the vault is away')
    expect(await seals(storage)).toEqual(before)
  })

  it('loses nothing that is written or erased meanwhile', async () => {
    const { storage, kit: lastYears } = await lastYear()
    let isWritten = false
    const customers = overridden(storage.customers, {
      scan: async (scope, page) => {
        const found = await storage.customers.scan(scope, page)
        if (!isWritten) {
          isWritten = true
          await lastYears.customers.upsert([
            { id: 'c-0', firstName: 'Eva', addresses: { email: 'eva@example.com' } },
            { id: 'c-1', firstName: null },
          ])
          await lastYears.customers.erase(['c-2'], 'asked for it')
        }
        return found
      },
    })
    const { kit } = shopWith(ROTATED, overridden(storage, { customers }))
    expect((await resealAll(kit)).resealed).toBe(1 + 2 + 3 + 3 + 5)
    expect(await kit.customers.get('c-0', { open: true })).toMatchObject({
      firstName: 'Eva',
      addresses: { email: 'eva@example.com' },
    })
    expect((await kit.customers.get('c-1', { open: true })).firstName).toBeUndefined()
    expect(await codeOf(() => kit.customers.get('c-2'))).toBe('CUSTOMER_NOT_FOUND')
    expect((await resealAll(kit)).resealed).toBe(2)
    expect((await seals(storage)).every((seal) => seal.startsWith('2026a.'))).toBe(true)
  })

  it('beside any writing keeps for every field the value that was written last', async () => {
    const write = fc.record({
      id: fc.integer({ min: 0, max: 3 }).map((number) => `c-${number}`),
      firstName: fc.option(
        fc.string({ maxLength: 8 }).map((text) => `x${text}x`),
        { nil: null },
      ),
      isOld: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 30 }), async (writes) => {
        const { storage, kit: old } = await lastYear()
        const { kit } = shopWith(ROTATED, storage)
        await Promise.all(
          writes.flatMap(({ id, firstName, isOld }) => [
            (isOld ? old : kit).customers.upsert([{ id, firstName }]),
            kit.maintenance.reseal({ limit: 3 }),
            kit.maintenance.reseal({ cursor: 'customers:c-2' }),
          ]),
        )
        await resealAll(kit)
        for (const [id, firstName] of new Map(writes.map((each) => [each.id, each.firstName])))
          expect((await kit.customers.get(id, { open: true })).firstName ?? null).toBe(firstName)
        expect((await seals(storage)).every((seal) => seal.startsWith('2026a.'))).toBe(true)
      }),
      { seed: 20_260_301, numRuns: process.env.CAMPAIGNKIT_LONG === '1' ? 300 : 15 },
    )
  })

  it('asks the policy, and refuses a cursor that is none of its own', async () => {
    const { storage } = await lastYear()
    const asked: string[] = []
    const guarded = shopWith(ROTATED, storage, {
      access: (_scope, action) => {
        asked.push(action)
        return false
      },
    })
    expect(await codeOf(() => guarded.kit.maintenance.reseal())).toBe('FORBIDDEN')
    expect(asked).toEqual(['seal.renew'])
    const { kit } = shopWith(ROTATED, storage)
    for (const [page, refused] of [
      [{ cursor: 'c-1' }, 'INVALID_INPUT cursor'],
      [{ cursor: 'customers:' }, 'INVALID_INPUT cursor'],
      [{ cursor: 7 }, 'INVALID_INPUT cursor'],
      [{ limit: 1_001 }, 'INVALID_INPUT limit'],
      [{ all: true }, 'UNKNOWN_FIELD all'],
    ] as const)
      expect(await codeOf(() => kit.maintenance.reseal(page as PageRequestInput))).toBe(refused)
  })

  it('makes the keys of plain addresses anew where a storage keeps them', async () => {
    const { storage } = await lastYear()
    const kept: (readonly KeyedAddress[])[] = []
    const keepAddressKeys = async (_scope: unknown, addresses: readonly KeyedAddress[]) => {
      kept.push(addresses)
      return addresses.length
    }
    const customers = overridden(storage.customers, { keepAddressKeys })
    const keeping = overridden(storage, { customers })
    const { kit } = shopWith(ROTATED, keeping)
    await kit.customers.upsert([{ id: 'c-9', addresses: { phone: '+390612345678', push: 'p' } }])
    const page = await kit.maintenance.reseal()
    // of the others the only address is sealed
    expect(page).toMatchObject({ resealed: 15, rekeyed: 2, unopened: 0 })
    expect(kept).toEqual([
      (['phone', 'push'] as const).map((kind) => {
        const address = kind === 'phone' ? '+390612345678' : 'p'
        const addressKeys = addressKeysOf([NEW, OLD], kind === 'phone' ? 'sms' : 'push', address)
        return { customerId: 'c-9', kind, address, addressKeys }
      }),
    ])
  })

  it('touches no other tenant, and of a directory of the host the coupons alone', async () => {
    const { storage } = await lastYear()
    const rotated = shopWith(ROTATED, storage)
    const other = rotated.root.as({ ...SCOPE, tenant: 'trattoria' })
    expect(await resealAll(other)).toEqual({ resealed: 0, unopened: 0, calls: 2 })
    const customers = overridden(storage.customers, { writable: false })
    const { kit } = shopWith(ROTATED, overridden(storage, { customers }), { tenants: () => ({}) })
    expect(await resealAll(kit)).toEqual({ resealed: 5, unopened: 0, calls: 1 })
    expect((await seals(storage)).every((seal) => seal.startsWith('2025.'))).toBe(true)
  })
})
