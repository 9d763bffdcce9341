/** Records a session with one tool. Arguments: the exporters as JSON; how it ends: `exit` (with code 3) or `return`. */
import { init, session, tool } from 'agentops';

const [exporters = '[]', ending] = process.argv.slice(2);
init({
  exporters: JSON.parse(exporters),
  logs: { level: 'silent' },
  batch: { interval: 60_000 },
  retry: { attempts: 1 },
});
session('run', () => tool('search', () => 'found'));
if (ending === 'exit') process.exit(3);
