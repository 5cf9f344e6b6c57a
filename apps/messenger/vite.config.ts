import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { oneFileWorker } from './one-file-worker.ts';

/** `npx vite apps/messenger` serves the page with hot reload, against a server on port 8080. */
const server = process.env.STOA_URL ?? 'http://localhost:8080';

export default defineConfig({
  // Relative, so that the same build works at / and at /messenger/.
  base: './',
  plugins: [react(), oneFileWorker('sw.js')],
  // Everything is a file of its own: a page under `default-src 'self'` may not load data: URLs.
  build: {
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: {
        index: new URL('index.html', import.meta.url).pathname,
        sw: new URL('src/service-worker/service-worker.ts', import.meta.url).pathname,
      },
      // Browsers know a service worker by its address, so that has no hash of the content.
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: { proxy: { '/demo': server, '/ws': { target: server, ws: true } } },
});
