/** Points of the grid for each degree. */
const DENSITY = 4
/** On that grid some point reaches (1 + cos(pi / 8)) / 2 = 0.962 of the top. */
const NEAR_TOP = 0.96
/** The golden section of an interval. */
const GOLDEN = (Math.sqrt(5) - 1) / 2
const SECTIONS = 40

/** Where a function is highest, and how high. */
export interface Top {
  readonly at: number
  readonly height: number
}

/** The top between two points by golden section (Kiefer 1953), 1e-8 of their distance fine. */
function refined(heightAt: (angle: number) => number, from: number, to: number): Top {
  let [left, right] = [from, to]
  let inner = { at: right - GOLDEN * (right - left), height: heightAt(right - GOLDEN * (right - left)) }
  let outer = { at: left + GOLDEN * (right - left), height: heightAt(left + GOLDEN * (right - left)) }
  for (let section = 0; section < SECTIONS; section += 1) {
    if (inner.height > outer.height) {
      right = outer.at
      outer = inner
      const at = right - GOLDEN * (right - left)
      inner = { at, height: heightAt(at) }
    } else {
      left = inner.at
      inner = outer
      const at = left + GOLDEN * (right - left)
      outer = { at, height: heightAt(at) }
    }
  }
  return inner.height > outer.height ? inner : outer
}

/**
 * The top over 0 < angle < pi of a nonnegative trigonometric polynomial of some degree. By the inequality of M. Riesz
 * (1914) such a polynomial falls, at a distance d from its top, to no less than (1 + cos(degree d)) / 2 of it, so that
 * a grid shows every place where the top can be; those places are then refined.
 */
export function highestOf(heightAt: (angle: number) => number, degree: number): Top {
  const steps = DENSITY * degree
  const step = Math.PI / steps
  const heights = Float64Array.from({ length: steps - 1 }, (_, index) => heightAt((index + 1) * step))
  const bar = NEAR_TOP * heights.reduce((most, height) => Math.max(most, height), 0)
  let top: Top = { at: step, height: heights[0] ?? 0 }
  heights.forEach((height, index) => {
    const before = heights[index - 1] ?? 0
    const after = heights[index + 1] ?? 0
    if (height < bar || height < before || height < after) return
    const found = refined(heightAt, index * step, (index + 2) * step)
    if (found.height > top.height) top = found
  })
  return top
}
