import { excessOverShare } from './exact-difference.js'

/** A point of (0, 1), each part of it with all its digits. */
export interface SharePoint {
  readonly x: number
  /** 1 - x. */
  readonly y: number
  /** a - (a + b) x, which is a y - b x: by how much a / (a + b) lies above x, times a + b. */
  readonly excess: number
}

/** The point x for the parameters a and b. */
export function sharePoint(a: number, b: number, x: number): SharePoint {
  return { x, y: 1 - x, excess: excessOverShare(a, b, x) }
}

/** The same point, measured from the other end. */
export function seenFromOne({ x, y, excess }: SharePoint): SharePoint {
  return { x: y, y: x, excess: -excess }
}
