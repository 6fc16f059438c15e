import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type DemoOptions, parseCommand } from './options.js'
import { UsageError } from './usage-error.js'

function optionsOf(...args: string[]): DemoOptions {
  const command = parseCommand(args)
  if (command.type === 'help') throw new Error('That was a cry for help')
  return command.options
}

describe('the command line of the demo', () => {
  it('says nothing and gets five thousand made-up customers', () => {
    expect(parseCommand([])).toEqual({
      type: 'demo',
      options: {
        seed: 1,
        customers: 5_000,
        mailsPerMinute: 100,
        out: '.demo',
        json: false,
        storage: 'memory',
        workers: 0,
        provider: 'smtp',
        list: null,
      },
    })
  })

  it('may begin with the two hyphens that package managers pass on', () => {
    expect(optionsOf('--', '--seed', '7', '--json')).toMatchObject({ seed: 7, json: true })
  })

  it('asks for help', () => {
    expect(parseCommand(['-h'])).toEqual({ type: 'help' })
  })

  it('measures coverage on smaller lists unless told otherwise', () => {
    expect(parseCommand(['--coverage', '200'])).toMatchObject({
      type: 'coverage',
      seeds: 200,
      options: { customers: 1_000 },
    })
    expect(optionsOf('--coverage', '9', '--customers', '50').customers).toBe(50)
  })

  it('has two processes deliver on a server unless told otherwise, and none beside a storage of this process', () => {
    expect(optionsOf('--storage', 'postgres')).toMatchObject({ storage: 'postgres', workers: 2 })
    expect(optionsOf('--storage', 'postgres', '--workers', '1').workers).toBe(1)
    expect(optionsOf('--storage', 'pglite').workers).toBe(0)
    expect(optionsOf('--workers', '1').workers).toBe(0)
  })

  it.each([['memory'], ['pglite']])('says that the storage %s takes no other process', (storage) => {
    const several = ['--storage', storage, '--workers', '2']
    expect(() => parseCommand(several)).toThrow(UsageError)
    expect(() => parseCommand(several)).toThrow(/--workers 2: .+ --storage postgres takes several/)
  })

  it('maps columns by pairs, one column to several fields, each read in its usual form', () => {
    const { list } = optionsOf(
      '--csv',
      'a.csv',
      '--map',
      'when=facts.lastOrderAt:monthsAgo',
      '--map',
      'a=b=tags',
      '--map',
      'spent=facts.totalSpentMinor',
      '--map',
      'spent=attributes.spent:text',
    )
    expect(list?.map).toEqual({
      when: [{ path: 'facts.lastOrderAt', as: 'monthsAgo' }],
      'a=b': [{ path: 'tags', as: 'tags' }],
      spent: [
        { path: 'facts.totalSpentMinor', as: 'money' },
        { path: 'attributes.spent', as: 'text' },
      ],
    })
  })

  it('takes a whole mapping from a file, and pairs beside it', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'campaignkit-map-')), 'map.json')
    writeFileSync(file, '{ "mail": { "path": "email", "as": "text" } }')
    const { list } = optionsOf('--csv', 'a.csv', '--map', file, '--map', 'nick=firstName')
    expect(Object.keys(list?.map ?? {})).toEqual(['mail', 'nick'])
  })

  it('takes a whole mapping as JSON, equals signs and all', () => {
    const { list } = optionsOf('--csv', 'a.csv', '--map', ' { "a=b": { "path": "email", "as": "text" } }')
    expect(list?.map).toEqual({ 'a=b': { path: 'email', as: 'text' } })
  })

  it('names who the campaign is for by JSON or by tags, and when the list was written', () => {
    const common = ['--csv', 'a.csv', '--map', 'm=email']
    expect(optionsOf(...common, '--segment', 'vip, new').list?.segment).toBe('vip, new')
    expect(optionsOf(...common, '--segment', '{"type":"everyone"}').list?.segment).toEqual({
      type: 'everyone',
    })
    expect(optionsOf(...common, '--as-of', '2008-03-01T00:00:00Z').list?.asOf).toBe(Date.UTC(2008, 2, 1))
    expect(optionsOf(...common, '--id', 'key', '--invent-addresses').list).toMatchObject({
      id: 'key',
      inventAddresses: true,
    })
  })

  it.each([
    [['--colour']],
    [['customers.csv']],
    [['--seed', 'one']],
    [['--customers', '0']],
    [['--pace', '1.5']],
    [['--workers', '0']],
    [['--storage', 'postgres', '--workers', '11']],
    [['--coverage', '10', '--workers', '2']],
    [['--map', 'm=email']],
    [['--invent-addresses']],
    [['--csv', 'a.csv']],
    [['--csv', 'a.csv', '--map', 'm=email', '--customers', '10']],
    [['--csv', 'a.csv', '--map', 'm=email', '--coverage', '10']],
    [['--csv', 'a.csv', '--map', 'm=email', '--as-of', 'yesterday']],
    [['--csv', 'a.csv', '--map', 'm=email', '--segment', '{nobody']],
    [['--csv', 'a.csv', '--map', '=email']],
    [['--csv', 'a.csv', '--map', 'nowhere.json']],
    [['--csv', 'a.csv', '--map', '{ "mail": ']],
  ])('refuses %j', (args) => {
    expect(() => parseCommand(args)).toThrow(UsageError)
  })
})
