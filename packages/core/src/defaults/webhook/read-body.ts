import { concatBytes } from '../../base/bytes.js'

/**
 * The bytes of a request's body.
 *
 * @returns null when there are more than `most`; no more than that is read
 */
export async function readBody(request: Request, most: number): Promise<Uint8Array | null> {
  if (Number(request.headers.get('content-length') ?? 0) > most) return null
  if (request.body === null) return new Uint8Array()
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of request.body) {
    length += part.length
    if (length > most) return null
    parts.push(part)
  }
  return concatBytes(...parts)
}
