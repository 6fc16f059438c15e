/** What bytes 0x80 to 0x9F stand for; a space where Windows-1252 assigns nothing. */
const HIGH_CONTROLS = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ'

/**
 * Text of bytes in Windows-1252, up to the first byte that the encoding does not assign. By a table of ours, since some
 * releases of Node take the name for Latin-1.
 */
export function decodeWindows1252(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const unassigned = latin1.search(/[\x81\x8d\x8f\x90\x9d]/)
  const assigned = unassigned < 0 ? latin1 : latin1.slice(0, unassigned)
  return assigned.replace(/[\x80-\x9f]/g, (control) => HIGH_CONTROLS.charAt(control.charCodeAt(0) - 0x80))
}
