import { defineConfig } from 'tsup'

export default defineConfig({
  removeNodeProtocol: false,
  entry: ['src/index.ts', 'src/testing.ts'],
  format: ['esm', 'cjs'],
  target: 'node20',
  platform: 'node',
  dts: true,
  sourcemap: true,
  clean: true,
  // one copy of each class whatever the entry point, in CommonJS as well
  splitting: true,
  treeshake: true,
})
