import type { DeliveryTrace, ImportOutcome, Preflight, Reach } from '@campaignkit/core'
import type { Diary } from './doors.js'
import { durationText } from './duration-text.js'
import type { Effect, Figures } from './figures.js'
import type { Screen } from './progress-bar.js'
import type { DemoChannel } from './win-back.js'

/** Tells people what the demo does. */
export interface Teller {
  imported(outcome: ImportOutcome, invented: number): void
  reached(reach: Reach): void
  checked(preflight: Preflight, channel: DemoChannel): void
  /** How many messages each worker process has sent. */
  shared(sent: readonly number[]): void
  sent(mails: number, ms: number): void
  explained(customerId: string, trace: DeliveryTrace): void
  lived(world: Diary): void
  concluded(figures: Figures): void
}

/** Makes a teller that writes lines. */
export function createTeller(screen: Screen): Teller {
  const say = (line: string) => void screen.write(`${line}\n`)
  return {
    imported({ rows, skipped, created, bad, withoutAddress }, invented) {
      say(
        `Imported ${created} customers, ${withoutAddress} of them without an address; ${skipped} of ${rows} rows were bad`,
      )
      for (const { line, column, reason } of bad.slice(0, 5))
        say(`  line ${line}, ${column ?? 'whole row'}: ${reason}`)
      if (invented > 0)
        say(`Invented ${invented} addresses, all of which lead to the mailbox of this process`)
    },
    reached({ matched, reachable, excluded }) {
      say(`The segment matches ${matched} customers, of whom ${reachable} can be reached`)
      for (const [code, count] of Object.entries(excluded)) say(`  ${String(count).padStart(6)}  ${code}`)
    },
    checked({ funnel, durationMs, findings }, channel) {
      const duration = durationText(durationMs[channel] ?? 0)
      say(
        `Checked before the launch: ${funnel.recipients} messages in ${duration}, ${funnel.holdout} people hear nothing`,
      )
      for (const { severity, code, message } of findings) say(`  ${severity} ${code}: ${message}`)
    },
    shared(sent) {
      const shares = sent.map((count, at) => `worker ${at + 1} sent ${count}`)
      say(`${shares.join(', ')}, each in a process of its own`)
    },
    sent(mails, ms) {
      say(`${mails} messages have arrived after ${durationText(ms)} of the kit’s time`)
    },
    explained(customerId, { steps }) {
      const stop = steps.find(({ passed }) => passed !== 'yes')
      if (stop !== undefined) say(`Why did ${customerId} get none? ${stop.words}`)
    },
    lived({ opened, followed, bought, redeemed, scanned, refused, unsubscribed }) {
      say(
        `Ten days later: ${opened} opened, ${followed} followed the link, ${unsubscribed} unsubscribed, ${bought} bought,`,
      )
      say(
        `  ${redeemed} with their coupon (${scanned} read from the picture); ${refused} were shown twice and refused`,
      )
    },
    concluded({ effects, verdict, artefacts, elapsedMs }) {
      say('')
      say(verdict.sentence)
      for (const effect of effects) say(`  ${effectText(effect)}`)
      say('')
      for (const [name, path] of Object.entries(artefacts)) say(`  ${name.padEnd(14)} ${path}`)
      say(`Done in ${(elapsedMs / 1_000).toFixed(1)} seconds`)
    },
  }
}

function effectText({ arm, against, planted, estimated: { difference, low, high, covers } }: Effect): string {
  const found = `${pointsText(difference)} points found, ${pointsText(low)} to ${pointsText(high)}`
  return `${arm} over ${against}: ${pointsText(planted.difference)} planted, ${found}: ${covers ? 'covered' : 'missed'}`
}

function pointsText(share: number): string {
  const points = (share * 100).toFixed(2)
  return share < 0 ? points : `+${points}`
}
