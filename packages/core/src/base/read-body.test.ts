import { describe, expect, it } from 'vitest'
import { readBody } from './read-body.js'

function post(body: string | ReadableStream | null, headers: Record<string, string> = {}): Request {
  return new Request('https://a.example', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)
}

function streamOf(pieces: readonly string[]): { readonly body: ReadableStream; readonly read: () => number } {
  let read = 0
  const body = new ReadableStream(
    {
      pull(controller) {
        const piece = pieces[read]
        read += 1
        if (piece === undefined) controller.close()
        else controller.enqueue(new TextEncoder().encode(piece))
      },
    },
    { highWaterMark: 0 },
  )
  return { body, read: () => read }
}

describe('the bytes of a body', () => {
  it('are all of it, up to the limit', async () => {
    expect(new TextDecoder().decode((await readBody(post('naïve'), 6)) ?? new Uint8Array())).toBe('naïve')
    expect(await readBody(post('naïve'), 5)).toBeNull()
    expect(await readBody(post(null), 0)).toEqual(new Uint8Array())
  })

  it('are read no further than the limit, whatever was announced', async () => {
    const { body, read } = streamOf(['abc', 'def', 'ghi', 'jkl'])
    expect(await readBody(post(body), 5)).toBeNull()
    expect(read()).toBe(2)
  })

  it('are not begun when too many are announced', async () => {
    const { body, read } = streamOf(['abc'])
    expect(await readBody(post(body, { 'content-length': '100' }), 5)).toBeNull()
    expect(read()).toBe(0)
  })
})
