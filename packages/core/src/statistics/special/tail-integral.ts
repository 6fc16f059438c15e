/** The 40 nodes of Gauss and Legendre on (0, 1) with their weights, computed at 40 digits. */
const NODES: readonly (readonly [node: number, weight: number])[] = [
  [0.0008811451447203998, 0.0022606385492665955],
  [0.004636880650271497, 0.005249142265576406],
  [0.011370025008112869, 0.008210529190953945],
  [0.021041590393104173, 0.01112292459708348],
  [0.03359359586066173, 0.013968503490011702],
  [0.048950596515562855, 0.016730097641273926],
  [0.06702024839387025, 0.019391083987236008],
  [0.08769388458334416, 0.021935454092836634],
  [0.1108471742867403, 0.024347903817536116],
  [0.13634087240503645, 0.02661392349196841],
  [0.16402165769291022, 0.028719884549695776],
  [0.19372305516600988, 0.03065312124646447],
  [0.2252664374524359, 0.03240200672830052],
  [0.25846209915691065, 0.03395602290761695],
  [0.2931103978141975, 0.03530582369564339],
  [0.32900295458712076, 0.03644329119790203],
  [0.36592390749637316, 0.03736158452898413],
  [0.40365120964931445, 0.03805518095031312],
  [0.4419579646623724, 0.038519909082123986],
  [0.48061379124697456, 0.0387529739892124],
  [0.5193862087530254, 0.0387529739892124],
  [0.5580420353376276, 0.038519909082123986],
  [0.5963487903506856, 0.03805518095031312],
  [0.6340760925036268, 0.03736158452898413],
  [0.6709970454128792, 0.03644329119790203],
  [0.7068896021858025, 0.03530582369564339],
  [0.7415379008430893, 0.03395602290761695],
  [0.7747335625475641, 0.03240200672830052],
  [0.8062769448339902, 0.03065312124646447],
  [0.8359783423070898, 0.028719884549695776],
  [0.8636591275949635, 0.02661392349196841],
  [0.8891528257132597, 0.024347903817536116],
  [0.9123061154166558, 0.021935454092836634],
  [0.9329797516061298, 0.019391083987236008],
  [0.9510494034844371, 0.016730097641273926],
  [0.9664064041393383, 0.013968503490011702],
  [0.9789584096068958, 0.01112292459708348],
  [0.9886299749918871, 0.008210529190953945],
  [0.9953631193497285, 0.005249142265576406],
  [0.9991188548552796, 0.0022606385492665955],
]

/** Beyond it, e^-40 = 4e-18 of the height at the edge is left out. */
const DEPTH = 40
const DEEPEST = 60
const MOST_ROUNDS = 100

/** A log-concave density right of a point, as its tail sees it; distances are measured away from the body. */
export interface TailShape {
  /** ln of the density at this distance over the density at the point. */
  readonly logRatio: (distance: number) => number
  /** How steeply that falls at the point, and how much steeper with each unit of distance. */
  readonly slope: number
  readonly curvature: number
  /** Where the density ends. */
  readonly end: number
}

/** Where the density has fallen to between e^-40 and e^-60, or where it ends. */
function reachOf({ logRatio, slope, curvature, end }: TailShape): number {
  const root = Math.hypot(slope, Math.sqrt(2 * DEPTH * curvature))
  let reach = Math.min(end, slope > 0 ? (2 * DEPTH) / (slope + root) : (root - slope) / curvature)
  let tooNear = 0
  let tooFar = Number.POSITIVE_INFINITY
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const depth = -logRatio(reach)
    if (depth > DEEPEST) tooFar = reach
    else if (depth < DEPTH && reach < end) tooNear = reach
    else break
    const further = Math.min(end, 1.5 * reach)
    reach = tooFar === Number.POSITIVE_INFINITY ? further : (tooNear + tooFar) / 2
  }
  return reach
}

/**
 * The area of a tail over the density at its edge: 40 nodes of Gauss and Legendre. All terms are positive, so for
 * a density without a singularity nearby the relative error is a few roundings, however large its parameters.
 */
export function tailIntegral(shape: TailShape): number {
  const reach = reachOf(shape)
  let total = 0
  for (const [node, weight] of NODES) total += weight * Math.exp(shape.logRatio(reach * node))
  return reach * total
}
