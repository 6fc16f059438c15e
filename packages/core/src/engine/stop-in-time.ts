import type { DurationMs } from '../base/time.js'
import type { EngineContext } from './context.js'
import { sleepUnlessStopped } from './sleep-unless-stopped.js'

/**
 * Waits for work to end, but when it was told to stop no longer than so long.
 *
 * @throws what the work threw in that time
 */
export async function stopInTime(
  context: EngineContext,
  work: Promise<void>,
  stopped: AbortSignal,
  withinMs: DurationMs,
): Promise<void> {
  const ended = new AbortController()
  const toldToStop = new Promise<void>((resolve) => {
    stopped.addEventListener('abort', () => resolve(), { once: true })
    if (stopped.aborted) resolve()
  })
  const outOfTime = toldToStop.then(async () => {
    const isOver = await sleepUnlessStopped(context, context.clock.now() + withinMs, ended.signal)
    if (isOver) context.logger.warn('a worker was stopped with calls under way', { withinMs })
  })
  try {
    await Promise.race([work, outOfTime])
  } finally {
    ended.abort()
    work.catch(() => undefined)
  }
}
