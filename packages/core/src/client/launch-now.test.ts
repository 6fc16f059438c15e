import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { CampaignKitError } from '../base/error.js'
import { DAY_MS } from '../base/time.js'
import type { CampaignStore } from '../ports/storage/campaign-store.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createSendingWorld } from './sending.fixture.js'

const TOMORROW = SAMPLE_NOW + DAY_MS

/** A campaign that is to begin tomorrow, and what happens first when it is changed after that. */
async function scheduled(first: (update: CampaignStore['update']) => CampaignStore['update']) {
  const storage = createMemoryStorage()
  const update: CampaignStore['update'] = (...given) => storage.campaigns.update(...given)
  let changing = update
  const campaigns = overridden(storage.campaigns, { update: (...given) => changing(...given) })
  const world = createSendingWorld({ storage: overridden(storage, { campaigns }), auto: false })
  await world.invite(3)
  const { id } = await world.launch({ startsAt: TOMORROW })
  changing = first(update)
  return { ...world, id }
}

const runsOf = async ({ kit, id }: Awaited<ReturnType<typeof scheduled>>) =>
  (await kit.campaigns.runs(id)).map(({ scheduledFor }) => scheduledFor)

describe('launching a scheduled campaign now', () => {
  it('leaves its start as it was when it cannot be written', async () => {
    const world = await scheduled(() => async () => {
      throw new CampaignKitError('STORAGE_FAILED', 'The connection is gone', { retry: 'later' })
    })
    await expect(world.kit.campaigns.launchNow(world.id)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect(await runsOf(world)).toEqual([TOMORROW])
    expect((await world.kit.campaigns.get(world.id)).status).toBe('scheduled')
  })

  it('is seen as a whole by a worker that looks in the middle of it', async () => {
    let looks = 0
    const world = await scheduled((update) => async (...given) => {
      looks += 1
      if (looks === 1) await world.root.worker().tick()
      return update(...given)
    })
    expect((await world.kit.campaigns.launchNow(world.id)).status).toBe('preparing')
    expect(await runsOf(world)).toEqual([SAMPLE_NOW])
  })
})
