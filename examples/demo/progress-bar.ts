import type { Progress } from '@campaignkit/core'
import cliProgress from 'cli-progress'
import { durationText } from './duration-text.js'

/** Shows how far a campaign has come. */
export interface ProgressBar {
  show(progress: Progress): void
  end(): void
}

/** Where a program writes for people. */
export type Screen = NodeJS.WritableStream & { readonly isTTY?: boolean }

/** A bar that moves on a terminal; a line for each tenth elsewhere, where bars would fill the log. */
export function createProgressBar(screen: Screen): ProgressBar {
  return screen.isTTY === true ? movingBar(screen) : plainLines(screen)
}

function movingBar(stream: Screen): ProgressBar {
  const bar = new cliProgress.SingleBar({
    stream,
    hideCursor: true,
    barsize: 30,
    format:
      '  {bar} {percentage}% | {value} of {total} settled | {rate} a minute | {clock} by the kit, {left} left',
  })
  let started = false
  return {
    show(progress) {
      const { settled, total } = progress
      const beside = { rate: rateOf(progress), clock: clockOf(progress), left: leftOf(progress) }
      if (total === 0) return
      if (!started) bar.start(total, settled, beside)
      started = true
      bar.setTotal(total)
      bar.update(settled, beside)
    },
    end: () => bar.stop(),
  }
}

function plainLines(screen: Screen): ProgressBar {
  let shown = 0
  return {
    show(progress) {
      const tenths = Math.floor(progress.share * 10)
      if (tenths <= shown) return
      shown = tenths
      const { settled, total } = progress
      const pace = `${rateOf(progress)} a minute, ${leftOf(progress)} left`
      screen.write(`  ${clockOf(progress)}  ${settled} of ${total} settled (${tenths * 10} %), ${pace}\n`)
    },
    end() {},
  }
}

function rateOf({ ratePerMinute }: Progress): string {
  return ratePerMinute === null ? '-' : String(Math.round(ratePerMinute))
}

function leftOf({ etaMs }: Progress): string {
  return etaMs === null ? '-' : durationText(etaMs)
}

function clockOf({ at }: Progress): string {
  return new Date(at).toISOString().slice(11, 19)
}
