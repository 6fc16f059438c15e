import type { DurationMs, Instant } from '../base/time.js'
import type { SendResult } from '../ports/channel.js'
import {
  type Circuit,
  type CircuitSign,
  CLOSED_CIRCUIT,
  enterCircuit,
  noteInCircuit,
} from '../throttling/circuit.js'

/**
 * The circuits of the provider accounts that this process calls. Other processes learn of an open one through the
 * limiter, which gives the account no slot until its rest is over.
 */
export interface Circuits {
  /** How long no call may be made; 0 for leave to make one. */
  enter(account: string, now: Instant, probeMs: DurationMs): DurationMs
  /** Takes note of what a call came to. @returns whether the account is left alone from now on */
  note(account: string, results: readonly SendResult[], now: Instant): boolean
}

export function createCircuits(): Circuits {
  const circuits = new Map<string, Circuit>()
  const of = (account: string) => circuits.get(account) ?? CLOSED_CIRCUIT

  return {
    enter(account, now, probeMs) {
      const { circuit, waitMs } = enterCircuit(of(account), now, probeMs)
      circuits.set(account, circuit)
      return waitMs
    },
    note(account, results, now) {
      const before = of(account)
      const circuit = noteInCircuit(before, signOf(results), now)
      circuits.set(account, circuit)
      return circuit.state === 'open' && before.state !== 'open'
    },
  }
}

/** One call is one sign: whatever was answered for a single message shows that the provider is there. */
function signOf(results: readonly SendResult[]): CircuitSign {
  if (results.some((result) => result.outcome !== 'unknown' && !isOutage(result))) return 'answered'
  return results.some(isOutage) ? 'outage' : 'nothing'
}

function isOutage(result: SendResult): boolean {
  return (result.outcome === 'transient' || result.outcome === 'unknown') && result.outage === true
}
