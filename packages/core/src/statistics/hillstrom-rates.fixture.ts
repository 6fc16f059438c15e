type Range = readonly [number, number]

/** Two arms by what share of them did it. */
export interface RatesExpected {
  readonly z: number
  readonly pValue: number
  readonly fisher: number
  readonly difference: number
  readonly newcombe: Range
  readonly lift: number
  readonly katz: Range
  readonly delta: Range
  readonly fieller: Range
  readonly logEvidence: number
  readonly anytimeDifference: Range
  readonly anytimeLift: Range
}

/** An outcome that a customer has or has not; pairs are first and second, first and third, second and third arm. */
export interface OutcomeExpected {
  readonly counts: readonly number[]
  readonly wilson: readonly Range[]
  readonly clopperPearson: readonly Range[]
  readonly jeffreys: readonly Range[]
  readonly chiSquare: { readonly statistic: number; readonly pValue: number }
  /** The p-values of the pairs, corrected. */
  readonly holm: readonly number[]
  readonly pairs: readonly RatesExpected[]
  readonly best: readonly number[]
  readonly loss: readonly number[]
  readonly credible: readonly Range[]
}

/**
 * What became of 64,000 customers of a shop (MineThatData e-mail challenge, 2008), worked out without this library: from
 * the file's counts and sums of cents with mpmath at 34 digits, straight from the formulas of the papers; the tails of
 * Student and the beta distribution by numerical integration of their densities; the Bayesian figures by scipy's incomplete beta
 * function on 12,000 nodes of Gauss and Legendre. R's prop.test, fisher.test, t.test, wilcox.test, mantelhaen.test
 * and p.adjust give the same.
 */
