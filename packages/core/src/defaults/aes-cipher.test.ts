import { describe, expect, it } from 'vitest'
import { createAesCipher } from './aes-cipher.js'
import { createSystemRandom } from './system-random.js'

const random = createSystemRandom()
const current = { id: '2026a', key: 'a secret of some length' }
const older = { id: '2025', key: 'another secret of length' }

describe('the AES cipher', () => {
  it('seals one text differently each time', () => {
    const cipher = createAesCipher([current], random)
    expect(cipher.seal('code', 'c')).not.toBe(cipher.seal('code', 'c'))
  })

  it('opens what an older secret sealed, and seals with the current one', () => {
    const sealed = createAesCipher([older], random).seal('code', 'c')
    const rotated = createAesCipher([current, older], random)
    expect(rotated.open(sealed, 'c')).toBe('code')
    expect(rotated.seal('code', 'c')).toMatch(/^2026a\./)
  })

  it('says which key is unknown', () => {
    const sealed = createAesCipher([older], random).seal('code', 'c')
    expect(() => createAesCipher([current], random).open(sealed, 'c')).toThrow(
      expect.objectContaining({ code: 'TOKEN_KEY_UNKNOWN', details: { keyId: '2025' } }),
    )
  })

  it('refuses a seal under an id that now has another key, and one that was moved to another id', () => {
    const sealed = createAesCipher([current], random).seal('code', 'c')
    const changed = createAesCipher([{ ...current, key: older.key }], random)
    expect(() => changed.open(sealed, 'c')).toThrow(expect.objectContaining({ code: 'SIGNATURE_INVALID' }))
    const both = createAesCipher([current, older], random)
    expect(() => both.open(sealed.replace('2026a', '2025'), 'c')).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_INVALID' }),
    )
  })

  it.each(['', '.', '2026a', '2026a.', '2026a.AAAA', '2026a.====', 'ann@pizza.example', '2026a.AAAA.AAAA'])(
    'refuses %j and repeats nothing of it',
    (sealed) => {
      expect(() => createAesCipher([current], random).open(sealed, 'c')).toThrow(
        expect.objectContaining({ code: 'SIGNATURE_INVALID', details: {} }),
      )
    },
  )

  it('refuses another spelling of the same bytes', () => {
    const cipher = createAesCipher([current], random)
    const sealed = cipher.seal('x', 'c')
    for (const spelling of [`${sealed}=`, ` ${sealed}`, `${sealed}\n`, sealed.replace('.', '.+')]) {
      expect(() => cipher.open(spelling, 'c')).toThrow(expect.objectContaining({ code: 'SIGNATURE_INVALID' }))
    }
  })

  it('checks its secrets', () => {
    expect(() => createAesCipher([], random)).toThrow(expect.objectContaining({ code: 'SECRET_INVALID' }))
  })
})
