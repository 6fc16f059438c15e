import type { DurationMs } from '../base/time.js'

/** How what members do counts in a campaign. */
export interface ConversionRule {
  /** From the due instant of the member. */
  readonly windowMs: DurationMs
  readonly isExperiment: boolean
}

/** Rules of campaigns that were launched, by tenant and campaign: from then on they never change. */
export type KnownConversionRules = Map<string, ConversionRule>
