import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { createAesCipher } from '../defaults/aes-cipher.js'
import type { CampaignInput } from '../model/campaign.js'
import type { SealablePath } from '../model/sealed.js'
import type { Storage } from '../ports/storage/storage.js'
import { all, attribute, everyone, not, segment, tag } from '../segmentation/builders.js'
import { overridden } from '../testing/overridden.js'
import { sampleToken } from '../testing/samples.js'
import { createSeededRandom } from '../testing/seeded-random.js'
import { createPizzeria, type PizzeriaOptions, SCOPE, winBack } from './pizzeria.fixture.js'
import { codeOf, refusalOf } from './refusal.fixture.js'

const SEALED: readonly SealablePath[] = ['addresses.email', 'firstName', 'attributes.born']
const OLD = { id: '2025', key: 'the secret of last year, long enough' }
const NEW = { id: '2026a', key: 'a secret of the pizzeria, long enough' }
const LETTER: Partial<CampaignInput> = {
  messages: {
    email: { subject: '{{ customer.firstName }}, {{ customer.attributes.born }}', text: 'Come back' },
  },
}

function sealing(sealed: readonly SealablePath[] = SEALED, { kit, ...options }: PizzeriaOptions = {}) {
  return createPizzeria({ ...options, kit: { tenants: () => ({ sealed }), ...kit } })
}

const born = (number: number) => ({ attributes: { born: 1815 + number, city: 'Roma' } })
const stored = async (storage: Storage) => storage.customers.scan(SCOPE as never, { after: null, limit: 100 })
const reasons = async (storage: Storage, campaignId: string) =>
  (await storage.deliveries.list(SCOPE as never, campaignId as never, {}, { cursor: null, limit: 100 })).items
    .map(({ status, reason }) => `${status} ${reason}`)
    .sort()

