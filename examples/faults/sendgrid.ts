import { createSendgridChannel } from '@campaignkit/adapter-sendgrid'
import { createFakeSendgrid, type FakeBehaviour } from '@campaignkit/adapter-sendgrid/testing'
import { MAIL, mailMessages } from './mail.js'
import type { Cut, CutPlan, Provider } from './provider.js'

/** Within an answer it is cut in the first line and in the body by turns. */
const CUTS: Readonly<Record<Exclude<Cut, 'in the middle of the request'>, (n: number) => FakeBehaviour>> = {
  'before anything is taken': () => ({ type: 'drop', at: 'answer' }),
  'once it is taken, before the answer': () => ({ type: 'drop', at: 'answer', keeps: true }),
  'in the middle of the answer': (n) => ({ type: 'drop', at: n % 2 === 0 ? 'head' : 'accepted' }),
  'just after the answer': () => ({ type: 'drop', at: 'end' }),
}

/** Mail over SendGrid's Web API, a few messages a request. */
export async function openSendgrid({ cut, isCut, clock }: CutPlan): Promise<Provider> {
  const sendgrid = await createFakeSendgrid(
    cut === 'in the middle of the request'
      ? { cutsOff: isCut }
      : { behaviour: ({ n }) => (cut !== null && isCut(n) ? CUTS[cut](n) : { type: 'accept' }) },
  )
  const webApi = { baseUrl: sendgrid.url, batchSize: 3, requestTimeoutMs: 5_000 }
  return {
    kind: 'email',
    channel: createSendgridChannel({ ...MAIL, apiKey: 'SG.test', transport: 'web-api', webApi, clock }),
    messages: mailMessages(cut),
    log: async () =>
      sendgrid.messages.map(({ customArgs }) => ({ deliveryId: customArgs.delivery_id ?? '' })),
    close: () => sendgrid.close(),
  }
}
