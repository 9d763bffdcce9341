/**
 * Preload: `node --import agentops/register app.js`. Instruments model clients when the program loads their package,
 * whichever way it does, without a line in the program. `init` decides what is recorded and where it goes.
 */
import { isNodeSupported, reportOldNode } from '../../node-version.ts';
import { watchImports } from './auto-instrumentation.ts';
import { markPreloaded } from './switches.ts';

if (isNodeSupported()) {
  markPreloaded();
  watchImports();
} else reportOldNode();
