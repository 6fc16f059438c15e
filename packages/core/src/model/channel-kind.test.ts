import { describe, expect, it } from 'vitest'
import { addressKindOf, CHANNEL_KINDS } from './channel-kind.js'

describe('A channel', () => {
  it('writes to one kind of address', () => {
    expect(CHANNEL_KINDS.map((channel) => `${channel} ${addressKindOf(channel)}`)).toEqual([
      'email email',
      'sms phone',
      'whatsapp phone',
      'push push',
      'in-app id',
      'web id',
      'social id',
      'display id',
    ])
  })
})
