import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FakeRefusal } from './check-create.js'

/** Answers in Twilio's form of an error. */
export function refuse(response: ServerResponse, { status, code, message }: FakeRefusal): void {
  const more = `https://www.twilio.com/docs/errors/${code}`
  answer(response, status, { code, message, more_info: more, status })
}

export function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Hangs up in place of an answer, in the midst of its first line or of its body, or just after its last byte. */
export function hangUp(
  response: ServerResponse,
  at: 'accepted' | 'head' | 'answer' | 'end',
  body: unknown,
): void {
  const { socket } = response
  if (at === 'accepted') return void socket?.destroy()
  if (at === 'head') return void socket?.write('HTTP/1.1 201 Crea', () => socket.destroy())
  const text = JSON.stringify(body)
  response.writeHead(201, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  if (at === 'answer') response.write(text.slice(0, text.length / 2), () => socket?.destroy())
  else response.once('finish', () => socket?.destroy()).end(text)
}

/** Null when the connection broke before its end. */
export async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = []
  try {
    for await (const piece of request) pieces.push(piece as Buffer)
  } catch {
    return null
  }
  return Buffer.concat(pieces).toString('utf8')
}
