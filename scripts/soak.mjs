/** `npm run test:soak`: the tests that take minutes. Arguments go to Vitest. */
import { become, install } from './workspace.mjs';

await install();
await become('vitest', ['run', '--config', 'vitest.soak.config.ts', ...process.argv.slice(2)]);
