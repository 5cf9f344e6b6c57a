import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npx vite apps/messenger` serves the page with hot reload, against a server on port 8080. */
const server = process.env.STOA_URL ?? 'http://localhost:8080';

export default defineConfig({
  // Relative, so that the same build works at / and at /messenger/.
  base: './',
  plugins: [react()],
  // Everything is a file of its own: a page under `default-src 'self'` may not load data: URLs.
  build: { assetsInlineLimit: 0 },
  server: { proxy: { '/demo': server, '/ws': { target: server, ws: true } } },
});
