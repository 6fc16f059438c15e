import { createInboxChannel } from '@campaignkit/core'
import { customerIds, type Provider } from './provider.js'

/** The inbox in a host's app: no connection that could be cut, but a worker can die over it. */
export async function openInbox(): Promise<Provider> {
  return {
    kind: 'in-app',
    channel: createInboxChannel({ reachesPeople: false }),
    messages: { 'in-app': { title: 'We miss you', body: 'Come back, {{ customer.firstName }}' } },
    async log(kit) {
      const shown = await Promise.all(customerIds.map((id) => kit.inbox.list(id)))
      return shown.flatMap(({ items }) => items.map(({ deliveryId }) => ({ deliveryId })))
    },
    close: async () => undefined,
  }
}
