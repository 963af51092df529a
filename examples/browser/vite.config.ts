import { defaultClientConditions, defineConfig, type Connect, type Plugin } from 'vite';

/** With both on a page and its scripts, the page is cross-origin isolated: its workers may share memory. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** The strictest policy that the page works under: WebAssembly is compiled, and the threads start from a blob. */
const policy = {
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; img-src 'self' data:",
};

const withHeaders =
  (headers: Record<string, string>): Connect.NextHandleFunction =>
  ({ url }, response, next) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    // A page that is opened as ./?plain is not isolated, to compare.
    if (/[?&]plain\b/.test(url ?? '')) Object.keys(isolation).forEach((name) => response.removeHeader(name));
    next();
  };

// The development server writes scripts into the page, which the policy forbids.
const headers: Plugin = {
  name: 'headers',
  configureServer: ({ middlewares }) => void middlewares.use(withHeaders(isolation)),
  configurePreviewServer: ({ middlewares }) => void middlewares.use(withHeaders({ ...isolation, ...policy })),
};

export default defineConfig({
  base: './',
  plugins: [headers],
  // Inside this repository the packages' sources are taken, so nothing is built before.
  resolve: { conditions: ['@sheep/source', ...defaultClientConditions] },
  // What the worker imports is found before the page is opened, not by reloading it.
  optimizeDeps: { entries: ['index.html', 'worker.ts'] },
  worker: { format: 'es' },
  build: { target: 'es2022' },
});
