import { describe, expect, it } from 'vitest'
import type { TenantId } from '../base/ids.js'
import { parseInput } from './parse.js'
import { scopeSchema, workerScope } from './scope.js'

const SCOPE = { tenant: 'pizzeria', actor: { id: 'u-17', kind: 'user', roles: ['marketer'] } }
const read = (fields: object) => parseInput(scopeSchema, { ...SCOPE, ...fields })

describe('A scope', () => {
  it('is tenant and actor, without roles unless they are given', () => {
    expect(read({})).toEqual(SCOPE)
    expect(read({ actor: { id: 'cron', kind: 'service' } }).actor.roles).toEqual([])
  })

  it.each<[string, string, object]>([
    ['INVALID_INPUT', 'tenant', { tenant: '' }],
    ['INVALID_INPUT', 'tenant', { tenant: 'x'.repeat(129) }],
    ['INVALID_INPUT', 'tenant', { tenant: 'a\u0000b' }],
    ['INVALID_INPUT', 'tenant', { tenant: '\ud800' }],
    ['INVALID_INPUT', 'actor', { actor: undefined }],
    ['INVALID_INPUT', 'actor.id', { actor: { id: '', kind: 'user' } }],
    ['INVALID_INPUT', 'actor.kind', { actor: { id: 'a', kind: 'root' } }],
    ['INVALID_INPUT', 'actor.roles[0]', { actor: { id: 'a', kind: 'user', roles: [''] } }],
    ['UNKNOWN_FIELD', 'actor.admin', { actor: { id: 'a', kind: 'user', admin: true } }],
  ])('is refused with %s at %s', (code, path, fields) => {
    expect(() => read(fields)).toThrow(expect.objectContaining({ code, path }))
  })

  it('of a worker is that of the system', () => {
    expect(workerScope('pizzeria' as TenantId, 'w-1')).toEqual({
      tenant: 'pizzeria',
      actor: { id: 'w-1', kind: 'system', roles: [] },
    })
  })
})
