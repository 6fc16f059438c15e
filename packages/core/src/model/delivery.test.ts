import { describe, expect, it } from 'vitest'
import { DELIVERY_STATUSES, isSettled } from './delivery.js'

describe('Dispatch', () => {
  it('is over in the five ends', () => {
    expect(DELIVERY_STATUSES.filter(isSettled)).toEqual(['sent', 'failed', 'skipped', 'cancelled', 'held'])
  })
})
