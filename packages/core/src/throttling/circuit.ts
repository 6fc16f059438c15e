import { type DurationMs, type Instant, MINUTE_MS, SECOND_MS } from '../base/time.js'

/** When a provider account is left alone, and for how long. */
export interface CircuitRules {
  /** Calls in a row that meet an outage before the account is left alone: 1 or more. */
  readonly failures: number
  /** The first rest; each probe that fails doubles it. */
  readonly restMs: DurationMs
  readonly longestRestMs: DurationMs
}

/** Five calls in a row, then half a minute, a minute ... at most five minutes. */
export const CIRCUIT_RULES: CircuitRules = {
  failures: 5,
  restMs: 30 * SECOND_MS,
  longestRestMs: 5 * MINUTE_MS,
}

/**
 * Where a provider account stands. `closed`: calls are made. `open`: none is made until `until`. `halfOpen`: one call is
 * under way as a probe, and nobody else calls until it has come back, or `until`, by which it should have.
 */
export type Circuit =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly until: Instant; readonly restMs: DurationMs }
  | { readonly state: 'halfOpen'; readonly until: Instant; readonly restMs: DurationMs }

/** The circuit of an account that nothing is known of. */
export const CLOSED_CIRCUIT: Circuit = { state: 'closed', failures: 0 }

/** What a call told of the provider: it answered, or it was out of order; `nothing` for calls that tell neither. */
export type CircuitSign = 'answered' | 'outage' | 'nothing'

/**
 * Asks for leave to make a call. When there is none, `waitMs` says how long there will be none.
 *
 * @param probeMs - how long a call may take: a probe that has not come back by then is taken for lost
 */
export function enterCircuit(
  circuit: Circuit,
  now: Instant,
  probeMs: DurationMs,
): { readonly circuit: Circuit; readonly waitMs: DurationMs } {
  if (circuit.state === 'closed') return { circuit, waitMs: 0 }
  if (now < circuit.until) return { circuit, waitMs: circuit.until - now }
  return { circuit: { ...circuit, state: 'halfOpen', until: now + probeMs }, waitMs: 0 }
}

/** The circuit after a call has come back. While it is open nothing changes it: such calls were made before. */
export function noteInCircuit(
  circuit: Circuit,
  sign: CircuitSign,
  now: Instant,
  rules: CircuitRules = CIRCUIT_RULES,
): Circuit {
  if (circuit.state === 'open') return circuit
  if (sign === 'answered') return CLOSED_CIRCUIT
  if (circuit.state === 'halfOpen') {
    const restMs = sign === 'outage' ? Math.min(2 * circuit.restMs, rules.longestRestMs) : circuit.restMs
    return { state: 'open', until: now + restMs, restMs }
  }
  if (sign === 'nothing') return circuit
  const failures = circuit.failures + 1
  if (failures < rules.failures) return { state: 'closed', failures }
  return { state: 'open', until: now + rules.restMs, restMs: rules.restMs }
}
