import { type CampaignKit, createCampaignKit } from '@campaignkit/core'
import type { Clock, Ids, Storage } from '@campaignkit/core/adapter'
import { createDirectInFlight, createSeededRandom } from '@campaignkit/core/testing'
import { channelOf, connectChannel, type ProviderPlace } from './providers.js'
import type { Traffic } from './traffic.js'
import { PUBLIC_URL } from './win-back.js'

/** What one process makes its kit of. */
export interface DemoKitOptions {
  readonly provider: ProviderPlace
  readonly storage: Storage
  readonly clock: Clock
  readonly traffic: Traffic
  /** Where chance comes from. */
  readonly seed: string
  readonly ids: Ids
}

/** Makes the kit of the demo: the same in every process but for ids and chance. */
export function openKit({ provider, storage, clock, traffic, seed, ids }: DemoKitOptions): CampaignKit {
  const channel = traffic.waitingFor(connectChannel(provider, clock))
  return createCampaignKit({
    storage: traffic.waitingForStorage(storage),
    channels: { [channelOf(provider.name)]: channel },
    publicUrl: PUBLIC_URL,
    secrets: [{ id: 'demo', key: 'a key for this demo alone, known to everybody' }],
    clock,
    random: createSeededRandom(seed),
    ids,
    // the usual one counts real milliseconds, of which a jumping clock has none to spare
    inFlight: createDirectInFlight(),
  })
}
