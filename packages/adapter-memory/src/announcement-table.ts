import { type CampaignId, CampaignKitError } from '@campaignkit/core/adapter'

interface Line {
  sequence: number
  readonly waiting: Set<() => void>
}

/** How often each campaign has changed, and who waits for the next change. */
export class AnnouncementTable {
  readonly #lines = new Map<CampaignId, Line>()

  sequence(campaignId: CampaignId): number {
    return this.#lines.get(campaignId)?.sequence ?? 0
  }

  announce(campaignId: CampaignId): void {
    const line = this.#line(campaignId)
    line.sequence += 1
    for (const wake of [...line.waiting]) wake()
  }

  changed(campaignId: CampaignId, seen: number, signal: AbortSignal): Promise<void> {
    const line = this.#line(campaignId)
    return new Promise((resolve, reject) => {
      const stop = () => {
        line.waiting.delete(wake)
        signal.removeEventListener('abort', abort)
      }
      const wake = () => {
        if (line.sequence <= seen) return
        stop()
        resolve()
      }
      const abort = () => {
        stop()
        reject(new CampaignKitError('ABORTED', 'The wait was aborted', { cause: signal.reason }))
      }
      if (signal.aborted) return abort()
      signal.addEventListener('abort', abort)
      line.waiting.add(wake)
      wake()
    })
  }

  #line(campaignId: CampaignId): Line {
    const known = this.#lines.get(campaignId) ?? { sequence: 0, waiting: new Set() }
    this.#lines.set(campaignId, known)
    return known
  }
}
