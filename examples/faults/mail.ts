import type { Messages } from '@campaignkit/core'
import type { Cut } from './provider.js'

/** What both ways to send mail have in common. */
export const MAIL = { from: 'Pizzeria <hi@pizza.example>', reachesPeople: false } as const

/** What is mailed: more than goes over a connection in one piece where it is to be cut in its middle. */
export function mailMessages(cut: Cut | null): Messages {
  const lines = cut === 'in the middle of the request' ? 2_000 : 1
  return {
    email: {
      subject: 'We miss you, {{ customer.firstName }}',
      text: 'There is pizza, and there is more pizza.\n'.repeat(lines),
    },
  }
}
