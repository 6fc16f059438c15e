/** mpmath, 50 digits. */
export const PROPORTIONS: readonly {
  readonly p: number
  readonly q: number
  readonly n: number
  readonly m: number
  readonly alpha: number
  readonly sides: number
  readonly power: number
}[] = [
  { p: 0.3876196850143834, q: 0.6022696006176617, n: 16435, m: 12293, alpha: 0.1, sides: 2, power: 1.0 },
  {
    p: 0.3869985201981551,
    q: 0.5747013849401096,
    n: 305,
    m: 4873,
    alpha: 0.1,
    sides: 2,
    power: 0.9999993825552479,
  },
  {
    p: 0.03768410224786496,
    q: 0.05292687715555777,
    n: 6824,
    m: 1777,
    alpha: 0.1,
    sides: 1,
    power: 0.9286816027424123,
  },
  { p: 0.3228157799169355, q: 0.5068560352459157, n: 10515, m: 8091, alpha: 0.01, sides: 2, power: 1.0 },
  {
    p: 0.33297453502068985,
    q: 0.4269500944776016,
    n: 623,
    m: 9853,
    alpha: 0.01,
    sides: 2,
    power: 0.9830685823004945,
  },
  { p: 0.46510020230998983, q: 0.6729564429885384, n: 18226, m: 4682, alpha: 0.1, sides: 1, power: 1.0 },
  {
    p: 0.4433092738423655,
    q: 0.46920627372737084,
    n: 14834,
    m: 6956,
    alpha: 0.05,
    sides: 2,
    power: 0.9472603651971888,
  },
  { p: 0.35407759916154885, q: 0.5174384805433258, n: 16466, m: 6566, alpha: 0.1, sides: 2, power: 1.0 },
]

/** mpmath, 25 digits: adaptive quadrature of the mean over the root of chi-square. */
export const MEANS: readonly {
  readonly n: number
  readonly m: number
  readonly alpha: number
  readonly sides: number
  readonly d: number
  readonly s: number
  readonly power: number
}[] = [
  {
    n: 20,
    m: 4,
    alpha: 0.01,
    sides: 1,
    d: 1.6065371555618493,
    s: 2.4701145932658113,
    power: 0.1130627864070984,
  },
  {
    n: 1000,
    m: 4,
    alpha: 0.1,
    sides: 2,
    d: 0.5098375226015451,
    s: 1.7744822187838372,
    power: 0.14191525167742025,
  },
  {
    n: 1000,
    m: 9,
    alpha: 0.01,
    sides: 1,
    d: 1.1726614924152132,
    s: 0.6925767522758217,
    power: 0.9967722905396107,
  },
  {
    n: 2,
    m: 200,
    alpha: 0.01,
    sides: 1,
    d: 1.7396876517953939,
    s: 1.6240589653713076,
    power: 0.20351083314796395,
  },
  {
    n: 100,
    m: 9,
    alpha: 0.01,
    sides: 2,
    d: 1.169428280727903,
    s: 1.9955460469434714,
    power: 0.17933139536870288,
  },
  {
    n: 3,
    m: 2,
    alpha: 0.01,
    sides: 2,
    d: 0.6093713844073775,
    s: 1.41515006742119,
    power: 0.011184222125300848,
  },
  {
    n: 20,
    m: 9,
    alpha: 0.05,
    sides: 1,
    d: 1.5104369181996795,
    s: 0.9218881024507332,
    power: 0.990145813209985,
  },
  {
    n: 100,
    m: 4,
    alpha: 0.05,
    sides: 2,
    d: 1.4965900869163618,
    s: 1.0660498185952454,
    power: 0.778528758335933,
  },
  {
    n: 3,
    m: 200,
    alpha: 0.05,
    sides: 2,
    d: 0.9103708800451522,
    s: 1.3743391833230967,
    power: 0.20423524602731435,
  },
  {
    n: 2,
    m: 30,
    alpha: 0.05,
    sides: 2,
    d: 0.236918397535692,
    s: 2.0617956699991495,
    power: 0.035336761778615555,
  },
  {
    n: 5,
    m: 9,
    alpha: 0.05,
    sides: 2,
    d: 1.2925986291090248,
    s: 0.579582034184118,
    power: 0.9556435092477765,
  },
  {
    n: 100,
    m: 9,
    alpha: 0.1,
    sides: 1,
    d: 0.4049051921285881,
    s: 1.6652356361214922,
    power: 0.2790915959944973,
  },
]
