import { describe, expect, it } from 'vitest'
import { GENUINE, newEndpoints, wholeOf } from './links.fixture.js'

const PATH = `/u/${GENUINE}`
const FORM = 'application/x-www-form-urlencoded'
const ONE_CLICK = [`unsubscribe ${GENUINE}: one-click unsubscribe`]
const FROM_PAGE = [`unsubscribe ${GENUINE}: unsubscribe page`]

function post(body: string | Uint8Array | ReadableStream, type: string | null = FORM): RequestInit {
  return { method: 'POST', body, duplex: 'half', headers: type === null ? {} : { 'content-type': type } }
}

/** What a browser sends for the form on a page. */
function submissionOf(html: string): string {
  expect(html).toContain('<form method="post">')
  const [, name = '', value = ''] = /<input type="hidden" name="([^"]+)" value="([^"]+)">/.exec(html) ?? []
  return new URLSearchParams({ [name]: value }).toString()
}

describe('the unsubscribe page', () => {
  it.each(['GET', 'HEAD'])('asks and changes nothing (%s)', async (method) => {
    const { ask, calls } = newEndpoints()
    const response = await ask(PATH, { method })
    expect(response.status).toBe(200)
    if (method === 'GET') expect(await response.text()).toContain('<button>Unsubscribe</button>')
    expect(calls).toEqual([])
  })

  it('takes the permission back by its button, and says so', async () => {
    const { ask, calls } = newEndpoints()
    const page = await (await ask(PATH)).text()
    const response = await ask(PATH, post(submissionOf(page)))
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('<h1>You are unsubscribed</h1>')
    expect(calls).toEqual(FROM_PAGE)
  })

  it('answers the second time as the first', async () => {
    const { ask, calls } = newEndpoints()
    const [first, second] = [await ask(PATH, post('from=page')), await ask(PATH, post('from=page'))]
    expect(await wholeOf(second)).toEqual(await wholeOf(first))
    expect(calls).toEqual([...FROM_PAGE, ...FROM_PAGE])
  })
})

describe('a one-click unsubscribe (RFC 8058)', () => {
  it.each([
    ['as a form', 'List-Unsubscribe=One-Click', FORM],
    ['with a character set', 'List-Unsubscribe=One-Click', `${FORM}; charset=UTF-8`],
    ['without naming the type', new TextEncoder().encode('List-Unsubscribe=One-Click'), null],
    ['with a line break behind it', 'List-Unsubscribe=One-Click\r\n', FORM],
    ['beside other fields', 'a=b&List-Unsubscribe=One-Click&from=page', FORM],
  ])('is taken %s', async (_how, body, type) => {
    const { ask, calls } = newEndpoints()
    expect((await ask(PATH, post(body, type))).status).toBe(200)
    expect(calls).toEqual(ONE_CLICK)
  })

  it('is taken as multipart/form-data, as section 8.2 of the RFC writes it', async () => {
    const body = [
      '---FormBoundaryjWmhtjORrn',
      'Content-Disposition: form-data; name="List-Unsubscribe"',
      '',
      'One-Click',
      '---FormBoundaryjWmhtjORrn--',
      '',
    ].join('\r\n')
    const { ask, calls } = newEndpoints()
    const type = 'multipart/form-data; boundary=-FormBoundaryjWmhtjORrn'
    expect((await ask(PATH, post(body, type))).status).toBe(200)
    expect(calls).toEqual(ONE_CLICK)
  })

  it('is taken as the multipart body that the platform itself writes', async () => {
    const form = new FormData()
    form.set('List-Unsubscribe', 'One-Click')
    const { ask, calls } = newEndpoints()
    expect((await ask(PATH, { method: 'POST', body: form })).status).toBe(200)
    expect(calls).toEqual(ONE_CLICK)
  })

  it('is answered without redirect and cookie', async () => {
    const { ask } = newEndpoints()
    const response = await ask(PATH, post('List-Unsubscribe=One-Click'))
    expect(response.headers.get('location')).toBeNull()
    expect(response.headers.get('set-cookie')).toBeNull()
  })
})

describe('a POST that tells no wish', () => {
  const file = new FormData()
  file.set('List-Unsubscribe', new Blob(['One-Click']), 'one-click.txt')

  it.each<[string, RequestInit]>([
    ['no body', { method: 'POST' }],
    ['an empty body', post('')],
    ['another value', post('List-Unsubscribe=Two-Clicks')],
    ['JSON', post('{"List-Unsubscribe":"One-Click"}', 'application/json')],
    ['bytes that are no text', post(Uint8Array.of(0xff, 0xfe, 0, 0x80))],
    ['broken multipart', post('nonsense', 'multipart/form-data; boundary=x')],
    ['multipart without boundary', post('List-Unsubscribe=One-Click', 'multipart/form-data')],
    ['a file in place of the field', { method: 'POST', body: file }],
  ])('gets the page again and changes nothing: %s', async (_what, init) => {
    const { ask, calls, failures } = newEndpoints()
    const response = await ask(PATH, init)
    expect(response.status).toBe(400)
    expect(submissionOf(await response.text())).toBe('from=page')
    expect([calls, failures]).toEqual([[], []])
  })
})

describe('the body of a POST', () => {
  const filled = (bytes: number) => `List-Unsubscribe=One-Click&x=${'x'.repeat(bytes - 29)}`

  it('is read up to 4 KiB', async () => {
    const { ask, calls } = newEndpoints()
    expect(filled(4_096)).toHaveLength(4_096)
    expect((await ask(PATH, post(filled(4_096)))).status).toBe(200)
    expect((await ask(PATH, post(filled(4_097)))).status).toBe(413)
    expect(calls).toEqual(ONE_CLICK)
  })

  it('is not read to its end when it has none', async () => {
    let sent = 0
    let cancelled = false
    const endless = new ReadableStream({
      pull(controller) {
        sent += 1
        controller.enqueue(new Uint8Array(1_000))
      },
      cancel() {
        cancelled = true
      },
    })
    const { ask, calls } = newEndpoints()
    expect((await ask(PATH, post(endless))).status).toBe(413)
    expect(cancelled).toBe(true)
    expect(sent).toBeLessThan(10)
    expect(calls).toEqual([])
  })

  it('is not read at all on a forged link', async () => {
    let pulled = false
    const body = new ReadableStream(
      {
        pull(controller) {
          pulled = true
          controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    const { ask } = newEndpoints()
    expect((await ask('/u/forged', post(body))).status).toBe(404)
    expect(pulled).toBe(false)
  })

  it('that breaks off is a failure, not a wish', async () => {
    const broken = new ReadableStream({
      pull(controller) {
        controller.error(new Error('connection lost'))
      },
    })
    const { ask, calls, failures } = newEndpoints()
    expect((await ask(PATH, post(broken))).status).toBe(500)
    expect(calls).toEqual([])
    expect(failures).toHaveLength(1)
  })
})

describe('an unsubscribe link that is not genuine', () => {
  it('is answered alike, whatever is asked of it', async () => {
    const { ask, calls } = newEndpoints()
    const expected = await wholeOf(await ask('/u/forged'))
    expect(expected.status).toBe(404)
    expect(await wholeOf(await ask('/u/forged', post('List-Unsubscribe=One-Click')))).toEqual(expected)
    expect(await wholeOf(await ask('/u/forged', post('from=page')))).toEqual(expected)
    expect(calls).toEqual([])
  })

  it('is answered the same as a genuine one whose delivery is gone', async () => {
    const { ask } = newEndpoints()
    const gone = newEndpoints({
      links: {
        isUnsubscribeLink: () => true,
        unsubscribe: async () => false,
      },
    })
    expect(await wholeOf(await gone.ask(PATH, post('from=page')))).toEqual(
      await wholeOf(await ask('/u/forged')),
    )
  })
})
