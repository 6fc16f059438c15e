import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Clock } from '@campaignkit/core/adapter'
import type { Follower } from './network-time.js'
import type { Order, Word } from './orders.js'
import { createTimeKeeping } from './time-keeping.js'

/** Processes that deliver side by side. */
export interface Crew {
  readonly workers: readonly Follower[]
  /**
   * Has all of them work until nothing is left.
   *
   * @returns how many messages each has sent
   * @throws when one of them has fallen
   */
  work(order: Omit<Extract<Order, { readonly type: 'work' }>, 'type' | 'number'>): Promise<readonly number[]>
  /** Ends those that are still there. */
  dismiss(): Promise<void>
}

interface Hand extends Follower {
  work(order: Order): Promise<number>
  dismiss(): Promise<void>
}

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url))
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Starts so many processes, which live by the clock of this one and end with it, however it ends. */
export function hireCrew(count: number, clock: Clock): Crew {
  const hands = Array.from({ length: count }, () => hire(clock))
  return {
    workers: hands,
    work: (order) =>
      Promise.all(hands.map((hand, at) => hand.work({ ...order, type: 'work', number: at + 1 }))),
    dismiss: async () => {
      await Promise.all(hands.map((hand) => hand.dismiss()))
    },
  }
}

function hire(clock: Clock): Hand {
  const child = fork(WORKER, [], {
    cwd: ROOT,
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const post = (order: Order) => {
    // one that has just died is found out when its end is heard; what cannot be sent would throw in nobody's hands
    if (child.connected) child.send(order, () => undefined)
  }
  const keeping = createTimeKeeping(clock, post)
  let sent: number | null = null
  child.on('message', (word: Word) => {
    if (word.type === 'done') sent = word.sent
    else keeping.hear(word)
  })
  const complaint = complaintOf(child)
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const ended = gone.then(() => keeping.end())
  return {
    quiet: keeping.quiet,
    async work(order) {
      post(order)
      keeping.begin()
      await ended
      if (sent === null) throw new Error(`A worker process has fallen: ${complaint()}`)
      return sent
    },
    async dismiss() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** What a process has said when it fell. */
function complaintOf(child: ChildProcess): () => string {
  let words = ''
  child.stderr?.on('data', (piece) => {
    words += String(piece)
  })
  return () => words.trim()
}
