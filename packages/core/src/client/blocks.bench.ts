import { createMemoryStorage } from '@campaignkit/adapter-memory'
import type { Storage } from '../ports/storage/storage.js'
import { overridden } from '../testing/overridden.js'
import { launchedCampaign } from './launched-campaign.fixture.js'

const NOTE = { messages: { email: { subject: 'Hello', text: 'Hello {{ customer.firstName }}' } } }

/** A port whose answers come in a later turn of the event loop, as those of any database do. */
function answeringLater<Port extends object>(port: Port): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...given: readonly unknown[]) => {
        await new Promise(setImmediate)
        return Reflect.apply(member, target, given)
      }
    },
  })
}

function createSlowerStorage(): Storage {
  const memory = createMemoryStorage()
  return overridden(memory, {
    customers: answeringLater(memory.customers),
    consents: answeringLater(memory.consents),
    segments: answeringLater(memory.segments),
    campaigns: answeringLater(memory.campaigns),
    audience: answeringLater(memory.audience),
    deliveries: answeringLater(memory.deliveries),
    dueIndex: answeringLater(memory.dueIndex),
  })
}

function freezing(where: string, createStorage: () => Storage) {
  return {
    stage: `freezing 100,000, ${where}`,
    async prepare() {
      const { freeze } = await launchedCampaign(100_000, NOTE, createStorage())
      return freeze
    },
  }
}

/** How long others of the process wait at the longest. */
export const blockBenches = [
  freezing('memory storage', createMemoryStorage),
  freezing('a storage that answers later', createSlowerStorage),
  {
    stage: 'sending 20,000, a storage that answers later',
    async prepare() {
      const { freeze, send } = await launchedCampaign(20_000, NOTE, createSlowerStorage())
      await freeze()
      return async () => void (await send())
    },
  },
]
