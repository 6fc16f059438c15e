import { describe, expect, it } from 'vitest'
import { CampaignKitError } from '../base/error.js'
import type { ErrorCode } from '../base/error-code.js'
import { asId } from '../testing/as-id.js'
import type { EngineContext } from './context.js'
import { openFromLink, sealForLink } from './sealed-customer.js'

const contextWith = (open: (sealed: string, context: string) => string) =>
  ({
    cipher: { seal: (text: string, context: string) => `${context} ${text}`, open },
  }) as unknown as EngineContext
const failing = (thrown: Error) =>
  contextWith(() => {
    throw thrown
  })

describe('What a link says of a customer', () => {
  it('opens for the tenant and the purpose that it was sealed for', () => {
    const context = contextWith((sealed, given) => sealed.slice(given.length + 1))
    const sealed = sealForLink(context, 'pizzeria', 'consent', [asId('c-1'), 'email'])
    expect(openFromLink(context, 'pizzeria', 'consent', sealed)).toEqual(['c-1', 'email'])
  })

  it.each<ErrorCode>(['SIGNATURE_INVALID', 'TOKEN_KEY_UNKNOWN'])(
    'is nothing when it does not open: %s',
    (code) => {
      const context = failing(new CampaignKitError(code, 'It does not open'))
      expect(openFromLink(context, 'pizzeria', 'consent', 'x')).toBeNull()
    },
  )

  it('tells of any other failure', () => {
    const context = failing(new Error('no memory'))
    expect(() => openFromLink(context, 'pizzeria', 'consent', 'x')).toThrow('no memory')
  })
})
