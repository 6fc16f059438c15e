import { describe, expect, it } from 'vitest'
import { GENUINE, newEndpoints, wholeOf } from './links.fixture.js'

describe('the picture that counts opens', () => {
  it('is a transparent GIF of one pixel that nobody keeps', async () => {
    const { ask, calls } = newEndpoints()
    const response = await ask(`/o/${GENUINE}`)
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('image/gif')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(String.fromCharCode(...bytes.subarray(0, 6))).toBe('GIF89a')
    // width, height; then the extension that makes colour 0 transparent; the trailer
    expect([...bytes.subarray(6, 10)]).toEqual([1, 0, 1, 0])
    expect([...bytes.subarray(19, 27)]).toEqual([0x21, 0xf9, 4, 1, 0, 0, 0, 0])
    expect(bytes.at(-1)).toBe(0x3b)
    expect(calls).toEqual([`open ${GENUINE}`])
  })

  it('tells by which program it was fetched', async () => {
    const { ask, calls } = newEndpoints()
    await ask(`/o/${GENUINE}`, { headers: { 'user-agent': 'GoogleImageProxy' } })
    expect(calls).toEqual([`open ${GENUINE} by GoogleImageProxy`])
  })

  it('is the same for a link that is no one’s', async () => {
    const { ask } = newEndpoints()
    expect(await wholeOf(await ask('/o/forged'))).toEqual(await wholeOf(await ask(`/o/${GENUINE}`)))
  })

  it('counts nothing that a browser fetches ahead', async () => {
    const { ask, calls } = newEndpoints()
    expect((await ask(`/o/${GENUINE}`, { headers: { 'sec-purpose': 'prefetch' } })).status).toBe(200)
    expect(calls).toEqual([])
  })

  it('counts nothing when only its header is asked for', async () => {
    const { ask, calls } = newEndpoints()
    const response = await ask(`/o/${GENUINE}`, { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect(calls).toEqual([])
  })
})
