import { defineConfig } from 'vite'
import { sizeGate } from './m/size_gate.ts'

const LIMIT_BYTES = 60_000

/** The member's page: no framework, one script, one sheet, and the service worker under a name that never changes. */
export default defineConfig({
  root: 'm',
  base: '/m/',
  cacheDir: '../../var/cache/vite-member',
  plugins: [sizeGate(LIMIT_BYTES)],
  build: {
    target: 'chrome87',
    outDir: '../../var/console/dist/m',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { page: 'm/index.html', sw: 'm/sw.ts' },
      output: { entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
})
