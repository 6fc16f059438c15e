import { toBuffer } from 'qrcode'
import { createQrEncoder } from './qr-encoder.js'

const links = Array.from({ length: 100 }, (_, at) => {
  const secret = 'ABCDEFGHJKMNPQRSTVWXYZ0123'
  return `HTTPS://GO.PIZZA.EXAMPLE/Q/ABC123-ABCD1234-${secret.slice(at % 26)}${secret.slice(0, at % 26)}`
})

export const qrBench = {
  stage: 'QR image of a coupon, PNG',
  unit: 'image',
  bareName: 'qrcode.toBuffer',
  goal: { timesBare: 30 },
  prepare() {
    const encoder = createQrEncoder()
    return {
      ours: () => () => {
        for (let turn = 0; turn < 20; turn += 1) for (const link of links) encoder.png(link)
        return 20 * links.length
      },
      bare: () => async () => {
        for (const link of links) await toBuffer(link, { errorCorrectionLevel: 'M', scale: 8 })
        return links.length
      },
    }
  },
}
