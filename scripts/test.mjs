/** `npm test`: everything that must hold. Arguments go to Vitest; with any, coverage is not asked for. */
import { become, build, install, step } from './workspace.mjs';

const selection = process.argv.slice(2);

await install();
await build();
await step('Checking types, style and dead code', 'npm', ['run', 'check']);
await become('vitest', ['run', ...(selection.length > 0 ? selection : ['--coverage'])]);
