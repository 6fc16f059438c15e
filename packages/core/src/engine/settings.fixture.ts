import { machineRule } from '../metrics/machine-rule.js'
import type { SealablePath } from '../model/sealed.js'
import type { EngineSettings } from './context.js'

/** Settings of a tenant that leaves all to its default but what it seals. */
export function sampleSettings(sealed: readonly SealablePath[] = []): EngineSettings {
  return {
    publicUrl: 'https://go.pizza.example',
    secrets: [{ id: '2026a', key: 'a secret of the pizzeria, long enough' }],
    tenant: () => ({
      timeZone: 'UTC',
      globalHoldout: null,
      exclusionGroups: {},
      pace: {},
      topics: {},
      sealed,
    }),
    acceptVolatileStorage: false,
    leaseMs: 60_000,
    eligibilityTimeoutMs: 30_000,
    templateData: null,
    machineRule,
  }
}
