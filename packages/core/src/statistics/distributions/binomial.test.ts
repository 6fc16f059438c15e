import { describe, expect, it } from 'vitest'
import { expectAgreement, expectLogarithms } from './agreement.fixture.js'
import { binomial } from './binomial.js'

// Computed from the exact doubles to more than 40 digits: the positive series of the incomplete beta function in exact rational arithmetic, log-gamma by Arb.
const TAILS: readonly (readonly [
  trials: number,
  probability: number,
  count: number,
  lower: number,
  upper: number,
  logDensity: number,
])[] = [
  [1, 0.3, 0, 0.7000000000000001, 0.3, -0.35667494393873234],
  [10, 0.5, 0, 0.0009765625, 0.9990234375, -6.931471805599453],
  [10, 0.5, 4, 0.376953125, 0.623046875, -1.5843642748819844],
  [10, 0.5, 5, 0.623046875, 0.376953125, -1.4020427180880297],
  [10, 0.5, 7, 0.9453125, 0.0546875, -2.1439800628174073],
  [10, 0.5, 9, 0.9990234375, 0.0009765625, -4.628886712605407],
  [10, 1e-30, 0, 1, 1.0000000000000001e-29, -1.0000000000000001e-29],
  [10, 1e-30, 1, 1, 4.500000000000001e-59, -66.77496769682732],
  [10, 1e-30, 7, 1, 4.500000000000003e-239, -478.75537778596754],
  [40, 0.999, 1, 3.9961000000001384e-116, 1, -265.71457692652297],
  [40, 0.999, 30, 8.248471597451109e-22, 1, -48.54957700697715],
  [40, 0.999, 38, 0.0007605115570485762, 0.9992394884429514, -7.194235650956809],
  [40, 0.999, 39, 0.03922978926418822, 0.9607702107358118, -3.2578953378779576],
  [100, 0.03, 0, 0.04755250792540577, 0.9524474920745942, -3.0459207484708544],
  [100, 0.03, 2, 0.4197750829818554, 0.5802249170181446, -1.490975272578665],
  [100, 0.03, 3, 0.6472492104640193, 0.35275078953598066, -1.4807187724114759],
  [100, 0.03, 10, 0.9997850751447549, 0.00021492485524513184, -7.3245842845449385],
  [100, 0.03, 80, 1, 3.313621325801738e-104, -233.4031811261764],
  [1000, 0.3, 1, 5.383632451967106e-153, 1, -350.6144865201374],
  [1000, 0.3, 200, 4.986258932157418e-13, 0.9999999999995014, -29.189055418456935],
  [1000, 0.3, 299, 0.4880725159928519, 0.5119274840071482, -3.5942333425098836],
  [1000, 0.3, 300, 0.5155935198141203, 0.48440648018587973, -3.5928057905186983],
  [1000, 0.3, 330, 0.9816875785761789, 0.018312421423821054, -5.723141801385207],
  [1000, 0.3, 700, 1, 3.979304207543955e-150, -342.51194994540015],
  [12345, 0.0625, 300, 5.387988306996535e-88, 1, -201.40982494346528],
  [12345, 0.0625, 771, 0.5012364814772039, 0.4987635185227961, -4.210865056224728],
  [12345, 0.0625, 772, 0.5160623266579473, 0.48393767334205273, -4.2113833252179305],
  [12345, 0.0625, 900, 0.9999985854320075, 1.4145679925180959e-6, -15.139581080967364],
  [1e6, 1e-6, 0, 0.3678792572316451, 0.6321207427683548, -1.0000005000003334],
  [1e6, 1e-6, 1, 0.7357588823429153, 0.2642411176570847, -0.9999994999998333],
  [1e6, 1e-6, 4, 0.9963401761650977, 0.0036598238349022697, -4.178056330353279],
  [1e6, 1e-6, 100, 1, 3.922011208262171e-161, -364.744226219697],
  [1e6, 0.37, 369_999, 0.49962265538424927, 0.5003773446157507, -7.098551807183949],
  [1e6, 0.37, 370_000, 0.5004489573957746, 0.49955104260422545, -7.098550219883621],
  [1e6, 0.37, 371_000, 0.9808660309189261, 0.01913396908107395, -9.243312075141953],
  [1e9, 0.5, 499_500_000, 8.987407567878628e-220, 1, -510.58750710473436],
  [1e9, 0.5, 5e8, 0.5000126156626069, 0.49998738433739304, -10.587424271367933],
  [1e9, 0.5, 500_020_000, 0.8970540631145455, 0.10294593688545449, -11.387424270781267],
  [1e9, 0.5, 500_550_000, 1, 2.043932459652732e-265, -615.58754567476],
  [1e9, 0.9999, 999_894_000, 4.694058125187375e-79, 1, -183.2267464813865],
  [1e9, 0.9999, 999_900_000, 0.5004205851784107, 0.49957941482158935, -6.675352096522962],
  [1e9, 0.9999, 999_905_000, 1, 1.4747458982046832e-57, -133.79924240486878],
]

