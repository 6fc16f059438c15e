import { type ConsentRecord, standing } from '../../model/consent.js'
import type { Suppression } from '../../model/suppression.js'
import { asId } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'
import { sampleConsent, sampleSuppression } from '../samples.js'
import { conformanceCase, type StorageCase, type StorageSubject } from './conformance-case.js'
import { expectEqual, expectFailure, expectSame, tamperWith, unreadable } from './expectations.js'
import { freshEntry, UNRULY_IDS } from './seeds.js'

const consentCase = (name: string, run: (subject: StorageSubject) => Promise<void>): StorageCase =>
  conformanceCase(`consents: ${name}`, [], run)

const CUSTOMER = sampleConsent().customerId
const granted = (days: number) => sampleConsent({ obtainedAt: SAMPLE_NOW + days })
const denied = (days: number) => sampleConsent({ obtainedAt: SAMPLE_NOW + days, decision: 'denied' })

function ordersOf<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((first, at) => ordersOf(items.toSpliced(at, 1)).map((rest) => [first, ...rest]))
}

const recordCases: readonly StorageCase[] = [
  consentCase(
    'the last decision stands and ties deny, in whatever order and as often as they arrive',
    async ({ storage, ours }) => {
      const records = [granted(1), denied(2), granted(3), denied(3)]
      for (const [at, order] of ordersOf(records).entries()) {
        const customerId = asId<ConsentRecord['customerId']>(`customer-${at}`)
        for (const record of [...order, ...order.slice(0, 2)]) {
          await storage.consents.record(ours, [{ ...record, customerId }], freshEntry())
        }
        expectEqual(
          await storage.consents.standing(ours, [customerId]),
          [{ ...denied(3), customerId }],
          'what stands',
        )
      }
    },
  ),
  consentCase('a later grant overrides a denial, an earlier one does not', async ({ storage, ours }) => {
    await storage.consents.record(ours, [denied(2)], freshEntry())
    await storage.consents.record(ours, [granted(1)], freshEntry())
    expectEqual(await storage.consents.standing(ours, [CUSTOMER]), [denied(2)], 'after an earlier grant')
    await storage.consents.record(ours, [granted(3)], freshEntry())
    expectEqual(await storage.consents.standing(ours, [CUSTOMER]), [granted(3)], 'after a later grant')
  }),
  consentCase('what is pending is kept, and never stands', async ({ storage, ours }) => {
    const pending = (days: number) =>
      sampleConsent({ obtainedAt: SAMPLE_NOW + days, decision: 'pending', evidence: 'request 1' })
    await storage.consents.record(ours, [pending(1)], freshEntry())
    expectEqual(await storage.consents.standing(ours, [CUSTOMER]), [], 'what stands of a question alone')
    await storage.consents.record(ours, [denied(2), pending(3)], freshEntry())
    expectEqual(await storage.consents.standing(ours, [CUSTOMER]), [denied(2)], 'after a denial')
    await storage.consents.record(ours, [granted(4), pending(5)], freshEntry())
    expectEqual(await storage.consents.standing(ours, [CUSTOMER]), [granted(4)], 'after a grant')
    expectEqual(
      await storage.consents.history(ours, CUSTOMER),
      [pending(1), denied(2), pending(3), granted(4), pending(5)],
      'the history',
    )
  }),
  consentCase(
    'one record stands for each customer, channel and topic; * is a topic of its own',
    async ({ storage, ours }) => {
      const records = [
        sampleConsent(),
        sampleConsent({ topic: '*', decision: 'denied' }),
        sampleConsent({ channel: 'sms' }),
        sampleConsent({ topic: 'news' }),
        ...UNRULY_IDS.map((customerId) => sampleConsent({ customerId })),
      ]
      await storage.consents.record(ours, records, freshEntry())
      const asked = [
        CUSTOMER,
        ...UNRULY_IDS.map((id) => asId<ConsentRecord['customerId']>(id)),
        asId<never>('nobody'),
      ]
      expectSame(await storage.consents.standing(ours, [...asked, CUSTOMER]), records, 'what stands, once')
      expectSame(
        await storage.consents.standing(ours, [asId('A')]),
        [sampleConsent({ customerId: 'A' })],
        'of one',
      )
      expectEqual(await storage.consents.standing(ours, []), [], 'of nobody')
    },
  ),
  consentCase('what stands is the fold of the history, for thousands', async ({ storage, ours }) => {
    const records = Array.from({ length: 3_000 }, (_, at) =>
      sampleConsent({
        customerId: `customer-${at % 100}`,
        obtainedAt: SAMPLE_NOW + ((at * 7_919) % 50),
        decision: at % 3 === 0 ? 'denied' : 'granted',
      }),
    )
    await storage.consents.record(ours, records, freshEntry())
    const expected = new Map<string, ConsentRecord>()
    for (const record of records) {
      const known = expected.get(record.customerId)
      expected.set(record.customerId, known === undefined ? record : standing(known, record))
    }
    const customers = [...new Set(records.map(({ customerId }) => customerId))]
    expectSame(await storage.consents.standing(ours, customers), [...expected.values()], 'what stands')
  }),
  consentCase(
    'the history holds every record once, oldest first, of this customer alone',
    async ({ storage, ours }) => {
      const evidence = sampleConsent({
        obtainedAt: SAMPLE_NOW + 2,
        evidence: 'form 7, line 3',
        basis: 'paper',
      })
      await storage.consents.record(ours, [granted(3), evidence, granted(1)], freshEntry())
      await storage.consents.record(ours, [granted(3), sampleConsent({ customerId: 'other' })], freshEntry())
      expectEqual(
        await storage.consents.history(ours, CUSTOMER),
        [granted(1), evidence, granted(3)],
        'the history',
      )
      await storage.consents.record(ours, [denied(3)], freshEntry())
      expectEqual(
        (await storage.consents.history(ours, CUSTOMER)).length,
        4,
        'records, of which two at one instant',
      )
      expectEqual(await storage.consents.history(ours, asId('nobody')), [], 'the history of nobody')
    },
  ),
  consentCase('record is all or none', async ({ storage, ours }) => {
    await expectFailure(() =>
      storage.consents.record(ours, [granted(1), unreadable(granted(2))], freshEntry()),
    )
    expectEqual(await storage.consents.history(ours, CUSTOMER), [], 'the history after a failed call')
  }),
  consentCase('changing what was given out changes nothing that is kept', async ({ storage, ours }) => {
    await storage.consents.record(ours, [sampleConsent()], freshEntry())
    await storage.consents.suppress(ours, [sampleSuppression()], freshEntry())
    tamperWith(await storage.consents.standing(ours, [CUSTOMER]))
    tamperWith(await storage.consents.history(ours, CUSTOMER))
    tamperWith(await storage.consents.suppressed(ours, [sampleSuppression().addressKey]))
    expectEqual(await storage.consents.standing(ours, [CUSTOMER]), [sampleConsent()], 'what stands')
    expectEqual(await storage.consents.history(ours, CUSTOMER), [sampleConsent()], 'the history')
    expectEqual(
      await storage.consents.suppressed(ours, [sampleSuppression().addressKey]),
      [sampleSuppression()],
      'suppressions',
    )
  }),
]

