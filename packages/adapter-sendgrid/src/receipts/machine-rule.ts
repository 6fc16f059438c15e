/** What an event tells of who opened or clicked. */
export interface InteractionFacts {
  readonly type: 'opened' | 'clicked'
  /** SendGrid's own word for opens by Apple's privacy proxy and the like. */
  readonly machineOpen: boolean
  readonly userAgent: string
}

/** Grows with each change of the rule; it stands in the reason of what was found to be a machine's. */
export const MACHINE_RULE_VERSION = 1

/** Scanners that follow links before anybody reads, and programs that are no browser. Mail proxies that fetch when a person reads are none. */
const SCANNERS =
  /barracuda|proofpoint|mimecast|safelinks|symantec|trendmicro|forcepoint|fireeye|urldefense|\b(?:\w*bot|crawler|spider)\b|headlesschrome|phantomjs|python-requests|python-urllib|\bcurl\/|\bwget\/|go-http-client|okhttp|java\/|libwww|scrapy/i

/** Whether a machine did it, as far as this version of the rule can tell. */
export function isMachine({ type, machineOpen, userAgent }: InteractionFacts): boolean {
  return (type === 'opened' && machineOpen) || SCANNERS.test(userAgent)
}
