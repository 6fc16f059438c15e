import { describe, expect, it } from 'vitest'
import { parseAddress, parseMailbox } from './mailbox.js'

describe('an address', () => {
  it.each([
    'ada@example.com',
    'Ada.Lovelace+offers@mail.Example.COM',
    "o'hara!#$%&*/=?^_`{|}~-@example.com",
    'a..b@docomo.ne.jp',
    'root@localhost',
    '"ada lovelace"@example.com',
    `${'l'.repeat(64)}@example.com`,
  ])('%s goes as given', (address) => {
    expect(parseAddress(address)).toEqual({ name: '', address, needsUtf8: false })
  })

  it('has its domain in ASCII and its local part as it is', () => {
    expect(parseAddress('jörg@bücher.example')).toEqual({
      name: '',
      address: 'jörg@xn--bcher-kva.example',
      needsUtf8: true,
    })
    expect(parseAddress('info@例え.テスト')?.address).toBe('info@xn--r8jz45g.xn--zckzah')
  })

  it.each([
    '',
    'ada',
    '@example.com',
    'ada@',
    'ada@@example.com',
    'ada@example.com,eve@example.com',
    'ada@example.com;eve@example.com',
    'ada@example.com, eve@evil.example',
    'ada@example.com eve@evil.example',
    'Ada <ada@example.com>',
    '<ada@example.com>',
    'a(comment)da@example.com',
    'friends:ada@example.com;',
    'ada@example.com\r\nBcc: eve@evil.example',
    'ada\u0000@example.com',
    'ada\u202e@example.com',
    'ada\ud800@example.com',
    ' ada@example.com',
    'ada@example.com ',
    'ada@[127.0.0.1]',
    'ada@127.0.0.1',
    'ada@0x7f.1',
    'ada@exa%6dple.com',
    'ada@ü%2e.com',
    'ada@-example.com',
    'ada@exam_ple.com',
    'ada@example..com',
    'ada@example.com.',
    '"a"b"@example.com',
    `${'l'.repeat(65)}@example.com`,
    `${'ü'.repeat(33)}@example.com`,
    `ada@${'d'.repeat(64)}.com`,
    `ada@${'abcdefgh.'.repeat(28)}example`,
  ])('%j is refused', (address) => {
    expect(parseAddress(address)).toBeNull()
  })
})

describe('a mailbox', () => {
  it.each([
    ['hi@pizza.example', ''],
    ['<hi@pizza.example>', ''],
    ['Pizzeria <hi@pizza.example>', 'Pizzeria'],
    ['Pizzeria Ä 🍕<hi@pizza.example>', 'Pizzeria Ä 🍕'],
    ['"Pizza, \\"Pasta\\" & <Co>" <hi@pizza.example>', 'Pizza, "Pasta" & <Co>'],
  ])('%s is named %j', (text, name) => {
    expect(parseMailbox(text)).toEqual({ name, address: 'hi@pizza.example', needsUtf8: false })
  })

  it.each([
    'Pizzeria',
    'Pizzeria <hi@pizza.example',
    'Pizzeria <hi@pizza.example> x',
    'Pizzeria <hi@pizza.example>, Eve <eve@evil.example>',
    'Pizz\r\neria <hi@pizza.example>',
    '"Pizzeria <hi@pizza.example>',
    'Pizzeria <>',
  ])('%j is refused', (text) => {
    expect(parseMailbox(text)).toBeNull()
  })
})
