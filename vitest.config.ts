import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const packages = fileURLToPath(new URL('./packages', import.meta.url))

const pureRooms = [
  'segmentation',
  'assignment',
  'rendering',
  'throttling',
  'qr',
  'consent',
  'metrics',
  'statistics',
  'reporting',
  'access',
]
const strictRooms = ['model', ...pureRooms, 'engine']

// core is pure, so its tests share a process (a world each would take longer to load than the tests to run);
// those that put a stand-in for a module need one of their own
const core = 'packages/core/src/**/*.test.ts'
const alone = 'packages/*/src/**/*.alone.test.ts'

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@campaignkit\/(core|adapter-[a-z]+)$/, replacement: `${packages}/$1/src/index.ts` },
      { find: /^@campaignkit\/(core|adapter-[a-z]+)\/([a-z]+)$/, replacement: `${packages}/$1/src/$2.ts` },
    ],
  },
  test: {
    // one less than the cores is the default, which is one of two
    maxWorkers: 2,
    // a busy machine is no failure: only a test that never ends is
    testTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'core', include: [core], exclude: [alone], isolate: false } },
      {
        extends: true,
        test: {
          name: 'packages',
          include: ['packages/adapter-*/src/**/*.test.ts', alone],
          typecheck: {
            enabled: true,
            include: ['packages/*/src/**/*.test-d.ts'],
            tsconfig: 'tsconfig.json',
            ignoreSourceErrors: true,
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'examples',
          include: ['examples/**/*.test.ts'],
        },
      },
      { extends: true, test: { name: 'docs', include: ['docs/**/*.test.ts'] } },
    ],
    coverage: {
      provider: 'v8',
      reportsDirectory: '.coverage',
      reporter: ['text-summary', 'html', 'json-summary'],
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.test-d.ts', '**/*.bench.ts', '**/*.fixture.ts'],
      thresholds: {
        branches: 90,
        functions: 90,
        lines: 90,
        statements: 90,
        ...Object.fromEntries(strictRooms.map((room) => [`packages/core/src/${room}/**`, { branches: 95 }])),
      },
    },
  },
})
