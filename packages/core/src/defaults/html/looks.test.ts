import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { looksOf } from './looks.js'

const textOf = (html: string) => looksOf(html).texts
const plain = { color: [0, 0, 0], background: [255, 255, 255], size: 16, bold: false }

describe('the texts that a reader sees', () => {
  it('are black on white where nothing is said', () => {
    expect(textOf('<p>Hi <b>Ann</b></p>')).toEqual([
      { text: 'Hi', ...plain },
      { text: 'Ann', ...plain, bold: true },
    ])
  })

  it.each([
    ['<div style="color:#777;background:RED">x</div>', { color: [119, 119, 119], background: [255, 0, 0] }],
    ['<td bgcolor="#00f"><font color="white">x</font>', { color: [255, 255, 255], background: [0, 0, 255] }],
    ['<p style="color: rgb(1, 2, 3) !important">x', { color: [1, 2, 3] }],
    ['<a href="https://a.example">x</a>', { color: [0, 0, 238] }],
    ['<a href="#" style="color:#111111"><span style="color:inherit">x</span></a>', { color: [17, 17, 17] }],
    ['<div style="background:#000"><p style="background:transparent">x', { background: [0, 0, 0] }],
    ['<h1>x</h1>', { size: 32, bold: true }],
    ['<p style="font-size:18pt;font-weight:700">x', { size: 24, bold: true }],
    ['<b style="font-weight:normal">x</b>', { bold: false }],
    ['<p style="font-size:1.2em">x', { size: null }],
  ])('look as their elements say: %s', (html, looks) => {
    expect(textOf(html)).toEqual([{ text: 'x', ...plain, ...looks }])
  })

  it.each([
    ['<div style="background:url(a;b.png) #fff">x</div>', { background: null }],
    ['<div style="background-color:#000;background-image:url(\'a.png\')">x</div>', { background: null }],
    ['<table background="a.png"><tr><td>x</table>', { background: null }],
    ['<p style="color:rgba(0,0,0,0.5)">x', { color: null }],
    ['<p style="color:var(--brand)">x', { color: null }],
    ['<p style="color:{{ data.color }}">x', { color: null }],
  ])('are left open where that cannot be told: %s', (html, looks) => {
    expect(textOf(html)).toEqual([{ text: 'x', ...plain, ...looks }])
  })

  it.each([
    '<style>x</style>',
    '<head><title>x</title></head>',
    '<div hidden>x</div>',
    '<div style="DISPLAY: none">x<p>y</p></div>',
    '<span style="visibility:hidden">x</span>',
    '<!-- x --><!--[if mso]>x<![endif]-->',
    ' \n&nbsp;',
  ])('are none in what is not shown: %s', (html) => {
    expect(textOf(html)).toEqual([])
  })
})

describe('the images that a reader sees', () => {
  it('have what stands in their place, or nothing', () => {
    const html =
      '<img src="a"><img src="b" alt=""><img src="c" alt="A &amp; B"/><img width="1" src="pixel"><p hidden><img src="d">'
    expect(looksOf(html).images).toEqual([{ alt: null }, { alt: '' }, { alt: 'A & B' }])
  })

  it('are read from any text without a failure', () => {
    const piece = fc.constantFrom(
      '<div style="',
      '<',
      '>',
      '"',
      "'",
      'color:',
      '(',
      ';',
      '</div>',
      '<img alt=',
      'x',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(looksOf(pieces.join('')).images.length).toBeLessThanOrEqual(pieces.length)
      }),
      { seed: 7 },
    )
    expect(looksOf('<div>'.repeat(50_000)).texts).toEqual([])
  })
})
