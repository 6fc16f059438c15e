import type { CampaignId, RunId, TenantId } from '../../base/ids.js'
import type { Instant } from '../../base/time.js'
import type { Campaign } from '../../model/campaign.js'
import type { CampaignStatus } from '../../model/campaign-status.js'
import type { JournalEntry } from '../../model/journal.js'
import type { Page, PageRequest } from '../../model/page.js'
import type { Priority } from '../../model/priority.js'
import type { Run } from '../../model/run.js'
import type { Scope } from '../../model/scope.js'

/** Campaigns and their runs. */
export interface CampaignStore {
  /**
   * Adds a campaign, with the journal entry.
   *
   * @throws CAMPAIGN_NAME_TAKEN with path `name`
   */
  insert(scope: Scope, campaign: Campaign, entry: JournalEntry): Promise<void>
  /**
   * Replaces a campaign if its stored version is the expected one, with the journal entry and, when given, a run of it:
   * all or nothing. A run of version 1 is new, and one of an occurrence that exists already is left as it is; of any later
   * version it replaces the one before.
   *
   * @throws VERSION_CONFLICT of the campaign or the run, CAMPAIGN_NAME_TAKEN
   */
  update(
    scope: Scope,
    campaign: Campaign,
    expectedVersion: number,
    entry: JournalEntry,
    run?: Run,
  ): Promise<void>
  get(scope: Scope, id: CampaignId): Promise<Campaign | null>
  /** Those of so many campaigns that are there, each once, in no order. */
  getAll(scope: Scope, ids: readonly CampaignId[]): Promise<readonly Campaign[]>
  /** Newest first; those archived only when asked for. */
  list(
    scope: Scope,
    filter: { readonly statuses?: readonly CampaignStatus[]; readonly archived?: boolean },
    page: PageRequest,
  ): Promise<Page<Campaign>>
  /**
   * Deletes a campaign with its runs, members, deliveries and coupons, unless an attempt of it is under way or in doubt.
   *
   * @throws VERSION_CONFLICT when it is not there in this version; CAMPAIGN_HAS_EVENTS
   */
  delete(scope: Scope, id: CampaignId, expectedVersion: number, entry: JournalEntry): Promise<void>
  getRun(scope: Scope, id: RunId): Promise<Run | null>
  /** Runs of a campaign, first scheduled first. */
  runsOf(scope: Scope, campaignId: CampaignId): Promise<readonly Run[]>
  /**
   * Replaces a run if its stored version is the expected one. No journal: a run's steps are the worker's, and the
   * campaign's journal tells what people decided.
   *
   * @throws VERSION_CONFLICT
   */
  updateRun(scope: Scope, run: Run, expectedVersion: number): Promise<void>
}

/** What the sweep rings for. */
export interface DueRun {
  readonly tenant: TenantId
  readonly runId: RunId
  /** The earliest instant at which something of it is due. */
  readonly dueAt: Instant
  /** When the run itself began, or is to begin. */
  readonly scheduledFor: Instant
  /** That of its campaign. */
  readonly priority: Priority
}
