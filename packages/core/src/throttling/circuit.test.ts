import { describe, expect, it } from 'vitest'
import {
  CIRCUIT_RULES,
  type Circuit,
  type CircuitSign,
  CLOSED_CIRCUIT,
  enterCircuit,
  noteInCircuit,
} from './circuit.js'

const PROBE_MS = 10_000
const after = (circuit: Circuit, signs: readonly CircuitSign[], now = 0) =>
  signs.reduce((before, sign) => noteInCircuit(before, sign, now), circuit)
const OUTAGES: readonly CircuitSign[] = Array.from({ length: CIRCUIT_RULES.failures }, () => 'outage')
const OPEN = after(CLOSED_CIRCUIT, OUTAGES)

describe('the circuit of an account', () => {
  it('lets every call pass while fewer fail in a row than it takes', () => {
    const nearly = after(CLOSED_CIRCUIT, OUTAGES.slice(1))
    expect(enterCircuit(nearly, 0, PROBE_MS)).toEqual({ circuit: nearly, waitMs: 0 })
    expect(after(nearly, ['answered', ...OUTAGES.slice(1)]).state).toBe('closed')
    expect(after(nearly, ['nothing', 'outage']).state).toBe('open')
  })

  it('lets no call pass until its rest is over', () => {
    expect(enterCircuit(OPEN, 0, PROBE_MS).waitMs).toBe(CIRCUIT_RULES.restMs)
    expect(enterCircuit(OPEN, CIRCUIT_RULES.restMs - 1, PROBE_MS)).toEqual({ circuit: OPEN, waitMs: 1 })
  })

  it('is not closed by the answer of a call that was made before', () => {
    expect(after(OPEN, ['answered', 'outage', 'nothing'], 10)).toBe(OPEN)
  })

  it('lets one probe pass then, and closes when it is answered', () => {
    const probing = enterCircuit(OPEN, CIRCUIT_RULES.restMs, PROBE_MS)
    expect(probing.waitMs).toBe(0)
    expect(enterCircuit(probing.circuit, CIRCUIT_RULES.restMs + 1, PROBE_MS).waitMs).toBe(PROBE_MS - 1)
    expect(noteInCircuit(probing.circuit, 'answered', CIRCUIT_RULES.restMs + 2)).toEqual(CLOSED_CIRCUIT)
  })

  it('rests twice as long after each probe that fails, up to a limit', () => {
    const rests: number[] = []
    let circuit: Circuit = OPEN
    let now = 0
    for (let probe = 0; probe < 6; probe += 1) {
      const { waitMs } = enterCircuit(circuit, now, PROBE_MS)
      rests.push(waitMs)
      now += waitMs
      circuit = noteInCircuit(enterCircuit(circuit, now, PROBE_MS).circuit, 'outage', now)
    }
    expect(rests).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000])
  })

  it('sends another probe when one never came back, and rests as long when one told nothing', () => {
    const now = CIRCUIT_RULES.restMs
    const lost = enterCircuit(OPEN, now, PROBE_MS).circuit
    expect(enterCircuit(lost, now + PROBE_MS, PROBE_MS)).toMatchObject({
      waitMs: 0,
      circuit: { state: 'halfOpen', until: now + 2 * PROBE_MS },
    })
    expect(noteInCircuit(lost, 'nothing', now)).toEqual({
      state: 'open',
      until: now + CIRCUIT_RULES.restMs,
      restMs: CIRCUIT_RULES.restMs,
    })
  })
})
