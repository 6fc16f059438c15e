import { QUIET_ZONE } from './png.js'
import type { QrSymbol } from './symbol.js'

/** An SVG document of a symbol on opaque white, with the quiet zone; a unit is a module. */
export function svgOf(symbol: QrSymbol): string {
  const side = symbol.size + 2 * QUIET_ZONE
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${runsOf(symbol)}"/></svg>`
  )
}

/** A rectangle for each run of dark modules in a row. */
function runsOf({ size, modules }: QrSymbol): string {
  let path = ''
  for (let start = 0; start < modules.length; start += 1) {
    if (modules[start] !== 1) continue
    const rowEnd = start - (start % size) + size
    let end = start + 1
    while (end < rowEnd && modules[end] === 1) end += 1
    path += `M${QUIET_ZONE + (start % size)} ${QUIET_ZONE + Math.floor(start / size)}h${end - start}v1h-${end - start}z`
    start = end - 1
  }
  return path
}
