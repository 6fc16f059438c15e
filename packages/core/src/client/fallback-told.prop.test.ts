import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReceiptType } from '../model/receipt.js'
import { failsFirst } from '../testing/faults.js'
import { launched, TELLS, WITHIN_A_DAY } from './told.fixture.js'

const LONG = process.env.CAMPAIGNKIT_LONG === '1'
const TYPES = ['accepted', 'deferred', 'delivered', 'bounced', 'blocked', 'dropped', 'opened'] as const

interface Told {
  readonly key: number
  readonly type: ReceiptType
}

const toldArb = fc
  .subarray([...TYPES], { minLength: 1 })
  .map((types) => types.map((type, key): Told => ({ key, type })))

/** The same receipts in another order, some of them again. */
const ordersArb = toldArb.chain((told) =>
  fc.tuple(
    fc.constant(told),
    fc.shuffledSubarray(told, { minLength: told.length }),
    fc.subarray(told),
    fc.nat(told.length),
  ),
)

/** How receipts come: how many before the others, in what campaign, and whether a worker sends between any two. */
interface Coming {
  readonly cut: number
  readonly more: object
  readonly isDoubtful: boolean
  readonly between: boolean
}

/** Where a campaign stands when its only member's e-mail was told of so, and all is sent. */
async function endOf(told: readonly Told[], { cut, more, isDoubtful, between }: Coming) {
  const doubt = { ...TELLS, faultOf: failsFirst(1, { outcome: 'unknown', code: 'timeout', taken: true }) }
  const world = await launched(1, more, isDoubtful ? { email: doubt } : {})
  const { kit, id, sendDue, wait, clock } = world
  await sendDue()
  const [email] = await world.deliveries()
  const deliveryId = email?.id ?? ('' as never)
  const tell = async (some: readonly Told[]) => {
    const at = clock.now()
    await kit.events.ingest(some.map(({ key, type }) => ({ key: `r-${key}`, type, at, deliveryId })))
    if (between) await sendDue()
  }
  await tell(told.slice(0, cut))
  for (const each of between ? told.slice(cut) : []) await tell([each])
  if (!between) await tell(told.slice(cut))
  await wait()
  await world.tell('sms', 'delivered')
  await world.tell('sms', 'opened')
  const { skipped, ...counts } = (await kit.reports.campaign(id)).counts
  // who was not written to because the e-mail had arrived may have been about to be, or not
  const ends = (await world.ends()).filter((end) => !end.endsWith('skipped deliveredBefore'))
  return { ends, status: await world.status(), counts }
}

const WAYS = [
  ['without a window', { more: {}, isDoubtful: false }],
  ['with a window', { more: WITHIN_A_DAY, isDoubtful: false }],
  ['of a message in doubt, with a window', { more: WITHIN_A_DAY, isDoubtful: true }],
  ['of a message in doubt, without a window', { more: {}, isDoubtful: true }],
] as const

/** Nobody can take back what a person has opened: whoever hears of it too late has sent the next one. */
const isOpen = ({ type }: Told) => type === 'opened'

describe('receipts in any order and any number', () => {
  it.each(WAYS)(
    'have the next channel follow alike, and one message at most is delivered, %s',
    async (_described, way) => {
      await fc.assert(
        fc.asyncProperty(ordersArb, fc.boolean(), async ([told, shuffled, again, cut], between) => {
          const mayActBetween = between && !told.some(isOpen)
          const expected = await endOf(told, { ...way, cut: told.length, between: false })
          const seen = await endOf([...shuffled, ...again], { ...way, cut, between: mayActBetween })
          expect(seen).toEqual(expected)
        }),
        { seed: 7, numRuns: LONG ? 300 : 20 },
      )
    },
    LONG ? 600_000 : 60_000,
  )

  it('count no member twice, whatever was sent between', async () => {
    await fc.assert(
      fc.asyncProperty(ordersArb, fc.constantFrom(...WAYS), async ([told, , again, cut], [, way]) => {
        const { counts, status } = await endOf([...told, ...again], { ...way, cut, between: true })
        const { delivered, impressions, opened, openedWithMachines } = counts
        expect(Math.max(delivered, impressions, opened, openedWithMachines)).toBeLessThanOrEqual(1)
        expect(status).toBe('completed')
      }),
      { seed: 7, numRuns: LONG ? 300 : 30 },
    )
  }, 60_000)
})
