import { concatBytes } from './bytes.js'

/**
 * The bytes of a request's body.
 *
 * @param mostBytes - as soon as there are more, or as many are announced, reading stops
 * @returns null when there are more
 */
export async function readBody(request: Request, mostBytes: number): Promise<Uint8Array | null> {
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) return null
  if (request.body === null) return new Uint8Array()
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of request.body) {
    length += part.length
    if (length > mostBytes) return null
    parts.push(part)
  }
  return concatBytes(...parts)
}