describe('what a tenant seals', () => {
  it('reaches the storage sealed, is left out of what a host reads, and opens when it asks for that', async () => {
    const { kit, storage, welcome } = sealing()
    await welcome(1, born)
    const [row] = await stored(storage)
    expect(row).toMatchObject({ addresses: {}, attributes: { city: 'Roma' } })
    expect(Object.keys(row?.sealed ?? {}).sort()).toEqual([...SEALED].sort())
    const sealed = ['addresses.email', 'attributes.born', 'firstName']
    expect(await kit.customers.get('c-0')).toMatchObject({
      addresses: {},
      attributes: { city: 'Roma' },
      sealed,
    })
    expect((await kit.customers.list()).items).toEqual([await kit.customers.get('c-0')])
    const open = await kit.customers.get('c-0', { open: true })
    expect(open).toMatchObject({ firstName: 'Ada0', addresses: { email: 'ada0@example.com' }, ...born(0) })
    expect(open).not.toHaveProperty('sealed')
    expect((await kit.customers.list({}, { open: true })).items).toEqual([open])
    expect(await codeOf(() => kit.customers.get('c-0', { reveal: true } as never))).toBe(
      'UNKNOWN_FIELD reveal',
    )
  })

  it('opens for those whom the policy allows to, as an action of its own', async () => {
    const { kit } = sealing(SEALED, { kit: { access: (_scope, action) => action !== 'customer.open' } })
    await kit.customers.upsert([{ id: 'c-0', firstName: 'Ada' }])
    expect((await kit.customers.get('c-0')).sealed).toEqual(['firstName'])
    for (const call of [
      () => kit.customers.get('c-0', { open: true }),
      () => kit.customers.list({}, { open: true }),
    ]) {
      expect((await refusalOf(call)).details).toMatchObject({ action: 'customer.open' })
    }
  })

  it('is sealed by an import as well, whose bad rows quote nothing', async () => {
    const { kit, storage } = sealing(['addresses.phone', 'attributes.born'])
    const outcome = await kit.customers.importCsv('id,tel,born\n1,06 1234 5678,1815\n2,0612,1999\n', {
      map: {
        id: { path: 'id', as: 'text' },
        tel: { path: 'phone', as: 'text' },
        born: { path: 'attributes.born', as: 'number' },
      },
      phoneRegion: 'IT',
    })
    expect(outcome).toMatchObject({ created: 1, bad: [{ line: 3, column: 'tel', reason: 'phoneInvalid' }] })
    expect(JSON.stringify(outcome)).not.toMatch(/0612|1999|1815/)
    expect(await stored(storage)).toMatchObject([{ addresses: {}, attributes: {} }])
    expect(await kit.customers.get('1', { open: true })).toMatchObject({
      addresses: { phone: '+390612345678' },
      attributes: { born: 1815 },
    })
  })

  it('fills in messages, previews and test sends', async () => {
    const { kit, outbox, welcome, runCampaign } = sealing()
    await welcome(2, born)
    const { id } = await runCampaign(LETTER)
    expect(outbox.sent.map(({ to, content }) => [to, content.type === 'email' && content.subject])).toEqual(
      expect.arrayContaining([
        ['ada0@example.com', 'Ada0, 1815'],
        ['ada1@example.com', 'Ada1, 1816'],
      ]),
    )
    const preview = await kit.campaigns.preview(id, { customerId: 'c-1' })
    expect(preview).toMatchObject({ to: 'ada1@example.com', message: { subject: 'Ada1, 1816' } })
    await kit.campaigns.sendTest(id, { to: ['seed@example.com'], customerId: 'c-0' })
    expect(outbox.sent.at(-1)).toMatchObject({ to: 'seed@example.com', content: { subject: 'Ada0, 1815' } })
  })

  it('counts as supplied when a draft is checked, and the sizes are those of opened messages', async () => {
    const { kit, welcome } = sealing()
    await welcome(1, born)
    const { id } = await kit.campaigns.create(winBack(LETTER))
    const { findings, ready, sizes } = await kit.campaigns.preflight(id)
    expect(findings).toEqual([])
    expect(ready).toBe(true)
    expect(sizes).toHaveLength(1)
  })

  it('is suppressed by key when the customer is erased, and needs no opening for it', async () => {
    const { kit, storage } = sealing()
    await kit.customers.upsert([{ id: 'c-1', addresses: { email: 'Ada@Example.com' } }])
    const closed = sealing(SEALED, { storage, kit: { cipher: sealedShut() } })
    await closed.kit.customers.erase(['c-1'], 'asked')
    await kit.customers.upsert([{ id: 'c-2', addresses: { email: 'ada@example.com' } }])
    expect((await kit.audiences.reach(everyone(), { channels: ['email'] })).excluded).toEqual({
      suppressed: 1,
    })
  })

  it('is planned by without opening anything', async () => {
    const { storage, welcome } = sealing()
    await welcome(3, (number) => ({
      addresses: { email: number < 2 ? 'same@example.com' : 'other@example.com' },
    }))
    const { kit } = sealing(SEALED, { storage, kit: { cipher: sealedShut() } })
    expect(await kit.audiences.reach(everyone(), { channels: ['email', 'sms'] })).toMatchObject({
      matched: 3,
      reachable: 2,
      excluded: { duplicateAddress: 1 },
    })
  })
})

/** A cipher that must not be asked. */
function sealedShut() {
  const refuse = (): never => {
    throw new Error('was asked')
  }
  return { seal: refuse, open: refuse }
}

