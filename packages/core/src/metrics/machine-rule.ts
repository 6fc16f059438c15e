import type { CampaignEvent } from '../model/event.js'
import { agentOf, type Interaction, type InteractionFacts, type MachineRule } from '../model/interaction.js'

/** Scanners that follow the links of mail before anybody reads it. */
const SCANNERS =
  /barracuda|proofpoint|urldefense|mimecast|safelinks|bingpreview|symantec|messagelabs|trendmicro|forcepoint|fireeye|cisco-ironport|sophos|zscaler|cloudmark/i

/** Programs that no person reads with: crawlers, previews in chats, libraries. CUBOT makes telephones. */
const PROGRAMS =
  /\b(?!cubot\b)\w*bot\b|crawler|\bspider\b|facebookexternalhit|skypeuripreview|^whatsapp\/|headlesschrome|phantomjs|python-requests|python-urllib|aiohttp|\bcurl\/|\bwget\/|go-http-client|\bokhttp|\bjava\/|libwww|scrapy|\bnode-fetch|\baxios\//i

/** All that Apple's Mail Privacy Protection says of itself when it fetches pictures that nobody may ever look at. */
const PRIVACY_PROXY = 'Mozilla/5.0'

/** Version of {@link isMachine}: another one with each change of it. */
export const MACHINE_RULE_VERSION = 'campaignkit-2'

/**
 * Whether a machine opened or clicked, as far as this version of the rule can tell: where the provider says so
 * (`machineHint`), where the program names itself as a scanner of mail, a crawler, a preview or a library, and an open by Apple's
 * Mail Privacy Protection, unless the provider says that it was a person. The picture proxies of Gmail and Yahoo fetch when a person opens: they are people unless the provider says
 * otherwise. A program that is not known is a person's.
 *
 * @example
 * ```ts
 * import { isMachine } from '@campaignkit/core'
 * const facts = { type: 'opened', at: 1_772_442_000_000, url: null, machineHint: null } as const
 * console.log(isMachine({ ...facts, agent: 'Mozilla/5.0 (via ggpht.com GoogleImageProxy)' })) // false
 * console.log(isMachine({ ...facts, agent: 'Mozilla/5.0' })) // true
 * console.log(isMachine({ ...facts, agent: 'Barracuda Sentinel (EE)' })) // true
 * ```
 */
export function isMachine({ type, agent, machineHint }: InteractionFacts): boolean {
  if (machineHint === true) return true
  if (agent === null) return false
  const isProxy = type === 'opened' && agent === PRIVACY_PROXY && machineHint === null
  return isProxy || SCANNERS.test(agent) || PROGRAMS.test(agent)
}

/** The rule of a kit whose host gives none: {@link isMachine}. */
export const machineRule: MachineRule = Object.freeze({ version: MACHINE_RULE_VERSION, isMachine })

/** What is told of who opened or clicked. */
interface Told {
  readonly agent?: string | null | undefined
  readonly machineHint?: boolean | null | undefined
}

/** What a rule makes of an event: of opens and clicks its judgement beside the facts, of all others what was said. */
export function judged(
  rule: MachineRule,
  { type, at, url = null }: Pick<CampaignEvent, 'type' | 'at'> & Partial<Pick<CampaignEvent, 'url'>>,
  told: Told,
): Pick<CampaignEvent, 'machine' | 'interaction'> {
  const { machineHint = null } = told
  if (type !== 'opened' && type !== 'clicked') return { machine: machineHint === true, interaction: null }
  const interaction: Interaction = { agent: agentOf(told.agent), machineHint, rule: rule.version }
  // not merely truthy: a promise of "no" is
  const machine = rule.isMachine({ type, at, url, agent: interaction.agent, machineHint }) === true
  return { machine, interaction }
}
