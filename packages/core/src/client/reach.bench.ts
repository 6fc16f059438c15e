import { createMemoryStorage } from '@campaignkit/adapter-memory'
import type { CustomerId } from '../base/ids.js'
import { DAY_MS } from '../base/time.js'
import { mergeCustomer } from '../model/customer.js'
import type { CustomerDirectory } from '../ports/customer-directory.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { overridden } from '../testing/overridden.js'
import { createPizzeria, LAPSED } from './pizzeria.fixture.js'

const idOf = (number: number) => `c-${String(number).padStart(9, '0')}` as CustomerId
const numberOf = (id: CustomerId) => Number(id.slice(2))

/** A host's own table of so many customers, of which nothing is kept. */
function generatedDirectory(customers: number, passed: () => void): Partial<CustomerDirectory> {
  const customerOf = (number: number) =>
    mergeCustomer(null, {
      id: idOf(number),
      firstName: `Ada${number}`,
      addresses: { email: `ada${number}@example.com` },
      tags: ['pizza-lover'],
      facts: { lastOrderAt: SAMPLE_NOW - 200 * DAY_MS, orderCount: 3 },
    })
  return {
    writable: false,
    scanMatching: null,
    scan: async (_scope, { after, limit }) => {
      passed()
      const from = after === null ? 0 : numberOf(after) + 1
      return Array.from({ length: Math.min(limit, customers - from) }, (_, index) => customerOf(from + index))
    },
  }
}

export const reachPeak = {
  stage: 'reach over a streamed directory',
  async run(customers: number, passed: () => void) {
    const memory = createMemoryStorage()
    const storage = overridden(memory, {
      customers: overridden(memory.customers, generatedDirectory(customers, passed)),
      // who has which address is a table of the database, not memory of the worker
      audience: overridden(memory.audience, { claimAddresses: async () => [] }),
      consents: overridden(memory.consents, { standing: async () => [] }),
    })
    const { matched } = await createPizzeria({ storage }).kit.audiences.reach(LAPSED, { channels: ['email'] })
    if (matched !== customers) throw new Error('lost customers')
  },
}