// Where one tail underflows: its logarithm, computed alike.
const LOGARITHMS: readonly (readonly [
  trials: number,
  probability: number,
  count: number,
  logLower: number,
  logUpper: number,
  logDensity: number,
])[] = [
  [12345, 0.0625, 2000, 0, -749.4385780546033, -748.7955090039942],
  [1e6, 0.37, 352_000, -704.3432165800109, -1.2812316939670369e-306, -706.9318000294969],
  [1e6, 0.37, 388_000, -1.311571292152774e-302, -695.1094722061072, -697.6408273627654],
]

describe('the binomial distribution', () => {
  it.each(TAILS)(
    'with %d, %d has the tails and the density at %d',
    (trials, probability, count, lower, upper, logDensity) => {
      expectAgreement(binomial(trials, probability), { x: count, lower, upper, logDensity })
    },
  )

  it.each(LOGARITHMS)(
    'with %d, %d has finite logarithms at %d',
    (trials, probability, count, logLower, logUpper, logDensity) => {
      expectLogarithms(binomial(trials, probability), { x: count, logLower, logUpper, logDensity })
    },
  )

  it('has no mass between and beyond its counts', () => {
    const distribution = binomial(4, 0.5)
    expect([-1, 1.5, 5, Number.POSITIVE_INFINITY].map(distribution.density)).toEqual([0, 0, 0, 0])
    expect(distribution.lowerTail(1.5)).toBe(distribution.lowerTail(1))
    expect([-0.5, 4, 9].map(distribution.lowerTail)).toEqual([0, 1, 1])
    expect([-0.5, 4, 9].map(distribution.logUpperTail)).toEqual([0, -Infinity, -Infinity])
    expect([distribution.density(Number.NaN), distribution.upperTail(Number.NaN)]).toEqual([
      Number.NaN,
      Number.NaN,
    ])
  })

  it('is certain for a probability of 0 or 1, and without trials', () => {
    expect([0, 5].map(binomial(5, 0).density)).toEqual([1, 0])
    expect([0, 5].map(binomial(5, 1).density)).toEqual([0, 1])
    expect([0.01, 0.99].map(binomial(5, 1).lowerQuantile)).toEqual([5, 5])
    expect([0, 0.5, 1].map(binomial(0, 0.5).upperQuantile)).toEqual([0, 0, 0])
  })

  it('has exact quantiles', () => {
    // P(X <= k) of 3 fair trials: 1/8, 4/8, 7/8, 1
    expect([0, 0.125, 0.126, 0.5, 0.875, 0.8751, 1].map(binomial(3, 0.5).lowerQuantile)).toEqual([
      0, 0, 1, 1, 2, 3, 3,
    ])
    expect([1, 0.875, 0.5, 0.49, 0.125, 0.12, 0].map(binomial(3, 0.5).upperQuantile)).toEqual([
      0, 0, 1, 2, 2, 3, 3,
    ])
    // R 4: qbinom(0.025, 1000, 0.3), qbinom(1e-300, 1e9, 0.3, lower.tail = FALSE)
    expect(binomial(1000, 0.3).lowerQuantile(0.025)).toBe(272)
    expect(binomial(1e9, 0.3).upperQuantile(1e-300)).toBe(300_536_955)
  })

  it.each([
    [() => binomial(1.5, 0.5), 'trials'],
    [() => binomial(-1, 0.5), 'trials'],
    [() => binomial(5, 1.1), 'probability'],
  ])('refuses %s', (build, path) => {
    expect(build).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path }))
  })
})
