/** `npm start`: the backend with a first session in it. Options go to `agentops demo --up`. */
import { become, build, install } from './workspace.mjs';

await install();
await build();
await become('node', ['packages/cli/bin/agentops.js', 'demo', '--up', ...process.argv.slice(2)]);
