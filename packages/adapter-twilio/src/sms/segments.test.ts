import { describe, expect, it } from 'vitest'
import { countSegments } from './segments.js'

// counted by hand from the sizes of 3GPP TS 23.038 and 23.040, and with Twilio's own calculator
// (github.com/TwilioDevEd/message-segment-calculator) for texts without emoji of several code points
describe('an SMS', () => {
  it.each([
    ['', 'GSM-7', 0, 1],
    ['a'.repeat(160), 'GSM-7', 160, 1],
    ['a'.repeat(161), 'GSM-7', 161, 2],
    ['a'.repeat(306), 'GSM-7', 306, 2],
    ['a'.repeat(307), 'GSM-7', 307, 3],
    ['€'.repeat(80), 'GSM-7', 160, 1],
    ['€'.repeat(81), 'GSM-7', 162, 2],
    // the escape and its character stay together: 152 septets and a blank one
    [`${'a'.repeat(152)}€${'a'.repeat(151)}`, 'GSM-7', 305, 2],
    [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 'GSM-7', 306, 3],
    ['Hello [world] {x} ^~|\\', 'GSM-7', 30, 1],
    ['à è é ì ò ù ñ Ñ Ç ß', 'GSM-7', 19, 1],
    ['ç', 'UCS-2', 1, 1],
    ['`', 'UCS-2', 1, 1],
    [`${'a'.repeat(69)}’`, 'UCS-2', 70, 1],
    [`${'a'.repeat(70)}’`, 'UCS-2', 71, 2],
    [`${'a'.repeat(133)}’`, 'UCS-2', 134, 2],
    [`${'a'.repeat(134)}’`, 'UCS-2', 135, 3],
    ['🍕'.repeat(35), 'UCS-2', 70, 1],
    ['🍕'.repeat(36), 'UCS-2', 72, 2],
    // 33 whole pairs in each segment, not 33 and a half
    ['🍕'.repeat(66), 'UCS-2', 132, 2],
    ['🍕'.repeat(67), 'UCS-2', 134, 3],
    ['a'.repeat(1_600), 'GSM-7', 1_600, 11],
    ['日'.repeat(1_600), 'UCS-2', 1_600, 24],
  ])('%#: is counted', (text, encoding, units, segments) => {
    expect(countSegments(text)).toEqual({ encoding, units, segments })
  })
})
