import {
  type Announcements,
  type CampaignId,
  CampaignKitError,
  type DurationMs,
  type Scope,
} from '@campaignkit/core/adapter'
import type { Notices } from './notices.js'
import { pause } from './pause.js'

/** Campaigns whose latest change is remembered; of others the latest that was forgotten stands for it. */
const MOST_CAMPAIGNS = 10_000
/** How long changes of other processes are heard after the last one who waited for any. */
const LINGER_MS: DurationMs = 10_000

/** How the stores of a storage tell of changes, once they are committed. */
export interface Announcer extends Announcements {
  announce(scope: Scope, campaignIds: Iterable<CampaignId>): void
}

/**
 * The announcements of {@link createPostgresStorage}: a sequence is counted in this process, from its own changes and
 * from the notices of others.
 */
export function createAnnouncer(notices: Notices): Announcer {
  const changes = createChanges()
  const waiting = new Set<{ readonly subject: string; wake(): void }>()
  let unhear: (() => void) | null = null
  let visits = 0

  /** Where anything may have been lost, all that is waited for may have changed. */
  function hear(subject: string | null): void {
    const meant = [...waiting].filter((waiter) => subject === null || waiter.subject === subject)
    for (const changed of subject === null ? meant.map((waiter) => waiter.subject) : [subject])
      changes.note(changed)
    for (const { wake } of meant) wake()
  }

  async function leave(): Promise<void> {
    const seen = visits
    await pause(LINGER_MS)
    if (visits !== seen || waiting.size > 0) return
    unhear?.()
    unhear = null
  }

  return {
    complete: false,
    announce({ tenant }, campaignIds) {
      for (const campaignId of new Set(campaignIds)) {
        const subject = subjectOf(tenant, campaignId)
        if (unhear === null) changes.note(subject)
        notices.tell(subject)
      }
    },
    sequence: async ({ tenant }, campaignId) => changes.latestOf(subjectOf(tenant, campaignId)),
    changed: ({ tenant }, campaignId, seen, signal) => {
      const subject = subjectOf(tenant, campaignId)
      visits += 1
      unhear ??= notices.hear(hear)
      return new Promise<void>((resolve, reject) => {
        const abort = () => {
          waiting.delete(waiter)
          reject(new CampaignKitError('ABORTED', 'The wait was aborted', { cause: signal.reason }))
        }
        const waiter = {
          subject,
          wake: () => {
            signal.removeEventListener('abort', abort)
            waiting.delete(waiter)
            resolve()
          },
        }
        if (signal.aborted) return abort()
        signal.addEventListener('abort', abort, { once: true })
        waiting.add(waiter)
        if (changes.latestOf(subject) > seen) waiter.wake()
      }).finally(() => {
        if (waiting.size === 0) void leave()
      })
    },
  }
}

/** An announcer within a transaction of the host: what was done there is told when the transaction stands. */
export function announcingLater(announcer: Announcer, committed: Promise<boolean>): Announcer {
  const announced: (readonly [Scope, readonly CampaignId[]])[] = []
  const tellAll = (stands: boolean) => {
    if (stands) for (const [scope, campaignIds] of announced) announcer.announce(scope, campaignIds)
  }
  // when nobody knows whether it stands, whoever waits finds out by looking
  committed.then(tellAll, () => undefined)
  return {
    ...announcer,
    announce: (scope, campaignIds) => void announced.push([scope, [...campaignIds]]),
  }
}

/** When each subject changed last, counted. */
function createChanges() {
  const latest = new Map<string, number>()
  let count = 0
  let forgotten = 0
  return {
    latestOf: (subject: string) => latest.get(subject) ?? forgotten,
    note(subject: string): void {
      count += 1
      latest.delete(subject)
      latest.set(subject, count)
      const [oldest] = latest
      if (latest.size <= MOST_CAMPAIGNS || oldest === undefined) return
      latest.delete(oldest[0])
      forgotten = oldest[1]
    },
  }
}

function subjectOf(tenant: Scope['tenant'], campaignId: CampaignId): string {
  return JSON.stringify(['campaign', tenant, campaignId])
}
