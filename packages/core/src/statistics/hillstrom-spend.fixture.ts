/** What the customers of `hillstrom-rates.fixture.ts` spent, worked out in the same way. */
type Range = readonly [number, number]

/** Two arms by the dollars that their customers spent. */
export interface SpendExpected {
  readonly welch: WelchExpected
  readonly cuped: WelchExpected & {
    readonly theta: number
    readonly correlation: number
    readonly varianceReduction: number
  }
  /** Normal mixture planned for 40,000. */
  readonly logEvidence: number
  readonly anytimeDifference: Range
  readonly mannWhitney: {
    readonly u: number
    readonly z: number
    readonly pValue: number
    readonly superiority: number
  }
  /** Dollars an order, of those who bought. */
  readonly perOrder: {
    readonly ratios: Range
    readonly z: number
    readonly pValue: number
    readonly difference: Range
  }
  /** Visits within channels, of Cochran, Mantel and Haenszel, and of Sato. */
  readonly visitsWithinChannels: {
    readonly chiSquare: number
    readonly pValue: number
    readonly difference: number
    readonly interval: Range
  }
}

export interface WelchExpected {
  readonly t: number
  readonly df: number
  readonly pValue: number
  readonly difference: Range
  readonly delta: Range
  readonly fieller: Range
}

export const SPEND: readonly SpendExpected[] = [
  {
    welch: {
      t: 2.164017881761856,
      df: 41584.5884832084,
      pValue: 0.03046865118529928,
      difference: [0.032561449626095175, 0.6582684302897848],
      delta: [-0.012014700568474174, 0.6533337428753702],
      fieller: [0.026923552774981322, 0.711249607453477],
    },
    cuped: {
      theta: 0.0015579672811428106,
      correlation: 0.024368307459192617,
      varianceReduction: 0.0005939991969785811,
      t: 2.161738679611341,
      df: 41585.24024256178,
      pValue: 0.03064401061140848,
      difference: [0.03218808530422112, 0.6577092033559081],
      delta: [-0.012277957183871495, 0.6525929167062552],
      fieller: [0.026610666750330733, 0.7104245460418805],
    },
    logEvidence: 0.962299654813368,
    anytimeDifference: [-0.13909229187313402, 0.829922171789014],
    mannWhitney: {
      u: 228685775.5,
      z: 3.7024046438402856,
      pValue: 0.0002135674965610208,
      superiority: 0.5018419667447507,
    },
    perOrder: {
      ratios: [113.5269288389513, 121.8947619047619],
      z: -0.8149705484814241,
      pValue: 0.4150891685598716,
      difference: [-28.492058988075286, 11.756392856454099],
    },
    visitsWithinChannels: {
      chiSquare: 74.26887616137421,
      pValue: 6.816985619050824e-18,
      difference: 0.03108157154748506,
      interval: [0.024017891926073454, 0.038145251168896666],
    },
  },
  {
    welch: {
      t: 5.300140358411667,
      df: 36671.157977360504,
      pValue: 1.1638149682254925e-7,
      difference: [0.48513973256840726, 1.0545145792206656],
      delta: [0.5442856154338673, 1.814291925290144],
      fieller: [0.6436759982463564, 1.9774794284496864],
    },
    cuped: {
      theta: 0.0012172035835528888,
      correlation: 0.020831858812510415,
      varianceReduction: 0.0004339563053229746,
      t: 5.284918224678242,
      df: 36676.59175867513,
      pValue: 1.2647855446743855e-7,
      difference: [0.48282397503295554, 1.052075263593258],
      delta: [0.5408628418650682, 1.806156298725351],
      fieller: [0.6396539325937671, 1.9682173977938677],
    },
    logEvidence: 11.466130073098322,
    anytimeDifference: [0.32893998789278156, 1.2107143238962914],
    mannWhitney: {
      u: 228527081.0,
      z: 7.3800778170730075,
      pValue: 1.581998826680943e-13,
      superiority: 0.503400269616989,
    },
    perOrder: {
      ratios: [113.5269288389513, 114.00270491803279],
      z: -0.04127906895230063,
      pValue: 0.9670734194018797,
      difference: [-23.06601378000719, 22.114461621844235],
    },
    visitsWithinChannels: {
      chiSquare: 505.3841656402137,
      pValue: 6.404672560694436e-112,
      difference: 0.07647791172745703,
      interval: [0.06984987322617786, 0.0831059502287362],
    },
  },
  {
    welch: {
      t: 3.256371576025391,
      df: 40064.88440653066,
      pValue: 0.0011293971023632538,
      difference: [0.16895678988377852, 0.6798676419894145],
      delta: [0.14911261048250102, 1.1511911172468705],
      fieller: [0.22416183336629508, 1.2749644585417774],
    },
    cuped: {
      theta: 0.0010319429009341644,
      correlation: 0.019460121341394916,
      varianceReduction: 0.0003780700273428726,
      t: 3.243889041810682,
      df: 40068.0656194498,
      pValue: 0.0011800623113945171,
      difference: [0.16729827192926308, 0.6781125336395123],
      delta: [0.1470259093958691, 1.1463544521075117],
      fieller: [0.22172723769880617, 1.269476098389819],
    },
    logEvidence: 3.614930340725493,
    anytimeDifference: [0.02860121460482589, 0.8202232172683671],
    mannWhitney: {
      u: 228545030.0,
      z: 3.7821974104256437,
      pValue: 0.00015545166680000806,
      superiority: 0.5015566457885086,
    },
    perOrder: {
      ratios: [121.8947619047619, 114.00270491803279],
      z: 0.6549837901607516,
      pValue: 0.512478190669828,
      difference: [-15.724019762483948, 31.508133735942184],
    },
    visitsWithinChannels: {
      chiSquare: 196.42813275805497,
      pValue: 1.2569779010042927e-44,
      difference: 0.04538893471322419,
      interval: [0.03905835640920798, 0.05171951301724039],
    },
  },
]

export const SPEND_BELIEFS = {
  best: [0.9847685089638809, 0.01523148729330069, 3.742818528480795e-9],
  loss: [0.0008636682087645437, 0.3462786081667043, 0.770690824103301],
}

/** Mean and variance of spend, mean and variance of history, covariance; in dollars. */
export const MOMENTS = [
  [1.422616511005773, 315.21179886555484, 242.83593091472287, 67785.08266400124, 117.18571293774075],
  [1.0772015710478329, 228.49667483465947, 242.53663346892972, 65194.87951320536, 90.03603064683043],
  [0.6527893551112363, 134.28637185302162, 240.88265324321787, 63877.18501511909, 43.072443431952856],
]

/** Median of what buyers spent, with the order statistics on both sides of it, of ranks by the binomial distribution. */
export const MEDIANS = [
  { value: 66.98, low: 57.9, high: 83.26 },
  { value: 94.71, low: 73.51, high: 109.64 },
  { value: 88.365, low: 71.75, high: 97.92 },
]
