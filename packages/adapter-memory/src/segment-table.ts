import {
  byCodePoints,
  type SeenSegment,
  type Segment,
  segmentInUse,
  segmentNameTaken,
  segmentsReferredTo,
  versionConflict,
} from '@campaignkit/core/adapter'
import { SortedList } from './sorted-list.js'

/** Segments of a tenant, by name; what is written must be frozen. */
export class SegmentTable {
  readonly rows = new Map<string, Segment>()
  readonly names = new SortedList<string>(byCodePoints)

  put(segment: Segment, expectedVersion: number | null, referred: readonly SeenSegment[]): void {
    const stored = this.rows.get(segment.name)
    for (const { name, version } of referred) this.#expect(name, version)
    if (expectedVersion === null && stored !== undefined) throw segmentNameTaken()
    if (expectedVersion !== null) this.#expect(segment.name, expectedVersion)
    this.rows.set(segment.name, segment)
    if (stored === undefined) this.names.add(segment.name)
  }

  delete(name: string, expectedVersion: number): void {
    this.#expect(name, expectedVersion)
    for (const other of this.rows.values()) {
      if (other.name !== name && segmentsReferredTo(other.criteria).includes(name))
        throw segmentInUse(other.name)
    }
    this.rows.delete(name)
    this.names.retain((other) => other !== name)
  }

  #expect(name: string, version: number): void {
    const stored = this.rows.get(name)?.version ?? null
    if (stored !== version) throw versionConflict(version, stored)
  }
}
