import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../base/time.js'
import { createPizzeria, winBack } from './pizzeria.fixture.js'

const two = { variants: [{ name: 'plain' }, { name: 'emoji' }] }

describe('an experiment with few contacts', () => {
  const findingsFor = async (contacts: number, experiment: object) => {
    const { kit, welcome } = createPizzeria()
    await welcome(contacts)
    const { id } = await kit.campaigns.create(winBack({ experiment: { ...two, ...experiment } }))
    const { ready, findings } = await kit.campaigns.preflight(id)
    return { ready, findings: findings.map(({ severity, code, path }) => `${severity} ${code} ${path}`) }
  }

  it('of less than a hundred is not ready', async () => {
    expect(await findingsFor(99, {})).toEqual({
      ready: false,
      findings: ['error EXPERIMENT_TOO_SMALL experiment.minContacts'],
    })
    expect(await findingsFor(100, {})).toEqual({ ready: true, findings: [] })
  })

  it('of less than its own minimum is not ready', async () => {
    expect(await findingsFor(29, { minContacts: 30 })).toEqual({
      ready: false,
      findings: ['error EXPERIMENT_TOO_SMALL experiment.minContacts'],
    })
    expect(await findingsFor(30, { minContacts: 30 })).toEqual({ ready: true, findings: [] })
  })

  it('counts the holdout, which is compared, and not the remainder, which is not', async () => {
    expect((await findingsFor(100, { holdout: 0.5 })).findings).toEqual([])
    expect((await findingsFor(198, { remainder: 0.5 })).findings).toHaveLength(1)
    expect((await findingsFor(199, { remainder: 0.5 })).findings).toEqual([])
  })

  it('is nothing where nothing is compared', async () => {
    expect((await findingsFor(5, { variants: [{ name: 'plain' }], minContacts: 30 })).findings).toEqual([])
    expect((await findingsFor(5, { variants: [{ name: 'plain' }], holdout: 0.5 })).findings).toHaveLength(1)
  })

  it.each([
    ['a hundred', 99, two],
    ['its own minimum', 29, { ...two, minContacts: 30 }],
    ['a hundred with a holdout', 99, { variants: [{ name: 'plain' }], holdout: 0.5 }],
  ])(
    'below %s fails when it is frozen, before anybody is written to',
    async (_least, contacts, experiment) => {
      const { kit, outbox, welcome, runCampaign } = createPizzeria()
      await welcome(contacts)
      const failed = await runCampaign({ experiment })
      expect(failed).toMatchObject({ status: 'failed', statusReason: 'EXPERIMENT_TOO_SMALL' })
      expect(outbox.sent).toEqual([])
      expect((await kit.reports.campaign(failed.id)).audience.recipients).toBe(0)
    },
  )

  it('below its minimum keeps whom it left out with the reason, and tells the others that they have no arm', async () => {
    const { kit, outbox, welcome, runCampaign } = createPizzeria()
    await welcome(40, (number) => (number < 30 ? { addresses: {} } : {}))
    const { id, status } = await runCampaign({ experiment: two })
    expect(status).toBe('failed')
    const { audience } = await kit.reports.campaign(id)
    expect(audience).toMatchObject({ matched: 30, recipients: 0, excluded: { noAddress: 30 } })
    const codesOf = async (customerId: string) =>
      (await kit.campaigns.explain(id, customerId)).steps.map(({ code }) => code)
    expect(await codesOf('c-0')).toEqual(['failed', 'true', 'noAddress'])
    expect(await codesOf('c-35')).toEqual(['failed', 'true', 'passed', 'notAssigned'])
    expect(outbox.sent).toEqual([])
  })

  it.each([
    ['a hundred', 100, two],
    ['its own minimum', 30, { ...two, minContacts: 30 }],
    ['one where the minimum is lowered to that', 1, { ...two, minContacts: 1 }],
    ['one where nothing is compared', 1, { variants: [{ name: 'plain' }] }],
  ])('of %s goes out', async (_least, contacts, experiment) => {
    const { outbox, welcome, runCampaign } = createPizzeria()
    await welcome(contacts)
    expect(await runCampaign({ experiment })).toMatchObject({ status: 'completed' })
    expect(outbox.sent).toHaveLength(contacts)
  })

  it('agrees with the preflight to a contact when there is a remainder', async () => {
    for (const contacts of [58, 59]) {
      const { kit, welcome, runCampaign } = createPizzeria()
      await welcome(contacts)
      const campaign = await runCampaign({ experiment: { ...two, remainder: 0.5, minContacts: 30 } })
      const { ready } = await kit.campaigns.preflight(campaign.id)
      // a campaign that goes out stays active until its remainder has had its message
      expect([ready, campaign.status]).toEqual(contacts === 59 ? [true, 'active'] : [false, 'failed'])
    }
  })

  it('asks its minimum of the first run alone', async () => {
    const { kit, root, clock, welcome } = createPizzeria()
    await welcome(30)
    const { id } = await kit.campaigns.create(
      winBack({
        experiment: { ...two, minContacts: 30 },
        schedule: { type: 'recurring', every: 'day', at: '09:00', until: clock.now() + 3 * DAY_MS },
      }),
    )
    const { startsAt } = await kit.campaigns.launch(id)
    await root.worker().drain({ until: (startsAt ?? 0) + DAY_MS / 2 })
    const left = Array.from({ length: 29 }, (_, index) => ({ id: `c-${index}`, tags: [] }))
    await kit.customers.upsert(left)
    await root.worker().drain({ until: (startsAt ?? 0) + 4 * DAY_MS })
    expect((await kit.campaigns.get(id)).status).toBe('completed')
    const { runs } = await kit.reports.campaign(id)
    expect(runs.map(({ audience }) => audience.recipients)).toEqual([30, 1, 1, 1])
  })
})
