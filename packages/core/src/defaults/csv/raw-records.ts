const LF = 10
const CR = 13

/** Keeps the bytes of a file from the end of the last record on, so that a record can be seen as it was written. */
export class RawRecords {
  #held: Buffer = Buffer.alloc(0)
  /** Where in the file the held bytes begin. */
  #heldFrom = 0
  /** Where in the file the last record ends. */
  #end = 0

  /** Holds a piece as well, and lets go of the records behind which one has gone, and of blank lines. */
  hold(piece: Buffer): void {
    const rest = this.#held.subarray(this.#end - this.#heldFrom)
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    const begin = behindBlankLines(bytes)
    this.#held = bytes.subarray(begin)
    this.#end += begin
    this.#heldFrom = this.#end
  }

  /** What stands in the file from the end of the last record to that of the next, blank lines before it left out. */
  next(end: number): string {
    const bytes = this.#held.subarray(this.#end - this.#heldFrom, end - this.#heldFrom)
    return bytes.subarray(behindBlankLines(bytes)).toString()
  }

  /** Goes on behind a record that ends at this byte of the file. */
  advance(end: number): void {
    this.#end = end
  }
}

function behindBlankLines(bytes: Buffer): number {
  let at = 0
  while (bytes[at] === LF || bytes[at] === CR) at += 1
  return at
}
