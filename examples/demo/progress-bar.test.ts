import { Writable } from 'node:stream'
import type { Progress } from '@campaignkit/core'
import { describe, expect, it } from 'vitest'
import { createProgressBar, type Screen } from './progress-bar.js'

function screenOf(isTTY: boolean): { readonly screen: Screen; readonly shown: () => string } {
  const pieces: string[] = []
  const stream = new Writable({
    write(piece: Buffer, _encoding, done) {
      pieces.push(piece.toString())
      done()
    },
  })
  return { screen: Object.assign(stream, { isTTY }), shown: () => pieces.join('') }
}

function progressAt(settled: number): Progress {
  return {
    campaignId: 'c-1' as Progress['campaignId'],
    status: 'active',
    at: Date.UTC(2026, 2, 1, 9, 30),
    total: 200,
    settled,
    counts: {
      queued: 200 - settled,
      sending: 0,
      sent: settled,
      failed: 0,
      skipped: 0,
      cancelled: 0,
      held: 0,
    } as never,
    share: settled / 200,
    ratePerMinute: settled === 0 ? null : 100,
    etaMs: settled === 0 ? null : 60_000,
  }
}

describe('the progress of a campaign', () => {
  it('is a line for each tenth where there is no terminal', () => {
    const { screen, shown } = screenOf(false)
    const bar = createProgressBar(screen)
    for (const settled of [0, 5, 20, 21, 39, 100, 200]) bar.show(progressAt(settled))
    bar.end()
    const lines = shown().trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[1]).toBe('  09:30:00  100 of 200 settled (50 %), 100 a minute, 60 s left')
  })

  it('is a bar that moves on a terminal', () => {
    const { screen, shown } = screenOf(true)
    const bar = createProgressBar(Object.assign(screen, { cursorTo() {}, clearLine() {}, moveCursor() {} }))
    bar.show(progressAt(0))
    bar.show(progressAt(200))
    bar.end()
    expect(shown()).toContain('200 of 200 settled')
  })
})
