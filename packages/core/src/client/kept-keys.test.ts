import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { addressKeysOf } from '../consent/address-key.js'
import type { CustomerPatch } from '../model/customer.js'
import type { Storage } from '../ports/storage/storage.js'
import { overridden } from '../testing/overridden.js'
import { createPizzeria } from './pizzeria.fixture.js'

const SECRETS = [
  { id: 'new', key: 'a secret of the pizzeria, long enough' },
  { id: 'old', key: 'an older one of them, as long as that' },
] as const

/** What reaches a directory that keeps address keys, or not, of a tenant that seals phones. */
function writing(keeps: boolean) {
  const memory = createMemoryStorage()
  const written: CustomerPatch[] = []
  const customers = overridden(memory.customers, {
    keepAddressKeys: keeps ? async () => 0 : null,
    upsert: async (scope, patches, entry) => {
      written.push(...patches)
      return memory.customers.upsert(scope, patches, entry)
    },
  })
  const storage = overridden<Storage>(memory, { customers })
  const kit = { secrets: SECRETS, tenants: () => ({ sealed: ['addresses.phone' as const] }) }
  return { ...createPizzeria({ storage, kit }), written }
}

const ADDRESSES = { email: 'Ada@Example.com', phone: '+390612345678', push: 'device-1' }

describe('A directory that keeps address keys', () => {
  it('is given those of the plain addresses that a patch names, under every secret', async () => {
    const { kit, written } = writing(true)
    await kit.customers.upsert([{ id: 'c-1', addresses: ADDRESSES }])
    expect(written[0]?.addressKeys).toEqual({
      email: addressKeysOf(SECRETS, 'email', ADDRESSES.email),
      push: addressKeysOf(SECRETS, 'push', ADDRESSES.push),
    })
    expect(written[0]?.sealed?.['addresses.phone']?.addressKeys).toEqual(
      addressKeysOf(SECRETS, 'sms', ADDRESSES.phone),
    )
    expect(await kit.customers.get('c-1')).not.toHaveProperty('addressKeys')
  })

  it('is given none of a patch that names no address, or removes one', async () => {
    const { kit, written } = writing(true)
    await kit.customers.upsert([
      { id: 'c-1', tags: ['vip'] },
      { id: 'c-1', addresses: { email: null } },
    ])
    expect(written.map(({ addressKeys }) => addressKeys)).toEqual([undefined, undefined])
  })

  it('is given those of imported customers', async () => {
    const { kit, written } = writing(true)
    await kit.customers.importCsv('id,email\nc-1,ada@example.com\n', {
      map: { id: { path: 'id', as: 'text' }, email: { path: 'email', as: 'text' } },
    })
    expect(written[0]?.addressKeys).toEqual({ email: addressKeysOf(SECRETS, 'email', 'ada@example.com') })
  })
})

describe('A directory that keeps none', () => {
  it('is given none', async () => {
    const { kit, written } = writing(false)
    await kit.customers.upsert([{ id: 'c-1', addresses: ADDRESSES }])
    expect(written[0]).not.toHaveProperty('addressKeys')
  })
})
