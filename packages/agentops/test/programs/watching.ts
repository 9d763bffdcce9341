/** Watches its file and has nothing else to do: it must end by itself. */
import { init } from 'agentops';

init({ configFile: process.argv[2], watch: true, exporters: [] });
process.stdout.write('started\n');
