import {
  byCodePoints,
  type Campaign,
  type CampaignId,
  type CampaignStore,
  type Continuation,
  campaignNameTaken,
  idTaken,
  type Run,
  type RunId,
  versionConflict,
} from '@campaignkit/core/adapter'
import { byPlace, type Place } from './order.js'
import { SortedList } from './sorted-list.js'

type Filter = Parameters<CampaignStore['list']>[1]

/** Campaigns of a tenant and their runs; what is written must be frozen. Every method checks before it writes. */
export class CampaignTable {
  /** Newest first. */
  readonly order = new SortedList<Place>((left, right) => byPlace(right, left))
  readonly #rows = new Map<CampaignId, Campaign>()
  readonly #byName = new Map<string, CampaignId>()
  readonly #runs = new Map<RunId, Run>()
  readonly #runsOf = new Map<CampaignId, Set<RunId>>()
  readonly #openRuns = new Map<RunId, Run>()
  readonly #turns = new Map<RunId, number>()

  get(id: CampaignId): Campaign | null {
    return this.#rows.get(id) ?? null
  }

  /** The campaign of a place in {@link order}, or null when the filter leaves it out. */
  listed({ key }: Place, { statuses, archived = false }: Filter): Campaign | null {
    const campaign = this.#rows.get(key as CampaignId)
    if (campaign === undefined || (campaign.archivedAt !== null && !archived)) return null
    return statuses === undefined || statuses.includes(campaign.status) ? campaign : null
  }

  insert(campaign: Campaign): void {
    this.#checkName(campaign)
    if (this.#rows.has(campaign.id)) throw idTaken('campaign')
    this.#set(campaign)
    this.order.add({ at: campaign.createdAt, key: campaign.id })
  }

  update(campaign: Campaign, expectedVersion: number, run: Run | undefined): void {
    const stored = this.#expect(campaign.id, expectedVersion)
    this.#checkName(campaign)
    if (run !== undefined) this.#checkPlaced(run)
    this.#byName.delete(stored.content.name)
    this.#set(campaign)
    if (run !== undefined && (run.version > 1 || !this.#hasOccurrence(run))) this.#setRun(run)
  }

  /** @returns the runs that went with it */
  delete(id: CampaignId, expectedVersion: number): readonly RunId[] {
    const stored = this.#expect(id, expectedVersion)
    const runs = [...(this.#runsOf.get(id) ?? [])]
    this.#rows.delete(id)
    this.#byName.delete(stored.content.name)
    this.order.retain(({ key }) => key !== id)
    this.#runsOf.delete(id)
    for (const run of runs) {
      this.#runs.delete(run)
      this.#openRuns.delete(run)
      this.#turns.delete(run)
    }
    return runs
  }

  run(id: RunId): Run | null {
    return this.#runs.get(id) ?? null
  }

  /** First scheduled first. */
  runsOf(id: CampaignId): readonly Run[] {
    return this.#runsIn(this.#runsOf.get(id) ?? []).sort(
      (left, right) =>
        left.scheduledFor - right.scheduledFor ||
        left.createdAt - right.createdAt ||
        byCodePoints(left.id, right.id),
    )
  }

  updateRun(run: Run, expectedVersion: number): void {
    this.#expectRun(run.id, expectedVersion)
    this.#setRun(run)
  }

  /** Replaces a campaign and runs of it, each in the version before. */
  goOn({ campaign, runs }: Continuation): void {
    const stored = this.#expect(campaign.id, campaign.version - 1)
    for (const run of runs) this.#expectRun(run.id, run.version - 1)
    this.#byName.delete(stored.content.name)
    this.#set(campaign)
    for (const run of runs) this.#setRun(run)
  }

  noteTurn(id: RunId, turn: number): void {
    if (this.#openRuns.has(id)) this.#turns.set(id, turn)
  }

  /** The last turn that a run had; 0 when it has had none. */
  turnOf(id: RunId): number {
    return this.#turns.get(id) ?? 0
  }

  openRuns(): Iterable<Run> {
    return this.#openRuns.values()
  }

  #runsIn(ids: Iterable<RunId>): Run[] {
    return [...ids].flatMap((id) => this.#runs.get(id) ?? [])
  }

  #set(campaign: Campaign): void {
    this.#rows.set(campaign.id, campaign)
    this.#byName.set(campaign.content.name, campaign.id)
  }

  #setRun(run: Run): void {
    this.#runs.set(run.id, run)
    this.#runsOf.set(run.campaignId, (this.#runsOf.get(run.campaignId) ?? new Set()).add(run.id))
    if (run.status === 'open') this.#openRuns.set(run.id, run)
    else {
      this.#openRuns.delete(run.id)
      this.#turns.delete(run.id)
    }
  }

  #expect(id: CampaignId, version: number): Campaign {
    const stored = this.#rows.get(id)
    if (stored?.version !== version) throw versionConflict(version, stored?.version ?? null)
    return stored
  }

  #expectRun(id: RunId, version: number): void {
    const stored = this.#runs.get(id)?.version ?? null
    if (stored !== version) throw versionConflict(version, stored)
  }

  #checkName({ id, content: { name } }: Campaign): void {
    const owner = this.#byName.get(name)
    if (owner === undefined || owner === id) return
    throw campaignNameTaken()
  }

  #checkPlaced(run: Run): void {
    if (run.version > 1) this.#expectRun(run.id, run.version - 1)
    else if (this.#runs.has(run.id) && !this.#hasOccurrence(run)) throw idTaken('run')
  }

  #hasOccurrence({ campaignId, occurrence }: Run): boolean {
    return this.runsOf(campaignId).some((run) => run.occurrence === occurrence)
  }
}
