import { afterEach, describe, expect, it, vi } from 'vitest'
import { CampaignKitError } from '../base/error.js'
import type { Clock } from '../ports/clock.js'
import { createConsoleLogger, type LogLevel } from './console-logger.js'
import { createSilentLogger } from './silent-logger.js'

const clock: Pick<Clock, 'now'> = { now: () => Date.UTC(2026, 2, 1, 9) }

function recorded(level?: LogLevel) {
  const lines: string[] = []
  return { lines, logger: createConsoleLogger({ level, clock, write: (line) => lines.push(line) }) }
}

describe('the console logger', () => {
  it('writes a JSON object a line', () => {
    const { lines, logger } = recorded()
    logger.info('run frozen', { runId: 'r1', matched: 5, skipped: undefined, text: 'two\nlines' })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^[^\n]*\n$/)
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      time: '2026-03-01T09:00:00.000Z',
      level: 'info',
      message: 'run frozen',
      runId: 'r1',
      matched: 5,
      text: 'two\nlines',
    })
  })

  it('lets no field stand for time, level or message', () => {
    const { lines, logger } = recorded()
    logger.warn('real', { message: 'other', level: 'x', time: 1 })
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message: 'real', level: 'warn' })
  })

  it.each<[LogLevel | undefined, string[]]>([
    ['debug', ['debug', 'info', 'warn', 'error']],
    [undefined, ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ])('leaves out what is below %s', (level, written) => {
    const { lines, logger } = recorded(level)
    for (const name of ['debug', 'info', 'warn', 'error'] as const) logger[name](name)
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(written)
  })

  it('never throws for what JSON cannot hold', () => {
    const { lines, logger } = recorded()
    const circle: Record<string, unknown> = {}
    circle.self = circle
    logger.error('failed', {
      circle,
      big: 12n,
      call: () => undefined,
      error: new TypeError('broken'),
      ours: new CampaignKitError('FORBIDDEN', 'No', { path: 'actor' }),
    })
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      circle: '(not JSON)',
      big: '12',
      error: { name: 'TypeError', message: 'broken' },
      ours: { code: 'FORBIDDEN', message: 'No', path: 'actor' },
    })
    expect(JSON.parse(lines[0] ?? '')).not.toHaveProperty('call')
  })

  describe('by default', () => {
    afterEach(() => {
      vi.restoreAllMocks()
      vi.useRealTimers()
    })

    it('writes to standard error by the clock of the machine', () => {
      vi.useFakeTimers({ now: clock.now() })
      const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
      createConsoleLogger().error('failed')
      expect(write).toHaveBeenCalledWith(
        '{"time":"2026-03-01T09:00:00.000Z","level":"error","message":"failed"}\n',
      )
    })
  })
})

describe('the silent logger', () => {
  it('takes every call and says nothing', () => {
    const logger = createSilentLogger()
    for (const level of ['debug', 'info', 'warn', 'error'] as const) {
      expect(logger[level]('message', { a: 1 })).toBeUndefined()
    }
  })
})
