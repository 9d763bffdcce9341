/** A server in a process of its own, on the data directory it is given, which prints its address and waits. */
import { startServer } from '@agentops/server';

const [dataDir = ''] = process.argv.slice(2);
const server = await startServer({ port: 0, dataDir });
process.stdout.write(`${server.url}\n`);