describe('criteria that read what is sealed', () => {
  const criteria = all(tag('pizza-lover'), not(attribute('born', '=', 1815)))

  it('are refused wherever they are given, with the path of the node', async () => {
    const { kit, welcome } = sealing()
    await welcome(1)
    expect(await codeOf(() => kit.audiences.reach(criteria, { channels: ['email'] }))).toBe(
      'CRITERIA_SEALED of[1].of',
    )
    expect(await codeOf(() => kit.segments.save({ name: 's', criteria }))).toBe(
      'CRITERIA_SEALED criteria.of[1].of',
    )
    expect(await codeOf(() => kit.customers.explain('c-0', criteria))).toBe('CRITERIA_SEALED of[1].of')
    expect(await codeOf(() => kit.campaigns.create(winBack({ audience: criteria })))).toBe(
      'CRITERIA_SEALED audience.of[1].of',
    )
    const { id } = await kit.campaigns.create(winBack())
    expect(await codeOf(() => kit.campaigns.edit(id, { audience: criteria }, 1))).toBe(
      'CRITERIA_SEALED audience.of[1].of',
    )
    expect((await kit.campaigns.get(id)).version).toBe(1)
    expect((await kit.segments.list()).items).toEqual([])
  })

  it('are refused through segments and drafts of before, and at the freezing of what was scheduled', async () => {
    const before = createPizzeria()
    await before.welcome(2, born)
    await before.kit.segments.save({ name: 'old', criteria })
    const draft = await before.kit.campaigns.create(
      winBack({ audience: all(tag('pizza-lover'), segment('old')) }),
    )
    const due = await before.kit.campaigns.create(winBack({ name: 'due', audience: segment('old') }))
    await before.kit.campaigns.launch(due.id)
    const { kit, root } = sealing(SEALED, { storage: before.storage, seed: 'after' })
    expect(await codeOf(() => kit.audiences.reach(segment('old'), { channels: ['email'] }))).toMatch(
      /^CRITERIA_SEALED/,
    )
    const refusal = await refusalOf(() => kit.campaigns.launch(draft.id))
    expect([refusal.code, refusal.path, refusal.details.via]).toEqual([
      'CRITERIA_SEALED',
      'audience.of[1]',
      ['old'],
    ])
    expect(await codeOf(() => kit.campaigns.preflight(draft.id))).toMatch(/^CRITERIA_SEALED/)
    expect(await codeOf(() => kit.customers.explain('c-0', segment('old')))).toMatch(/^CRITERIA_SEALED/)
    await root.worker().drain()
    expect(await kit.campaigns.get(due.id)).toMatchObject({
      status: 'failed',
      statusReason: 'CRITERIA_SEALED',
    })
    // a campaign that does not name the segment goes on without counting by it
    expect((await kit.audiences.reach(everyone(), { channels: ['email'] })).segments).toEqual({})
  })

  it('see of a row that is still sealed nothing but that, once the tenant seals no more', async () => {
    const { storage, welcome } = sealing()
    await welcome(1, born)
    const { kit } = createPizzeria({ storage })
    const explained = await kit.customers.explain('c-0', attribute('born', '=', 1815))
    expect(explained).toMatchObject({ result: 'unknown', saw: 'sealed' })
    expect((await kit.audiences.reach(attribute('born', '=', 1815), { channels: ['email'] })).matched).toBe(0)
  })
})

describe('rows of before and after', () => {
  it('stay readable in plain until they are written again, and sealed ones open when nothing is sealed any more', async () => {
    const before = createPizzeria()
    await before.welcome(2, born)
    const { kit, storage } = sealing(SEALED, { storage: before.storage })
    expect(await kit.customers.get('c-0')).toMatchObject({
      firstName: 'Ada0',
      addresses: { email: 'ada0@example.com' },
    })
    await kit.customers.upsert([{ id: 'c-0', firstName: 'Bea', addresses: { email: 'bea@example.com' } }])
    expect(await kit.customers.get('c-0')).toMatchObject({
      sealed: ['addresses.email', 'firstName'],
      ...born(0),
    })
    const after = createPizzeria({ storage, seed: 'after' })
    await after.runCampaign({ ...LETTER, name: 'after' })
    expect(after.outbox.sent.map(({ to }) => to).sort()).toEqual(['ada1@example.com', 'bea@example.com'])
    await after.kit.customers.upsert([{ id: 'c-0', firstName: 'Cleo' }])
    expect(await after.kit.customers.get('c-0')).toMatchObject({
      firstName: 'Cleo',
      sealed: ['addresses.email'],
    })
  })

  it('lose what a patch of null names, sealed or not', async () => {
    const { kit, storage } = sealing()
    await kit.customers.upsert([
      { id: 'c-0', firstName: 'Ada', addresses: { email: 'a@b.example' }, ...born(0) },
    ])
    await kit.customers.upsert([{ id: 'c-0', firstName: null, attributes: { born: null }, timeZone: null }])
    const [row] = await stored(storage)
    expect(Object.keys(row?.sealed ?? {})).toEqual(['addresses.email'])
    await kit.customers.upsert([{ id: 'c-0', addresses: { email: null } }])
    expect((await stored(storage))[0]).not.toHaveProperty('sealed')
  })
})

