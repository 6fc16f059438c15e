import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { MACHINE_RULE_VERSION } from '../metrics/machine-rule.js'
import type { MachineRule } from '../model/interaction.js'
import { RECEIPT_TYPES } from '../model/receipt.js'
import type { Storage } from '../ports/storage/storage.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createPizzeria } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'

/** By which every open of Gmail is a machine's, and nothing else is. */
const OTHER_RULE: MachineRule = {
  version: 'gmail-1',
  isMachine: ({ type, agent }) => type === 'opened' && agent?.includes('GoogleImageProxy') === true,
}

const THREE = ['Mozilla/5.0 (via ggpht.com GoogleImageProxy)', 'Barracuda Sentinel', 'Firefox/140.0']

/** A campaign whose messages were opened and clicked by three programs, and its kit under one rule or another. */
async function heardOf(storage: Storage = createMemoryStorage()) {
  const email = createRecordingChannel({ receipts: RECEIPT_TYPES })
  const pizzeria = createPizzeria({ email, storage })
  await pizzeria.welcome(3)
  const { id } = await pizzeria.runCampaign({})
  const { items } = await pizzeria.kit.campaigns.deliveries(id)
  await pizzeria.kit.events.ingest(
    items.flatMap(({ id: deliveryId }, index) =>
      (['opened', 'clicked'] as const).map((type) => {
        const agent = THREE[index] ?? null
        return { key: `${type} ${index}`, type, at: SAMPLE_NOW + index, deliveryId, agent }
      }),
    ),
  )
  const under = (machineRule?: MachineRule) =>
    createPizzeria({
      email,
      storage,
      seed: machineRule?.version ?? 'own',
      ...(machineRule === undefined ? {} : { kit: { machineRule } }),
    }).kit
  const counts = async () => {
    const { opened, openedWithMachines, clicks, clicksWithMachines } = (
      await pizzeria.kit.reports.campaign(id)
    ).counts
    return [opened, openedWithMachines, clicks, clicksWithMachines]
  }
  return { ...pizzeria, email, id, under, counts, storage }
}

describe('opens and clicks', () => {
  it('are judged by the kit’s own rule as they come, and both counts are shown', async () => {
    const { counts } = await heardOf()
    expect(await counts()).toEqual([2, 3, 2, 3])
  })

  it('are judged anew by another rule, counted anew, and back again', async () => {
    const { id, under, counts, kit } = await heardOf()
    expect(await under(OTHER_RULE).events.reclassify(id)).toEqual({
      outcome: 'reclassified',
      rule: 'gmail-1',
      judged: 6,
      changed: 3,
      withoutFacts: 0,
    })
    expect(await counts()).toEqual([2, 3, 3, 3])
    expect(await under(OTHER_RULE).events.reclassify(id)).toMatchObject({ judged: 6, changed: 0 })
    expect(await under().events.reclassify(id)).toMatchObject({ rule: MACHINE_RULE_VERSION, changed: 3 })
    expect(await counts()).toEqual([2, 3, 2, 3])
    const { items } = await kit.journal.list({ subject: { type: 'campaign', id } })
    const entries = items.filter(({ action }) => action === 'events.reclassify')
    expect(entries.map(({ after }) => after)).toEqual([
      { rule: 'gmail-1', judged: 6, toMachine: 1, toPerson: 2 },
      { rule: MACHINE_RULE_VERSION, judged: 6, toMachine: 2, toPerson: 1 },
    ])
  })

  it('of the erased stay what they were', async () => {
    const { id, under, counts, kit } = await heardOf()
    const { items } = await kit.customers.list()
    await kit.customers.erase(
      items.map((customer) => customer.id),
      'asked to',
    )
    expect(await under(OTHER_RULE).events.reclassify(id)).toMatchObject({
      judged: 0,
      changed: 0,
      withoutFacts: 6,
    })
    expect(await counts()).toEqual([2, 3, 2, 3])
  })

  it('are counted anew by a second call where the first died before it had counted', async () => {
    const whole = createMemoryStorage()
    const { id, counts, email } = await heardOf(whole)
    const dying = overridden<Storage>(whole, {
      events: overridden(whole.events, { rebuild: () => Promise.reject(new Error('died')) }),
    })
    const kitOver = (storage: Storage) =>
      createPizzeria({ email, storage, seed: 'other', kit: { machineRule: OTHER_RULE } }).kit
    await expect(kitOver(dying).events.reclassify(id)).rejects.toThrow('died')
    expect(await counts()).toEqual([2, 3, 2, 3])
    expect(await kitOver(whole).events.reclassify(id)).toMatchObject({ outcome: 'reclassified', changed: 0 })
    expect(await counts()).toEqual([2, 3, 3, 3])
  })

  it('stay as they are, and so do counts, where facts of the campaign were dropped', async () => {
    const whole = createMemoryStorage()
    const { id, counts, email } = await heardOf(whole)
    const thinned = overridden<Storage>(whole, {
      events: overridden(whole.events, { reclassify: async () => ({ outcome: 'factsGone' as const }) }),
    })
    const { kit } = createPizzeria({ email, storage: thinned, kit: { machineRule: OTHER_RULE } })
    expect(await kit.events.reclassify(id)).toMatchObject({ outcome: 'factsGone', judged: 0, changed: 0 })
    expect(await counts()).toEqual([2, 3, 2, 3])
  })

  it('are judged by whoever may, of campaigns that are there, until the signal aborts', async () => {
    const { id, kit, email, storage } = await heardOf()
    const denying = createPizzeria({
      email,
      storage,
      kit: { access: (_, action) => action !== 'event.reclassify' },
    }).kit
    expect(await codeOf(() => denying.events.reclassify(id))).toMatch(/^FORBIDDEN/)
    expect(await codeOf(() => kit.events.reclassify('nothing'))).toMatch(/^CAMPAIGN_NOT_FOUND/)
    const signal = AbortSignal.abort()
    expect(await codeOf(() => kit.events.reclassify(id, { signal }))).toMatch(/^ABORTED/)
  })

  it('are not recorded when the host’s rule throws', async () => {
    const { under, counts, id, kit } = await heardOf()
    const broken = under({
      version: 'broken',
      isMachine: () => {
        throw new Error('no')
      },
    })
    const [delivery] = (await kit.campaigns.deliveries(id)).items
    if (delivery === undefined) throw new Error('nothing was sent')
    const receipt = { key: 'new', type: 'opened', at: SAMPLE_NOW, deliveryId: delivery.id } as const
    await expect(broken.events.ingest([receipt])).rejects.toThrow('no')
    expect(await counts()).toEqual([2, 3, 2, 3])
    expect(await kit.events.ingest([receipt])).toMatchObject({ recorded: 1 })
  })
})

describe('a rule of the host', () => {
  it.each([
    [{ version: '', isMachine: () => false }, 'INVALID_INPUT machineRule.version'],
    [{ version: 'a b', isMachine: () => false }, 'INVALID_INPUT machineRule.version'],
    [{ version: '1' }, 'INVALID_INPUT machineRule.isMachine'],
  ])('must be one: %o', async (machineRule, refusal) => {
    expect(await codeOf(async () => createPizzeria({ kit: { machineRule: machineRule as never } }))).toBe(
      refusal,
    )
  })
})
