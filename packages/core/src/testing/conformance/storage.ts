import { MINUTE_MS } from '../../base/time.js'
import { perMinute } from '../../model/pace.js'
import { createManualClock, SAMPLE_NOW } from '../manual-clock.js'
import { announcementCases } from './announcements.js'
import { audienceCases } from './audience.js'
import { campaignCases } from './campaigns.js'
import { claimCases } from './claims.js'
import { conformanceCase, type DirectoryCase, type StorageCase } from './conformance-case.js'
import { consentCases } from './consents.js'
import { counterCases } from './counters.js'
import { couponCases } from './coupons.js'
import { customerDirectoryConformance } from './customers.js'
import { databasePlannerCases } from './database-planner.js'
import { deliveryCases } from './deliveries.js'
import { dueIndexCases } from './due-index.js'
import { endingCases } from './endings.js'
import { enlistingCases } from './enlisting.js'
import { eventFeedCases } from './event-feed.js'
import { eventCases } from './events.js'
import { everyMethodCases } from './every-method.js'
import { expectEqual, expectPresent, expectThat } from './expectations.js'
import { fenceCases } from './fences.js'
import { followingCases } from './followings.js'
import { freezingCases } from './freezing.js'
import { heldCases } from './held.js'
import { inboxCases } from './inbox.js'
import { journalCases } from './journal.js'
import { ledgerCases } from './ledger.js'
import { eventMatchingCases } from './matching.js'
import { placementCases } from './placements.js'
import { postCases } from './posts.js'
import { rebuildCases } from './rebuilds.js'
import { receiptCases } from './receipts.js'
import { reclassifyCases } from './reclassifications.js'
import { redemptionCases } from './redemptions.js'
import { couponResealCases } from './reseals.js'
import { reversalCases } from './reversals.js'
import { segmentCases } from './segments.js'
import { settlementCases } from './settlements.js'
import { windowCases } from './windows.js'
import { seedWorld } from './world.js'
import { readWorld } from './world-reads.js'

function ofStorage({ name, needs, run }: DirectoryCase): StorageCase {
  return { name, needs, run: ({ storage, ...subject }) => run({ ...subject, directory: storage.customers }) }
}

const wholeCases: readonly StorageCase[] = [
  conformanceCase(
    'storage: its rate limiter is one for all who ask for it',
    [],
    async ({ storage, ours }) => {
      const limit = { key: 'one', pace: perMinute(1), sharedByTenants: false }
      const request = { limits: [limit], count: 1, notBefore: SAMPLE_NOW, horizonMs: 10 * MINUTE_MS }
      const [first, second] = [1, 2].map(() => storage.rateLimiter(createManualClock()))
      const { firstAt } = await expectPresent(first, 'a limiter').reserve(ours, request)
      const { firstAt: nextAt } = await expectPresent(second, 'a limiter').reserve(ours, request)
      expectThat(nextAt >= firstAt + MINUTE_MS, 'the slot of the second behind that of the first', [
        firstAt,
        nextAt,
      ])
    },
  ),
  conformanceCase(
    'storage: what was written is there after the storage was opened anew',
    ['durable'],
    async (subject) => {
      const { storage, ours, reopen } = subject
      await seedWorld(subject, ours)
      const before = await readWorld(storage, ours)
      const reopened = await expectPresent(reopen, 'a subject that can be reopened')()
      expectEqual(await readWorld(reopened, ours), before, 'what there is')
    },
  ),
]

/**
 * What a Storage means, sentence by sentence. An adapter's test is a loop over it.
 *
 * @example
 * ```ts
 * import { type StorageSubject, storageConformance } from '@campaignkit/core/testing'
 * async function conforms(fresh: () => StorageSubject) {
 *   for (const { needs, run } of storageConformance) if (needs.length === 0) await run(fresh())
 * }
 * ```
 */
export const storageConformance: readonly StorageCase[] = [
  ...customerDirectoryConformance.map(ofStorage),
  ...eventMatchingCases,
  ...consentCases,
  ...segmentCases,
  ...campaignCases,
  ...freezingCases,
  ...databasePlannerCases,
  ...placementCases,
  ...audienceCases,
  ...deliveryCases,
  ...inboxCases,
  ...postCases,
  ...claimCases,
  ...windowCases,
  ...settlementCases,
  ...fenceCases,
  ...heldCases,
  ...endingCases,
  ...eventCases,
  ...eventFeedCases,
  ...counterCases,
  ...rebuildCases,
  ...reclassifyCases,
  ...receiptCases,
  ...followingCases,
  ...couponCases,
  ...redemptionCases,
  ...reversalCases,
  ...couponResealCases,
  ...journalCases,
  ...ledgerCases,
  ...dueIndexCases,
  ...announcementCases,
  ...enlistingCases,
  ...everyMethodCases,
  ...wholeCases,
]
