import { describe, expect, it } from 'vitest'
import { createHtmlReader } from './html-reader.js'

const reader = createHtmlReader()

/** The values as they are written, after checking that the offsets are theirs. */
function hrefs(html: string): string[] {
  return reader.links(html).map(({ start, end, raw }) => {
    expect(html.slice(start, end)).toBe(raw)
    return raw
  })
}

describe('text of HTML', () => {
  it('keeps paragraphs, breaks, lists and headings as they are written', () => {
    const html = `<h1>We miss you</h1><p>Dear Ann,<br>one &amp; two</p><ul><li>a<li>b</ul><ol><li>c</ol>`
    expect(reader.toText(html)).toBe('We miss you\n\nDear Ann,\none & two\n\n * a\n * b\n\n 1. c')
  })

  it('writes links out behind their text, once when both are the same', () => {
    expect(reader.toText('<a href="https://x.example/?a=1&amp;b=2">Order</a> now')).toBe(
      'Order [https://x.example/?a=1&b=2] now',
    )
    expect(reader.toText('<a href="https://x.example">https://x.example</a>')).toBe('https://x.example')
    expect(reader.toText('<a href="#top">up</a> <a href="mailto:hi@x.example">hi@x.example</a>')).toBe(
      'up hi@x.example',
    )
  })

  it('puts the alternative text in the place of an image, or nothing', () => {
    expect(reader.toText('<p>a <img src="cid:qr" alt="your code"> b <img src="pixel"></p>')).toBe(
      'a your code b',
    )
  })

  it('leaves out what nobody sees: head, scripts, styles, comments, hidden elements', () => {
    const html = `<html><head><title>t</title><style>p{}</style></head><body><div style="DISPLAY:NONE">pre</div>
      <span hidden>h</span><i style="color:red; display: none">n</i><script>s</script><style>y</style><!-- c -->
      <!--[if mso]>m<![endif]--><p>seen</p></body></html>`
    expect(reader.toText(html)).toBe('seen')
    expect(reader.toText('<title>t</title>seen')).toBe('seen')
  })

  it('puts the cells of a layout table on lines of their own', () => {
    expect(reader.toText('<table><tr><th>A</th><td>B</td></tr><tr><td>C</td></tr></table>')).toBe('A\nB\nC')
  })

  it('does not wrap long lines', () => {
    const line = 'word '.repeat(100).trim()
    expect(reader.toText(`<p>${line}</p>`)).toBe(line)
  })

  it.each([
    'Dear {{ customer.firstName }},',
    '{{ name | default: "a <b> &amp; \'c\'" }}',
    '{% if a < 3 and b > 2 %}yes{% endif %}',
    '{%- assign x = "<p>" -%}{{x}}',
    "{{ '}}' }} {% assign y = '%}' %}",
    '{{   two   blanks   }}',
    '{{ never closed',
    '\u{F0000}0\u{F0001} {{ qr }}',
    '{}{ }',
  ])('leaves the Liquid in %j alone', (text) => {
    expect(reader.toText(`<p>${text}</p>`)).toBe(text)
  })

  it('shows nothing for a mark of its own that the text spells as entities', () => {
    expect(reader.toText('a&#xF0000;7&#xF0001;b')).toBe('ab')
  })

  it('keeps Liquid inside attributes', () => {
    expect(reader.toText('<a href="{{ data["url"] }}?a={% if x > 1 %}1{% endif %}">Order</a>')).toBe(
      'Order [{{ data["url"] }}?a={% if x > 1 %}1{% endif %}]',
    )
  })

  it('reads what is broken or empty', () => {
    expect(reader.toText('')).toBe('')
    expect(reader.toText('<p>a<b>c</p></i> < d <e')).toBe('ac\n\n< d')
  })

  it('refuses nesting that would exhaust the stack, and reads on after it', () => {
    expect(reader.toText(`${'<div>'.repeat(200)}deep`)).toBe('deep')
    expect(() => reader.toText(`${'<div>'.repeat(20_000)}x`)).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_INVALID', path: 'html' }),
    )
    expect(reader.toText('<p>still here</p>')).toBe('still here')
  })
})

describe('links of HTML', () => {
  it('are found in any quotes, in any case, in order, with entities as written', () => {
    const html = `<A HREF="https://a.example?x=1&amp;y=2">a</A> <a class=b href='b "quoted"'>b</a>
      <area shape=rect href = c> <a href=d>d</a><a\nhref\n=\n"e\nf">e</a><a href="😀">g</a>`
    expect(hrefs(html)).toEqual(['https://a.example?x=1&amp;y=2', 'b "quoted"', 'c', 'd', 'e\nf', '😀'])
  })

  it('are not found on other elements, in other attributes, or without a value; an empty value is one', () => {
    const html = `<link href="no"><base href="no"><abbr href="no"><a data-href="no" hrefs="no">x</a>
      <a href>x</a><a href="">x</a><a name="no">x</a></a href="no">`
    expect(hrefs(html)).toEqual([''])
  })

  it('are not found in comments, scripts, styles, titles and text areas', () => {
    const html = `<!-- <a href="no"> --><script>'<a href="no">'</script><style><a href="no"></style>
      <title><a href="no"></title><textarea><a href="no"></textarea><!DOCTYPE a href="no"><?a href="no"?>
      <![CDATA[<a href="no">]]><a href="yes">x</a>`
    expect(hrefs(html)).toEqual(['yes'])
  })

  it('are found in what Outlook alone sees, and in what all but Outlook see', () => {
    const html = `<a href="1">x</a><!--[if mso]><p><a href="2">x</a><![endif]--><!--[if !mso]><!--><a href="3">x</a>
      <!--<![endif]--><!--[if (gte mso 9)|(IE)]><a href='4'>x</a><![endif]--><!--[iffy]><a href="no"> --><a href="5">`
    expect(hrefs(html)).toEqual(['1', '2', '3', '4', '5'])
  })

  it('may hold Liquid with quotes and brackets of its own', () => {
    const html = `<p>{{ "<a href='no'>" }}</p><a href="{{ data["url"] }}?a={% if x > 1 %}1{% endif %}">x</a>
      <a href={{ url }}>x</a><a {% if "y" == y %}href="a"{% else %}href="b"{% endif %}>x</a>`
    expect(hrefs(html)).toEqual(['{{ data["url"] }}?a={% if x > 1 %}1{% endif %}', '{{ url }}', 'a', 'b'])
  })

  it('are found in malformed HTML', () => {
    expect(hrefs('<a href="1"<b><a href="2" href="3"><a / href=4><a href="never closed')).toEqual([
      '1',
      '2',
      '3',
      '4',
    ])
    expect(hrefs('{{ never closed <a href="1">')).toEqual(['1'])
    expect(hrefs('')).toEqual([])
  })

  it('take time in proportion to the text', () => {
    const pieces = ['{{', '{%', '{{"', '<a href="', '<!--[if mso]>', '<!--', '&', '<']
    for (const piece of pieces) expect(reader.links(piece.repeat(100_000)).length).toBeLessThan(100_001)
  })
})
