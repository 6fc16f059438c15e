/** The default alphabet of GSM 03.38 (3GPP TS 23.038, section 6.2.1) without its escape: one septet each. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)

/** Its extension table (section 6.2.1.1): an escape and the character, two septets. */
const EXTENSION = new Set('\f^{}\\[~]|€')

/** How many septets a character takes in GSM-7: 1 or 2; null when it is not of the alphabet. */
export function septetsOf(character: string): 1 | 2 | null {
  if (BASIC.has(character)) return 1
  return EXTENSION.has(character) ? 2 : null
}
