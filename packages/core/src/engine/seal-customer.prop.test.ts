import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCampaignKitError } from '../base/error.js'
import type { CustomerId } from '../base/ids.js'
import { createAesCipher } from '../defaults/aes-cipher.js'
import { type Customer, type CustomerPatch, mergeCustomer } from '../model/customer.js'
import { entriesOf, SEALABLE_FIELDS, type SealablePath, valueAt } from '../model/sealed.js'
import { sampleScope } from '../testing/samples.js'
import { createSeededRandom } from '../testing/seeded-random.js'
import type { EngineContext } from './context.js'
import { openCustomer, sealPatch, viewOf } from './seal-customer.js'
import { sampleSettings } from './settings.fixture.js'

const runs = { seed: 20_260_301, numRuns: process.env.CAMPAIGNKIT_LONG === '1' ? 10_000 : 300 }
const scope = sampleScope()
const ID = 'c-1' as CustomerId
const PATHS: readonly SealablePath[] = [...SEALABLE_FIELDS, 'attributes.born', 'attributes.constructor']
const cipher = createAesCipher(sampleSettings().secrets, createSeededRandom('seals'))

function contextOf(sealed: readonly SealablePath[]): EngineContext {
  const context: Partial<EngineContext> = { cipher, settings: sampleSettings(sealed) }
  return context as EngineContext
}

const maybe = <Value>(value: fc.Arbitrary<Value>) =>
  fc.option(fc.option(value, { nil: null }), { nil: undefined })
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
const attribute = fc.oneof(
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.array(text),
)
const positive = (value: unknown) => (Object.is(value, -0) ? 0 : value)

const patch: fc.Arbitrary<CustomerPatch> = fc
  .record({
    firstName: maybe(text),
    lastName: maybe(text),
    addresses: fc.option(
      fc.record({
        email: maybe(fc.constantFrom('a@b.example', 'Ä@bücher.example')),
        phone: maybe(fc.constantFrom('+390612345678', '+4930123456')),
        push: maybe(text),
      }),
      { nil: undefined },
    ),
    attributes: fc.option(
      fc.dictionary(
        fc.constantFrom('born', 'constructor', 'city'),
        fc.option(attribute, { nil: null }).map((value) => positive(value) as string | null),
      ),
      { nil: undefined },
    ),
  })
  .map((fields) => ({ id: ID, ...fields }))

/** A patch, and what the tenant seals while it is written. */
const step = fc.record({ patch, sealed: fc.subarray([...PATHS]) })

describe('sealed customers', () => {
  it('open, after whatever was written under whatever option, to what they would be in plain', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        let plain: Customer | null = null
        let stored: Customer | null = null
        for (const { patch, sealed } of steps) {
          plain = mergeCustomer(plain, patch)
          stored = mergeCustomer(stored, sealPatch(contextOf(sealed), scope, patch))
          expect(openCustomer(contextOf([]), scope, stored)).toEqual(plain)
        }
      }),
      runs,
    )
  })

  it('hold plainly nothing of what a patch names and the tenant seals', () => {
    fc.assert(
      fc.property(step, ({ patch, sealed }) => {
        const stored = mergeCustomer(null, sealPatch(contextOf(sealed), scope, patch))
        for (const path of sealed) expect(valueAt(stored, path) ?? undefined).toBeUndefined()
        const view = viewOf(stored)
        const named = sealed.filter((path) => typeof (valueAt(patch, path) ?? undefined) !== 'undefined')
        expect(view.sealed ?? []).toEqual(named.toSorted())
      }),
      runs,
    )
  })

  it('open in their own place alone: not for another tenant, customer or field', () => {
    const fields = { firstName: 'Ada', lastName: 'King', addresses: { email: 'a@b.example' } }
    const context = contextOf(['firstName', 'lastName', 'addresses.email'])
    const stored = mergeCustomer(null, sealPatch(context, scope, { id: ID, ...fields }))
    const refusal = (where: typeof scope, customer: Customer) => {
      try {
        openCustomer(context, where, customer)
        return null
      } catch (thrown) {
        if (!isCampaignKitError(thrown)) throw thrown
        expect(JSON.stringify(thrown) + String(thrown.stack)).not.toMatch(/Ada|King|a@b/)
        return [thrown.code, thrown.details]
      }
    }
    expect(refusal(scope, stored)).toBeNull()
    const moved = (field: string, customerId = ID) => ['SIGNATURE_INVALID', { customerId, field }]
    expect(refusal(sampleScope('trattoria'), stored)).toEqual(moved('firstName'))
    const other = 'c-2' as CustomerId
    expect(refusal(scope, { ...stored, id: other })).toEqual(moved('firstName', other))
    const swapped = Object.fromEntries(entriesOf(stored.sealed).map(([path, value]) => [path, { ...value }]))
    const { lastName } = swapped
    expect(
      refusal(scope, { ...stored, sealed: { firstName: { ...lastName, seal: lastName?.seal ?? '' } } }),
    ).toEqual(moved('firstName'))
  })
})
