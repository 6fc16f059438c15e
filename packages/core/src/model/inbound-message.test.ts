import { describe, expect, it } from 'vitest'
import { intentOf, isOrdinaryWord } from './inbound-message.js'

describe('what an inbound message wants', () => {
  it.each(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'])(
    'is an opt-out for %s, in any case and with blanks around it',
    (word) => {
      for (const text of [
        word,
        word.toLowerCase(),
        ` ${word}\r\n`,
        `\t${word[0]}${word.slice(1).toLowerCase()} `,
      ])
        expect(intentOf(text)).toBe('optOut')
    },
  )

  it('is an opt-in or a question for the other words', () => {
    for (const text of ['START', 'unstop', ' Yes ']) expect(intentOf(text)).toBe('optIn')
    for (const text of ['HELP', 'info']) expect(intentOf(text)).toBe('help')
    expect(isOrdinaryWord(' yes')).toBe(true)
    expect(isOrdinaryWord('start')).toBe(false)
  })

  it('is nothing when the word is only a part', () => {
    for (const text of [
      '',
      ' ',
      'please stop',
      'STOP it',
      'stopp',
      'nonstop',
      'the end',
      'cancel my order',
      'yes!',
      'S T O P',
    ])
      expect(intentOf(text)).toBeNull()
  })
})
