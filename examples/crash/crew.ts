import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { MeetingPlace } from './crash-kit.js'
import type { KillPlan } from './kill-points.js'
import type { Trial } from './trial.js'

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url))
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The workers of a trial, each a process that dies as planned. */
export interface Crew {
  /**
   * Brings as many workers to work as there should be, each with the next plan. Who is to die is not helped by workers
   * without a plan, so that the point of the last plan is sure to come.
   */
  fill(): void
  killed(): readonly KillPlan[]
  /** Deaths that have not come yet. */
  deathsLeft(): number
  fallen(): number
  dismiss(): Promise<void>
}

/** Hires nobody yet. */
export function createCrew(
  place: MeetingPlace,
  { workers, plans }: Trial,
  say: (line: string) => void,
): Crew {
  const waiting = [...plans]
  const atWork = new Map<ChildProcess, KillPlan | null>()
  const killed: KillPlan[] = []
  let fallen = 0
  let isDismissed = false
  const doomed = () => [...atWork.values()].filter((plan) => plan !== null).length
  const hire = () => {
    const plan = waiting.shift() ?? null
    const child = fork(WORKER, [JSON.stringify(place), JSON.stringify(plan)], {
      cwd: ROOT,
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let words = ''
    child.stderr?.on('data', (piece) => {
      words += String(piece)
    })
    atWork.set(child, plan)
    child.once('exit', (_code, signal) => {
      atWork.delete(child)
      if (isDismissed) return
      if (signal === 'SIGKILL' && plan !== null) killed.push(plan)
      else fall(plan, words)
    })
  }
  const fall = (plan: KillPlan | null, words: string) => {
    fallen += 1
    if (plan !== null) waiting.unshift(plan)
    say(`a worker fell: ${words.trim().split('\n')[0] ?? ''}`)
  }
  return {
    fill: () => {
      while (atWork.size < workers && (waiting.length > 0 || doomed() === 0)) hire()
    },
    killed: () => killed,
    deathsLeft: () => waiting.length + doomed(),
    fallen: () => fallen,
    dismiss: async () => {
      isDismissed = true
      const gone = [...atWork.keys()].map((child) => new Promise((resolve) => child.once('exit', resolve)))
      for (const child of atWork.keys()) child.kill('SIGTERM')
      await Promise.all(gone)
    },
  }
}
