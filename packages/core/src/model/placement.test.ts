import { describe, expect, it } from 'vitest'
import type { CustomerId } from '../base/ids.js'
import { hostIdSchema } from './fields.js'
import { placementId, placementOf } from './placement.js'

describe('a placement in the place of a customer', () => {
  it('is read back, and no host can give a customer its id', () => {
    const placement = { channel: 'in-app', name: 'home-top' } as const
    const id = placementId(placement)
    expect(placementOf(id)).toEqual(placement)
    expect(hostIdSchema.safeParse(id).success).toBe(false)
  })

  it('is no customer', () => {
    for (const id of ['c-42', 'social:feed', '']) expect(placementOf(id as CustomerId)).toBeNull()
  })
})
