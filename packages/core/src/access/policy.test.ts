import { describe, expect, it } from 'vitest'
import { isCampaignKitError } from '../base/error.js'
import { sampleScope } from '../testing/samples.js'
import { ACTIONS, type AccessPolicy, allowAll, authorize } from './policy.js'

const scope = sampleScope()

function thrownBy(act: () => void): unknown {
  try {
    act()
  } catch (thrown) {
    return thrown
  }
  return undefined
}

describe('the access policy', () => {
  it('is asked with the scope and the action', () => {
    const asked: unknown[] = []
    const policy: AccessPolicy = (...given) => {
      asked.push(given)
      return true
    }
    authorize(policy, scope, 'campaign.launch')
    expect(asked).toEqual([[scope, 'campaign.launch']])
  })

  it('allows every action when the host guards its own doors', () => {
    for (const action of ACTIONS) expect(() => authorize(allowAll, scope, action)).not.toThrow()
  })

  it.each(ACTIONS)('refuses %s with a code that tells who asked for what', (action) => {
    const thrown = thrownBy(() => authorize(() => false, scope, action))
    expect(isCampaignKitError(thrown, 'FORBIDDEN')).toBe(true)
    expect(thrown).toMatchObject({ details: { action, actor: 'u-17', roles: ['marketer'] }, retry: 'never' })
  })

  it('passes on what a policy throws instead of taking it for leave', () => {
    const broken: AccessPolicy = () => {
      throw new RangeError('the directory of roles is away')
    }
    expect(() => authorize(broken, scope, 'campaign.launch')).toThrow(RangeError)
  })

  it('names each action once, as subject and verb', () => {
    expect(new Set(ACTIONS).size).toBe(ACTIONS.length)
    for (const action of ACTIONS) expect(action).toMatch(/^[a-z]+\.[a-z]+$/)
  })
})
