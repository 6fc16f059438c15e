import { describe, expect, it } from 'vitest'
import { gaussLegendre } from './gauss-legendre.js'

describe('the rule of Gauss and Legendre', () => {
  it('has the nodes and weights of the tables (Abramowitz and Stegun, 25.4)', () => {
    const { nodes, weights } = gaussLegendre(5)
    const expected = [-0.906179845938664, -0.538469310105683, 0, 0.538469310105683, 0.906179845938664]
    const share = [
      0.236926885056189, 0.478628670499366, 0.568888888888889, 0.478628670499366, 0.236926885056189,
    ]
    nodes.forEach((node, index) => {
      expect(node).toBeCloseTo(expected[index] ?? 2, 14)
      expect(weights[index]).toBeCloseTo(share[index] ?? 2, 14)
    })
  })

  it.each([1, 2, 16, 20])('is exact for polynomials up to twice its order, here %d', (order) => {
    const { nodes, weights } = gaussLegendre(order)
    for (let power = 0; power < 2 * order; power += 1) {
      const integral = nodes.reduce((sum, node, index) => sum + (weights[index] ?? 0) * node ** power, 0)
      expect(integral).toBeCloseTo(power % 2 === 0 ? 2 / (power + 1) : 0, 13)
    }
  })
})
