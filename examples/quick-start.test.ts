import { expect, it, vi } from 'vitest'

it('the first program sends two messages, takes a coupon once, and will not name a winner yet', async () => {
  const printed: string[] = []
  vi.spyOn(console, 'log').mockImplementation(
    (...words: unknown[]) => void printed.push(words.map(String).join(' ')),
  )
  await import('./quick-start.js')
  vi.restoreAllMocks()
  expect(printed[0]).toContain('3 matched, 2 can be reached')
  expect(printed.slice(1, 3).join()).toMatch(/We miss you/)
  expect(printed.slice(3, 5)).toEqual(['receipt-1: redeemed', 'receipt-2: spent'])
  expect(printed.at(-1)).toMatch(/^2 sent, 1 redeemed\. Too early to tell/)
})
