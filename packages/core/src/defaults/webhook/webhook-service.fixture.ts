import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { verifyWebhook } from './verify-webhook.js'

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

/** A request as the service got it. */
export interface TakenRequest {
  readonly headers: IncomingMessage['headers']
  readonly text: string
  /** The parsed body. */
  readonly body: { readonly type: string; readonly data: Readonly<Record<string, unknown>> }
  readonly check: string
}

/** What the service does with a request once it has read it all. */
export type Script = (request: TakenRequest, response: ServerResponse, socket: Socket) => void

/** A service of a host on a local port that keeps what it gets and answers as told. */
export async function startService(script: Script = (_request, response) => response.end()) {
  const taken: TakenRequest[] = []
  const state = { script }
  const server = createServer((incoming, response) => {
    const parts: Uint8Array[] = []
    incoming.on('data', (part: Uint8Array) => parts.push(part))
    incoming.on('end', () => {
      const text = Buffer.concat(parts).toString()
      const check = verifyWebhook({ headers: incoming.headers, body: text }, { secrets: [SECRET] })
      const request = { headers: incoming.headers, text, body: JSON.parse(text), check }
      taken.push(request)
      state.script(request, response, incoming.socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`,
    taken,
    answer: (next: Script) => {
      state.script = next
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** An answer in JSON. */
export function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
