import {
  byCodePoints,
  CampaignKitError,
  type SeenSegment,
  type Segment,
  segmentsReferredTo,
} from '@campaignkit/core/adapter'
import { inUse, versionConflict } from './refusals.js'
import { SortedList } from './sorted-list.js'

/** Segments of a tenant, by name; what is written must be frozen. */
export class SegmentTable {
  readonly rows = new Map<string, Segment>()
  readonly names = new SortedList<string>(byCodePoints)

  put(segment: Segment, expectedVersion: number | null, referred: readonly SeenSegment[]): void {
    const stored = this.rows.get(segment.name)
    for (const { name, version } of referred) this.#expect(name, version)
    if (expectedVersion === null && stored !== undefined) {
      throw new CampaignKitError('SEGMENT_NAME_TAKEN', 'There is a segment of this name', { path: 'name' })
    }
    if (expectedVersion !== null) this.#expect(segment.name, expectedVersion)
    this.rows.set(segment.name, segment)
    if (stored === undefined) this.names.add(segment.name)
  }

  delete(name: string, expectedVersion: number): void {
    this.#expect(name, expectedVersion)
    for (const other of this.rows.values()) {
      if (other.name !== name && segmentsReferredTo(other.criteria).includes(name)) throw inUse(other.name)
    }
    this.rows.delete(name)
    this.names.retain((other) => other !== name)
  }

  #expect(name: string, version: number): void {
    const stored = this.rows.get(name)?.version ?? null
    if (stored !== version) throw versionConflict(version, stored)
  }
}
