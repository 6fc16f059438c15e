import { describe, expect, it } from 'vitest'
import { isCampaignKitError } from '../base/error.js'
import { createDirectInFlight } from './direct-in-flight.js'
import { createFakeCipher } from './fake-cipher.js'
import { runMicrotasks } from './microtasks.js'
import { createPlainQrEncoder } from './plain-qr-encoder.js'
import { createSequentialIds } from './sequential-ids.js'

const codeOf = (call: () => unknown) => {
  try {
    return call()
  } catch (thrown) {
    return isCampaignKitError(thrown) ? thrown.code : thrown
  }
}

describe('sequential ids', () => {
  it('count for each kind on its own', () => {
    const ids = createSequentialIds()
    expect([ids.next('campaign'), ids.next('run'), ids.next('campaign')]).toEqual([
      'campaign-1',
      'run-1',
      'campaign-2',
    ])
    expect(createSequentialIds('b-').next('event')).toBe('b-event-1')
  })
})

describe('the fake cipher', () => {
  const cipher = createFakeCipher()

  it('opens what it sealed, and no two seals are equal', () => {
    for (const plain of ['', 'Ada', '\u{1F355} "\n']) {
      const [one, two] = [cipher.seal(plain, 'context'), cipher.seal(plain, 'context')]
      expect(one).not.toBe(two)
      expect(one).toMatch(/^test\.[\w-]+$/)
      expect([cipher.open(one, 'context'), cipher.open(two, 'context')]).toEqual([plain, plain])
    }
  })

  it('refuses another context, another key and what was changed', () => {
    const sealed = cipher.seal('Ada', 'context')
    expect(codeOf(() => cipher.open(sealed, 'other'))).toBe('SIGNATURE_INVALID')
    expect(codeOf(() => cipher.open(`${sealed.slice(0, -1)}A`, 'context'))).toBe('SIGNATURE_INVALID')
    expect(codeOf(() => cipher.open('test.!', 'context'))).toBe('SIGNATURE_INVALID')
    expect(codeOf(() => createFakeCipher('k2').open(sealed, 'context'))).toBe('TOKEN_KEY_UNKNOWN')
    expect(codeOf(() => cipher.open('', 'context'))).toBe('TOKEN_KEY_UNKNOWN')
  })
})

describe('the plain encoder of codes', () => {
  const encoder = createPlainQrEncoder()

  it('shows the text in its images', () => {
    expect(new TextDecoder().decode(encoder.png('HTTPS://X/Q/1').slice(8))).toBe('HTTPS://X/Q/1')
    expect(encoder.svg('a<b&c')).toContain('a&lt;b&amp;c')
  })

  it('gives equal modules for equal texts', () => {
    const modules = (text: string) => {
      const { size, dark } = encoder.matrix(text)
      return Array.from({ length: size * size }, (_, at) => dark(Math.floor(at / size), at % size))
    }
    expect(modules('a')).toEqual(modules('a'))
    expect(modules('a')).not.toEqual(modules('b'))
    expect(new Set(modules('a'))).toEqual(new Set([true, false]))
  })
})

describe('the direct bound', () => {
  it('lets so many windows of an account run at once, first come first served', async () => {
    const inFlight = createDirectInFlight()
    const ends: (() => void)[] = []
    const order: string[] = []
    let underWay = 0
    let most = 0
    const window = (name: string) => async () => {
      order.push(name)
      underWay += 1
      most = Math.max(most, underWay)
      await new Promise<void>((resolve) => ends.push(resolve))
      underWay -= 1
      return name
    }
    const runs = ['a', 'b', 'c', 'd'].map((name) =>
      inFlight.run('account', { attempts: 1, most: 2 }, window(name)),
    )
    const other = inFlight.run('other', { attempts: 1, most: 1 }, async () => 'free')
    expect(await other).toBe('free')
    while (order.length < 4 || underWay > 0) {
      ends.shift()?.()
      await runMicrotasks()
    }
    expect(await Promise.all(runs)).toEqual(['a', 'b', 'c', 'd'])
    expect(order).toEqual(['a', 'b', 'c', 'd'])
    expect(most).toBe(2)
  })

  it('weighs a group by its attempts, and lets no smaller one overtake', async () => {
    const inFlight = createDirectInFlight()
    const begun: number[] = []
    const ends: (() => void)[] = []
    const runs = [2, 2, 1].map((attempts) =>
      inFlight.run('account', { attempts, most: 3 }, async () => {
        begun.push(attempts)
        await new Promise<void>((resolve) => ends.push(resolve))
      }),
    )
    await runMicrotasks()
    expect(begun).toEqual([2])
    ends.shift()?.()
    await runMicrotasks()
    expect(begun).toEqual([2, 2, 1])
    for (const end of ends) end()
    await Promise.all(runs)
  })

  it('goes on after a window that fails', async () => {
    const inFlight = createDirectInFlight()
    const failing = inFlight.run('account', { attempts: 1, most: 1 }, async () => {
      throw new Error('broken')
    })
    const next = inFlight.run('account', { attempts: 1, most: 1 }, async () => 'next')
    await expect(failing).rejects.toThrow('broken')
    expect(await next).toBe('next')
  })
})
