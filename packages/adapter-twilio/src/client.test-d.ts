import type { Twilio } from 'twilio'
import { describe, expectTypeOf, it } from 'vitest'
import type { TwilioClient } from './twilio-client.js'

describe('the client of the package twilio', () => {
  it('is one of ours', () => {
    expectTypeOf<Twilio>().toExtend<TwilioClient>()
  })
})
