import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The backend a development server (`npm run dev`) asks; the built page asks the one that serves it. */
const backend = process.env.AGENTOPS_ENDPOINT ?? 'http://127.0.0.1:4600';

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../server/public',
    emptyOutDir: true,
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // A data: URL would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': backend } },
});
