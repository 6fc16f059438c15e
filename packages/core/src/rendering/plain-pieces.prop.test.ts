import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { Markup } from './markup.js'
import { MessageContext, type RenderSession } from './message-context.js'
import { parsePieces } from './plain-pieces.js'
import { htmlEngine, textEngine } from './template-engine.js'

const customer = {
  firstName: 'Ada <Lovelace>',
  tags: ['vip', 'pizza & wine'],
  size: 3,
  'last name': "O'Hara",
  attributes: { city: 'Napoli', empty: '', zero: 0, no: false, nothing: null },
}
const variables = {
  customer: () => customer,
  code: new Markup('K7', () => '<b>K7</b>'),
  list: [[1, 2], [], ['x', { deep: 'down' }]],
  first: 'an own name',
}

/** Names of values that are there, that are not, and that lead nowhere. */
const PATHS = [
  ...['customer', 'customer.firstName', 'customer.tags', 'customer.tags.size', 'customer.tags.first'],
  ...['customer.size', 'customer["last name"]', 'customer.tags[0]', 'customer.tags[-1]', 'customer.tags[9]'],
  ...[
    'customer.attributes.city.size',
    'customer.attributes.zero',
    'customer.attributes.no',
    'customer.missing',
  ],
  ...[
    'customer.attributes.nothing.more',
    'customer.toString',
    'customer.__proto__',
    'customer.constructor.name',
  ],
  ...[
    'code',
    'code.size',
    'code.html',
    'list[2][1].deep',
    'list.last.first',
    'first',
    'nowhere.at.all',
    'each',
    'made',
  ],
]
const path = fc.constantFrom(...PATHS)
const output = fc.oneof(
  path.map((name) => `{{ ${name} }}`),
  path.map((name) => `{{- ${name} -}}`),
  path.map((name) => `{{ ${name} | upcase }}`),
  path.map((name) => `{{ ${name} | raw }}`),
  fc.tuple(path, path).map(([one, other]) => `{{ ${one}[${other}] }}`),
  fc.constantFrom(
    '{{ "text" }}',
    '{{ 4.50 }}',
    '{{ true }}',
    '{{ nil }}',
    '{{ "text".size }}',
    '{{ (1..3) }}',
  ),
)
const text = fc.constantFrom(' and ', '\n', '<p>', '&', '', '{', '}}')
const piece: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: output },
  { weight: 2, arbitrary: text },
  fc
    .tuple(path, output, output)
    .map(([name, one, other]) => `{% if ${name} %}${one}{% else %}${other}{% endif %}`),
  fc.tuple(path, output).map(([name, shown]) => `{% for each in ${name} %}${shown}{% break %}{% endfor %}`),
  fc.tuple(path, output).map(([name, shown]) => `{% assign made = ${name} %}${shown}`),
  output.map((shown) => `{% capture made %}${shown}{% endcapture %}{{ made }}`),
  output.map((shown) => `{% raw %}${shown}{% endraw %}`),
)
const template = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))

const settings = { seed: 20261127, numRuns: process.env.CAMPAIGNKIT_LONG === '1' ? 20_000 : 500 }

const session: RenderSession = { view: {} as never, locale: 'en', utm: null, slots: {} }

function outcome(write: () => unknown): unknown {
  try {
    return write()
  } catch (thrown) {
    return (thrown as Error).message
  }
}

describe('the pieces of a template that are written at once', () => {
  it.each([
    ['text', textEngine],
    ['html', htmlEngine],
  ])('say in %s what liquidjs says', (_, engine) => {
    const context = () => new MessageContext(engine, variables, session, 1)
    fc.assert(
      fc.property(template, (source) => {
        const ours = outcome(() => engine.renderSync(parsePieces(engine, source), context()))
        expect(ours).toEqual(outcome(() => engine.renderSync(engine.parse(source), context())))
      }),
      settings,
    )
  })

  it.each(['Dear ', '{{ customer.firstName }}', '{{ customer["last name"] }}', '{{ customer.tags[0] }}'])(
    'are those that most messages are made of: %j',
    (source) => {
      const [only] = parsePieces(textEngine, source)
      const write = vi.fn()
      expect(
        only?.render(new MessageContext(textEngine, variables, session, 1), { buffer: '', write }),
      ).toBeUndefined()
      expect(write).toHaveBeenCalledOnce()
    },
  )

  it('count as others do when a message is too large', () => {
    const long = { text: 'x'.repeat(1_500_000) }
    const context = () => new MessageContext(textEngine, long, session, 1)
    const source = '{{ text }}{{ text }}'
    const write = (pieces: ReturnType<typeof parsePieces>) => () => textEngine.renderSync(pieces, context())
    expect(write(parsePieces(textEngine, source))).toThrow('memory alloc limit exceeded')
    expect(write(textEngine.parse(source))).toThrow('memory alloc limit exceeded')
  })
})
