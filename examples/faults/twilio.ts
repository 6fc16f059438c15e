import { createTwilioChannel } from '@campaignkit/adapter-twilio'
import { createFakeTwilio, type FakeTwilioBehaviour } from '@campaignkit/adapter-twilio/testing'
import type { Messages } from '@campaignkit/core'
import type { Cut, CutPlan, OpenProvider, Provider } from './provider.js'

/** Within an answer it is cut in the first line and in the body by turns. */
const CUTS: Readonly<
  Record<Exclude<Cut, 'in the middle of the request'>, (n: number) => FakeTwilioBehaviour>
> = {
  'before anything is taken': () => ({ type: 'drop', at: 'request' }),
  'once it is taken, before the answer': () => ({ type: 'drop', at: 'accepted' }),
  'in the middle of the answer': (n) => ({ type: 'drop', at: n % 2 === 0 ? 'head' : 'answer' }),
  'just after the answer': () => ({ type: 'drop', at: 'end' }),
}

const MESSAGES = {
  sms: { sms: { body: 'Come back, {{ customer.firstName }}' } },
  whatsapp: {
    whatsapp: {
      template: `HX${'0123456789abcdef'.repeat(2)}`,
      variables: { 1: '{{ customer.firstName }}' },
    },
  },
} satisfies Readonly<Record<'sms' | 'whatsapp', Messages>>

/** Twilio's Messages resource: SMS, or an approved template of WhatsApp. */
export function openTwilio(kind: 'sms' | 'whatsapp'): OpenProvider {
  return async ({ cut, isCut, clock }: CutPlan): Promise<Provider> => {
    const twilio = await createFakeTwilio(
      cut === 'in the middle of the request'
        ? { cutsOff: isCut }
        : { behaviour: ({ n }) => (cut !== null && isCut(n) ? CUTS[cut](n) : { type: 'accept' }) },
    )
    return {
      kind,
      channel: createTwilioChannel({
        client: twilio.client,
        kind,
        from: '+15005550006',
        statusCallback: 'https://go.pizza.example/twilio',
        timeoutMs: 5_000,
        reachesPeople: false,
        clock,
      }),
      messages: MESSAGES[kind],
      log: async () =>
        twilio.messages.map(({ statusCallback }) => ({
          deliveryId: new URL(statusCallback ?? '').searchParams.get('delivery') ?? '',
        })),
      close: () => twilio.close(),
    }
  }
}
