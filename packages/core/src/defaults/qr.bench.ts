import { toBuffer } from 'qrcode'
import { bench, describe } from 'vitest'
import { createQrEncoder } from './qr-encoder.js'

const encoder = createQrEncoder()
const links = Array.from({ length: 100 }, (_, at) => {
  const secret = 'ABCDEFGHJKMNPQRSTVWXYZ0123'
  return `HTTPS://GO.PIZZA.EXAMPLE/Q/ABC123-ABCD1234-${secret.slice(at % 26)}${secret.slice(0, at % 26)}`
})
let turn = 0
const next = () => {
  turn += 1
  return links[turn % links.length] ?? ''
}

describe('the PNG of a token link, 8 pixels a module', () => {
  bench('createQrEncoder().png', () => {
    encoder.png(next())
  })
  bench('qrcode.toBuffer', async () => {
    await toBuffer(next(), { errorCorrectionLevel: 'M', scale: 8 })
  })
  bench('qrcode.toBuffer with a fixed mask', async () => {
    await toBuffer(next(), { errorCorrectionLevel: 'M', scale: 8, maskPattern: 2 })
  })
})
