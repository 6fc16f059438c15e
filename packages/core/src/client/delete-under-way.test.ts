import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { overridden } from '../testing/overridden.js'
import { createSendingWorld } from './sending.fixture.js'

describe('deleting a campaign whose first messages are under way', () => {
  it('is refused, so that what was sent is on record', async () => {
    const storage = createMemoryStorage()
    let deleted: Promise<unknown> | null = null
    const deliveries = overridden(storage.deliveries, {
      openWindow: async (...given) => {
        const opened = await storage.deliveries.openWindow(...given)
        deleted ??= remove().catch(({ code }) => code)
        await deleted
        return opened
      },
    })
    const { invite, launch, root, kit, email } = createSendingWorld({
      storage: overridden(storage, { deliveries }),
    })
    await invite(10)
    const { id } = await launch()
    const remove = async () => {
      const { version } = await kit.campaigns.cancel(id, 'the wrong list')
      await kit.campaigns.delete(id, version)
    }
    await root.worker().drain()
    expect(await deleted).toBe('CAMPAIGN_HAS_EVENTS')
    expect(email.accepted.length).toBeGreaterThan(0)
    const { status, counts } = await kit.campaigns.progress(id)
    expect([status, counts.sent, counts.cancelled]).toEqual([
      'cancelled',
      email.accepted.length,
      10 - email.accepted.length,
    ])
  })
})
