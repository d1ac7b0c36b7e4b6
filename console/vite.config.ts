import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const api = process.env['MEU_API'] ?? 'http://127.0.0.1:8080'
const services = ['/checkin', '/dispatch', '/notify', '/analytics']

export default defineConfig({
  base: '/console/',
  plugins: [vue()],
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