export const RATES: Readonly<Record<'visit' | 'conversion', OutcomeExpected>> = {
  visit: {
    counts: [3894, 3238, 2262],
    wilson: [
      [0.177624990821685, 0.18800306163588704],
      [0.146659175100407, 0.1562667977415205],
      [0.10210165383004596, 0.1103748898162468],
    ],
    clopperPearson: [
      [0.1775877263023861, 0.18801265234841613],
      [0.1466207838782601, 0.156274936460864],
      [0.10206135795688318, 0.11038099174170184],
    ],
    jeffreys: [
      [0.1776109309500713, 0.1879889304699209],
      [0.14664385470434013, 0.15625125627767242],
      [0.10208441951372323, 0.11035712460094994],
    ],
    chiSquare: { statistic: 504.4606690356351, pValue: 2.869178384266971e-110 },
    holm: [3.8021652206364594e-18, 1.7055496448405986e-111, 6.364806318669976e-44],
    pairs: [
      {
        z: 8.684558415636324,
        pValue: 3.8021652206364594e-18,
        fisher: 3.794051379189147e-18,
        difference: 0.031356457064478274,
        newcombe: [0.024284125814801206, 0.038427658709805544],
        lift: 0.20710949574984464,
        katz: [0.1567908930376266, 0.25961687933347954],
        delta: [0.15571203433050015, 0.2585069571691891],
        fieller: [0.1568882395080766, 0.25976371932338355],
        logEvidence: 28.58539395049347,
        anytimeDifference: [0.017049657515473413, 0.046834652904353735],
        anytimeLift: [0.1127895677046121, 0.30969037474529204],
      },
      {
        z: 22.486040827192824,
        pValue: 5.685165482801995e-112,
        fisher: 5.437359027952204e-113,
        difference: 0.07658956365153126,
        newcombe: [0.06995330808373157, 0.0832267412741114],
        lift: 0.7214046167813992,
        katz: [0.6403848884800005, 0.8064259647149533],
        delta: [0.6384162289820485, 0.8043930045807499],
        fieller: [0.6409289424312274, 0.8071142768392813],
        logEvidence: 215.1645819679633,
        anytimeDifference: [0.06040781060946146, 0.09391823038790269],
        anytimeLift: [0.5629240338778726, 0.8975318780478514],
      },
      {
        z: 13.949180655258504,
        pValue: 3.182403159334988e-44,
        fisher: 2.300994447380905e-44,
        difference: 0.045233106587052985,
        newcombe: [0.038894095359988126, 0.051574342962213596],
        lift: 0.4260550702669102,
        katz: [0.35617122347245866, 0.4995400493949955],
        delta: [0.3544008121429899, 0.4977093283908305],
        fieller: [0.3564815840162344, 0.4999645224975893],
        logEvidence: 82.14880967984479,
        anytimeDifference: [0.03156029059318251, 0.06007984674592439],
        anytimeLift: [0.29659000090774074, 0.569292518896103],
      },
    ],
    best: [1.0000000000000007, 1.8291743332831154e-18, 2.2695827386196004e-115],
    loss: [7.41614508792596e-22, 0.031353636414919284, 0.07658237344584269],
    credible: [
      [0.1776257730434272, 0.18800385719442309],
      [0.14666004903179114, 0.15626765081127608],
      [0.10210267805962242, 0.11037582346286201],
    ],
  },
  conversion: {
    counts: [267, 189, 122],
    wilson: [
      [0.011122885010307802, 0.014115041885257276],
      [0.007668063369361125, 0.010182635003387489],
      [0.004798205845961411, 0.006832169692008917],
    ],
    clopperPearson: [
      [0.01108079156183402, 0.014116555560963027],
      [0.0076265821460378865, 0.010183887550274747],
      [0.004757369555038026, 0.006833153942158462],
    ],
    jeffreys: [
      [0.011102874380361952, 0.014091713117136629],
      [0.007648313832738017, 0.010158870327303586],
      [0.004778770643929676, 0.006807630342776922],
    ],
    chiSquare: { statistic: 55.25803993322962, pValue: 1.0020031529493286e-12 },
    holm: [0.0003142102582133708, 4.569670501786655e-13, 0.0003142102582133708],
    pairs: [
      {
        z: 3.7125842027552878,
        pValue: 0.00020515377465688374,
        fisher: 0.00023273215752413873,
        difference: 0.0036939490085304374,
        newcombe: [0.001746284814190173, 0.0056626144233915595],
        lift: 0.4180025790764046,
        katz: [0.1781015388311542, 0.7067555282732837],
        delta: [0.1551829343710894, 0.6808222237817197],
        fieller: [0.18005290210695318, 0.7142598134952484],
        logEvidence: 5.038010136682617,
        anytimeDifference: [0.000493469453367451, 0.008054015537495744],
        anytimeLift: [0.05801691966037478, 0.9099326878377256],
      },
      {
        z: 7.385114410925771,
        pValue: 1.5232235005955516e-13,
        fisher: 1.1674253274831387e-13,
        difference: 0.006805006519615695,
        newcombe: [0.005014344671481533, 0.008640723396917826],
        lift: 1.188421876286328,
        katz: [0.7679840780104205, 1.7088424427430529],
        delta: [0.7215423751106974, 1.6553013774619583],
        fieller: [0.7795414790996055, 1.7387569495877702],
        logEvidence: 24.329142707668073,
        anytimeDifference: [0.0029156556441613628, 0.01186223356565479],
        anytimeLift: [0.49462922614416965, 2.2654604253937536],
      },
      {
        z: 3.779560958357849,
        pValue: 0.0001571051291066854,
        fisher: 0.00016499877634158671,
        difference: 0.0031110575110852574,
        newcombe: [0.0015016571318770078, 0.004745471313672929],
        lift: 0.5433130436982172,
        katz: [0.2301052195262972, 0.9362694451180944],
        delta: [0.19324068739890887, 0.8933853999975254],
        fieller: [0.23402662523805823, 0.952355751887309],
        logEvidence: 5.304858558308295,
        anytimeDifference: [0.0004359327583717292, 0.006932735453471253],
        anytimeLift: [0.07935906010622401, 1.2275408508282935],
      },
    ],
    best: [0.9998991230668391, 0.00010087693313206008, 2.854369264464256e-14],
    loss: [2.4154298068184056e-8, 0.0036937988813609793, 0.006804389798869854],
    credible: [
      [0.01112443606520422, 0.014115893592745486],
      [0.007669688921653539, 0.010183411724261921],
      [0.0047999506268944815, 0.006832833420787458],
    ],
  },
}

export const SAMPLE_RATIO = {
  statistic: 0.20253125,
  pValue: 0.9036929575604196,
  logEvidence: -2.595576115530629,
}
