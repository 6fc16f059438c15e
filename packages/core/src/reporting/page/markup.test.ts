import fc from 'fast-check'
import { parseDocument } from 'htmlparser2'
import { describe, expect, it } from 'vitest'
import { html, trusted } from './markup.js'

describe('a piece of HTML', () => {
  it('escapes whatever is put into it, once', () => {
    const inner = html`<b>${'a < b & "c"'}</b>`
    expect(html`<i title="${`'x'`}">${inner}${3}${null}${[inner, '`']}</i>`.toString()).toBe(
      '<i title="&#39;x&#39;"><b>a &lt; b &amp; &quot;c&quot;</b>3<b>a &lt; b &amp; &quot;c&quot;</b>&#96;</i>',
    )
    expect(html`${trusted('<hr>')}${'<hr>'}`.toString()).toBe('<hr>&lt;hr&gt;')
  })

  it('replaces what cannot be printed and what would turn the text around', () => {
    expect(html`${'a\u0000\u0007\u009f\ud800\u202e\u2066b'}`.toString()).toBe(`a${'\ufffd'.repeat(6)}b`)
    expect(html`${'\t\r\n 🍕 é'}`.toString()).toBe('\t\r\n 🍕 é')
  })

  it('gives any text back unchanged, in text and in an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const [element] = parseDocument(html`<p title="${text}">${text}</p>`.toString()).children
        if (element?.type !== 'tag') throw new Error('expected one element')
        expect(element.attribs).toEqual({ title: text })
        expect(element.children.map((child) => ('data' in child ? child.data : 'an element'))).toEqual(
          text === '' ? [] : [text],
        )
      }),
      { seed: 3, numRuns: 300 },
    )
  })
})
