import { isCampaignKitError } from '../base/error.js'
import { toIso } from '../base/time.js'
import type { Clock } from '../ports/clock.js'
import type { Logger } from '../ports/logger.js'
import { createSystemClock } from './system-clock.js'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** How grave a line is, the least grave first. */
export type LogLevel = (typeof LEVELS)[number]

/** What {@link createConsoleLogger} can be given. */
export interface ConsoleLoggerOptions {
  /**
   * Lines below it are left out.
   *
   * @default 'info'
   */
  readonly level?: LogLevel | undefined
  /** @default the clock of the machine */
  readonly clock?: Pick<Clock, 'now'> | undefined
  /**
   * Takes each line, its line feed included.
   *
   * @default standard error
   */
  readonly write?: ((line: string) => void) | undefined
}

/**
 * Writes JSON lines: `time`, `level`, `message` and the fields. Of an error field it keeps name, code and message; a
 * field that JSON cannot hold is replaced by a word about it, so that logging never throws.
 */
export function createConsoleLogger(options: ConsoleLoggerOptions = {}): Logger {
  const { level: least = 'info', clock = createSystemClock(), write = writeToStandardError } = options
  const sayAt = (level: LogLevel): Logger['info'] => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return () => undefined
    return (message, fields) => write(`${lineOf({ ...fields, time: toIso(clock.now()), level, message })}\n`)
  }
  return { debug: sayAt('debug'), info: sayAt('info'), warn: sayAt('warn'), error: sayAt('error') }
}

function writeToStandardError(line: string): void {
  process.stderr.write(line)
}

function lineOf(line: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(line).map(([name, value]) => [name, textOf(value)] as const)
  return `{${entries.flatMap(([name, text]) => (text === undefined ? [] : `${JSON.stringify(name)}:${text}`)).join(',')}}`
}

function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, (_name, inner: unknown) => plain(inner))
  } catch {
    return '"(not JSON)"'
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Error && !isCampaignKitError(value))
    return { name: value.name, message: value.message }
  return value
}
