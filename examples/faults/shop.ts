import { type CampaignKit, type Channel, createCampaignKit, everyone } from '@campaignkit/core'
import { type DeliveryId, HOUR_MS, type Storage } from '@campaignkit/core/adapter'
import { createDirectInFlight } from '@campaignkit/core/testing'
import { createNetworkTime } from '../demo/network-time.js'
import { type FaultCase, isWorkerEnd } from './cases.js'
import type { Engine } from './engines.js'
import { CUSTOMERS, customerIds } from './provider.js'
import { endsIn, type WorkerEnd } from './worker-ends.js'

const NOW = Date.UTC(2026, 2, 1, 9)
const CUSTOMERS_OF_A_SHOP = customerIds.map((id, number) => ({
  id,
  firstName: 'Ada',
  addresses: { email: `${id}@example.com`, phone: `+39333${1_000_000 + number}`, push: `token-${id}` },
}))
let shops = 0

/** A shop with some customers that writes over one provider, with which something goes wrong. */
export async function openShop(engine: Engine, { open, fault }: FaultCase, inDoubt: 'hold' | 'resend') {
  shops += 1
  const tenant = `shop-${shops}`
  const time = createNetworkTime(NOW)
  const { clock } = time
  let cuts = 0
  const isCut = (n: number): boolean => {
    if (n % 3 !== 2) return false
    cuts += 1
    return true
  }
  const provider = await open({ cut: isWorkerEnd(fault) ? null : fault, isCut, clock })
  const { kind, channel, messages } = provider
  const doubted = new Set<DeliveryId>()
  const kept = time.waitingForStorage(engine.storage())
  const openKit = (storage: Storage): CampaignKit =>
    createCampaignKit({
      storage,
      channels: { [kind]: time.waitingFor(noting(doubted, channel)) },
      publicUrl: 'https://go.pizza.example',
      secrets: [{ id: 'test', key: 'a key for tests alone, long enough' }],
      clock,
      inFlight: createDirectInFlight(),
    })
  const root = openKit(kept)
  const kit = root.as({ tenant, actor: { id: 'test', kind: 'service' } })
  await kit.customers.upsert(CUSTOMERS_OF_A_SHOP)
  const { id } = await kit.campaigns.create({
    name: 'We miss you',
    audience: everyone(),
    purpose: 'transactional',
    messages,
    pace: { [kind]: { limit: 60_000, periodMs: 60_000 } },
    maxRetries: 10,
    inDoubt,
  })
  const work = () => root.worker().drain()

  /** Has one worker end over what it was answered, and another one finish its work. */
  async function workPast(end: WorkerEnd): Promise<void> {
    // some are settled before it, unless all go in one call
    const ending = endsIn(end, channel.capabilities.batchSize < CUSTOMERS ? 2 : 1, kept)
    const working = openKit(ending.storage)
      .worker()
      .drain()
      .catch(() => undefined)
    await ending.ended
    if (end === 'the worker dies') await working
    for (const deliveryId of ending.unsettled) doubted.add(deliveryId)
    await clock.advance(HOUR_MS)
    await work()
    ending.release()
    await working
    await work()
  }

  return {
    kit,
    id,
    work,
    /** Deliveries of which nobody knew for a while whether they were sent. */
    doubted,
    /** Whether the provider knows again what it was given before. */
    knowsKeys: channel.capabilities.idempotencyKeys,
    hasFailed: () => cuts > 0 || isWorkerEnd(fault),
    launch: async () => {
      await kit.campaigns.launch(id)
      await (isWorkerEnd(fault) ? workPast(fault) : work())
    },
    deliveries: async () => (await kit.campaigns.deliveries(id, {}, { limit: CUSTOMERS + 1 })).items,
    log: () => provider.log(kit),
    /** Compares our log with that of the provider. */
    reconcile: async () => kit.campaigns.reconcile(id, await provider.log(kit)),
    async close() {
      await root.close()
      await provider.close()
    },
  }
}

/** The channel, with a note of each message of which it cannot tell whether it was sent. */
function noting(doubted: Set<DeliveryId>, channel: Channel): Channel {
  return {
    ...channel,
    async send(scope, batch, call) {
      const results = await channel.send(scope, batch, call)
      for (const [at, { deliveryId }] of batch.entries())
        if (results[at]?.outcome === 'unknown') doubted.add(deliveryId)
      return results
    },
  }
}

export type Shop = Awaited<ReturnType<typeof openShop>>
