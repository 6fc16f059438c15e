import { describe, expect, it } from 'vitest'
import { customerPatchSchema } from '../model/customer.js'
import { asId } from './as-id.js'
import * as samples from './samples.js'

describe('samples', () => {
  it('are the same every time and share nothing with each other', () => {
    const { sampleScope, ...builders } = samples
    for (const build of Object.values(builders)) {
      expect(build()).toEqual(build())
      expect(build()).not.toBe(build())
    }
    expect(sampleScope('other').tenant).toBe('other')
  })

  it('take what differs, ids as plain text', () => {
    expect(samples.sampleDelivery({ id: 'd', addressKey: 'k1:a', dueAt: 5 })).toMatchObject({
      id: 'd',
      customerId: 'customer of d',
      addressKey: 'k1:a',
      dueAt: 5,
      firstDueAt: 5,
    })
    expect(samples.sampleEvent({ customerId: null, deliveryId: 'd' })).toMatchObject({
      customerId: null,
      deliveryId: 'd',
    })
    expect(samples.sampleMember({ exclusion: 'noConsent' }).channels).toEqual([])
    expect(samples.sampleCampaign({ content: { purpose: 'transactional' } }).content.purpose).toBe(
      'transactional',
    )
    expect(asId('x')).toBe('x')
  })

  it('pass the schemas of the model', () => {
    const customer = samples.sampleCustomer()
    expect(customerPatchSchema.parse({ ...customer, tags: [...customer.tags] })).toEqual(customer)
    expect(() => samples.sampleCampaign({ content: { name: '' } })).toThrow('name')
  })
})
