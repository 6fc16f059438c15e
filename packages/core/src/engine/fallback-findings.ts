import type { Campaign } from '../model/campaign.js'
import { tellsOfArrival } from '../model/receipt.js'
import type { EngineContext } from './context.js'
import type { PreflightFinding } from './inspect-messages.js'

/** Channels after which the next one waits in vain to have its turn: they tell of no arrival that could fail to come. */
export function fallbackFindings(
  { channels }: Pick<EngineContext, 'channels'>,
  { content: { delivery } }: Campaign,
): readonly PreflightFinding[] {
  if (delivery === 'each' || delivery.fallbackAfterHours === undefined) return []
  return delivery.firstOf.slice(0, -1).flatMap((kind, index): PreflightFinding[] => {
    const channel = channels[kind]
    if (channel === undefined || tellsOfArrival(channel.capabilities.receipts)) return []
    const message = `${kind} tells of no deliveries: after it the next channel has its turn only when it fails`
    return [{ severity: 'warning', code: 'fallbackUntold', path: `delivery.firstOf[${index}]`, message }]
  })
}
