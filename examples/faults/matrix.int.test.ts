/** What becomes of a campaign, by channel and storage, when connections are cut and workers end over an answer. */
import { isSettled } from '@campaignkit/core/adapter'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CASES, DOUBTFUL_CASES } from './cases.js'
import { ENGINES, type Engine } from './engines.js'
import { CUSTOMERS } from './provider.js'
import { openShop, type Shop } from './shop.js'

describe.each(Object.entries(ENGINES))('a campaign on %s', (_, openEngine) => {
  let engine: Engine

  beforeAll(async () => {
    engine = await openEngine()
  })
  afterAll(() => engine.close())

  it.each(CASES)(
    'by $name ($fault) ends every delivery once, and what is in doubt is decided by both logs',
    async (fault) => {
      const shop = await openShop(engine, fault, 'hold')
      await shop.launch()
      const { sent, held } = await endsOf(shop)
      const { taken, untaken, ...rest } = await shop.reconcile()
      expect(rest).toEqual({ agreed: sent.length, missing: [], unexpected: [], repeated: [], strangers: 0 })
      expect([...taken, ...untaken].toSorted()).toEqual(held.toSorted())
      expect(held.filter((id) => !shop.doubted.has(id))).toEqual([])
      if (shop.knowsKeys) expect(held).toEqual([])

      // a person decides by the provider's log, as often as it takes; then every customer has the message once
      for (let rounds = 0; rounds < 10 && (await decideByLog(shop)); rounds += 1) await shop.work()
      expect(await shop.reconcile()).toMatchObject({
        agreed: CUSTOMERS,
        taken: [],
        untaken: [],
        repeated: [],
      })
      expect(await shop.log()).toHaveLength(CUSTOMERS)
      expect((await endsOf(shop)).sent).toHaveLength(CUSTOMERS)
      await shop.close()
    },
  )

  it.each(DOUBTFUL_CASES)(
    'by $name ($fault) loses no message under `resend`, and doubles none but what was in doubt',
    async (fault) => {
      const shop = await openShop(engine, fault, 'resend')
      await shop.launch()
      expect((await endsOf(shop)).sent).toHaveLength(CUSTOMERS)
      const { agreed, repeated, ...rest } = await shop.reconcile()
      expect(rest).toEqual({ missing: [], taken: [], untaken: [], unexpected: [], strangers: 0 })
      expect(agreed + repeated.length).toBe(CUSTOMERS)
      expect(repeated.filter((id) => !shop.doubted.has(id))).toEqual([])
      if (shop.knowsKeys) expect(repeated).toEqual([])
      await shop.close()
    },
  )
})

/** What ended how, once it is sure that something went wrong, that all has ended, and that each sent one counts once. */
async function endsOf(shop: Shop) {
  expect(shop.hasFailed()).toBe(true)
  const ended = await shop.deliveries()
  expect(ended).toHaveLength(CUSTOMERS)
  expect(ended.filter(({ status }) => !isSettled(status))).toEqual([])
  const idsOf = (wanted: string) => ended.filter(({ status }) => status === wanted).map(({ id }) => id)
  const sent = idsOf('sent')
  const held = idsOf('held')
  expect(sent.length + held.length).toBe(CUSTOMERS)
  const { counts } = await shop.kit.campaigns.progress(shop.id)
  const report = await shop.kit.reports.campaign(shop.id)
  expect([counts.sent, counts.held, report.counts.sent]).toEqual([sent.length, held.length, sent.length])
  return { sent, held }
}

/** Decides what is in doubt. @returns whether there was anything */
async function decideByLog({ kit, id, reconcile }: Shop): Promise<boolean> {
  const { taken, untaken } = await reconcile()
  if (taken.length > 0) await kit.campaigns.settleHeld(id, taken, { as: 'sent', reason: 'in the log' })
  if (untaken.length > 0)
    await kit.campaigns.settleHeld(id, untaken, { as: 'resend', reason: 'not in the log' })
  return taken.length + untaken.length > 0
}
