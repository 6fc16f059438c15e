import type { BrokenStorage } from './broken-wrapper.js'
import { eventFeedStorages } from './event-feeds.js'
import { followingStorages } from './followings.js'
import { freezingStorages } from './freezing.js'
import { happeningStorages } from './happenings.js'
import { inboxStorages } from './inboxes.js'
import { ledgerStorages } from './ledger.js'
import { pagingStorages } from './listings.js'
import { postStorages } from './posts.js'
import { recordStorages } from './records.js'
import { reservationStorages } from './reservations.js'
import { forgetfulStorages } from './tenants.js'

/**
 * Storages that are wrong in one way each. An author of an adapter wraps a good one, runs the named case and sees that
 * it fails: so the cases, and the loop over them, can be trusted.
 */
export const brokenStorages: readonly BrokenStorage[] = [
  ...forgetfulStorages,
  ...pagingStorages,
  ...recordStorages,
  ...freezingStorages,
  ...inboxStorages,
  ...postStorages,
  ...ledgerStorages,
  ...happeningStorages,
  ...followingStorages,
  ...eventFeedStorages,
  ...reservationStorages,
]
