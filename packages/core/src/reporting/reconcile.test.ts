import { describe, expect, it } from 'vitest'
import type { DeliveryId } from '../base/ids.js'
import type { DeliveryStatus } from '../model/delivery.js'
import { reconcileLogs } from './reconcile.js'

const ours = (id: string, status: DeliveryStatus, providerMessageId: string | null = null) => ({
  id: id as DeliveryId,
  status,
  providerMessageId,
})

describe('two logs of a campaign', () => {
  it('agree where both have a delivery once, by either id', async () => {
    const records = [{ deliveryId: 'd-1' }, { providerMessageId: 'm-2' }]
    expect(
      await reconcileLogs(
        [ours('d-1', 'sent', 'm-1'), ours('d-2', 'sent', 'm-2'), ours('d-3', 'failed')],
        records,
      ),
    ).toEqual({
      agreed: 2,
      missing: [],
      taken: [],
      untaken: [],
      unexpected: [],
      repeated: [],
      strangers: 0,
    })
  })

  it('tell what one has and the other has not', async () => {
    async function* log() {
      for (const deliveryId of ['held', 'doubt', 'failed', 'queued', 'twice', 'twice', 'nobody'])
        yield { deliveryId }
      yield {}
    }
    const deliveries = [
      ours('sent', 'sent', 'm-1'),
      ours('held', 'held'),
      ours('doubt', 'inDoubt'),
      ours('open', 'attempting'),
      ours('failed', 'failed'),
      ours('queued', 'queued'),
      ours('twice', 'sent'),
    ]
    expect(await reconcileLogs(deliveries, log())).toEqual({
      agreed: 0,
      missing: ['sent'],
      taken: ['held', 'doubt'],
      untaken: ['open'],
      unexpected: ['failed', 'queued'],
      repeated: ['twice'],
      strangers: 2,
    })
  })

  it('give the same whatever the order of the records', async () => {
    const deliveries = [ours('a', 'sent'), ours('b', 'held'), ours('c', 'sent')]
    const records = [{ deliveryId: 'c' }, { deliveryId: 'b' }, { deliveryId: 'a' }]
    expect(await reconcileLogs(deliveries, records)).toEqual(
      await reconcileLogs(deliveries, [...records].reverse()),
    )
  })
})