const forgetCases: readonly StorageCase[] = [
  consentCase(
    'forget deletes every record of the customers, and leaves others and every suppression',
    async ({ storage, ours }) => {
      const other = sampleConsent({ customerId: 'other' })
      const records = [
        granted(1),
        denied(2),
        sampleConsent({ channel: 'sms', evidence: 'Ada signed' }),
        other,
      ]
      await storage.consents.record(ours, records, freshEntry())
      await storage.consents.suppress(ours, [sampleSuppression()], freshEntry())
      await storage.consents.forget(ours, [CUSTOMER, asId('nobody')], freshEntry())
      expectEqual(await storage.consents.history(ours, CUSTOMER), [], 'the history')
      expectEqual(await storage.consents.standing(ours, [CUSTOMER, other.customerId]), [other], 'what stands')
      expectEqual(
        await storage.consents.suppressed(ours, [sampleSuppression().addressKey]),
        [sampleSuppression()],
        'suppressions',
      )
      await storage.consents.record(ours, [granted(3)], freshEntry())
      expectEqual(
        await storage.consents.history(ours, CUSTOMER),
        [granted(3)],
        'the history of who comes back',
      )
    },
  ),
]

const suppressionCases: readonly StorageCase[] = [
  consentCase(
    'the earliest suppression is kept, of two at once by the order of reasons, however they arrive',
    async ({ storage, ours }) => {
      const suppressions = [
        sampleSuppression({ reason: 'erased', since: SAMPLE_NOW + 1 }),
        sampleSuppression({ reason: 'complained', since: SAMPLE_NOW + 1 }),
        sampleSuppression({ reason: 'invalid', since: SAMPLE_NOW + 1 }),
        sampleSuppression({ reason: 'bounced', since: SAMPLE_NOW + 2 }),
      ]
      const orders = ordersOf(suppressions).flatMap((order) => [order, [...order, ...order.slice(0, 2)]])
      for (const [at, order] of orders.entries()) {
        const addressKey = asId<Suppression['addressKey']>(`k1:${at}`)
        const [first, ...rest] = order.map((each) => ({ ...each, addressKey }))
        await storage.consents.suppress(ours, first === undefined ? [] : [first], freshEntry())
        await storage.consents.suppress(ours, rest, freshEntry())
        expectEqual(
          await storage.consents.suppressed(ours, [addressKey]),
          [sampleSuppression({ reason: 'complained', since: SAMPLE_NOW + 1, addressKey })],
          `what is kept of order ${at}`,
        )
      }
    },
  ),
  consentCase('suppressed gives those among the keys, on every channel', async ({ storage, ours }) => {
    const email = sampleSuppression({ addressKey: 'k1:a' })
    const sms = sampleSuppression({ addressKey: 'k1:a', channel: 'sms' })
    const other = sampleSuppression({ addressKey: 'k1:b' })
    await storage.consents.suppress(ours, [email, sms, other], freshEntry())
    expectSame(
      await storage.consents.suppressed(ours, [email.addressKey, asId('k1:none')]),
      [email, sms],
      'of a',
    )
    expectSame(
      await storage.consents.suppressed(ours, [email.addressKey, other.addressKey, email.addressKey]),
      [email, sms, other],
      'of both, once',
    )
    expectEqual(await storage.consents.suppressed(ours, []), [], 'of no key')
  }),
  consentCase('unsuppress takes back one channel and leaves unknown ones out', async ({ storage, ours }) => {
    const email = sampleSuppression()
    const sms = sampleSuppression({ channel: 'sms' })
    await storage.consents.suppress(ours, [email, sms], freshEntry())
    await storage.consents.unsuppress(ours, [email, { ...email, channel: 'push' }], freshEntry())
    expectEqual(await storage.consents.suppressed(ours, [email.addressKey]), [sms], 'suppressions left')
    const again = sampleSuppression({ reason: 'requested', since: SAMPLE_NOW })
    await storage.consents.suppress(ours, [again], freshEntry())
    expectSame(await storage.consents.suppressed(ours, [email.addressKey]), [again, sms], 'suppressed anew')
  }),
  consentCase(
    'of many who suppress one address at once the earliest alone is kept',
    async ({ storage, ours }) => {
      const all = Array.from({ length: 10 }, (_, at) => sampleSuppression({ since: SAMPLE_NOW - at }))
      await Promise.all(all.map((each) => storage.consents.suppress(ours, [each], freshEntry())))
      const kept = await storage.consents.suppressed(ours, [sampleSuppression().addressKey])
      expectEqual(kept, all.slice(-1), 'the suppression')
    },
  ),
]

/** What a ConsentStore means. */
export const consentCases: readonly StorageCase[] = [...recordCases, ...forgetCases, ...suppressionCases]
