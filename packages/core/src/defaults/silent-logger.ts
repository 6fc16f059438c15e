import type { Logger } from '../ports/logger.js'

/** Says nothing: what the kit uses until the host gives it a logger. */
export function createSilentLogger(): Logger {
  const say = () => undefined
  return { debug: say, info: say, warn: say, error: say }
}
