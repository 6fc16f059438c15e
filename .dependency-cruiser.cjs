/**
 * The floors of the house. A folder of packages/core/src imports only from floors below it; folders of one
 * floor never import each other; third parties live in the rooms that are named for them.
 */
const ROOMS = {
  base: { floor: 0, thirdParties: ['@noble/hashes'] },
  model: { floor: 1, thirdParties: ['zod'] },
  ports: { floor: 2, thirdParties: ['zod'] },
  segmentation: { floor: 3, thirdParties: ['zod'] },
  assignment: { floor: 3, thirdParties: ['zod'] },
  rendering: { floor: 3, thirdParties: ['zod', 'liquidjs'] },
  throttling: { floor: 3, thirdParties: ['zod'] },
  qr: { floor: 3, thirdParties: ['zod'] },
  consent: { floor: 3, thirdParties: ['zod'] },
  metrics: { floor: 3, thirdParties: ['zod'] },
  statistics: { floor: 3, thirdParties: ['zod', 'simple-statistics'] },
  reporting: { floor: 3, thirdParties: ['zod'] },
  access: { floor: 3, thirdParties: ['zod'] },
  engine: { floor: 4, thirdParties: ['zod'] },
  defaults: {
    floor: 5,
    touchesHost: true,
    thirdParties: [
      'zod',
      'bottleneck',
      'color-string',
      'csv-parse',
      'html-to-text',
      'htmlparser2',
      'libphonenumber-js',
      'qrcode',
      'temporal-polyfill',
    ],
  },
  endpoints: { floor: 5, thirdParties: ['zod'] },
  templates: { floor: 5, thirdParties: ['zod', 'mjml'] },
  client: { floor: 6, thirdParties: ['zod', 'eventemitter3'] },
  // stands beside the house: it sees floors 0 to 2
  testing: { floor: 3, thirdParties: ['zod'] },
}

/** What each adapter may use of the outside; core is reached by its entry points alone. */
const ADAPTERS = {
  'adapter-memory': { touchesHost: false, thirdParties: [] },
  'adapter-postgres': { touchesHost: false, thirdParties: ['knex', 'graphile-worker'] },
  'adapter-sendgrid': { touchesHost: true, thirdParties: ['nodemailer', 'zod', 'smtp-server', 'mailparser'] },
  'adapter-twilio': { touchesHost: true, thirdParties: ['zod'] },
}

const CORE = 'packages/core/src'
const EDGES = '(?:index|adapter|endpoints|graphile|statistics|templates|testing)\\.ts$'
const TESTS = '\\.(?:test|test-d|bench|fixture)\\.ts$'
const THIRD_PARTY = '(?:^|/)node_modules/'
const TYPES_OF = '(?:@types/)?'

const either = (names) => `(?:${names.join('|')})`

/** Everything in a node_modules folder but the named packages and their types. */
const thirdPartiesBut = (names) =>
  names.length === 0
    ? { path: THIRD_PARTY }
    : { path: THIRD_PARTY, pathNot: `node_modules/${TYPES_OF}${either(names)}(?:/|$)` }

const roomNames = Object.keys(ROOMS)

/** A folder sees itself and the floors below; its tests see testing/ and defaults/ as well. */
const floorRules = roomNames.flatMap((room) => {
  const below = roomNames.filter((other) => other !== 'testing' && ROOMS[other].floor < ROOMS[room].floor)
  const visible = [room, ...below]
  return [
    {
      name: `floor-of-${room}`,
      comment: `${room}/ imports only from itself and from floors below: ${below.join(', ') || 'none'}.`,
      severity: 'error',
      from: { path: `^${CORE}/${room}/`, pathNot: TESTS },
      to: { path: `^${CORE}/`, pathNot: `^${CORE}/${either(visible)}/` },
    },
    {
      name: `floor-of-${room}-tests`,
      comment: `Tests in ${room}/ see what ${room}/ sees, testing/ and the real ports in defaults/.`,
      severity: 'error',
      from: { path: `^${CORE}/${room}/.*${TESTS}` },
      to: { path: `^${CORE}/`, pathNot: `^${CORE}/${either([...visible, 'testing', 'defaults'])}/` },
    },
  ]
})

const thirdPartyRules = [
  ...roomNames.map((room) => ({ room, from: `^${CORE}/${room}/`, ...ROOMS[room] })),
  ...Object.keys(ADAPTERS).map((room) => ({ room, from: `^packages/${room}/src/`, ...ADAPTERS[room] })),
].flatMap(({ room, from, thirdParties, touchesHost }) => [
  {
    name: `third-parties-of-${room}`,
    comment: `${room} may use: ${thirdParties.join(', ') || 'no third party'}.`,
    severity: 'error',
    from: { path: from, pathNot: TESTS },
    to: thirdPartiesBut(thirdParties),
  },
  ...(touchesHost
    ? []
    : [
        {
          name: `no-host-in-${room}`,
          comment: `${room} is pure: Node's own modules are for defaults/ and for adapters that talk to a provider.`,
          severity: 'error',
          from: { path: from, pathNot: TESTS },
          to: { dependencyTypes: ['core'] },
        },
      ]),
])

