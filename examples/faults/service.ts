import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createWebhookChannel, type Messages } from '@campaignkit/core'
import { CUSTOMERS, type Cut, type CutPlan, type OpenProvider, type Provider } from './provider.js'

const MESSAGES = {
  push: { push: { title: 'We miss you', body: 'Come back, {{ customer.firstName }}' } },
  social: {
    social: {
      title: 'We miss you',
      body: 'Come back',
      placement: Array.from({ length: CUSTOMERS }, (_, number) => `group-${number}`),
    },
  },
} satisfies Readonly<Record<'push' | 'social', Messages>>

interface Posted {
  readonly data: {
    readonly messages: readonly { readonly idempotencyKey: string; readonly deliveryId: string }[]
  }
}

/** A service behind the webhook channel, which knows again what it has taken, by its key, as is asked of it. */
export function openService(kind: 'push' | 'social'): OpenProvider {
  return async (plan: CutPlan): Promise<Provider> => {
    const kept = new Map<string, string>()
    let calls = 0
    const take = async (request: IncomingMessage): Promise<string> => {
      const { data }: Posted = JSON.parse(await textOf(request))
      for (const { idempotencyKey, deliveryId } of data.messages) kept.set(idempotencyKey, deliveryId)
      return JSON.stringify({
        results: data.messages.map(({ idempotencyKey }) => ({ idempotencyKey, outcome: 'accepted' })),
      })
    }
    const server = createServer((request, response) => {
      request.on('error', () => undefined)
      calls += 1
      const cut = plan.cut !== null && plan.isCut(calls) ? plan.cut : null
      void serve(request, response, { cut, take, n: calls })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return {
      kind,
      channel: createWebhookChannel({
        kind,
        ...(kind === 'social' ? { addressing: 'public' } : {}),
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`,
        secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
        batchSize: 3,
        timeoutMs: 5_000,
        reachesPeople: false,
      }),
      messages: MESSAGES[kind],
      log: async () => [...kept.values()].map((deliveryId) => ({ deliveryId })),
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        }),
    }
  }
}

interface Serving {
  readonly cut: Cut | null
  readonly n: number
  /** @returns the answer */
  take(request: IncomingMessage): Promise<string>
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { cut, take, n }: Serving,
): Promise<void> {
  const { socket } = request
  const hangUp = () => void socket.destroy()
  if (cut === 'in the middle of the request') return void request.once('data', hangUp)
  if (cut === 'before anything is taken') {
    await textOf(request)
    return hangUp()
  }
  const answer = await take(request)
  if (cut === 'once it is taken, before the answer') return hangUp()
  // in the first line and in the body by turns
  if (cut === 'in the middle of the answer' && n % 2 === 0) return void socket.write('HTTP/1.1 20', hangUp)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
  if (cut === 'in the middle of the answer')
    return void response.write(answer.slice(0, answer.length / 2), hangUp)
  if (cut === 'just after the answer') response.once('finish', hangUp)
  response.end(answer)
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}
