import type { ServerResponse } from 'node:http'
import type { FakeRefusal } from './check-create.js'

/** Answers in Twilio's form of an error. */
export function refuse(response: ServerResponse, { status, code, message }: FakeRefusal): void {
  const more = `https://www.twilio.com/docs/errors/${code}`
  answer(response, status, { code, message, more_info: more, status })
}

export function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
