import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  joinReceipt,
  provesAcceptance,
  RECEIPT_TYPES,
  type ReceiptState,
  type ReceiptType,
  receiptStage,
} from './receipt.js'

const receipt = fc.record({ type: fc.constantFrom(...RECEIPT_TYPES), at: fc.nat({ max: 5 }) })
const fold = (receipts: readonly { type: ReceiptType; at: number }[]) =>
  receipts.reduce<ReceiptState>(joinReceipt, {})

describe('Receipts', () => {
  it('give the same state in every order and however often they come', () => {
    fc.assert(
      fc.property(fc.array(receipt, { maxLength: 12 }), fc.nat(), (receipts, turn) => {
        const state = fold(receipts)
        const at = receipts.length === 0 ? 0 : turn % receipts.length
        const turned = [...receipts.slice(at), ...receipts.slice(0, at)]
        expect(fold(turned)).toEqual(state)
        expect(fold([...turned].reverse())).toEqual(state)
        expect(fold([...receipts, ...turned])).toEqual(state)
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it('keep the first instant of each type', () => {
    expect(
      fold([
        { type: 'opened', at: 5 },
        { type: 'opened', at: 3 },
        { type: 'opened', at: 4 },
      ]),
    ).toEqual({ opened: 3 })
  })

  it('leave a state alone that they do not change', () => {
    const state = { opened: 3 }
    expect(joinReceipt(state, { type: 'opened', at: 3 })).toBe(state)
    expect(joinReceipt(state, { type: 'clicked', at: 3 })).toEqual({ opened: 3, clicked: 3 })
    expect(state).toEqual({ opened: 3 })
  })

  it('prove that the provider took the message, all but dropped', () => {
    expect(RECEIPT_TYPES.filter((type) => !provesAcceptance(type))).toEqual(['dropped'])
  })

  it('have a stage that is the worst or the furthest', () => {
    expect(receiptStage({})).toBeNull()
    expect(receiptStage({ accepted: 1, delivered: 2, opened: 3 })).toBe('opened')
    expect(receiptStage({ delivered: 1, bounced: 2, complained: 3 })).toBe('complained')
    for (const type of RECEIPT_TYPES) expect(receiptStage({ [type]: 1 })).toBe(type)
  })
})