describe('the secrets of sealed customers', () => {
  it('may be rotated: older seals open, and one address still gets one message', async () => {
    const before = sealing(SEALED, { kit: { secrets: [OLD] } })
    await before.welcome(2, born)
    await before.kit.consents.suppress([{ channel: 'email', address: 'ada1@example.com', reason: 'bounced' }])
    const { kit, runCampaign, outbox } = sealing(SEALED, {
      storage: before.storage,
      seed: 'after',
      kit: { secrets: [NEW, OLD] },
    })
    await kit.customers.upsert([
      { id: 'twin', addresses: { email: 'ADA0@example.com' }, tags: ['pizza-lover'] },
    ])
    expect(
      (await kit.audiences.reach(everyone(), { channels: ['email'], purpose: 'transactional' })).excluded,
    ).toEqual({
      duplicateAddress: 1,
      suppressed: 1,
    })
    await kit.consents.suppress([{ channel: 'email', address: 'ada0@example.com', reason: 'bounced' }])
    expect(
      (await kit.audiences.reach(everyone(), { channels: ['email'], purpose: 'transactional' })).excluded,
    ).toEqual({
      suppressed: 3,
    })
    await kit.consents.unsuppress([{ channel: 'email', address: 'ada0@example.com' }], 'by mistake')
    await runCampaign(LETTER)
    expect(outbox.sent.map(({ to }) => to)).toEqual(['ada0@example.com'])
  })

  it('fail, when one is gone, the deliveries that need it and no other', async () => {
    const before = sealing(SEALED, { kit: { secrets: [OLD] } })
    await before.welcome(3, born)
    const { kit, storage, runCampaign, outbox } = sealing(SEALED, {
      storage: before.storage,
      seed: 'after',
      kit: { secrets: [NEW] },
    })
    await kit.customers.upsert([
      { id: 'c-1', firstName: 'Bea', addresses: { email: 'bea@example.com' }, attributes: { born: 1 } },
    ])
    const { id, status } = await runCampaign(LETTER)
    expect(status).toBe('completed')
    expect(outbox.sent.map(({ to }) => to)).toEqual(['bea@example.com'])
    expect(await reasons(storage, id)).toEqual([
      'failed TOKEN_KEY_UNKNOWN',
      'failed TOKEN_KEY_UNKNOWN',
      'sent null',
    ])
    expect(await codeOf(() => kit.customers.get('c-0', { open: true }))).toBe('TOKEN_KEY_UNKNOWN')
    expect(await codeOf(() => kit.campaigns.preview(id, { customerId: 'c-0' }))).toBe('TOKEN_KEY_UNKNOWN')
    expect((await kit.customers.erase(['c-0'], 'asked')).erased).toBe(1)
  })

  it.each([
    ['under a secret that is gone', 'the secret of last year, long enough', OLD.id, 'TOKEN_KEY_UNKNOWN'],
    ['under another secret of the same id', 'another secret, just as long', NEW.id, 'SIGNATURE_INVALID'],
  ])('fail a delivery whose coupon was sealed %s, and no other', async (_how, key, secretId, reason) => {
    const { kit, root, storage, welcome, outbox } = createPizzeria({ kit: { secrets: [NEW] } })
    await welcome(5)
    const { id } = await kit.campaigns.create(winBack())
    await kit.campaigns.launch(id)
    const [run] = await kit.campaigns.runs(id)
    const before = createAesCipher([{ id: secretId, key }], createSeededRandom('before'))
    const drawn = ['c-1', 'c-3'].map((customerId) =>
      sampleToken({
        runId: run?.id ?? '',
        campaignId: id,
        customerId,
        sealed: before.seal('AAAAAA-BBBBBBBB-CCCCCCCCCCCCCCCCCCCCCCCCCC', `coupon pizzeria ${run?.id}`),
      }),
    )
    await storage.coupons.issue(SCOPE as never, drawn)
    await root.worker().drain()
    expect(outbox.sent.map(({ to }) => to).sort()).toEqual([0, 2, 4].map((n) => `ada${n}@example.com`))
    expect(await reasons(storage, id)).toEqual([
      ...Array(2).fill(`failed ${reason}`),
      ...Array(3).fill('sent null'),
    ])
    expect((await kit.campaigns.get(id)).status).toBe('completed')
    const failed = await kit.campaigns.deliveries(id, { status: 'failed' })
    expect(failed.items.map(({ customerId }) => customerId).sort()).toEqual(['c-1', 'c-3'])
  })

  it('do not help a seal that was moved to another row: its delivery fails alone', async () => {
    const { storage, welcome, runCampaign, outbox } = sealing()
    await welcome(2, born)
    const [, thief] = await stored(storage)
    const customers = overridden(storage.customers, {
      get: async (scope, ids) =>
        (await storage.customers.get(scope, ids)).map((customer) =>
          customer.id === 'c-0' ? { ...customer, sealed: thief?.sealed ?? {} } : customer,
        ),
    })
    const moved = sealing(SEALED, { storage: overridden(storage, { customers }), seed: 'moved' })
    const { id } = await moved.runCampaign({ ...LETTER, name: 'moved' })
    expect(moved.outbox.sent.map(({ to }) => to)).toEqual(['ada1@example.com'])
    expect(await reasons(storage, id)).toEqual(['failed SIGNATURE_INVALID', 'sent null'])
    await runCampaign(LETTER)
    expect(outbox.sent).toHaveLength(2)
  })

  it('write to no address that a cipher of the host opens to something else', async () => {
    const { storage, welcome } = sealing()
    await welcome(1)
    const cipher = createAesCipher([NEW], createSeededRandom('other'))
    for (const [opened, reason] of [
      ['"Ada <ada0@example.com>"', 'ADDRESS_INVALID'],
      ['not json', 'SIGNATURE_INVALID'],
    ] as const) {
      const wrong = { ...cipher, open: () => opened }
      const { runCampaign, outbox } = sealing(SEALED, { storage, seed: reason, kit: { cipher: wrong } })
      const { id } = await runCampaign({ ...LETTER, name: reason })
      expect(outbox.sent).toEqual([])
      expect(await reasons(storage, id)).toEqual([`failed ${reason}`])
    }
  })

  it('leave a failure of the cipher itself to the host that gave it', async () => {
    const { storage, welcome } = sealing(SEALED, { kit: { secrets: [OLD] } })
    await welcome(1)
    const { kit } = sealing(SEALED, { storage, kit: { cipher: sealedShut(), secrets: [NEW, OLD] } })
    await expect(kit.customers.get('c-0', { open: true })).rejects.toThrow('was asked')
    // the key under the newer secret is not there yet
    await expect(kit.audiences.reach(everyone(), { channels: ['email'] })).rejects.toThrow('was asked')
  })
})

describe('the option', () => {
  it.each<[unknown, string]>([
    [['addresses.fax'], 'INVALID_INPUT tenants.sealed[0]'],
    [['firstName', 'tags'], 'INVALID_INPUT tenants.sealed[1]'],
    [['firstName', 'firstName'], 'INVALID_INPUT tenants.sealed'],
    ['firstName', 'INVALID_INPUT tenants.sealed'],
  ])('refuses %j', async (sealed, refused) => {
    const { kit } = sealing(sealed as never)
    expect(await codeOf(() => kit.customers.upsert([{ id: 'c-1' }]))).toBe(refused)
  })

  it('is refused over the tables of the host, which nothing would seal', async () => {
    const memory = createMemoryStorage()
    const customers = overridden(memory.customers, { writable: false })
    const { kit } = sealing(SEALED, { storage: overridden(memory, { customers }) })
    expect(await codeOf(() => kit.audiences.reach(everyone(), { channels: ['email'] }))).toBe(
      'DIRECTORY_READ_ONLY tenants.sealed',
    )
  })
})
