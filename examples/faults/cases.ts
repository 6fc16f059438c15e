import { openInbox } from './inbox.js'
import { openMailServer } from './mail-server.js'
import { CUTS, type Cut, type OpenProvider } from './provider.js'
import { openSendgrid } from './sendgrid.js'
import { openService } from './service.js'
import { openTwilio } from './twilio.js'
import { WORKER_ENDS, type WorkerEnd } from './worker-ends.js'

/** What goes wrong: the connection is cut, or a worker ends once it was answered. */
export type Fault = Cut | WorkerEnd

export interface FaultCase {
  readonly name: string
  readonly fault: Fault
  readonly open: OpenProvider
}

const DOUBTFUL: readonly Fault[] = ['in the middle of the answer', 'the worker dies']

const BEHIND_A_CONNECTION: Readonly<Record<string, OpenProvider>> = {
  'a mail server': openMailServer,
  "SendGrid's Web API": openSendgrid,
  'SMS over Twilio': openTwilio('sms'),
  'WhatsApp over Twilio': openTwilio('whatsapp'),
  'push behind a webhook': openService('push'),
  'posts behind a webhook': openService('social'),
}

const ALL = { ...BEHIND_A_CONNECTION, 'the inbox': openInbox }

/** Each channel with each fault that it can have. */
export const CASES: readonly FaultCase[] = [
  ...Object.entries(BEHIND_A_CONNECTION).flatMap(([name, open]) =>
    CUTS.map((fault) => ({ name, fault, open })),
  ),
  ...Object.entries(ALL).flatMap(([name, open]) => WORKER_ENDS.map((fault) => ({ name, fault, open }))),
]

/** Those that leave in doubt what the provider has taken. */
export const DOUBTFUL_CASES: readonly FaultCase[] = CASES.filter(({ fault }) => DOUBTFUL.includes(fault))

export function isWorkerEnd(fault: Fault): fault is WorkerEnd {
  return WORKER_ENDS.some((end) => end === fault)
}
