/** Exact by fractions over all outcomes, chi-square with mpmath at 50 digits. */
export const RATIOS: readonly {
  readonly obs: readonly number[]
  readonly w: readonly number[]
  readonly method: 'chi-square' | 'exact-multinomial'
  readonly p: number
}[] = [
  { obs: [226, 91, 243], w: [7, 4, 8], method: 'chi-square', p: 0.01629416286353071 },
  { obs: [4, 0, 1, 6], w: [4, 1, 2, 7], method: 'exact-multinomial', p: 1.0 },
  { obs: [200, 238, 51], w: [9, 9, 2], method: 'chi-square', p: 0.18440174749473182 },
  { obs: [0, 0, 5], w: [1, 2, 6], method: 'exact-multinomial', p: 0.48788294467306814 },
  { obs: [582855, 418825], w: [7, 5], method: 'chi-square', p: 0.0031210374088065326 },
  { obs: [4, 5], w: [2, 2], method: 'exact-multinomial', p: 1.0 },
  { obs: [122, 313], w: [1, 3], method: 'chi-square', p: 0.14233884219074985 },
  { obs: [10, 3], w: [9, 5], method: 'exact-multinomial', p: 0.4021776659002452 },
  { obs: [246, 119, 190], w: [2, 1, 2], method: 'chi-square', p: 0.02040670222003078 },
  { obs: [5, 1, 5], w: [6, 6, 8], method: 'exact-multinomial', p: 0.2866554208 },
  { obs: [111202, 890539], w: [1, 8], method: 'chi-square', p: 0.7443894916963226 },
  { obs: [3, 0, 11], w: [2, 4, 8], method: 'exact-multinomial', p: 0.02794343797445455 },
  { obs: [83495, 333533, 583986], w: [1, 4, 7], method: 'chi-square', p: 0.934661639946969 },
  { obs: [7, 3, 4, 1], w: [7, 5, 8, 4], method: 'exact-multinomial', p: 0.4992976708920357 },
  { obs: [2526, 7260, 7712, 2462], w: [2, 6, 6, 2], method: 'chi-square', p: 0.00233101944446855 },
  { obs: [3, 3, 2], w: [3, 4, 2], method: 'exact-multinomial', p: 1.0 },
]
