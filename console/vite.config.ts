import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const api = process.env['MEU_API'] ?? 'http://127.0.0.1:8080'
const services = ['/checkin', '/dispatch', '/notify', '/analytics']

export default defineConfig({
  base: '/console/',
  plugins: [vue()],
  // Ways to write components and messages that the console does not use.
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    target: 'chrome87',
    outDir: '../var/console/dist/console',
    emptyOutDir: true,
    // A data: URL is not allowed by the content security policy for scripts, workers and fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  worker: { format: 'es' },
  server: { proxy: Object.fromEntries(services.map((path) => [path, { target: api }])) },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'm/**/*.test.ts'],
  },
})