module.exports = {
  forbidden: [
    ...floorRules,
    ...thirdPartyRules,
    {
      name: 'only-known-rooms',
      comment: 'Core has the folders that the house has, and its entry points; a new one gets a floor first.',
      severity: 'error',
      from: { path: `^${CORE}/`, pathNot: `^${CORE}/(?:${either(roomNames)}/|[^/]+${TESTS}|${EDGES})` },
      to: {},
    },
    {
      name: 'no-import-of-unknown-rooms',
      comment: 'Core has the folders that the house has, and its entry points; a new one gets a floor first.',
      severity: 'error',
      from: {},
      to: { path: `^${CORE}/`, pathNot: `^${CORE}/(?:${either(roomNames)}/|${EDGES})` },
    },
    {
      name: 'edges-are-bare',
      comment: 'The entry points of core only re-export its rooms.',
      severity: 'error',
      from: { path: `^${CORE}/${EDGES}` },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'npm-unknown'],
      },
    },
    {
      name: 'no-cycles',
      comment: 'Imports form no circle, types included.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-inner-index',
      comment: 'An index.ts stands only at the edge of a package.',
      severity: 'error',
      from: {},
      to: { path: '^packages/[^/]+/src/.+/index\\.ts$' },
    },
    {
      name: 'packages-by-name',
      comment: 'One package reaches another by its name, never by a path.',
      severity: 'error',
      from: { path: '^(packages/[^/]+|examples|docs)/' },
      to: {
        path: '^packages/',
        pathNot: '^$1/',
        dependencyTypesNot: ['aliased', 'npm', 'npm-dev', 'npm-peer'],
      },
    },
    {
      name: 'core-by-entry-points',
      comment: 'Outside core, only its entry points are visible.',
      severity: 'error',
      from: { pathNot: '^packages/core/' },
      to: { path: '^packages/core/', pathNot: `^${CORE}/${EDGES}` },
    },
    {
      name: 'adapters-by-entry-points',
      comment: 'Outside an adapter, only its entry points are visible.',
      severity: 'error',
      from: { path: '^(?:packages/([^/]+)|examples|docs)/' },
      to: {
        path: '^packages/adapter-',
        pathNot: '^packages/(?:$1/|adapter-[^/]+/src/(?:index|testing)\\.ts$)',
      },
    },
    {
      name: 'adapters-are-strangers',
      comment: 'Adapters never import each other.',
      severity: 'error',
      from: { path: '^packages/(adapter-[^/]+)/', pathNot: TESTS },
      to: { path: '^packages/adapter-', pathNot: '^packages/$1/' },
    },
    {
      name: 'adapter-tests-know-memory-only',
      comment: 'Tests in an adapter may run the kit on adapter-memory, and use no other.',
      severity: 'error',
      from: { path: `^packages/(adapter-[^/]+)/.*${TESTS}` },
      to: { path: '^packages/adapter-', pathNot: '^packages/(?:$1|adapter-memory)/' },
    },
    {
      name: 'core-knows-no-adapter',
      comment: 'Core never imports an adapter; its tests of use cases may run on the memory adapter.',
      severity: 'error',
      from: { path: '^packages/core/', pathNot: `^${CORE}/(?:engine|endpoints|client)/.*${TESTS}` },
      to: { path: '^packages/adapter-' },
    },
    {
      name: 'core-tests-know-memory-only',
      comment: 'Tests in core use no adapter but adapter-memory.',
      severity: 'error',
      from: { path: '^packages/core/' },
      to: { path: '^packages/adapter-', pathNot: '^packages/adapter-memory/' },
    },
    {
      name: 'test-kit-stays-in-tests',
      comment: 'The test kit of core is for tests and for the ./testing entry point of an adapter.',
      severity: 'error',
      from: { path: '^packages/adapter-', pathNot: [TESTS, '^packages/[^/]+/src/testing(?:\\.ts$|/)'] },
      to: { path: `^${CORE}/testing\\.ts$` },
    },
    {
      name: 'no-import-of-tests',
      comment: 'A test file is imported by nothing.',
      severity: 'error',
      from: {},
      to: { path: TESTS, pathNot: '\\.fixture\\.ts$' },
    },
    {
      name: 'fixtures-are-for-tests',
      comment: 'What tests share is imported by tests alone.',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { path: '\\.fixture\\.ts$' },
    },
    {
      name: 'local-postgres-stays-in-tests',
      comment: 'The server that tests and examples start is no part of what is shipped.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: TESTS },
      to: { path: '^examples/local-postgres/' },
    },
    {
      name: 'declared-dependencies',
      comment: 'What is shipped uses declared dependencies only.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: TESTS },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'npm-bundled', 'deprecated'],
        dependencyTypesNot: ['npm', 'npm-peer', 'type-only', 'aliased'],
      },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^packages/[^/]+/dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
}
