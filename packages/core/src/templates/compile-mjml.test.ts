import { describe, expect, it } from 'vitest'
import { compileMjml, loadMjml } from './compile-mjml.js'

const letter = (inside: string) =>
  `<mjml><mj-body><mj-section><mj-column>${inside}</mj-column></mj-section></mj-body></mjml>`

describe('MJML', () => {
  it('becomes html in which Liquid stands as it was written', async () => {
    const html = await compileMjml(
      letter(
        '<mj-text>{% if customer.firstName == "Ada" %}Hi {{ customer.firstName | default: "you" }}{% endif %}</mj-text><mj-button href="https://a.example/{{ customer.id }}">x</mj-button>',
      ),
    )
    expect(html).toMatch(/^\s*<!doctype html>/i)
    expect(html).toContain(
      '{% if customer.firstName == "Ada" %}Hi {{ customer.firstName | default: "you" }}{% endif %}',
    )
    expect(html).toContain('href="https://a.example/{{ customer.id }}"')
  })

  it.each([
    ['<mj-nothing>x</mj-nothing>', 'an element that there is not'],
    ['<mj-text colour="red">x</mj-text>', 'an attribute that there is not'],
    ['<mj-image width="wide" />', 'a value that does not fit'],
  ])('is refused where it is not valid, with the line: %s', async (inside) => {
    const thrown = await compileMjml(letter(`\n${inside}`)).catch((error: unknown) => error)
    expect(thrown).toMatchObject({
      code: 'MJML_INVALID',
      path: 'mjml',
      details: { problems: [{ line: 2, message: expect.any(String) }] },
    })
  })

  it.each(['no MJML at all', '<mjml>', '<mjml></mj-body>', '<p>x</p>'])(
    'is refused where it cannot be read: %s',
    async (source) => {
      await expect(compileMjml(source)).rejects.toMatchObject({ code: 'MJML_INVALID', path: 'mjml' })
    },
  )

  it('is a text of some length', async () => {
    for (const source of ['', 'x'.repeat(1_000_001), null as never])
      await expect(compileMjml(source)).rejects.toMatchObject({ code: 'INVALID_INPUT', path: 'mjml' })
  })

  it('takes in no file of the machine', async () => {
    const html = await compileMjml(
      letter('<mj-text>Hi</mj-text><mj-include path="./package.json" type="html" />'),
    ).catch((thrown: unknown) => JSON.stringify(thrown))
    expect(html).not.toContain('dependencies')
  })

  it('needs its package', async () => {
    await expect(loadMjml('a-package-that-is-not-installed')).rejects.toMatchObject({
      code: 'MJML_NOT_INSTALLED',
    })
  })
})
